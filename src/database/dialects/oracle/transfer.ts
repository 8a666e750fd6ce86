import type { Knex } from 'knex';
import { BATCH_ROWS, inBatches, isWide, rowsPerBatch } from '../../portable.js';
import { overlongOr, RowBatch } from '../../row-batch.js';
import type {
  ColumnFacts,
  ForeignKeyFacts,
  PortableRow,
  PortableValue,
  TableFacts,
} from '../../schema-facts.js';
import type { TransferDialect } from '../dialect.js';
import { brokenConstraints, stiffConstraints } from './broken.js';
import { filters } from './filters.js';
import { guards, query as enabledTriggers } from './guards.js';
import { inspect, queries, readForeignKeys } from './catalog.js';
import type { RawResult, StatementOptions } from './client.js';
import { columnChecks } from './column-checks.js';
import { loadDriver, type DriverConnection } from './driver.js';
import { dropAll, droppable } from './drop-all.js';
import { continueCounter, continueSequence } from './counters.js';
import { beginLoad, holdBack, settleKeys, waitingRows } from './load-state.js';
import { quote } from './quote.js';
import { beginSnapshot } from './snapshot.js';
import { bindOf, decode, encode, fetchTypeOf, inserted, selected } from './values.js';
import { uniqueKeys } from './unique-keys.js';

/** Rows that one round trip brings, where they are narrow. */
const FETCH_ROWS = 1000;
/** Rows with texts or bytes of any size. */
const FETCH_WIDE_ROWS = 100;

function decoded(value: Parameters<typeof decode>[0], column: ColumnFacts): PortableValue {
  try {
    return decode(value, column);
  } catch (error) {
    return overlongOr(error);
  }
}

/** A cursor of the server, read part by part: memory holds one part. */
async function* readRows(
  knex: Knex,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  mostBytes: number,
): AsyncIterable<readonly PortableRow[]> {
  const driver = await loadDriver();
  const client = knex.client as Knex.Client;
  const most = rowsPerBatch(table, columns.some(({ kind }) => isWide(kind)) ? FETCH_WIDE_ROWS : FETCH_ROWS);
  const list = columns.map((column, index) => `${selected(column)} as "C${index}"`).join(', ') || 'null';
  const connection = (await client.acquireConnection()) as DriverConnection;
  try {
    const { resultSet } = await connection.execute(`select ${list} from ${quote(table.name)}`, [], {
      resultSet: true,
      outFormat: driver.OUT_FORMAT_ARRAY,
      fetchArraySize: most,
      prefetchRows: most,
      fetchTypeHandler: ({ name }) => {
        const column = columns[Number(name.slice(1))];
        const type = column && fetchTypeOf(column, driver);
        return type && { type };
      },
    });
    if (!resultSet) return;
    try {
      const batch = new RowBatch(table, columns, mostBytes);
      for (;;) {
        const rows = await resultSet.getRows(most);
        for (const raw of rows) {
          const row = raw.map((value, index) => decoded(value, columns[index] as ColumnFacts));
          const full = batch.add(row);
          if (full) yield full;
        }
        if (rows.length === 0) break;
      }
      yield batch.take();
    } finally {
      await resultSet.close().catch(() => undefined);
    }
  } finally {
    await client.releaseConnection(connection);
  }
}

/** One statement for many rows, which the server carries out for each. */
async function insertRows(
  knex: Knex,
  table: string,
  columns: readonly ColumnFacts[],
  rows: readonly PortableRow[],
): Promise<void> {
  const driver = await loadDriver();
  const waiting = await waitingRows(knex);
  const names = columns.map((column) => quote(column.name)).join(', ');
  const values = columns.map((column, index) => inserted(column, `:${index + 1}`)).join(', ');
  const sql = `insert into ${quote(table)} (${names}) values (${values})`;
  for (const batch of inBatches(rows, BATCH_ROWS)) {
    const bound = batch.map((row) => row.map((value, index) => encode(value, columns[index] as ColumnFacts)));
    holdBack(waiting, table, columns, bound);
    const options: StatementOptions = {
      bindRows: bound,
      bindDefs: columns.map((column, index) =>
        bindOf(
          column,
          bound.map((row) => row[index] ?? null),
          driver,
        ),
      ),
    };
    await knex.raw(sql).options(options);
  }
}

type Keys = ReadonlyMap<string, readonly ForeignKeyFacts[]>;

/** Tables that no other of `left` points at. */
function unreferenced(left: ReadonlySet<string>, keys: Keys): string[] {
  const targets = new Set(
    [...left].flatMap((table) =>
      (keys.get(table) ?? []).filter((key) => key.references !== table).map((key) => key.references),
    ),
  );
  return [...left].filter((table) => !targets.has(table));
}

/** Deletes children before their parents; in a circle, the columns that make it are emptied first. */
async function emptyTables(
  knex: Knex,
  tables: readonly string[],
  onTable?: (table: string) => void,
): Promise<void> {
  const empty = async (table: string): Promise<void> => {
    onTable?.(table);
    await knex.raw(`delete from ${quote(table)}`);
  };
  const keys = await readForeignKeys(knex);
  const left = new Set(tables);
  while (left.size > 0) {
    const free = unreferenced(left, keys);
    for (const table of free) {
      await empty(table);
      left.delete(table);
    }
    if (free.length > 0) continue;
    const nullable = await nullableColumns(knex);
    for (const table of left) {
      for (const key of keys.get(table) ?? []) {
        const can = key.columns.every((column) => nullable.has(`${table}.${column}`));
        if (key.deferrable || key.references === table || !left.has(key.references ?? '') || !can) continue;
        const columns = key.columns.map((column) => `${quote(column)} = null`).join(', ');
        await knex.raw(`update ${quote(table)} set ${columns}`);
      }
    }
    for (const table of left) await empty(table);
    left.clear();
  }
}

async function nullableColumns(knex: Knex): Promise<ReadonlySet<string>> {
  const { rows } = await knex.raw<RawResult>(queries.columns);
  const nullable = rows.filter((row) => row['nullable'] === 'Y');
  return new Set(nullable.map((row) => `${String(row['table_name'])}.${String(row['column_name'])}`));
}

export const transfer: TransferDialect = {
  beginSnapshot,
  beforeLoad: [],
  afterLoad: [],
  inspect,
  readRows,
  checks: columnChecks,
  insertRows,
  rowsOf: ({ name }) => quote(name),
  quote,

  /**
   * Keys in circles are checked at the end where they are deferrable. The others cannot be made so without dropping
   * them, which would end the transaction and could be left half done: their columns stay empty until the rows that
   * they point at are there.
   */
  async prepareLoad(knex, tables, circular) {
    if (tables.length > 0) {
      await knex.raw(`lock table ${tables.map(quote).join(', ')} in exclusive mode wait 30`);
    }
    await beginLoad(knex, circular, async () => (await inspect(knex)).tables);
    await knex.raw('set constraints all deferred');
    return async () => {
      await knex.raw('set constraints all immediate');
    };
  },

  async firingTriggers(knex, tables) {
    const { rows } = await knex.raw<RawResult>(enabledTriggers);
    // A name in lower case alone is the server's in upper case.
    const names = new Set(tables.flatMap((table) => [table, table.toUpperCase()]));
    const fires = rows.filter((row) => names.has(String(row['table_name'])));
    return fires.map((row) => `${String(row['table_name'])}.${String(row['trigger_name'])}`).sort();
  },

  guards,
  uniqueKeys,
  filters,
  emptyTables,

  brokenConstraints,
  stiffConstraints,

  /** The server checks every key itself; those that wait are put in now. */
  brokenInLoad: (knex) => settleKeys(knex),

  continueCounter,
  continueSequence,

  dropAll,
  droppable,
};
