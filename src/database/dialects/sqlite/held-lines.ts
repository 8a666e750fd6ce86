import { isUtf8 } from 'node:buffer';
import { isDay, isTimeOfDay } from '../../days.js';
import {
  BACKSLASH,
  BLANK,
  BRACKET,
  CLOSING,
  COMMA,
  isDigit,
  LINE_FEED,
  LOWER_N,
  LOWER_T,
  POINT,
  QUOTE,
  UPPER_T,
  UPPER_Z,
  ZERO,
} from '../../line-bytes.js';
import { escaped, standsAt, wholeNumberEnd } from '../../line-parts.js';
import type { ColumnFacts, PortableRow } from '../../schema-facts.js';
import { isNumber, ROW_END, VALUE_END, type Chunk } from './chunks.js';
import { decode, type Stored } from './values.js';

const LOWER_I = 0x69;
const LOWER_U = 0x75;

/** Where the parts of a point in time end: its date, its whole seconds. */
const [DATE, WHOLE] = [10, 19];

const texts: ReadonlySet<ColumnFacts['kind']> = new Set([
  'text',
  'json',
  'uuid',
  'date',
  'time',
  'array',
  'timestamp',
]);

/** What is left to say of lines that are what the values of their rows make. */
export interface Held {
  /** The rows' numbers, added up. */
  readonly numbers: number;
  /** Rows with what other engines may not take, or what has to be looked at to know. */
  readonly doubtful: readonly PortableRow[];
}

/**
 * Holds lines that the engine has written, byte by byte, against the types and texts of the values of the same rows: each
 * has to be the line that is made of these values. It knows the forms that nearly all values have, and gives up at any other.
 */
export class HeldLines {
  #lines: Buffer = Buffer.alloc(0);
  #at = 0;
  #values: Buffer = this.#lines;
  #from = 0;
  #isDoubtful = false;

  /** @param most bytes of a line with its end */
  constructor(
    private readonly columns: readonly ColumnFacts[],
    private readonly most: number,
  ) {}

  /** @returns undefined where one line is another, or of a form that must be understood */
  of({ rows, lines, values, numbers }: Chunk): Held | undefined {
    [this.#lines, this.#at, this.#values, this.#from] = [lines, 0, values, 0];
    const doubtful: PortableRow[] = [];
    let sum = 0;
    for (let row = 0; row < rows; row += 1) {
      const start = this.#at;
      this.#isDoubtful = false;
      const number = this.#number();
      if (number < 0 || !this.#row(numbers[row])) return undefined;
      sum += number;
      if (this.#lines[this.#at++] !== LINE_FEED || this.#values[this.#from++] !== ROW_END) return undefined;
      if (this.#at - start > this.most) return undefined;
      if (this.#isDoubtful) doubtful.push(JSON.parse(lines.toString('utf8', start, this.#at)) as PortableRow);
    }
    const isWhole = this.#at === lines.length && this.#from === values.length;
    // The driver would have other characters in the place of bytes that are none.
    return isWhole && isUtf8(lines) ? { numbers: sum, doubtful } : undefined;
  }

  /** The number of a row; below zero where there is none. */
  #number(): number {
    let [number, from] = [0, this.#from];
    while (isDigit(this.#values[from])) {
      number = number * 10 + (this.#values[from] as number) - ZERO;
      from += 1;
    }
    if (from === this.#from || this.#values[from] !== VALUE_END) return -1;
    this.#from = from + 1;
    return number;
  }

  #row(numbers: readonly Stored[] | undefined): boolean {
    const last = this.columns.length - 1;
    let own = 0;
    if (this.#lines[this.#at++] !== BRACKET) return false;
    for (let index = 0; index <= last; index += 1) {
      const column = this.columns[index] as ColumnFacts;
      const isSame = isNumber(column)
        ? this.#isNumber(column, numbers?.[own++])
        : this.#isValue(column) && this.#values[this.#from++] === VALUE_END;
      if (!isSame || this.#lines[this.#at++] !== (index === last ? CLOSING : COMMA)) return false;
    }
    return true;
  }

  /** A number is written here as well, of what the driver has read. */
  #isNumber({ kind }: ColumnFacts, stored: Stored | undefined): boolean {
    return stored !== undefined && this.#isWord(JSON.stringify(decode(stored, kind)));
  }

  #isWord(word: string): boolean {
    const isThere = standsAt(this.#lines, this.#at, word);
    if (isThere) this.#at += word.length;
    return isThere;
  }

  /** The word for the type of a value stands before it. */
  #isValue({ kind }: ColumnFacts): boolean {
    const type = this.#values[this.#from];
    if (type === LOWER_T) {
      this.#from += 'text'.length;
      return texts.has(kind) && this.#isTextOf(kind);
    }
    if (type === LOWER_N) {
      this.#from += 'null'.length;
      return this.#isWord('null');
    }
    if (type !== LOWER_I) return false;
    this.#from += 'integer'.length;
    if (kind === 'integer') return this.#isWhole();
    if (kind !== 'boolean') return false;
    const truth = this.#values[this.#from++];
    return (truth === ZERO + 1 && this.#isWord('true')) || (truth === ZERO && this.#isWord('false'));
  }

  #isWhole(): boolean {
    const end = wholeNumberEnd(this.#lines, this.#at);
    for (; this.#at < end; this.#at += 1) {
      if (this.#lines[this.#at] !== this.#values[this.#from++]) return false;
    }
    return end >= 0;
  }

  #isTextOf(kind: ColumnFacts['kind']): boolean {
    const start = this.#from;
    if (!this.#isText()) return false;
    if (kind === 'timestamp') return this.#isInstant(start);
    if (kind === 'date' && (this.#from - start !== DATE || !isDay(this.#values, start)))
      this.#isDoubtful = true;
    return true;
  }

  #isText(): boolean {
    const [lines, values] = [this.#lines, this.#values];
    let [at, from] = [this.#at + 1, this.#from];
    if (lines[this.#at] !== QUOTE) return false;
    for (; ; at += 1, from += 1) {
      const byte = lines[at] as number;
      // Nearly all are these, and every byte of a backup comes by.
      if (byte > QUOTE && byte !== BACKSLASH && byte === values[from]) continue;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        at += 1;
        let meant = escaped[lines[at] as number] ?? 0;
        if (lines[at] === LOWER_U) {
          meant = this.#control(at);
          at += 4;
        } else if (meant === 0) return false;
        if (values[from] !== meant) return false;
      } else if (!(byte >= BLANK) || values[from] !== byte) return false;
    }
    [this.#at, this.#from] = [at + 1, from];
    return true;
  }

  /** The control character that has no letter of its own, and no part in telling values apart; -1 for any other. */
  #control(at: number): number {
    const word = this.#lines.toString('latin1', at - 1, at + 5);
    const byte = parseInt(word.slice(2), 16);
    if (!(byte < BLANK) || byte === VALUE_END || byte === ROW_END) return -1;
    if (byte === 0) this.#isDoubtful = true;
    return JSON.stringify(String.fromCharCode(byte)) === `"${word}"` ? byte : -1;
  }

  /** A point in time that may have a form of its own is tagged, and one that no calendar has is looked at. */
  #isInstant(start: number): boolean {
    const [bytes, end] = [this.#values, this.#from];
    if (bytes[end - 1] === UPPER_Z) return false;
    if (!isPlainInstant(bytes, start, end)) this.#isDoubtful = true;
    return true;
  }
}

/** True for a day of the calendar with a time of day, as the tool and Go's drivers write it. */
function isPlainInstant(bytes: Buffer, start: number, end: number): boolean {
  const between = bytes[start + DATE];
  if (end - start < WHOLE || !isDay(bytes, start) || (between !== BLANK && between !== UPPER_T)) return false;
  if (!isTimeOfDay(bytes, start + DATE + 1)) return false;
  let at = start + WHOLE;
  if (bytes[at] === POINT && isDigit(bytes[at + 1])) {
    at += 1;
    while (isDigit(bytes[at])) at += 1;
  }
  return at === end || (end - at === '+00:00'.length && standsAt(bytes, at, '+00:00'));
}
