import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import { onConflict, onConflictUpsert, quoteStandard, valueRows } from '../../insert.js';
import { instantParts, isoInstant } from '../../instant.js';
import { tableContents } from '../../table-contents.js';
import { tableBody, type TableDefinition } from '../../table-definition.js';
import type { ReadTableContext, SchemaDialect, UpsertRequest } from '../dialect.js';

interface Result {
  readonly fields: readonly { readonly name: string }[];
  readonly rows: readonly Record<string, unknown>[];
}

/**
 * In a transaction a missing table would spoil what comes after it, so the read stands behind a savepoint. All
 * of it goes as one message: statements without values travel together.
 */
async function readInTransaction(knex: Knex, table: string, forUpdate: boolean): Promise<Result> {
  const quoted = quoteStandard(table);
  const statements = [
    'savepoint tmi_read',
    // Keeps out writers of any row, present or to come, and lets readers in.
    ...(forUpdate ? [`lock table ${quoted} in share row exclusive mode`] : []),
    `select * from ${quoted}`,
    'release savepoint tmi_read',
  ];
  try {
    const results = await knex.raw<Result[]>(statements.join('; '));
    return results.at(-2) ?? { fields: [], rows: [] };
  } catch (error) {
    if (error instanceof ToolError && error.code === 'database/no-such-table') {
      await knex.raw('rollback to savepoint tmi_read');
    }
    throw error;
  }
}

/** The same with one value for all rows: of thousands of values the server and the driver make something for each. */
function upsertOfJson(
  ...[table, key, rows, existing]: Parameters<typeof onConflictUpsert>
): ReturnType<typeof onConflictUpsert> {
  const { columns } = valueRows(rows);
  const names = columns.map(quoteStandard).join(', ');
  const into = quoteStandard(table);
  // The table's own type says what each text becomes.
  const values = `select ${names} from json_populate_recordset(null::${into}, ?)`;
  const sql = `insert into ${into} (${names}) ${values} ${onConflict(key, columns, existing)}`;
  return { sql, bindings: [JSON.stringify(rows)] };
}

export const schema: SchemaDialect = {
  instants: {
    toColumn(instant) {
      const { date, time, fraction } = instantParts(instant);
      return `${date} ${time}.${fraction}+00`;
    },
    toIso: isoInstant,
  },

  async readTable(knex: Knex, table: string, context: ReadTableContext) {
    const result = context.inTransaction
      ? await readInTransaction(knex, table, context.forUpdate)
      : await knex.raw<Result>(`select * from ${quoteStandard(table)}`);
    const names = result.fields.map((field) => field.name);
    return tableContents(names, result.rows);
  },

  async createTable(knex: Knex, definition: TableDefinition) {
    const body = tableBody(definition, 'postgres', quoteStandard);
    await knex.raw(`create table if not exists ${quoteStandard(definition.name)} (${body})`);
  },

  /** Statements without values travel together. */
  async createFilledTable(knex: Knex, definition: TableDefinition, row: Readonly<Record<string, string>>) {
    const table = quoteStandard(definition.name);
    const body = tableBody(definition, 'postgres', quoteStandard);
    const names = Object.keys(row).map(quoteStandard).join(', ');
    const values = Object.values(row).map((value) => `'${value}'`);
    await knex.raw(
      `create table if not exists ${table} (${body});
       insert into ${table} (${names}) values (${values.join(', ')}) on conflict do nothing`,
    );
  },

  async upsert(knex: Knex, { table, key, rows, existing }: UpsertRequest) {
    const { sql, bindings } =
      rows.length === 1
        ? onConflictUpsert(table, key, rows, existing)
        : upsertOfJson(table, key, rows, existing);
    await knex.raw(sql, bindings);
  },
};
