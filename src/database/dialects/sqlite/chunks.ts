import type BetterSqlite3 from 'better-sqlite3';
import { quoteStandard } from '../../insert.js';
import type { ColumnFacts, TableFacts } from '../../schema-facts.js';
import { anyLine } from './json-lines.js';
import { partOf } from './lines-beside.js';
import type { Stored } from './values.js';

/** What ends a value, and a row, among the values of a chunk: no value that has one of them is read so. */
export const [VALUE_END, ROW_END] = [0x1f, 0x1e];

/** Kinds of numbers that the engine and the driver write each in its own way. */
const numbers: ReadonlySet<ColumnFacts['kind']> = new Set(['decimal', 'float']);

export const isNumber = ({ kind }: ColumnFacts): boolean => numbers.has(kind);

/** Rows in the order of their numbers, as the engine says them in two ways that share nothing. */
export interface Chunk {
  readonly rows: number;
  /** The number of the last of them. */
  readonly last: bigint;
  /** The line of each with its end. Of a row that is larger than its part of a chunk there is no line. */
  readonly lines: Buffer;
  /** Of each row its number, cut as it is added up, and the type and the text of each value that is no number. */
  readonly values: Buffer;
  /** The numbers of each row as the driver reads them. */
  readonly numbers: readonly (readonly Stored[])[];
}

/** How many rows make a chunk, and the bytes of one that has a part in it: memory holds so many of both. */
export interface ChunkSize {
  readonly rows: number;
  readonly bytes: number;
}

/** Before the number of any row. */
export const BEFORE_ALL = -1e19;

/** SQL for a byte as text. */
const byte = (code: number): string => `'${String.fromCharCode(code)}'`;

/** Reads rows of a table some hundred at a time, so that few things come from the engine one by one. */
export class Chunks {
  readonly #texts: BetterSqlite3.Statement;
  readonly #numbers: BetterSqlite3.Statement | undefined;

  /** @param rowNumber what the engine calls the number of a row */
  constructor(
    handle: BetterSqlite3.Database,
    table: TableFacts,
    columns: readonly ColumnFacts[],
    rowNumber: string,
    private readonly size: ChunkSize,
  ) {
    const names = columns.map(({ name }) => quoteStandard(name));
    const values = names.map((_, index) => `v${index}`);
    const order = `not indexed where ${rowNumber} > ? order by ${rowNumber} limit ${size.rows}`;
    const source = `from ${quoteStandard(table.name)} ${order}`;
    const length = names.map((name) => `ifnull(octet_length(${name}), 0)`).join(' + ');
    // With its limit the inner query is a loop of its own, which reads each value once.
    const inner = `select ${rowNumber} as r, ${length} <= ${size.bytes} as fits,
      ${names.map((name, index) => `${name} as v${index}`).join(', ')} ${source}`;
    const texts = columns.flatMap((column, index) =>
      isNumber(column) ? [] : [`typeof(v${index})`, `v${index}`, byte(VALUE_END)],
    );
    const row = `concat(${[partOf('r'), byte(VALUE_END), ...texts].join(', ')})`;
    const all = (text: string, end: number): string =>
      `cast(group_concat(iif(fits, ${text}, ''), ${byte(end)}) || ${byte(end)} as blob)`;
    const list = `count(*), max(r), min(fits), ${all(anyLine(columns, values), 0x0a)}, ${all(row, ROW_END)}`;
    this.#texts = handle.prepare(`select ${list} from (${inner})`).raw().safeIntegers();
    const own = names.filter((_, index) => isNumber(columns[index] as ColumnFacts));
    this.#numbers =
      own.length === 0
        ? undefined
        : handle
            .prepare(`select ${own.join(', ')} ${source}`)
            .raw()
            .safeIntegers();
  }

  /**
   * The rows behind that one.
   * @throws the driver's error where a row holds bytes
   */
  after(row: bigint | number): Chunk {
    const said = this.#texts.get(row) as [bigint, bigint, bigint | null, Buffer, Buffer];
    const [rows, last, fits, lines, values] = said;
    // What is larger the driver may be unable to read.
    const numbers = fits === 1n ? ((this.#numbers?.all(row) ?? []) as Stored[][]) : [];
    return { rows: Number(rows), last, lines, values, numbers };
  }

  /** True where no row follows a chunk of so many. */
  isLast(rows: number): boolean {
    return rows < this.size.rows;
  }
}
