import { getHeapStatistics } from 'node:v8';
import { ToolError } from '../errors/index.js';
import type { ColumnFacts, PortableValue, TableFacts } from './schema-facts.js';

/** Bytes of the longest row as a line of text: a text of Node.js holds little more (`buffer.constants.MAX_STRING_LENGTH`). */
export const LONGEST_ROW_BYTES = 536_000_000;

/**
 * How often a row is in memory at once, at the most: as the driver has it, as values, as a line, and as bytes. Measured
 * with rows of one value; where the heap is smaller than that, Node.js ends the process without a word to us.
 */
const COPIES = 5;

/** Bytes of the largest row that is read: as much as a text holds, and as the memory that Node.js may use stands. */
export const mostRowBytes = (): number =>
  Math.min(LONGEST_ROW_BYTES, Math.floor(getHeapStatistics().heap_size_limit / COPIES));

/** Characters of a key that an error shows. */
const SHOWN_KEY = 80;

/** What of a value is needed to say which row it is in, and that it is the large one. */
export interface ValueSize {
  readonly bytes: number;
  /** Its text or the beginning of it; undefined for NULL and where it is not known. */
  readonly text: string | undefined;
}

/** What an error needs to know of a table. */
type KeyedTable = Pick<TableFacts, 'name' | 'primaryKey'>;
type Named = Pick<ColumnFacts, 'name'>;

/** How a key reads: `id = 7 and part = x`. */
function keyText(table: KeyedTable, columns: readonly Named[], row: readonly ValueSize[]): string {
  const parts = table.primaryKey.flatMap((name) => {
    const text = row[columns.findIndex((column) => column.name === name)]?.text;
    if (text === undefined) return [];
    return [`${name} = ${text.length > SHOWN_KEY ? `${text.slice(0, SHOWN_KEY)}…` : text}`];
  });
  return parts.length === 0 ? 'a row without a primary key' : `the row ${parts.join(' and ')}`;
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

/** What gives a run the memory for larger rows. */
const moreMemory = (most: number): string =>
  `Node.js may use so much memory here that a row of ${megabytes(most)} fits; NODE_OPTIONS=--max-old-space-size=4096 gives it more, up to rows of ${megabytes(LONGEST_ROW_BYTES)}.`;

/** @param row sizes in the order of `columns` */
function whereLargest(table: KeyedTable, columns: readonly Named[], row: readonly ValueSize[]): string {
  const largest = row.reduce((at, { bytes }, index) => (bytes > (row[at]?.bytes ?? 0) ? index : at), 0);
  return `column ${columns[largest]?.name ?? ''} of ${table.name}, in ${keyText(table, columns, row)}`;
}

/** Says that a row of a backup cannot be read in the memory that there is: its table, its largest column and its key. */
export function lineTooLarge(
  table: KeyedTable,
  columns: readonly Named[],
  row: readonly ValueSize[],
  most: number,
): ToolError {
  return new ToolError(
    'backup/too-large',
    `A value of the backup is too large for the memory here: ${whereLargest(table, columns, row)}, which takes more than ${megabytes(most)} as text`,
    { hint: `${moreMemory(most)} The backup is as good as it was.` },
  );
}

/**
 * Says that a row cannot be read: its table, its largest column and its key.
 * @param row sizes in the order of `columns`
 * @param most what it may have had, in bytes
 */
export function rowTooLarge(
  table: TableFacts,
  columns: readonly ColumnFacts[],
  row: readonly ValueSize[],
  most: number,
): ToolError {
  const where = whereLargest(table, columns, row);
  const memory = most < LONGEST_ROW_BYTES ? `${moreMemory(most)} Or` : 'No text can be longer:';
  return new ToolError(
    'backup/too-large',
    `A value is too large: ${where}, which takes more than ${megabytes(most)} as text`,
    {
      hint: `${memory} keep the value elsewhere, or back up the other tables with --tables and this one with the engine's own tool.`,
    },
  );
}

/** True for what Node.js throws when a text would be longer than any can be. */
export function isTooLong(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    ('code' in error && error.code === 'ERR_STRING_TOO_LONG') ||
    (error instanceof RangeError && error.message === 'Invalid string length')
  );
}

/** Sizes of values that were read, each as it takes room in a line. */
export function sizesOf(row: readonly PortableValue[], size: (value: PortableValue) => number): ValueSize[] {
  return row.map((value) => ({
    bytes: size(value),
    text:
      value === null
        ? undefined
        : typeof value === 'string'
          ? value.slice(0, SHOWN_KEY + 1)
          : JSON.stringify(value).slice(0, SHOWN_KEY + 1),
  }));
}
