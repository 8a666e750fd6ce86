import { Readable } from 'node:stream';
import type { Knex } from 'knex';
import { quoteStandard } from '../../insert.js';
import { bytesOf, textOf } from '../../portable.js';
import type { ColumnFacts, PortableRow, PortableValue } from '../../schema-facts.js';
import type { RowLines } from '../../transfer.js';
import { arrayLiteral } from './array-literal.js';
import { BINARY_HEADER, BINARY_TRAILER, BinaryRows } from './binary-rows.js';
import { copyIn, copyText } from './copy.js';
import { CopyLines } from './copy-lines.js';
import { MANY_ROWS, withoutIndexes } from './rebuild.js';

/** Every value goes as text; the server makes the column's type of it. */
function encode(value: PortableValue, { kind, type }: ColumnFacts): string | Buffer | null {
  if (value === null) return null;
  if (kind === 'binary') return bytesOf(value);
  if (kind === 'array') {
    if (Array.isArray(value)) return arrayLiteral(value as readonly PortableValue[]);
    const text = textOf(value) ?? '';
    return text.startsWith('[') && text.endsWith(']')
      ? arrayLiteral(JSON.parse(text) as PortableValue[])
      : text;
  }
  if (typeof value === 'boolean' && kind !== 'boolean' && kind !== 'text') return value ? '1' : '0';
  return type.startsWith('bit') && typeof value === 'number' ? value.toString(2) : textOf(value);
}

/** Identities that are always generated take values as well. */
function copyStatement(table: string, columns: readonly ColumnFacts[]): string {
  const names = columns.map((column) => quoteStandard(column.name)).join(', ');
  // No list stands for all columns that can be written, and there are none.
  return `copy ${quoteStandard(table)}${columns.length === 0 ? '' : ` (${names})`} from stdin`;
}

function copyLines(columns: readonly ColumnFacts[], rows: readonly PortableRow[]): Buffer {
  const lines = rows.map(
    (row) => `${row.map((value, i) => copyText(encode(value, columns[i] as ColumnFacts))).join('\t')}\n`,
  );
  return Buffer.from(lines.join(''));
}

export function insertRows(
  knex: Knex,
  table: string,
  columns: readonly ColumnFacts[],
  rows: readonly PortableRow[],
): Promise<void> {
  return copyIn(knex, copyStatement(table, columns), Readable.from([copyLines(columns, rows)]));
}

/** @param count how many rows will come */
function filled(knex: Knex, table: string, count: number, load: () => Promise<void>): Promise<void> {
  return count < MANY_ROWS ? load() : withoutIndexes(knex, table, load);
}

export async function loadRows(
  knex: Knex,
  table: string,
  columns: readonly ColumnFacts[],
  batches: AsyncIterable<readonly PortableRow[]>,
  count: number,
): Promise<void> {
  async function* lines(): AsyncGenerator<Buffer> {
    for await (const rows of batches) yield copyLines(columns, rows);
  }
  await filled(knex, table, count, () => copyIn(knex, copyStatement(table, columns), lines()));
}

/** What comes from `batches`, where it can be gone on with after somebody has left. */
class Remaining {
  readonly #batches: AsyncIterator<RowLines>;
  #first: RowLines | undefined;

  constructor(batches: AsyncIterable<RowLines>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  /** There are none any more, as far as is known. */
  isOver = false;

  async next(): Promise<RowLines | undefined> {
    const first = this.#first;
    this.#first = undefined;
    if (first) return first;
    const next = await this.#batches.next();
    this.isOver = next.done === true;
    return next.done === true ? undefined : next.value;
  }

  /** Puts back what of a batch was not taken. */
  leave(batch: RowLines, taken: number): void {
    const lines = batch.lines.subarray(taken);
    this.#first = { lines, rows: (part = lines) => batch.rows(part) };
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}

/** Up to the first row that has to be understood. */
async function* binary(rows: BinaryRows, remaining: Remaining): AsyncGenerator<Buffer> {
  yield BINARY_HEADER;
  for (let batch = await remaining.next(); batch; batch = await remaining.next()) {
    const taken = yield* rows.tuples(batch.lines);
    if (taken === batch.lines.length) continue;
    remaining.leave(batch, taken);
    break;
  }
  yield BINARY_TRAILER;
}

async function* text(columns: readonly ColumnFacts[], remaining: Remaining): AsyncGenerator<Buffer> {
  const quick = new CopyLines(columns, (line, rows) => copyLines(columns, rows.rows(line)));
  for (let batch = await remaining.next(); batch; batch = await remaining.next()) yield* quick.of(batch);
}

/** In the binary format as long as rows have a form that it is made of here; the rest of them as texts. */
export async function loadLines(
  knex: Knex,
  table: string,
  columns: readonly ColumnFacts[],
  batches: AsyncIterable<RowLines>,
  count: number,
): Promise<void> {
  const statement = copyStatement(table, columns);
  const rows = BinaryRows.of(columns);
  const remaining = new Remaining(batches);
  try {
    await filled(knex, table, count, async () => {
      if (rows) await copyIn(knex, `${statement} (format binary)`, binary(rows, remaining));
      if (!remaining.isOver) await copyIn(knex, statement, text(columns, remaining));
    });
  } finally {
    await remaining.close();
  }
}
