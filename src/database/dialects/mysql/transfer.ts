import type { Readable } from 'node:stream';
import type { Knex } from 'knex';
import {
  bytesOf,
  inBatches,
  isTagged,
  portableFloat,
  portableInstant,
  portableInteger,
  rowsPerBatch,
  textOf,
  truthOf,
} from '../../portable.js';
import type { CheckBeside } from '../../column-sums.js';
import { overlongOr, RowBatch } from '../../row-batch.js';
import type { ColumnFacts, PortableRow, PortableValue, TableFacts } from '../../schema-facts.js';
import type { TransferDialect } from '../dialect.js';
import { dropAll, droppable, holdForDrop } from './drop-all.js';
import { brokenConstraints } from './broken.js';
import { columnChecks } from './column-checks.js';
import { fromMarkedWord, hidesNoWord, isNoWord, markedWord, withoutStrictness } from './lax.js';
import { guards } from './guards.js';
import { inspect } from './catalog.js';
import { quote } from './quote.js';
import { beginSnapshot, snapshotEnd } from './snapshot.js';
import { SumBeside } from './sum-beside.js';
import { uniqueKeys } from './unique-keys.js';

/** Most rows of one INSERT; it is also cut by its size, well below what servers take as one packet. */
const MAX_INSERT_ROWS = 5000;

/** One value of a row on the wire, as the driver offers it. */
interface Field {
  string(encoding: 'utf8'): string | null;
  buffer(): Buffer | null;
}

interface Connection {
  query(options: object): { stream(options: object): Readable };
  query(sql: string, values: readonly unknown[], done: (error: Error | null) => void): void;
  on(event: 'error' | 'end', listener: (error?: Error) => void): void;
  off(event: 'error' | 'end', listener: (error?: Error) => void): void;
}

/** What to ask for so that the server's text of it has every digit. */
function selected(column: ColumnFacts): string {
  const { name, type } = column;
  if (hidesNoWord(column)) return markedWord(quote(name));
  // The text of a FLOAT has six digits; as a double it has all.
  if (/^float/.test(type)) return `cast(${quote(name)} as double)`;
  return /^bit/.test(type) ? `cast(${quote(name)} as unsigned)` : quote(name);
}

function decode(field: Field, column: ColumnFacts): PortableValue {
  const { kind } = column;
  if (kind === 'binary') return field.buffer()?.toString('base64') ?? null;
  // MySQL sends JSON as binary, which it is not; all other texts are in the session's own set of characters.
  const text = field.string('utf8');
  if (text === null) return null;
  if (kind === 'integer') return portableInteger(text);
  if (kind === 'float') return portableFloat(Number(text));
  if (kind === 'boolean') return text === '1' ? true : text === '0' ? false : { integer: text };
  if (kind === 'timestamp') return portableInstant(text);
  return hidesNoWord(column) ? fromMarkedWord(text) : text;
}

/** The column's own form of a point in time, in UTC as the session is. */
const timestampText = (text: string): string => {
  const iso = portableInstant(text);
  return /T.*Z$/.test(iso) ? iso.replace('T', ' ').replace('Z', '') : iso;
};

type Bound = string | number | bigint | Buffer | null;

function encode(value: PortableValue, column: ColumnFacts): Bound {
  const { kind, type } = column;
  if (value === null) return null;
  // Its number: the empty text may be one of the words.
  if (isNoWord(value, column)) return 0;
  // The digits of a number would be taken for its bytes.
  if (/^bit/.test(type)) return BigInt(textOf(value) ?? 0);
  // The text of a zero is the year 2000, and its number the year 0000.
  if (/^year/.test(type) && value === 0) return 0;
  if (kind === 'binary') return bytesOf(value);
  if (kind === 'boolean') {
    const truth = truthOf(value);
    return truth === null ? textOf(value) : truth ? 1 : 0;
  }
  if (kind === 'timestamp') return timestampText(textOf(value) ?? '');
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isTagged(value) && 'binary' in value) return bytesOf(value);
  return textOf(value);
}

/** The driver's own stream: rows come as they are read, and a slow reader makes the server wait. */
async function* readRows(
  knex: Knex,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  mostBytes: number,
  beside?: CheckBeside,
): AsyncIterable<readonly PortableRow[]> {
  const client = knex.client as Knex.Client;
  const connection = (await client.acquireConnection()) as Connection;
  // A table of computed columns alone has rows too.
  const list = columns.length === 0 ? ['null'] : columns.map(selected);
  if (beside instanceof SumBeside) list.push(beside.selected);
  let index = -1;
  const typeCast = (field: Field): PortableValue => {
    index = (index + 1) % list.length;
    const column = columns[index];
    try {
      return column ? decode(field, column) : field.string('utf8');
    } catch (error) {
      return overlongOr(error);
    }
  };
  let rows: Readable | undefined;
  // The driver tells the connection, and not the stream, that the server is gone.
  const onLost = (error?: Error): void => {
    rows?.destroy(error ?? Object.assign(new Error(), { code: 'PROTOCOL_CONNECTION_LOST' }));
  };
  connection.on('error', onLost);
  connection.on('end', onLost);
  try {
    const sql = `select ${list.join(', ')} from ${quote(table.name)}`;
    rows = connection
      .query({ sql, rowsAsArray: true, typeCast })
      .stream({ highWaterMark: rowsPerBatch(table, 500) });
    const batch = new RowBatch(table, columns, mostBytes);
    for await (const row of rows as AsyncIterable<PortableValue[]>) {
      row.length = columns.length;
      const full = batch.add(row);
      if (full) yield full;
    }
    yield batch.take();
  } finally {
    connection.off('error', onLost);
    connection.off('end', onLost);
    await client.releaseConnection(connection);
  }
}

/** Goes to the driver itself, which writes rows into a statement; knex takes longer for that than the server. */
function send(connection: Connection, sql: string, values: readonly unknown[]): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query(sql, values, (error) => (error ? reject(error) : resolve()));
  });
}

async function rowsOf(knex: Knex, sql: string): Promise<Record<string, unknown>[]> {
  return ((await knex.raw(sql)) as [Record<string, unknown>[]])[0];
}

export const transfer: TransferDialect = {
  beginSnapshot,
  snapshotEnd,
  // Keys point in circles, and the server cannot check them at the end. What was loaded is checked before the commit.
  // A zero in a column that counts is a zero, and not a wish for the next number. A day that no calendar has is what
  // another session was allowed to write.
  beforeLoad: [
    `set foreign_key_checks = 0, sql_mode = concat(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES')`,
  ],
  afterLoad: [
    'unlock tables',
    `set foreign_key_checks = 1 /*M! , check_constraint_checks = 1 */,
       sql_mode = replace(replace(@@sql_mode, 'NO_AUTO_VALUE_ON_ZERO', ''), 'ALLOW_INVALID_DATES', '')`,
  ],
  inspect,
  checks: columnChecks,
  readRows,
  quote,

  async insertRows(knex, table, columns, rows) {
    const names = columns.map((column) => quote(column.name)).join(', ');
    const into = `insert into ${quote(table)} (${names}) values `;
    const client = knex.client as Knex.Client;
    const connection = (await client.acquireConnection()) as Connection;
    try {
      const insert = async (some: readonly PortableRow[]): Promise<void> => {
        for (const batch of inBatches(some, MAX_INSERT_ROWS)) {
          const lines = batch.map((row) => row.map((value, i) => encode(value, columns[i] as ColumnFacts)));
          // Where the server computes every column there is nothing to write.
          if (columns.length === 0) await send(connection, into + lines.map(() => '()').join(', '), []);
          else await send(connection, `${into}?`, [lines]);
        }
      };
      const odd = rows.filter((row) => row.some((value, i) => isNoWord(value, columns[i] as ColumnFacts)));
      await insert(odd.length === 0 ? rows : rows.filter((row) => !odd.includes(row)));
      if (odd.length > 0)
        await withoutStrictness(
          (sql) => send(connection, sql, []),
          () => insert(odd),
        );
    } finally {
      await client.releaseConnection(connection);
    }
  },

  /** Locks every row and every gap, so that nobody else writes to the tables. Checks that rest are made at the end. */
  async prepareLoad(knex, tables, _circular, tolerated) {
    if (tolerated?.some(({ kind }) => kind === 'check') === true)
      await knex.raw('set foreign_key_checks = 0 /*M! , check_constraint_checks = 0 */');
    for (const table of tables) await knex.raw(`select count(*) from ${quote(table)} for update`);
    return () => Promise.resolve();
  },

  /** Only a drop would let one rest, and that would end the transaction. */
  async firingTriggers(knex, tables, how) {
    const events = how === 'load' ? `'INSERT', 'DELETE'` : `'INSERT', 'UPDATE', 'DELETE'`;
    const rows = await rowsOf(
      knex,
      `select event_object_table as \`table\`, trigger_name as name from information_schema.triggers
       where trigger_schema = database() and event_manipulation in (${events})
       order by event_object_table, trigger_name`,
    );
    const fires = rows.filter(({ table }) => tables.includes(String(table)));
    return fires.map(({ table, name }) => `${String(table)}.${String(name)}`);
  },

  guards,
  uniqueKeys,

  async emptyTables(knex, tables, onTable) {
    for (const table of tables) {
      onTable?.(table);
      await knex.raw(`delete from ${quote(table)}`);
    }
  },

  brokenConstraints,
  brokenInLoad: brokenConstraints,

  /** A number below the largest value is raised by the server itself. */
  async continueCounter(knex, table, _column, next) {
    await knex.raw(`alter table ${quote(table)} auto_increment = ${BigInt(next)}`);
  },

  /** The server's own function never turns a sequence back. */
  async continueSequence(knex, name, next) {
    await knex.raw(`select setval(${quote(name)}, ${BigInt(next)}, false)`);
  },

  holdForDrop,
  dropAll,
  droppable,
};
