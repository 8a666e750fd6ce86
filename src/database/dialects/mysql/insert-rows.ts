import type { Knex } from 'knex';
import { bytesOf, inBatches, isTagged, portableInstant, textOf, truthOf } from '../../portable.js';
import type { ColumnFacts, PortableRow, PortableValue } from '../../schema-facts.js';
import { isNoWord, withoutStrictness } from './lax.js';
import { quote } from './quote.js';

/** Most rows of one INSERT; it is also cut by its size, well below what servers take as one packet. */
export const MAX_INSERT_ROWS = 5000;

export interface Connection {
  query(sql: string, values: readonly unknown[] | null, done: (error: Error | null) => void): void;
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

/**
 * Goes to the driver itself, which writes rows into a statement; knex takes longer for that than the server.
 * @param values null for a statement in which the driver need not look for places of any
 */
export function send(connection: Connection, sql: string, values: readonly unknown[] | null): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query(sql, values, (error) => (error ? reject(error) : resolve()));
  });
}

/** Runs `work` on the driver's own connection. */
export async function onConnection(
  knex: Knex,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  const client = knex.client as Knex.Client;
  const connection = (await client.acquireConnection()) as Connection;
  try {
    await work(connection);
  } finally {
    await client.releaseConnection(connection);
  }
}

/** The beginning of a statement, up to its rows. */
export const insertInto = (table: string, columns: readonly ColumnFacts[]): string =>
  `insert into ${quote(table)} (${columns.map(({ name }) => quote(name)).join(', ')}) values `;

/** See `Transfer.insertRows`. */
export async function insertRows(
  knex: Knex,
  table: string,
  columns: readonly ColumnFacts[],
  rows: readonly PortableRow[],
): Promise<void> {
  const into = insertInto(table, columns);
  await onConnection(knex, async (connection) => {
    const insert = async (some: readonly PortableRow[]): Promise<void> => {
      for (const batch of inBatches(some, MAX_INSERT_ROWS)) {
        const lines = batch.map((row) => row.map((value, i) => encode(value, columns[i] as ColumnFacts)));
        // Where the server computes every column there is nothing to write.
        if (columns.length === 0) await send(connection, into + lines.map(() => '()').join(', '), null);
        else await send(connection, `${into}?`, [lines]);
      }
    };
    const odd = rows.filter((row) => row.some((value, i) => isNoWord(value, columns[i] as ColumnFacts)));
    await insert(odd.length === 0 ? rows : rows.filter((row) => !odd.includes(row)));
    if (odd.length > 0)
      await withoutStrictness(
        (sql) => send(connection, sql, null),
        () => insert(odd),
      );
  });
}
