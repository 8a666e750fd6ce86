import type { Knex } from 'knex';
import { valueRows } from '../../insert.js';
import { instantParts, isoInstant } from '../../instant.js';
import { tableContents } from '../../table-contents.js';
import { tableBody, type TableDefinition } from '../../table-definition.js';
import type { ReadTableContext, SchemaDialect, UpsertRequest } from '../dialect.js';
import type { RawResult, StatementOptions } from './client.js';
import { loadDriver, type BindDefinition } from './driver.js';
import { quoteOwn } from './quote.js';

/** `name is already used by an existing object` */
const NAME_IN_USE = 955;

/** `invalid identifier`: a column that does not exist. */
const INVALID_NAME = 904;

/** Bytes up to which a text is a VARCHAR2 everywhere, and can be bound to columns of any kind. */
const SHORT_TEXT = 4000;

/** Begins the names under which exact times come beside the table's own columns. */
const EXACT = 'TMI_EXACT_';

const exactName = (index: number): string => `${EXACT}${index}`;

/** The whole table, and its times once more, as texts with every digit: the driver's own lack the last ones. */
function selectAll(table: string, instants: readonly string[]): string {
  const exact = instants.map(
    (column, index) =>
      `, to_char(sys_extract_utc(t.${quoteOwn(column)}), 'SYYYY-MM-DD HH24:MI:SS.FF9') as "${exactName(index)}"`,
  );
  return `select t.*${exact.join('')} from ${quoteOwn(table)} t`;
}

/** Puts exact times in the place of the driver's. */
function withExact({ rows, columns }: RawResult, instants: readonly string[]): RawResult {
  const isOwn = (name: string): boolean => !name.toUpperCase().startsWith(EXACT);
  return {
    columns: columns.filter(isOwn),
    rows: rows.map((row) => ({
      ...Object.fromEntries(Object.entries(row).filter(([name]) => isOwn(name))),
      ...Object.fromEntries(
        instants.map((column, index) => {
          const text = row[exactName(index).toLowerCase()];
          return [column, typeof text === 'string' ? `${text.trim()} +00:00` : null];
        }),
      ),
    })),
  };
}

const byteLength = (value: unknown): number => (typeof value === 'string' ? Buffer.byteLength(value) : 0);

function mergeStatement(table: string, key: string, columns: readonly string[], replaces: boolean): string {
  const bind = (column: string): string => `:c${columns.indexOf(column)}`;
  const changes = columns
    .filter((column) => column !== key)
    .map((column) => `${quoteOwn(column)} = ${bind(column)}`);
  const update = replaces && changes.length > 0 ? ` when matched then update set ${changes.join(', ')}` : '';
  const names = columns.map(quoteOwn).join(', ');
  return `merge into ${quoteOwn(table)} using dual on (${quoteOwn(key)} = ${bind(key)})${update} when not matched then insert (${names}) values (${columns.map(bind).join(', ')})`;
}

export const schema: SchemaDialect = {
  instants: {
    toColumn(instant) {
      const { date, time, fraction } = instantParts(instant);
      return `${date} ${time}.${fraction} +00:00`;
    },
    toIso: isoInstant,
  },

  async readTable(knex: Knex, table: string, context: ReadTableContext) {
    if (context.inTransaction && context.forUpdate) {
      // Keeps out writers of any row, present or to come, and lets readers in.
      await knex.raw(`lock table ${quoteOwn(table)} in share row exclusive mode wait 30`);
    }
    const { instants } = context;
    const tolerate: StatementOptions = instants.length > 0 ? { tolerate: INVALID_NAME } : {};
    const exact = (await knex.raw(selectAll(table, instants)).options(tolerate)) as unknown as RawResult;
    // Without columns there was no result: one that should be exact is not in the table.
    const result =
      exact.columns.length > 0 ? withExact(exact, instants) : await knex.raw<RawResult>(selectAll(table, []));
    return tableContents(result.columns, result.rows);
  },

  async createTable(knex: Knex, definition: TableDefinition) {
    const body = tableBody(definition, 'oracle', quoteOwn);
    // There is no IF NOT EXISTS before release 23.
    await knex
      .raw(`create table ${quoteOwn(definition.name)} (${body})`)
      .options({ tolerate: NAME_IN_USE } satisfies StatementOptions);
  },

  /** One statement for all rows, which the server carries out for each. Long texts need binds of another type. */
  async upsert(knex: Knex, { table, key, rows, existing }: UpsertRequest) {
    const driver = await loadDriver();
    const { columns } = valueRows(rows);
    const sql = mergeStatement(table, key, columns, existing === 'replace');
    const isLong = (row: Readonly<Record<string, unknown>>): boolean =>
      columns.some((column) => byteLength(row[column]) > SHORT_TEXT);
    for (const part of [rows.filter((row) => !isLong(row)), rows.filter(isLong)]) {
      if (part.length === 0) continue;
      const definitions = columns.map((column, index): [string, BindDefinition] => {
        const most = Math.max(1, ...part.map((row) => byteLength(row[column])));
        const type = most > SHORT_TEXT ? driver.DB_TYPE_CLOB : driver.DB_TYPE_VARCHAR;
        return [`c${index}`, most > SHORT_TEXT ? { type } : { type, maxSize: most }];
      });
      const options: StatementOptions = {
        bindRows: part.map((row) =>
          Object.fromEntries(columns.map((column, index) => [`c${index}`, row[column]])),
        ),
        bindDefs: Object.fromEntries(definitions),
      };
      await knex.raw(sql).options(options);
    }
  },
};
