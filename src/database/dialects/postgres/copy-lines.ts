import { isUtf8 } from 'node:buffer';
import type { ColumnFacts } from '../../schema-facts.js';
import type { RowLines } from '../../transfer.js';
import { standsAt, wholeNumberEnd } from '../../line-parts.js';
import {
  BACKSLASH,
  BLANK,
  BRACKET,
  CLOSING,
  COMMA,
  escapesAlike,
  LINE_FEED,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  POINT,
  QUOTE,
  TAB,
  UPPER_N,
  UPPER_Z,
} from './line-bytes.js';

/** What may stand in a column for the quick way. */
interface Column {
  readonly texts: boolean;
  readonly numbers: boolean;
  readonly truths: boolean;
  /** Most digits of a second in a text. */
  readonly fraction: number | undefined;
}

function columnOf({ kind, type, fractionDigits }: ColumnFacts): Column {
  const plain = kind !== 'binary' && kind !== 'array';
  return {
    texts: plain,
    numbers: plain && !type.startsWith('bit'),
    truths: kind === 'boolean',
    fraction: fractionDigits,
  };
}

/**
 * Makes lines of COPY of lines of JSON, byte by byte, without a value in between. It knows the forms that nearly all
 * values have; a line with any other is made from its values.
 */
export class CopyLines {
  readonly #columns: readonly Column[];
  #in: Buffer = Buffer.alloc(0);
  #out: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  /** @param fromValues the line of COPY for a line of JSON, both with their ends */
  constructor(
    columns: readonly ColumnFacts[],
    private readonly fromValues: (line: Buffer, rows: RowLines) => Buffer,
  ) {
    this.#columns = columns.map(columnOf);
  }

  /** @returns the rows, in pieces */
  *of(rows: RowLines): Generator<Buffer> {
    const { lines } = rows;
    // What is no UTF-8 a text replaces, and the server would not take.
    const quick = this.#columns.length > 0 && isUtf8(lines);
    this.#in = lines;
    // No form of a value is longer in COPY.
    this.#out = Buffer.allocUnsafe(lines.length);
    this.#end = 0;
    let taken = 0;
    for (let start = 0; start < lines.length;) {
      const before = this.#end;
      this.#at = start;
      if (quick && this.#line()) {
        start = this.#at;
        continue;
      }
      this.#end = before;
      if (taken < before) yield this.#out.subarray(taken, before);
      taken = before;
      const end = lines.indexOf(LINE_FEED, start) + 1;
      yield this.fromValues(lines.subarray(start, end), rows);
      start = end;
    }
    if (taken < this.#end) yield this.#out.subarray(taken, this.#end);
  }

  /** @returns false for a line that has another form; else `#at` is behind its end */
  #line(): boolean {
    if (this.#in[this.#at++] !== BRACKET) return false;
    const last = this.#columns.length - 1;
    for (let index = 0; index <= last; index += 1) {
      if (!this.#value(this.#columns[index] as Column)) return false;
      if (this.#in[this.#at++] !== (index === last ? CLOSING : COMMA)) return false;
      this.#out[this.#end++] = index === last ? LINE_FEED : TAB;
    }
    return this.#in[this.#at++] === LINE_FEED;
  }

  #value(column: Column): boolean {
    const first = this.#in[this.#at] as number;
    if (first === QUOTE) return column.texts && this.#text(column.fraction);
    if (first === LOWER_N) {
      if (!this.#word('null')) return false;
      this.#out[this.#end++] = BACKSLASH;
      this.#out[this.#end++] = UPPER_N;
      return true;
    }
    if (first === LOWER_T || first === LOWER_F) {
      const start = this.#at;
      if (!column.truths || !this.#word(first === LOWER_T ? 'true' : 'false')) return false;
      this.#copy(start);
      return true;
    }
    return column.numbers && this.#number();
  }

  #word(word: string): boolean {
    if (!standsAt(this.#in, this.#at, word)) return false;
    this.#at += word.length;
    return true;
  }

  #copy(start: number): void {
    for (let at = start; at < this.#at; at += 1) this.#out[this.#end++] = this.#in[at] as number;
  }

  #number(): boolean {
    const start = this.#at;
    const end = wholeNumberEnd(this.#in, start);
    if (end < 0) return false;
    this.#at = end;
    this.#copy(start);
    return true;
  }

  #text(fraction: number | undefined): boolean {
    const [bytes, out] = [this.#in, this.#out];
    let [at, end] = [this.#at + 1, this.#end];
    for (; ; at += 1) {
      const byte = bytes[at] as number;
      if (byte > QUOTE && byte !== BACKSLASH) {
        out[end++] = byte;
        continue;
      }
      if (byte === QUOTE) break;
      if (byte < BLANK) return false;
      if (byte === BACKSLASH) {
        at += 1;
        const next = bytes[at] as number;
        if (next !== QUOTE) {
          if (!escapesAlike.has(next)) return false;
          out[end++] = BACKSLASH;
        }
        out[end++] = next;
      } else out[end++] = byte;
    }
    const start = this.#end;
    [this.#at, this.#end] = [at + 1, end];
    return fraction === undefined || this.#keeps(start, fraction);
  }

  /** True where no more digits of a second than those, and perhaps a Z, stand behind a point. */
  #keeps(start: number, fraction: number): boolean {
    const end = this.#out[this.#end - 1] === UPPER_Z ? this.#end - 1 : this.#end;
    let point = end - 1;
    while (point >= start && this.#out[point] !== POINT) point -= 1;
    return point < start || end - point - 1 <= fraction;
  }
}
