import type BetterSqlite3 from 'better-sqlite3';
import { ColumnSums, ExactSum, misreadColumns, type CheckBeside, type ValueHash } from '../../column-sums.js';
import { quoteStandard } from '../../insert.js';
import { LINE_FEED } from '../../line-bytes.js';
import type { ColumnFacts, PortableRow, TableFacts } from '../../schema-facts.js';
import type { RowBlock } from '../../row-blocks.js';
import { lineQuery, type LineQuery } from './json-lines.js';
import { encodingOf } from './raw-text.js';

export type WithHandle = <T>(work: (handle: BetterSqlite3.Database) => T) => Promise<T>;

/** What the engine calls the number of a row, where no column has that name. */
const ROW_NUMBERS = ['rowid', '_rowid_', 'oid'];

/** The bits of a row's number that are added up. */
const NUMBER_BITS = 0x7fffffff;

/** SQL for what is added up of the number of a row. */
export const partOf = (number: string): string => `${number} & ${NUMBER_BITS}`;

/** The number of a row of this table; undefined where its rows have none. */
function rowNumber(handle: BetterSqlite3.Database, { name, columns }: TableFacts): string | undefined {
  const isWithout = `select 1 from pragma_table_list where schema = 'main' and name = ? and wr = 1`;
  if (handle.prepare(isWithout).get(name) !== undefined) return undefined;
  const taken = new Set(columns.map((column) => column.name.toLowerCase()));
  return ROW_NUMBERS.find((word) => !taken.has(word));
}

/**
 * Lines that the engine writes by itself, each read together with the values of its row. Values that it writes otherwise
 * than the decoder are held against sums of their columns. Another scan counts the rows and adds up their numbers, by
 * which it shows that each was read once.
 */
export class LinesBeside implements CheckBeside {
  #query: LineQuery | undefined;
  #number = '';
  #rowNumber = '';
  /** Lines of which each has been held against its values already, and not been written yet. */
  #held: Buffer[] = [];
  #lines: (string | null)[] = [];
  #next = 0;
  #differs = false;
  #numbers = new ExactSum();
  #rows = 0;
  #others: ColumnSums;
  #otherRows = 0;

  /** @param sums the engine's own sums of the columns, of some rows */
  constructor(
    private readonly handleOf: WithHandle,
    private readonly table: TableFacts,
    private readonly columns: readonly ColumnFacts[],
    private readonly hashes: readonly ValueHash[],
    private readonly sums: (where: string) => Promise<readonly string[]>,
  ) {
    this.#others = new ColumnSums(hashes);
  }

  async begin(): Promise<boolean> {
    [this.#lines, this.#next, this.#differs, this.#held] = [[], 0, false, []];
    [this.#numbers, this.#rows] = [new ExactSum(), 0];
    [this.#others, this.#otherRows] = [new ColumnSums(this.hashes), 0];
    const number = await this.handleOf((handle) =>
      encodingOf(handle) === 'utf8' ? rowNumber(handle, this.table) : undefined,
    );
    this.#query = number === undefined ? undefined : lineQuery(this.columns);
    this.#rowNumber = number ?? '';
    this.#number = partOf(this.#rowNumber);
    return this.#query !== undefined;
  }

  /** What the engine calls the number of a row of the table. */
  get rowNumber(): string {
    return this.#rowNumber;
  }

  /** SQL for what stands behind the values of a row: its line, and its number. */
  get selected(): string {
    const { holds, line } = this.#query as LineQuery;
    return `case when ${holds} then ${line} end, ${this.#number}`;
  }

  /** Takes what was selected, row by row. */
  say(line: string | null, number: number): void {
    this.#sayHeld();
    this.#lines.push(line);
    this.#numbers.add(number);
    this.#rows += 1;
  }

  /**
   * Takes lines of the engine, each with its end, that were held against the values of their rows one by one.
   * @param numbers their rows' numbers, added up
   */
  sayLines(lines: Buffer, count: number, numbers: number): void {
    this.#held.push(lines);
    this.#numbers.add(numbers);
    this.#rows += count;
  }

  /** Lines that were not written as they came are said one by one. */
  #sayHeld(): void {
    for (const lines of this.#held) this.#lines.push(...lines.toString().split('\n').slice(0, -1));
    this.#held = [];
  }

  add({ lines, count, rows = [] }: RowBlock): void {
    if (this.#lines.length === 0 && this.#held[0] === lines) {
      this.#held.shift();
      return;
    }
    this.#sayHeld();
    const said = this.#lines.slice(this.#next, this.#next + count);
    this.#next += count;
    if (this.#next === this.#lines.length) [this.#lines, this.#next] = [[], 0];
    if (said.length < count) this.#differs = true;
    // Where nothing is said of a row the text has other bytes than any lines.
    else if (!Buffer.from(`${said.join('\n')}\n`).equals(lines)) this.#addEach(said, lines, rows);
  }

  #addEach(said: readonly (string | null)[], lines: Buffer, rows: readonly PortableRow[]): void {
    let start = 0;
    for (const [index, row] of rows.entries()) {
      const end = lines.indexOf(LINE_FEED, start);
      const line = said[index];
      if (line === null) {
        this.#others.add(row);
        this.#otherRows += 1;
      } else if (line !== lines.toString('utf8', start, end)) this.#differs = true;
      start = end + 1;
    }
    if (rows.length !== said.length) this.#differs = true;
  }

  async isSame(): Promise<boolean> {
    if (this.#differs || this.#lines.length > 0 || this.#held.length > 0) return false;
    const [rows, numbers] = await this.handleOf(
      (handle) =>
        handle
          // An index may be broken where the table is not.
          .prepare(`select count(*), sum(${this.#number}) from ${quoteStandard(this.table.name)} not indexed`)
          .raw()
          .safeIntegers()
          .get() as [bigint, bigint | null],
    );
    if (rows !== BigInt(this.#rows) || (numbers ?? 0n) !== this.#numbers.value) return false;
    if (this.#otherRows === 0) return true;
    const { holds } = this.#query as LineQuery;
    const sums = (): Promise<readonly string[]> => this.sums(`where not (${holds})`);
    const misread = await misreadColumns(this.columns, { hashes: this.hashes, sums }, this.#others);
    return misread.length === 0;
  }
}
