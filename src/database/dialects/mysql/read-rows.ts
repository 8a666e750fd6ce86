import type { Readable } from 'node:stream';
import type { Knex } from 'knex';
import type { CheckBeside } from '../../column-sums.js';
import { portableFloat, portableInstant, portableInteger, rowsPerBatch } from '../../portable.js';
import { assertFits, overlongOr, RowBatch } from '../../row-batch.js';
import type { RowBlock } from '../../row-blocks.js';
import type { ColumnFacts, PortableRow, PortableValue, TableFacts } from '../../schema-facts.js';
import { JsonLines } from './json-lines.js';
import { fromMarkedWord, hidesNoWord, markedWord } from './lax.js';
import { quote } from './quote.js';
import { SumBeside } from './sum-beside.js';

/** Blocks that wait for their reader before the server is made to wait. */
const WAITING_BLOCKS = 1;

/** One value of a row on the wire, as the driver offers it. */
interface Field {
  string(encoding: 'utf8'): string | null;
  buffer(): Buffer | null;
}

/** Values of a row as the server sends them. */
type SentRow = readonly (Buffer | null)[];

interface Query {
  on(event: 'result', listener: (row: SentRow) => void): void;
  on(event: 'error' | 'end', listener: (error?: Error) => void): void;
  off(event: 'result', listener: (row: SentRow) => void): void;
  stream(options: object): Readable;
}

interface Connection {
  query(options: object): Query;
  pause(): void;
  resume(): void;
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

/** What reads a table, with what the server says of each row behind its values. */
function selection(
  { name }: TableFacts,
  columns: readonly ColumnFacts[],
  beside: CheckBeside | undefined,
): { readonly sql: string; readonly width: number } {
  // A table of computed columns alone has rows too.
  const list = columns.length === 0 ? ['null'] : columns.map(selected);
  if (beside instanceof SumBeside) list.push(beside.selected);
  return { sql: `select ${list.join(', ')} from ${quote(name)}`, width: list.length };
}

/** A connection of its own for a reading, which is told when the server is gone. */
async function* onConnection<T>(
  knex: Knex,
  read: (connection: Connection, lost: { tell?: (error: Error) => void }) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const client = knex.client as Knex.Client;
  const connection = (await client.acquireConnection()) as Connection;
  const lost: { tell?: (error: Error) => void } = {};
  // The driver tells the connection, and not who reads.
  const onLost = (error?: Error): void => {
    lost.tell?.(error ?? Object.assign(new Error(), { code: 'PROTOCOL_CONNECTION_LOST' }));
  };
  connection.on('error', onLost);
  connection.on('end', onLost);
  try {
    yield* read(connection, lost);
  } finally {
    connection.off('error', onLost);
    connection.off('end', onLost);
    await client.releaseConnection(connection);
  }
}

/** The driver's own stream: rows come as they are read, and a slow reader makes the server wait. */
export function readRows(
  knex: Knex,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  mostBytes: number,
  beside?: CheckBeside,
): AsyncIterable<readonly PortableRow[]> {
  const { sql, width } = selection(table, columns, beside);
  let index = -1;
  const typeCast = (field: Field): PortableValue => {
    index = (index + 1) % width;
    const column = columns[index];
    try {
      return column ? decode(field, column) : field.string('utf8');
    } catch (error) {
      return overlongOr(error);
    }
  };
  return onConnection(knex, async function* (connection, lost) {
    const rows = connection
      .query({ sql, rowsAsArray: true, typeCast })
      .stream({ highWaterMark: rowsPerBatch(table, 500) });
    lost.tell = (error) => rows.destroy(error);
    const batch = new RowBatch(table, columns, mostBytes);
    for await (const row of rows as AsyncIterable<PortableValue[]>) {
      row.length = columns.length;
      const full = batch.add(row);
      if (full) yield full;
    }
    yield batch.take();
  });
}

/** The values of a row that was sent, and is as large as a line can be at the most. */
function decodedRow(
  row: SentRow,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  mostBytes: number,
): PortableRow {
  const values = columns.map((column, index) => {
    const bytes = row[index] ?? null;
    const field = { string: () => bytes?.toString('utf8') ?? null, buffer: () => bytes };
    try {
      return decode(field, column);
    } catch (error) {
      return overlongOr(error);
    }
  });
  assertFits(table, columns, values, mostBytes);
  return values;
}

/** Blocks on their way from a driver that calls to a reader that asks. */
class Blocks {
  readonly #blocks: RowBlock[] = [];
  #end: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(private readonly connection: Pick<Connection, 'pause' | 'resume'>) {}

  push(block: RowBlock): void {
    this.#blocks.push(block);
    if (this.#blocks.length >= WAITING_BLOCKS) this.connection.pause();
    this.#wake?.();
  }

  /** Nothing follows; what came before a fault is still given. */
  end(end: { readonly error?: unknown } = {}): void {
    this.#end ??= end;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RowBlock> {
    for (;;) {
      const block = this.#blocks.shift();
      if (block) {
        yield block;
        continue;
      }
      if (this.#end) {
        if ('error' in this.#end) throw this.#end.error;
        return;
      }
      const more = new Promise<void>((resolve) => (this.#wake = resolve));
      this.connection.resume();
      await more;
    }
  }
}

/** Lines of a table all of whose columns have a form that bytes are made of; a row of another one becomes values first. */
export function readBlocks(
  knex: Knex,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  mostBytes: number,
  lineOf: (row: PortableRow) => string,
  beside?: CheckBeside,
): AsyncIterable<RowBlock> | undefined {
  const made = JsonLines.of(columns, mostBytes);
  if (!made) return undefined;
  const { sql } = selection(table, columns, beside);
  let doubtful: PortableRow[] = [];
  return onConnection(knex, async function* (connection, lost) {
    const blocks = new Blocks(connection);
    lost.tell = (error) => blocks.end({ error });
    const hand = (): void => {
      blocks.push({ ...made.take(), doubtful });
      doubtful = [];
    };
    const add = (row: SentRow): void => {
      const room = made.room(row);
      if (made.isFull(room)) hand();
      if (made.add(row, room)) return;
      const values = decodedRow(row, table, columns, mostBytes);
      const line = lineOf(values);
      const bytes = Buffer.byteLength(line) + 1;
      if (made.isFull(bytes)) hand();
      made.addMade(line, bytes);
      doubtful.push(values);
    };
    const query = connection.query({ sql, rowsAsArray: true, typeCast: false });
    let isRead = true;
    // What it threw would be the driver's.
    const onRow = (row: SentRow): void => {
      if (!isRead) return;
      try {
        add(row);
      } catch (error) {
        isRead = false;
        blocks.end({ error });
      }
    };
    query.on('result', onRow);
    query.on('error', (error) => blocks.end({ error }));
    query.on('end', () => {
      if (isRead) hand();
      blocks.end();
    });
    try {
      for await (const block of blocks) if (block.count > 0) yield block;
    } finally {
      // The rest of the rows has to come before the next statement.
      isRead = false;
      connection.resume();
    }
  });
}
