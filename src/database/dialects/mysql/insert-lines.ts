import { isUtf8 } from 'node:buffer';
import {
  APOSTROPHE,
  BACKSLASH,
  BLANK,
  BRACKET,
  CLOSING,
  COLON,
  COMMA,
  isDigit,
  LINE_FEED,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  POINT,
  QUOTE,
  UPPER_T,
  UPPER_Z,
  ZERO,
} from '../../line-bytes.js';
import { standsAt, wholeNumberEnd } from '../../line-parts.js';
import type { ColumnFacts } from '../../schema-facts.js';

const [PARENTHESIS, CLOSING_PARENTHESIS, FORM_FEED] = [0x28, 0x29, 0x0c];

/** Behind a backslash: what means the same in a text of JSON and in one of a statement. */
const escapesAlike: ReadonlySet<number> = new Set([...'\\nrtb'].map((character) => character.charCodeAt(0)));

/** What stands in a point in time of a backup, up to its whole seconds; 0 for a digit. */
const marks = Uint8Array.from('0000-00-00T00:00:00.', (character) =>
  character === '0' ? 0 : character.charCodeAt(0),
);
const [DATE, WHOLE] = [10, 19];
/** Digits of a second that a time may have. */
const MOST_FRACTION = 9;

/** What may stand in a column for the quick way. */
interface Column {
  readonly texts: 'all' | 'not empty' | 'points in time' | 'none';
  /** As a text, as the driver would write it; as digits, of which the text would mean something else. */
  readonly numbers: 'texts' | 'digits' | 'none';
  readonly truths: boolean;
  /** Most digits of a second in a text. */
  readonly fraction: number | undefined;
}

function columnOf({ kind, type, fractionDigits: fraction }: ColumnFacts): Column {
  const none = { texts: 'none', numbers: 'none', truths: false, fraction } as const;
  if (kind === 'binary' || kind === 'array') return none;
  if (type.startsWith('bit')) return { ...none, numbers: 'digits' };
  if (kind === 'boolean') return { ...none, truths: true };
  if (kind === 'timestamp') return { ...none, texts: 'points in time' };
  const numbers = type.startsWith('year') ? 'digits' : 'texts';
  // The empty text of an enumeration may be none of its words.
  return { ...none, numbers, texts: type.startsWith('enum(') ? 'not empty' : 'all' };
}

/** Rows for an INSERT with commas between them, or lines whose values must be understood. */
export type Made = { readonly values: Buffer; readonly count: number } | { readonly lines: Buffer };

/**
 * Makes rows of a statement of lines of JSON, byte by byte, without a value in between. It knows the forms that nearly
 * all values have.
 */
export class InsertLines {
  readonly #columns: readonly Column[];
  #in: Buffer = Buffer.alloc(0);
  #out: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  constructor(
    columns: readonly ColumnFacts[],
    private readonly most: number,
  ) {
    this.#columns = columns.map(columnOf);
  }

  /**
   * @param lines each with its end
   * @returns all of them in pieces, of no more than `most` rows each, which are gone with the next
   */
  *of(lines: Buffer): Generator<Made> {
    // What is no UTF-8 a text replaces, and the server would not take.
    if (this.#columns.length === 0 || !isUtf8(lines)) {
      yield { lines };
      return;
    }
    this.#in = lines;
    // An apostrophe becomes two bytes, and a number a text.
    const room = 2 * lines.length + 4;
    if (this.#out.length < room) this.#out = Buffer.allocUnsafe(room);
    this.#end = 0;
    let [count, taken, slow] = [0, 0, 0];
    for (let start = 0; start < lines.length;) {
      const before = this.#end;
      this.#at = start;
      if (count > 0) this.#out[this.#end++] = COMMA;
      if (this.#line()) {
        if (slow < start) yield { lines: lines.subarray(slow, start) };
        count += 1;
        start = slow = this.#at;
        if (count < this.most) continue;
      } else {
        this.#end = before;
        start = lines.indexOf(LINE_FEED, start) + 1;
        if (count === 0) continue;
      }
      yield { values: this.#out.subarray(taken, this.#end), count };
      [taken, count] = [this.#end, 0];
    }
    if (count > 0) yield { values: this.#out.subarray(taken, this.#end), count };
    if (slow < lines.length) yield { lines: lines.subarray(slow) };
  }

  /** @returns false for a line that has another form; else `#at` is behind its end */
  #line(): boolean {
    if (this.#in[this.#at++] !== BRACKET) return false;
    this.#out[this.#end++] = PARENTHESIS;
    const last = this.#columns.length - 1;
    for (let index = 0; index <= last; index += 1) {
      if (!this.#value(this.#columns[index] as Column)) return false;
      if (this.#in[this.#at++] !== (index === last ? CLOSING : COMMA)) return false;
      this.#out[this.#end++] = index === last ? CLOSING_PARENTHESIS : COMMA;
    }
    return this.#in[this.#at++] === LINE_FEED;
  }

  #value(column: Column): boolean {
    const first = this.#in[this.#at] as number;
    if (first === QUOTE) {
      if (column.texts === 'none') return false;
      if (column.texts === 'points in time') return this.#time(column.fraction ?? 0);
      const start = this.#end;
      if (!this.#text()) return false;
      if (column.texts === 'not empty' && this.#end === start + 2) return false;
      return column.fraction === undefined || this.#keeps(start, column.fraction);
    }
    if (first === LOWER_N) return this.#word('null');
    if (first === LOWER_T || first === LOWER_F) {
      if (!column.truths || !this.#word(first === LOWER_T ? 'true' : 'false')) return false;
      this.#end -= first === LOWER_T ? 4 : 5;
      this.#out[this.#end++] = first === LOWER_T ? ZERO + 1 : ZERO;
      return true;
    }
    if (column.numbers === 'none') return false;
    if (column.numbers === 'digits') return this.#number();
    this.#out[this.#end++] = APOSTROPHE;
    if (!this.#number()) return false;
    this.#out[this.#end++] = APOSTROPHE;
    return true;
  }

  /** Copies a word; nothing else may stand in its place. */
  #word(word: string): boolean {
    if (!standsAt(this.#in, this.#at, word)) return false;
    this.#copy(this.#at + word.length);
    return true;
  }

  #number(): boolean {
    const end = wholeNumberEnd(this.#in, this.#at);
    if (end < 0) return false;
    this.#copy(end);
    return true;
  }

  #copy(end: number): void {
    while (this.#at < end) this.#out[this.#end++] = this.#in[this.#at++] as number;
  }

  #text(): boolean {
    const [bytes, out] = [this.#in, this.#out];
    let [at, end] = [this.#at + 1, this.#end];
    out[end++] = APOSTROPHE;
    for (; ; at += 1) {
      const byte = bytes[at] as number;
      if (byte > APOSTROPHE && byte !== BACKSLASH) {
        out[end++] = byte;
        continue;
      }
      if (byte === QUOTE) break;
      if (byte < BLANK) return false;
      if (byte === APOSTROPHE) out[end++] = BACKSLASH;
      if (byte !== BACKSLASH) {
        out[end++] = byte;
        continue;
      }
      at += 1;
      const next = bytes[at] as number;
      if (escapesAlike.has(next)) out[end++] = BACKSLASH;
      else if (next !== QUOTE && next !== LOWER_F) return false;
      out[end++] = next === LOWER_F ? FORM_FEED : next;
    }
    out[end++] = APOSTROPHE;
    [this.#at, this.#end] = [at + 1, end];
    return true;
  }

  /** True where a time of day that was written has no more digits of a second than those. */
  #keeps(start: number, fraction: number): boolean {
    const end = this.#end - 1;
    let point = end - 1;
    while (isDigit(this.#out[point])) point -= 1;
    return this.#out[point] === POINT
      ? end - point - 1 <= fraction
      : this.#out[point] === COLON || point === start;
  }

  /** A point in time in the form that a backup has, without zeros at its end. */
  #time(fraction: number): boolean {
    const [bytes, out] = [this.#in, this.#out];
    const start = this.#at + 1;
    let end = this.#end;
    out[end++] = APOSTROPHE;
    for (let at = 0; at <= WHOLE; at += 1) {
      const byte = bytes[start + at] as number;
      const mark = marks[at];
      if (mark === 0 ? !isDigit(byte) : byte !== mark) return false;
      out[end++] = at === DATE && byte === UPPER_T ? BLANK : byte;
    }
    const first = start + WHOLE + 1;
    let at = first;
    for (; isDigit(bytes[at]); at += 1) out[end++] = bytes[at] as number;
    if (at === first || at > first + MOST_FRACTION || bytes[at] !== UPPER_Z || bytes[at + 1] !== QUOTE)
      return false;
    while (out[end - 1] === ZERO && end > this.#end + 1 + WHOLE) end -= 1;
    if (out[end - 1] === POINT) end -= 1;
    if (end - this.#end - WHOLE - 2 > fraction) return false;
    out[end++] = APOSTROPHE;
    [this.#at, this.#end] = [at + 2, end];
    return true;
  }
}
