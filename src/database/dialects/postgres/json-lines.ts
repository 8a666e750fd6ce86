import type { RowBlock } from '../../row-blocks.js';
import type { ColumnFacts } from '../../schema-facts.js';
import { SpareBuffers } from '../../spare-buffers.js';
import {
  BACKSLASH,
  BLANK,
  BRACKET,
  CLOSING,
  COMMA,
  escapesAlike,
  isDigit,
  LINE_FEED,
  LOWER_F,
  LOWER_T,
  MINUS,
  POINT,
  QUOTE,
  TAB,
  UPPER_N,
  UPPER_T,
  ZERO,
} from './line-bytes.js';
import { wholeNumberEnd } from '../../line-parts.js';

const PLUS = 0x2b;

/** Digits of a second that are always written. */
const LEAST_FRACTION = 3;
/** Of a date with a time of day in whole seconds. */
const WHOLE = 19;
/** Bytes of lines that are handed on at once. */
const BLOCK_BYTES = 256 * 1024;
/** Bytes of a line from which on its values are worth no second copy of them. */
const LONG_LINE = 4_000_000;

/** What stands at each place of a time that is no digit, and 0 for one. */
const marks = Uint8Array.from('0000-00-00 00:00:00', (character) =>
  character === '0' ? 0 : character.charCodeAt(0),
);

export type Form = 'text' | 'digits' | 'whole' | 'truth' | 'time';

/** The form of a column's values; undefined where they have to be understood. */
function formOf({ kind, type }: ColumnFacts): Form | undefined {
  switch (kind) {
    case 'integer':
      return 'whole';
    case 'boolean':
      return 'truth';
    case 'timestamp':
      return 'time';
    case 'decimal':
    case 'date':
      return 'digits';
    case 'text':
      return type.startsWith('character(') ? undefined : 'text';
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

/** The forms of all columns; undefined where the values of one have to be understood, or there are none. */
export function formsOf(columns: readonly ColumnFacts[]): readonly Form[] | undefined {
  const forms = columns.map(formOf);
  return columns.length > 0 && !forms.includes(undefined) ? (forms as Form[]) : undefined;
}

/**
 * Makes lines of JSON of the lines that COPY gives, byte by byte, without a value in between. It knows the forms that
 * nearly all values have, none of which other engines refuse, and gives up at any other.
 */
export class JsonLines {
  #in: Buffer = Buffer.alloc(0);
  #at = 0;
  readonly #buffers = new SpareBuffers(BLOCK_BYTES);
  #out: Buffer = Buffer.alloc(0);
  #end = 0;
  #count = 0;

  /** @param most bytes of a line; a longer one is not made */
  constructor(
    private readonly forms: readonly Form[],
    private readonly most: number,
  ) {}

  /** True where no line of COPY of so many bytes can be added before the lines so far are taken. */
  isFull(bytes: number): boolean {
    return this.#end > 0 && this.#end + this.#room(bytes) > this.#out.length;
  }

  /** Of a line: a quote becomes two bytes, NULL four, and a time gets some. */
  #room(bytes: number): number {
    return 2 * bytes + 8 * this.forms.length + 3;
  }

  #reserve(bytes: number): void {
    if (this.#end === 0) this.#out = this.#buffers.take(bytes);
  }

  /** The lines since the last time, each with its end, and their number. */
  take(): Pick<RowBlock, 'lines' | 'count' | 'release'> {
    const taken = this.#buffers.block(this.#out, this.#end, this.#count);
    [this.#end, this.#count] = [0, 0];
    return taken;
  }

  /**
   * @param bytes lines as COPY gives them
   * @param start of one of them
   * @param end its line feed
   * @returns false for a line that has another form, which is not added
   */
  add(bytes: Buffer, start: number, end: number): boolean {
    if (end - start > LONG_LINE) return false;
    this.#reserve(this.#room(end - start));
    [this.#in, this.#at] = [bytes, start];
    const before = this.#end;
    if (this.#line() && this.#at === end + 1 && this.#end - before <= this.most) {
      this.#count += 1;
      return true;
    }
    this.#end = before;
    return false;
  }

  /** A line that was made otherwise, without its end. @returns false where there is no room before the others are taken */
  addMade(line: string): boolean {
    const bytes = Buffer.byteLength(line) + 1;
    this.#reserve(bytes);
    if (this.#end + bytes > this.#out.length) return false;
    this.#end += this.#out.write(line, this.#end, 'utf8');
    this.#out[this.#end++] = LINE_FEED;
    this.#count += 1;
    return true;
  }

  #line(): boolean {
    const last = this.forms.length - 1;
    this.#out[this.#end++] = BRACKET;
    for (let index = 0; index <= last; index += 1) {
      if (!this.#value(this.forms[index] as Form)) return false;
      if (this.#in[this.#at++] !== (index === last ? LINE_FEED : TAB)) return false;
      this.#out[this.#end++] = index === last ? CLOSING : COMMA;
    }
    this.#out[this.#end++] = LINE_FEED;
    return true;
  }

  #value(form: Form): boolean {
    if (this.#in[this.#at] === BACKSLASH && this.#in[this.#at + 1] === UPPER_N) {
      this.#at += 2;
      this.#word('null');
      return true;
    }
    if (form === 'text') return this.#text();
    if (form === 'digits') return this.#digits();
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
      if (byte > QUOTE && byte !== BACKSLASH) {
        out[end++] = byte;
        continue;
      }
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

  /** A decimal or a date that is a finite one of this era: both have digits, and little else. */
  #digits(): boolean {
    const [bytes, out] = [this.#in, this.#out];
    let [at, end] = [this.#at, this.#end];
    out[end++] = QUOTE;
    for (let byte = bytes[at] as number; isDigit(byte) || byte === MINUS || byte === POINT;) {
      out[end++] = byte;
      at += 1;
      byte = bytes[at] as number;
    }
    out[end++] = QUOTE;
    [this.#at, this.#end] = [at, end];
    return true;
  }

  #whole(): boolean {
    // What is no number of JSON is a text of digits, such as that of bits.
    const end = wholeNumberEnd(this.#in, this.#at);
    if (end < 0) return false;
    while (this.#at < end) this.#out[this.#end++] = this.#in[this.#at++] as number;
    return true;
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
      if (mark === 0 ? !isDigit(byte) : byte !== mark) return false;
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
