import type { Knex } from 'knex';
import { valueRows } from '../../insert.js';
import { instantParts, isoInstant } from '../../instant.js';
import { tableContents } from '../../table-contents.js';
import { tableBody, type TableDefinition } from '../../table-definition.js';
import type { ReadTableContext, SchemaDialect, UpsertRequest } from '../dialect.js';
import { namesOf } from './names.js';
import { quote } from './quote.js';

/** Marks the rows of the table, since the join below gives one row of NULLs for an empty table. */
const PRESENT = '_tmi_present';

/** The driver's date, which keeps what a Date has no room for beside it: a part of a second below a millisecond. */
type DriverDate = Date & { readonly nanosecondsDelta?: number };

/** A point in time with all seven digits that the server keeps. */
function instantText(value: DriverDate): string {
  const iso = value.toISOString();
  const rest = Math.round((value.nanosecondsDelta ?? 0) * 1e7);
  return rest === 0 ? iso : `${iso.slice(0, -1)}${String(rest).padStart(4, '0')}Z`;
}

export const schema: SchemaDialect = {
  instants: {
    /** Cut to the seven digits that a column holds. */
    toColumn(instant) {
      const { date, time, fraction } = instantParts(instant);
      return `${date} ${time}.${fraction.slice(0, 7)} +00:00`;
    },
    toIso: isoInstant,
  },

  /**
   * The driver gives no column names for an empty result; the outer join makes sure of one row. With `forUpdate` the
   * rows and the gaps between them are kept from writers, and readers are let in.
   */
  async readTable(knex: Knex, table: string, context: ReadTableContext) {
    const hint = context.inTransaction && context.forUpdate ? ' with (updlock, holdlock)' : '';
    const rows = await knex.raw<Record<string, unknown>[]>(
      `select t.* from (select 1 as one) as o
       left join (select 1 as ${PRESENT}, * from ${namesOf(knex).of(table)}${hint}) as t on 1 = 1`,
    );
    const names = Object.keys(rows[0] ?? {}).filter((name) => name !== PRESENT);
    const present = rows.filter((row) => row[PRESENT] === 1);
    const plain = (value: unknown): unknown => (value instanceof Date ? instantText(value) : value);
    return tableContents(
      names,
      present.map((row) => Object.fromEntries(names.map((name) => [name, plain(row[name])]))),
    );
  },

  async createTable(knex: Knex, definition: TableDefinition) {
    const body = tableBody(definition, 'mssql', quote);
    const names = namesOf(knex);
    await knex.raw(
      `if object_id(${names.text(definition.name)}, N'U') is null create table ${names.of(definition.name)} (${body})`,
    );
  },

  tableName: (knex, table) => namesOf(knex).besideValues(table),

  async upsert(knex: Knex, { table, key, rows, existing }: UpsertRequest) {
    const { columns, placeholders, bindings } = valueRows(rows);
    const quoted = columns.map(quote);
    const changes = quoted
      .filter((column) => column !== quote(key))
      .map((column) => `${column} = s.${column}`);
    const replace = existing === 'keep' ? '' : ` when matched then update set ${changes.join(', ')}`;
    // Without the hint two runs could both find the key missing.
    await knex.raw(
      `merge into ${namesOf(knex).besideValues(table)} with (holdlock) as t
       using (values ${placeholders}) as s (${quoted.join(', ')}) on t.${quote(key)} = s.${quote(key)}${replace}
       when not matched then insert (${quoted.join(', ')}) values (${quoted.map((c) => `s.${c}`).join(', ')});`,
      bindings,
    );
  },
};
