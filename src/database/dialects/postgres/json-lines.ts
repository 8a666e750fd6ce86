import type { ColumnFacts } from '../../schema-facts.js';
import {
  BACKSLASH,
  BLANK,
  BRACKET,
  CLOSING,
  COMMA,
  escapesAlike,
  LINE_FEED,
  LOWER_F,
  LOWER_T,
  MINUS,
  NINE,
  POINT,
  QUOTE,
  SAFE_DIGITS,
  TAB,
  UPPER_N,
  ZERO,
} from './line-bytes.js';

const [PLUS, COLON, UPPER_T] = [0x2b, 0x3a, 0x54];

/** Digits of a second that are always written. */
const LEAST_FRACTION = 3;
/** Of a date with a time of day in whole seconds. */
const WHOLE = 19;
/** Bytes of a line from which on its values are worth no second copy of them. */
const LONG_LINE = 4_000_000;

/** What stands at each place of `2025-01-01 00:00:00` that is no digit. */
const marks: Readonly<Record<number, number>> = { 4: MINUS, 7: MINUS, 10: BLANK, 13: COLON, 16: COLON };

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

type Form = 'text' | 'whole' | 'truth' | 'time';

/** The form of a column's values; undefined where they have to be understood. */
function formOf({ kind, type }: ColumnFacts): Form | undefined {
  switch (kind) {
    case 'integer':
      return 'whole';
    case 'boolean':
      return 'truth';
    case 'timestamp':
      return 'time';
    case 'text':
      return type.startsWith('character(') ? undefined : 'text';
    case 'decimal':
    case 'date':
    case 'time':
    case 'uuid':
    case 'json':
      return 'text';
    case 'float':
    case 'binary':
    case 'array':
      return undefined;
  }
}

/**
 * Makes lines of JSON of the lines that COPY gives, byte by byte, without a value in between. It knows the forms that
 * nearly all values have, and gives up at any other.
 */
export class JsonLines {
  readonly #forms: readonly Form[] | undefined;
  #in: Buffer = Buffer.alloc(0);
  #at = 0;
  #out = Buffer.allocUnsafe(1 << 16);
  #end = 0;

  constructor(columns: readonly ColumnFacts[]) {
    const forms = columns.map(formOf);
    if (columns.length > 0 && !forms.includes(undefined)) this.#forms = forms as Form[];
  }

  /**
   * @param bytes lines as COPY gives them
   * @param start of one of them
   * @param end its line feed
   * @returns the line of JSON without its end, until the next is asked for; undefined for one that has another form
   */
  of(bytes: Buffer, start: number, end: number): Buffer | undefined {
    if (!this.#forms || end - start > LONG_LINE) return undefined;
    // A quote becomes two bytes, NULL four, and a time gets some.
    const most = 2 * (end - start) + 8 * this.#forms.length + 2;
    if (this.#out.length < most) this.#out = Buffer.allocUnsafe(most);
    [this.#in, this.#at, this.#end] = [bytes, start, 0];
    const last = this.#forms.length - 1;
    this.#out[this.#end++] = BRACKET;
    for (let index = 0; index <= last; index += 1) {
      if (!this.#value(this.#forms[index] as Form)) return undefined;
      if (this.#in[this.#at++] !== (index === last ? LINE_FEED : TAB)) return undefined;
      this.#out[this.#end++] = index === last ? CLOSING : COMMA;
    }
    return this.#at === end + 1 ? this.#out.subarray(0, this.#end) : undefined;
  }

  #value(form: Form): boolean {
    if (this.#in[this.#at] === BACKSLASH && this.#in[this.#at + 1] === UPPER_N) {
      this.#at += 2;
      this.#word('null');
      return true;
    }
    if (form === 'text') return this.#text();
    if (form === 'time') return this.#time();
    return form === 'whole' ? this.#whole() : this.#truth();
  }

  #word(word: string): void {
    for (let index = 0; index < word.length; index += 1) this.#out[this.#end++] = word.charCodeAt(index);
  }

  #text(): boolean {
    const [bytes, out] = [this.#in, this.#out];
    let [at, end] = [this.#at, this.#end];
    out[end++] = QUOTE;
    for (; ; at += 1) {
      const byte = bytes[at] as number;
      if (byte < BLANK) {
        if (byte === TAB || byte === LINE_FEED) break;
        return false;
      }
      if (byte === QUOTE) out[end++] = BACKSLASH;
      out[end++] = byte;
      if (byte !== BACKSLASH) continue;
      at += 1;
      const next = bytes[at] as number;
      if (!escapesAlike.has(next)) return false;
      out[end++] = next;
    }
    out[end++] = QUOTE;
    [this.#at, this.#end] = [at, end];
    return true;
  }

  #whole(): boolean {
    if (this.#in[this.#at] === MINUS) this.#out[this.#end++] = this.#in[this.#at++] as number;
    const first = this.#at;
    while (isDigit(this.#in[this.#at])) this.#out[this.#end++] = this.#in[this.#at++] as number;
    const digits = this.#at - first;
    // What is no number of JSON is a text of digits, such as that of bits.
    if (this.#in[first] === ZERO && (digits > 1 || this.#in[first - 1] === MINUS)) return false;
    return digits > 0 && digits <= SAFE_DIGITS;
  }

  #truth(): boolean {
    const letter = this.#in[this.#at++];
    if (letter !== LOWER_T && letter !== LOWER_F) return false;
    this.#word(letter === LOWER_T ? 'true' : 'false');
    return true;
  }

  /** A point in time of four digits for the year, in UTC. */
  #time(): boolean {
    const [bytes, out] = [this.#in, this.#out];
    out[this.#end++] = QUOTE;
    for (let index = 0; index < WHOLE; index += 1) {
      const byte = bytes[this.#at++] as number;
      const mark = marks[index];
      if (mark === undefined ? !isDigit(byte) : byte !== mark) return false;
      out[this.#end++] = byte === BLANK ? UPPER_T : byte;
    }
    out[this.#end++] = POINT;
    let digits = 0;
    if (bytes[this.#at] === POINT) {
      this.#at += 1;
      for (; isDigit(bytes[this.#at]); digits += 1) out[this.#end++] = bytes[this.#at++] as number;
      // A server writes no zeros behind the last digit.
      if (digits === 0 || bytes[this.#at - 1] === ZERO) return false;
    }
    for (; digits < LEAST_FRACTION; digits += 1) out[this.#end++] = ZERO;
    if (bytes[this.#at] === PLUS) {
      if (bytes[this.#at + 1] !== ZERO || bytes[this.#at + 2] !== ZERO) return false;
      this.#at += 3;
    }
    this.#word('Z"');
    return true;
  }
}
