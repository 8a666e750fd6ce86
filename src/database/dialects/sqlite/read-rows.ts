import type BetterSqlite3 from 'better-sqlite3';
import type { Knex } from 'knex';
import { quoteStandard } from '../../insert.js';
import { linesOfRows } from '../../lines-of-rows.js';
import { RowBatch } from '../../row-batch.js';
import type { ColumnFacts, PortableRow, TableFacts } from '../../schema-facts.js';
import { lineQuery } from './json-lines.js';
import type { LinesBeside } from './lines-beside.js';
import { refuseTooLarge } from './large-rows.js';
import { encodingOf, isDoubtful, textOrTag, type TextEncoding } from './raw-text.js';
import { decode, type Stored } from './values.js';

/** The driver's own handle, which reads row by row and keeps a prepared statement: knex does neither here. */
export async function withHandle<T>(knex: Knex, work: (handle: BetterSqlite3.Database) => T): Promise<T> {
  const client = knex.client as Knex.Client;
  const handle = (await client.acquireConnection()) as BetterSqlite3.Database;
  try {
    return work(handle);
  } finally {
    await client.releaseConnection(handle);
  }
}

/** The bytes of the rows of a table, which are asked for when one is needed: the file gives rows in the same order. */
class RawRows {
  #rows: IterableIterator<Stored[]> | undefined;
  #next = 0;

  constructor(private readonly open: () => Promise<IterableIterator<Stored[]>>) {}

  /** @param number of the row, larger than that of the row before */
  async row(number: number): Promise<Stored[]> {
    this.#rows ??= await this.open();
    for (;;) {
      const next = this.#rows.next();
      if (next.done === true) throw new TypeError('The table has fewer rows than before.');
      if (this.#next++ === number) return next.value;
    }
  }

  close(): void {
    this.#rows?.return?.();
  }
}

/** A value as the driver gives it, or the bytes of a text that it may not have as the file has them. */
function portableRow(
  stored: readonly Stored[],
  columns: readonly ColumnFacts[],
  bytes: readonly Stored[] | undefined,
  encoding: TextEncoding,
): PortableRow {
  return columns.map(({ kind }, index) => {
    const value = stored[index] ?? null;
    if (!bytes || typeof value !== 'string' || !isDoubtful(value, encoding)) return decode(value, kind);
    const text = textOrTag(bytes[index] as Buffer, encoding);
    return typeof text === 'string' ? decode(text, kind) : text;
  });
}

/** What is read of a table, and how. */
class Reading {
  readonly #source: string;
  // A table may have no column that was asked for, and rows all the same.
  readonly values: string;
  readonly bytes: string;

  constructor(
    private readonly knex: Knex,
    table: TableFacts,
    columns: readonly ColumnFacts[],
    where: string | undefined,
  ) {
    this.#source = `from ${quoteStandard(table.name)}${where === undefined ? '' : ` where ${where}`}`;
    const names = columns.map(({ name }) => quoteStandard(name));
    this.values = names.join(', ') || 'null';
    this.bytes = names.map((name) => `cast(${name} as blob)`).join(', ') || 'null';
  }

  rows(list: string): Promise<IterableIterator<Stored[]>> {
    return withHandle(
      this.knex,
      (handle) =>
        handle.prepare(`select ${list} ${this.#source}`).raw().safeIntegers().iterate() as IterableIterator<
          Stored[]
        >,
    );
  }

  lines(line: string): Promise<IterableIterator<string>> {
    return withHandle(
      this.knex,
      (handle) =>
        handle.prepare(`select ${line} ${this.#source}`).pluck().iterate() as IterableIterator<string>,
    );
  }
}

interface RowsToRead {
  /** SQL for the rows that are meant; all without it. */
  readonly where?: string;
  readonly beside?: LinesBeside;
}

export async function* readRows(
  knex: Knex,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  mostBytes: number,
  { where, beside }: RowsToRead = {},
): AsyncIterable<readonly PortableRow[]> {
  await withHandle(knex, (handle) => refuseTooLarge(handle, table, columns, mostBytes, where));
  const encoding = await withHandle(knex, encodingOf);
  const reading = new Reading(knex, table, columns, where);
  const rows = await reading.rows(beside ? `${reading.values}, ${beside.selected}` : reading.values);
  const raw = new RawRows(() => reading.rows(reading.bytes));
  const batch = new RowBatch(table, columns, mostBytes);
  let number = -1;
  for (const stored of rows) {
    number += 1;
    const line = beside ? (stored[columns.length] as string | null) : null;
    beside?.say(line, Number(stored[columns.length + 1]));
    // The line has the texts of all values.
    const isDoubted =
      line === null
        ? stored.some((value) => typeof value === 'string' && isDoubtful(value, encoding))
        : isDoubtful(line, encoding);
    const bytes = isDoubted ? await raw.row(number) : undefined;
    const full = batch.add(portableRow(stored, columns, bytes, encoding));
    if (full) yield full;
  }
  raw.close();
  yield batch.take();
}

/** Rows after which a reader of lines says how many there were. */
const REPORTED_ROWS = 1000;

/** See `Transfer.readLines`. The engine writes them itself where it writes them as the decoder would. */
export async function* readLines(
  knex: Knex,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  mostBytes: number,
  take: (line: string) => void,
): AsyncIterable<number> {
  const encoding = await withHandle(knex, encodingOf);
  const query = encoding === 'utf8' ? lineQuery(columns) : undefined;
  if (!query) {
    yield* linesOfRows(readRows(knex, table, columns, mostBytes), take);
    return;
  }
  await withHandle(knex, (handle) => refuseTooLarge(handle, table, columns, mostBytes));
  const reading = new Reading(knex, table, columns, query.holds);
  const doubted = new RawRows(() => reading.rows(`${reading.values}, ${reading.bytes}`));
  let count = 0;
  for (const line of await reading.lines(query.line)) {
    if (isDoubtful(line, encoding)) {
      const row = await doubted.row(count);
      take(JSON.stringify(portableRow(row, columns, row.slice(columns.length), encoding)));
    } else take(line);
    count += 1;
    if (count % REPORTED_ROWS === 0) yield REPORTED_ROWS;
  }
  doubted.close();
  yield count % REPORTED_ROWS;
  const rows = await withHandle(knex, (handle) =>
    handle
      .prepare(`select count(*) from ${quoteStandard(table.name)}`)
      .pluck()
      .get(),
  );
  if (rows === count) return;
  yield* linesOfRows(readRows(knex, table, columns, mostBytes, { where: `not (${query.holds})` }), take);
}
