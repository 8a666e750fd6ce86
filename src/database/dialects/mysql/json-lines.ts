import { isUtf8 } from 'node:buffer';
import { isDay, isTimeOfDay, pair } from '../../days.js';
import {
  BACKSLASH,
  BLANK,
  BRACKET,
  CLOSING,
  COMMA,
  isDigit,
  LINE_FEED,
  MINUS,
  POINT,
  QUOTE,
  SAFE_DIGITS,
  UPPER_T,
  UPPER_Z,
  ZERO,
} from '../../line-bytes.js';
import type { RowBlock } from '../../row-blocks.js';
import type { ColumnFacts } from '../../schema-facts.js';
import { SpareBuffers } from '../../spare-buffers.js';
import { hidesNoWord } from './lax.js';

/** Bytes of lines that are handed on at once. */
const BLOCK_BYTES = 128 * 1024;
/** Bytes of a row from which on its values are worth no second copy of them. */
const LONG_ROW = 4_000_000;

/** Digits of a second that are always written. */
const LEAST_FRACTION = 3;
/** Of a date, and with a time of day in whole seconds. */
const [DATE, WHOLE] = [10, 19];

/** What stands behind the backslash for a control character that has a letter; 0 for others. */
const letters = Uint8Array.from({ length: BLANK }, (_, byte) => {
  const [, letter = '\0'] = /^"\\(.)"$/.exec(JSON.stringify(String.fromCharCode(byte))) ?? [];
  return letter.charCodeAt(0);
});

type Form = 'text' | 'digits' | 'date' | 'whole' | 'truth' | 'time';

/** The form of a column's values; undefined where they have to be understood. */
function formOf(column: ColumnFacts): Form | undefined {
  switch (column.kind) {
    case 'integer':
      return 'whole';
    case 'boolean':
      return 'truth';
    case 'timestamp':
      return 'time';
    case 'decimal':
      return 'digits';
    case 'date':
      return 'date';
    case 'text':
      return hidesNoWord(column) ? undefined : 'text';
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

/** True for a date, a blank, and a time of day in whole seconds. */
function isTime(bytes: Buffer): boolean {
  if (bytes.length < WHOLE || !isDay(bytes, 0) || bytes[DATE] !== BLANK) return false;
  if (!isTimeOfDay(bytes, DATE + 1)) return false;
  return pair(bytes, 11) < 24 && pair(bytes, 14) < 60 && pair(bytes, 17) < 60;
}

/**
 * Makes lines of JSON of the values that the server sends as text, byte by byte. It knows the forms that nearly all
 * values have, none of which other engines refuse, and gives up at any other.
 */
export class JsonLines {
  readonly #buffers = new SpareBuffers(BLOCK_BYTES);
  #out: Buffer = Buffer.alloc(0);
  #end = 0;
  #count = 0;
  /** All bytes of texts in a row, one upon the other: below 128 where they are ASCII. */
  #bits = 0;

  private constructor(
    private readonly forms: readonly Form[],
    private readonly most: number,
  ) {}

  /**
   * Undefined where a column has values that must be understood.
   * @param most bytes of a line; a longer one is not made
   */
  static of(columns: readonly ColumnFacts[], most: number): JsonLines | undefined {
    const forms = columns.map(formOf);
    if (columns.length === 0 || forms.includes(undefined)) return undefined;
    return new JsonLines(forms as Form[], most);
  }

  /** The lines since the last time, each with its end, and their number. */
  take(): Pick<RowBlock, 'lines' | 'count' | 'release'> {
    const taken = this.#buffers.block(this.#out, this.#end, this.#count);
    [this.#end, this.#count] = [0, 0];
    return taken;
  }

  /** True where there is no room for so many bytes before the lines so far are taken. */
  isFull(bytes: number): boolean {
    return this.#end > 0 && this.#end + bytes > this.#out.length;
  }

  /** Bytes that the line of a row takes at the most: a quote becomes two, NULL four, and a time gets some. */
  room(row: readonly (Buffer | null)[]): number {
    let bytes = 0;
    for (let index = 0; index < this.forms.length; index += 1) bytes += row[index]?.length ?? 0;
    return 2 * bytes + 8 * this.forms.length + 3;
  }

  #reserve(bytes: number): void {
    if (this.#end === 0) this.#out = this.#buffers.take(bytes);
  }

  /**
   * @param row values as the server sends them, and perhaps others behind those of the columns
   * @param room what `room` says of it; there is as much
   * @returns false for a row with a value of another form, which is not added
   */
  add(row: readonly (Buffer | null)[], room: number): boolean {
    if (room > LONG_ROW) return false;
    this.#reserve(room);
    const before = this.#end;
    this.#bits = 0;
    const made = this.#line(row);
    const isValid = this.#bits < 0x80 || isUtf8(this.#out.subarray(before, this.#end));
    if (made && isValid && this.#end - before <= this.most) {
      this.#count += 1;
      return true;
    }
    this.#end = before;
    return false;
  }

  /** A line that was made otherwise, without its end; there is room for it. */
  addMade(line: string, bytes: number): void {
    this.#reserve(bytes);
    this.#end += this.#out.write(line, this.#end, 'utf8');
    this.#out[this.#end++] = LINE_FEED;
    this.#count += 1;
  }

  #line(row: readonly (Buffer | null)[]): boolean {
    const last = this.forms.length - 1;
    this.#out[this.#end++] = BRACKET;
    for (let index = 0; index <= last; index += 1) {
      const value = row[index] ?? null;
      if (value === null) this.#word('null');
      else if (!this.#value(value, this.forms[index] as Form)) return false;
      this.#out[this.#end++] = index === last ? CLOSING : COMMA;
    }
    this.#out[this.#end++] = LINE_FEED;
    return true;
  }

  #value(bytes: Buffer, form: Form): boolean {
    if (form === 'text') return this.#text(bytes);
    if (form === 'time') return this.#time(bytes);
    if (form === 'whole') return this.#whole(bytes);
    if (form === 'truth') return this.#truth(bytes);
    return form === 'date' ? this.#date(bytes) : this.#digits(bytes);
  }

  #word(word: string): void {
    for (let index = 0; index < word.length; index += 1) this.#out[this.#end++] = word.charCodeAt(index);
  }

  #copy(bytes: Buffer, length: number): void {
    for (let at = 0; at < length; at += 1) this.#out[this.#end++] = bytes[at] as number;
  }

  #text(bytes: Buffer): boolean {
    const out = this.#out;
    let [end, bits] = [this.#end, this.#bits];
    out[end++] = QUOTE;
    for (let at = 0; at < bytes.length; at += 1) {
      let byte = bytes[at] as number;
      if (byte <= QUOTE || byte === BACKSLASH) {
        if (byte < BLANK) {
          byte = letters[byte] as number;
          if (byte === 0) return false;
          out[end++] = BACKSLASH;
        } else if (byte >= QUOTE) out[end++] = BACKSLASH;
      }
      bits |= byte;
      out[end++] = byte;
    }
    out[end++] = QUOTE;
    [this.#end, this.#bits] = [end, bits];
    return true;
  }

  #digits(bytes: Buffer): boolean {
    this.#out[this.#end++] = QUOTE;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (!isDigit(byte) && byte !== MINUS && byte !== POINT) return false;
      this.#out[this.#end++] = byte;
    }
    this.#out[this.#end++] = QUOTE;
    return true;
  }

  #date(bytes: Buffer): boolean {
    if (bytes.length !== DATE || !isDay(bytes, 0)) return false;
    this.#out[this.#end++] = QUOTE;
    this.#copy(bytes, DATE);
    this.#out[this.#end++] = QUOTE;
    return true;
  }

  #whole(bytes: Buffer): boolean {
    const first = bytes[0] === MINUS ? 1 : 0;
    const digits = bytes.length - first;
    // A column may fill up with zeros, which no number of JSON begins with.
    if (bytes[first] === ZERO && bytes.length > 1) return false;
    for (let at = first; at < bytes.length; at += 1) if (!isDigit(bytes[at])) return false;
    this.#copy(bytes, bytes.length);
    return digits > 0 && digits <= SAFE_DIGITS;
  }

  #truth(bytes: Buffer): boolean {
    const digit = (bytes[0] as number) - ZERO;
    if (bytes.length !== 1 || (digit !== 0 && digit !== 1)) return false;
    this.#word(digit === 1 ? 'true' : 'false');
    return true;
  }

  /** A point in time in UTC, as the session's zone is; the server writes as many digits of a second as the column has. */
  #time(bytes: Buffer): boolean {
    if (!isTime(bytes)) return false;
    const out = this.#out;
    let end = this.#end;
    out[end++] = QUOTE;
    for (let at = 0; at < WHOLE; at += 1) out[end++] = at === DATE ? UPPER_T : (bytes[at] as number);
    let { length } = bytes;
    if (length > WHOLE && (bytes[WHOLE] !== POINT || length === WHOLE + 1)) return false;
    while (length > WHOLE + 1 + LEAST_FRACTION && bytes[length - 1] === ZERO) length -= 1;
    out[end++] = POINT;
    for (let at = WHOLE + 1; at < length; at += 1) {
      if (!isDigit(bytes[at])) return false;
      out[end++] = bytes[at] as number;
    }
    for (let digits = Math.max(0, length - WHOLE - 1); digits < LEAST_FRACTION; digits += 1)
      out[end++] = ZERO;
    out[end++] = UPPER_Z;
    out[end++] = QUOTE;
    this.#end = end;
    return true;
  }
}
