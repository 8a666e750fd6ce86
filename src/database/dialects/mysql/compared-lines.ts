import { crc32 } from 'node:zlib';
import {
  BACKSLASH,
  BLANK,
  BRACKET,
  CLOSING,
  COMMA,
  isDigit,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  MINUS,
  POINT,
  QUOTE,
  UPPER_T,
  UPPER_Z,
  ZERO,
} from '../../line-bytes.js';
import { escaped, standsAt } from '../../line-parts.js';
import type { ColumnFacts } from '../../schema-facts.js';

/** Where the parts of a point in time end: its date, its whole seconds. */
const [DATE, WHOLE] = [10, 19];

const wholes: ReadonlySet<ColumnFacts['kind']> = new Set(['integer', 'boolean']);
const quickKinds: ReadonlySet<ColumnFacts['kind']> = new Set([
  'integer',
  'boolean',
  'decimal',
  'text',
  'date',
  'time',
  'timestamp',
  'uuid',
  'json',
]);

/** How the texts of a row's values make up that of the row. */
export interface RowText {
  /** Between two values, and in place of none. */
  readonly separator: number;
  readonly nothing: number;
  /** For each column the bytes of a text beyond which its sum stands for it. */
  readonly most: readonly number[];
}

/**
 * Makes of lines of a backup the texts that the server makes of the same rows by itself, byte by byte. It shares
 * nothing with what made the lines of what the server sent.
 */
export class ComparedLines {
  #in: Buffer = Buffer.alloc(0);
  #at = 0;
  #out: Buffer = Buffer.alloc(0);
  #end = 0;

  private constructor(
    private readonly columns: readonly ColumnFacts[],
    private readonly row: RowText,
  ) {}

  /** Undefined where a column has values that must be understood. */
  static of(columns: readonly ColumnFacts[], row: RowText): ComparedLines | undefined {
    return columns.every(({ kind }) => quickKinds.has(kind)) ? new ComparedLines(columns, row) : undefined;
  }

  /** @returns the text of the row whose line that is, gone with the next; undefined for a line of another form */
  text(lines: Buffer, start: number, end: number): Buffer | undefined {
    // Digits of a second that the column has and the line has not.
    const room = end - start + 8 * this.columns.length;
    if (this.#out.length < room) this.#out = Buffer.allocUnsafe(2 * room);
    [this.#in, this.#at, this.#end] = [lines, start, 0];
    return this.#line() && this.#at === end ? this.#out.subarray(0, this.#end) : undefined;
  }

  #line(): boolean {
    if (this.#in[this.#at++] !== BRACKET) return false;
    const last = this.columns.length - 1;
    for (let index = 0; index <= last; index += 1) {
      if (index > 0) this.#out[this.#end++] = this.row.separator;
      if (!this.#value(this.columns[index] as ColumnFacts, this.row.most[index] as number)) return false;
      if (this.#in[this.#at++] !== (index === last ? CLOSING : COMMA)) return false;
    }
    return true;
  }

  #value(column: ColumnFacts, most: number): boolean {
    const first = this.#in[this.#at] as number;
    if (first === QUOTE) {
      const start = this.#end;
      if (column.kind === 'boolean' || !this.#text()) return false;
      if (column.kind === 'timestamp') return this.#time(start, column.fractionDigits ?? 0);
      if (this.#end - start > most) this.#sum(start);
      return true;
    }
    if (first === LOWER_N) {
      this.#out[this.#end++] = this.row.nothing;
      return this.#skips('null');
    }
    if (!wholes.has(column.kind)) return false;
    if (column.kind === 'integer') return this.#number();
    this.#out[this.#end++] = first === LOWER_T ? ZERO + 1 : ZERO;
    return (first === LOWER_T || first === LOWER_F) && this.#skips(first === LOWER_T ? 'true' : 'false');
  }

  #skips(word: string): boolean {
    if (!standsAt(this.#in, this.#at, word)) return false;
    this.#at += word.length;
    return true;
  }

  #number(): boolean {
    const start = this.#at;
    if (this.#in[start] === MINUS) this.#out[this.#end++] = this.#in[this.#at++] as number;
    while (isDigit(this.#in[this.#at])) this.#out[this.#end++] = this.#in[this.#at++] as number;
    return isDigit(this.#in[this.#at - 1]);
  }

  #text(): boolean {
    const [bytes, out] = [this.#in, this.#out];
    let [at, end] = [this.#at + 1, this.#end];
    for (; ; at += 1) {
      let byte = bytes[at] as number;
      if (byte > QUOTE && byte !== BACKSLASH) {
        out[end++] = byte;
        continue;
      }
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        at += 1;
        byte = escaped[bytes[at] as number] ?? 0;
        if (byte === 0) return false;
      } else if (!(byte >= BLANK)) return false;
      out[end++] = byte;
    }
    [this.#at, this.#end] = [at + 1, end];
    return true;
  }

  /** Has the sum of a text stand in its place. */
  #sum(start: number): void {
    const digits = String(crc32(this.#out.subarray(start, this.#end)));
    this.#end = start + this.#out.write(digits, start, 'latin1');
  }

  /** Writes a point in time as the server does, with the digits that the column keeps. Another one stays what it is. */
  #time(start: number, digits: number): boolean {
    const out = this.#out;
    const isInstant =
      out[start + DATE] === UPPER_T && out[start + WHOLE] === POINT && out[this.#end - 1] === UPPER_Z;
    if (this.#end - start <= WHOLE + 1 || !isInstant) return true;
    out[start + DATE] = BLANK;
    const written = this.#end - 1;
    this.#end = start + WHOLE + (digits === 0 ? 0 : digits + 1);
    for (let at = written; at < this.#end; at += 1) out[at] = ZERO;
    return true;
  }
}
