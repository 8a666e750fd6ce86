import type { Knex } from 'knex';
import { inBatches } from '../../portable.js';
import type { ColumnFacts, PortableRow } from '../../schema-facts.js';
import type { TransferDialect } from '../dialect.js';
import { capabilities } from './capabilities.js';
import { filters } from './filters.js';
import { guards } from './guards.js';
import { inspect } from './catalog.js';
import { columnChecks } from './column-checks.js';
import { withConnection } from './client.js';
import { dropAll, droppable } from './drop-all.js';
import {
  brokenConstraints,
  brokenForeignKeys,
  continueCounter,
  continueSequence,
  enabledTriggers,
  prepareLoad,
} from './load.js';
import { namesOf } from './names.js';
import { quote } from './quote.js';
import { readRows } from './read-rows.js';
import { beginSnapshot, snapshotEnd } from './snapshot.js';
import { execute } from './statement.js';
import { encode, placeholder } from './values.js';
import { uniqueKeys } from './unique-keys.js';

/** Rows of one INSERT, a limit of the engine. */
const MAX_ROWS = 1000;

/** `(@p0, @p1), (@p2, @p3)` */
function placeholders(count: number, columns: readonly ColumnFacts[]): string {
  const line = (_: unknown, row: number): string =>
    `(${columns.map((column, index) => placeholder(column, row * columns.length + index)).join(', ')})`;
  return Array.from({ length: count }, line).join(', ');
}

/** Numbers of an identity are written like others; the engine must be told so, for one table at a time. */
async function insertRows(
  knex: Knex,
  table: string,
  columns: readonly ColumnFacts[],
  rows: readonly PortableRow[],
): Promise<void> {
  const own = namesOf(knex);
  const names = columns.map((column) => quote(column.name)).join(', ');
  const texts = columns.map(({ name }) => `N'${name.replaceAll("'", "''")}'`).join(', ');
  const identity = (state: 'on' | 'off'): string =>
    `if exists (select 1 from sys.identity_columns where object_id = object_id(${own.text(table)})
       and name in (${texts})) set identity_insert ${own.of(table)} ${state}`;
  const most = Math.min(MAX_ROWS, Math.floor(capabilities.maxBindVariables / columns.length));
  await withConnection(knex, async (connection, driver) => {
    for (const batch of inBatches(rows, most)) {
      const values = batch.flatMap((row) => row.map((value, i) => encode(value, columns[i] as ColumnFacts)));
      await execute(
        driver,
        connection,
        `${identity('on')}; insert into ${own.of(table)} (${names}) values ${placeholders(batch.length, columns)}; ${identity('off')}`,
        values,
      );
    }
  });
}

export const transfer: TransferDialect = {
  beginSnapshot,
  snapshotEnd,
  beforeLoad: [],
  afterLoad: [],
  inspect,
  readRows,
  checks: columnChecks,
  insertRows,
  rowsOf: ({ name }, knex) => namesOf(knex).of(name),
  quote,
  prepareLoad,

  async firingTriggers(knex, tables) {
    return (await enabledTriggers(knex, tables)).map(({ table, name }) => `${table}.${name}`).sort();
  },

  guards,
  uniqueKeys,

  filters,

  async emptyTables(knex, tables, onTable) {
    for (const table of tables) {
      onTable?.(table);
      await knex.raw(`delete from ${namesOf(knex).of(table)}`);
    }
  },

  brokenConstraints,
  brokenInLoad: brokenForeignKeys,
  continueCounter,
  continueSequence,
  dropAll,
  droppable,
};
