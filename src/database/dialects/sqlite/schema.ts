import type { Knex } from 'knex';
import { onConflictUpsert, quoteStandard } from '../../insert.js';
import { instantParts, isoInstant } from '../../instant.js';
import { tableContents } from '../../table-contents.js';
import { tableBody, type TableDefinition } from '../../table-definition.js';
import type { SchemaDialect, UpsertRequest } from '../dialect.js';

/** Marks the rows of the table, since the join below gives one row of NULLs for an empty table. */
const PRESENT = '_tmi_present';

export const schema: SchemaDialect = {
  instants: {
    keepsText: true,
    /** The form that Go's drivers write and read. */
    toColumn(instant) {
      const { date, time, fraction } = instantParts(instant);
      return `${date} ${time}.${fraction}+00:00`;
    },
    toIso: isoInstant,
  },

  /** The driver gives no column names for an empty result; the outer join makes sure of one row. */
  async readTable(knex: Knex, table: string) {
    const source = `select 1 as "${PRESENT}", * from ${quoteStandard(table)}`;
    const rows = await knex.raw<Record<string, unknown>[]>(
      `select t.* from (select 1) left join (${source}) t`,
    );
    const names = Object.keys(rows[0] ?? {}).filter((name) => name !== PRESENT);
    const present = rows.filter((row) => row[PRESENT] === 1);
    return tableContents(
      names,
      present.map((row) => Object.fromEntries(names.map((name) => [name, row[name]]))),
    );
  },

  async createTable(knex: Knex, definition: TableDefinition) {
    const body = tableBody(definition, 'sqlite', quoteStandard);
    await knex.raw(`create table if not exists ${quoteStandard(definition.name)} (${body})`);
  },

  async upsert(knex: Knex, { table, key, rows, existing }: UpsertRequest) {
    const { sql, bindings } = onConflictUpsert(table, key, rows, existing);
    await knex.raw(sql, bindings);
  },
};
