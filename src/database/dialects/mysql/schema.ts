import type { Knex } from 'knex';
import { valueRows } from '../../insert.js';
import { instantParts, isoInstant } from '../../instant.js';
import { tableContents } from '../../table-contents.js';
import { tableBody, type TableDefinition } from '../../table-definition.js';
import { quote } from './quote.js';
import type { ReadTableContext, SchemaDialect, UpsertRequest } from '../dialect.js';

type Result = [Record<string, unknown>[], { name: string }[]];

export const schema: SchemaDialect = {
  instants: {
    /** Cut to microseconds, the most that a column holds; the column rounds the rest away. */
    toColumn(instant) {
      const { date, time, fraction } = instantParts(instant);
      return `${date} ${time}.${fraction.slice(0, 6)}`;
    },
    toIso: isoInstant,
  },

  async readTable(knex: Knex, table: string, context: ReadTableContext) {
    const locking = context.inTransaction && context.forUpdate ? ' for update' : '';
    const [rows, fields] = (await knex.raw<Result>(`select * from ${quote(table)}${locking}`)) as Result;
    const names = fields.map((field) => field.name);
    return tableContents(names, rows);
  },

  async createTable(knex: Knex, definition: TableDefinition) {
    const body = tableBody(definition, 'mysql', quote);
    // The character set of the database may be one that cannot hold every character.
    await knex.raw(
      `create table if not exists ${quote(definition.name)} (${body}) default character set utf8mb4`,
    );
  },

  /** Into a table that exists the statement puts nothing, so that the row follows in one of its own. */
  async createFilledTable(knex: Knex, definition: TableDefinition, row: Readonly<Record<string, string>>) {
    const body = tableBody(definition, 'mysql', quote);
    const values = Object.entries(row).map(([name, value]) => `'${value}' as ${quote(name)}`);
    const [made] = (await knex.raw(
      `create table if not exists ${quote(definition.name)} (${body}) default character set utf8mb4
       select ${values.join(', ')}`,
    )) as [{ affectedRows: number }];
    if (made.affectedRows > 0) return;
    await this.upsert(knex, {
      table: definition.name,
      key: definition.primaryKey,
      rows: [row],
      existing: 'keep',
    });
  },

  async upsert(knex: Knex, { table, key, rows, existing }: UpsertRequest) {
    const { columns, placeholders, bindings } = valueRows(rows);
    const quoted = columns.map(quote);
    const changes =
      existing === 'keep'
        ? [`${quote(key)} = ${quote(key)}`]
        : quoted.filter((column) => column !== quote(key)).map((column) => `${column} = values(${column})`);
    const into = `insert into ${quote(table)} (${quoted.join(', ')}) values ${placeholders}`;
    await knex.raw(`${into} on duplicate key update ${changes.join(', ')}`, bindings);
  },
};
