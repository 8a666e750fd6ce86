import type { ColumnFacts } from '../../schema-facts.js';
import {
  BACKSLASH,
  BLANK,
  COLON,
  isDigit,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  MINUS,
  POINT,
  QUOTE,
  SAFE_DIGITS,
  UPPER_T,
  UPPER_Z,
  ZERO,
} from './line-bytes.js';
import { standsAt, wholeNumberEnd } from '../../line-parts.js';
import { timestampType } from './timestamp-type.js';

/** How a value is written in the binary format: whole numbers with their bits, points in time with the digits of a second. */
export type Encoding =
  { readonly form: 'truth' } | { readonly form: 'whole'; readonly bits: 16 | 32 | 64 } | Quoted;

/** Those that stand in quotation marks. */
type Quoted =
  | { readonly form: 'text' | 'json' | 'uuid' | 'date' | 'decimal' }
  | { readonly form: 'time'; readonly fraction: number };

/** The server's own types, in its own words: a domain or an extension's type has others. */
const textType = /^(?:text|json|character varying(?:\(\d+\))?)$/;
const decimalType = /^numeric(?:\(\d+,\d+\))?$/;
const wholeTypes: Readonly<Record<string, 16 | 32 | 64>> = { smallint: 16, integer: 32, bigint: 64 };

/** Undefined for a type whose binary form is not made here. */
export function encodingOf({ type, fractionDigits = 0 }: ColumnFacts): Encoding | undefined {
  if (textType.test(type)) return { form: 'text' };
  if (timestampType.test(type)) return { form: 'time', fraction: fractionDigits };
  if (decimalType.test(type)) return { form: 'decimal' };
  if (type === 'jsonb') return { form: 'json' };
  if (type === 'uuid' || type === 'date') return { form: type };
  if (type === 'boolean') return { form: 'truth' };
  const bits = Object.hasOwn(wholeTypes, type) ? wholeTypes[type] : undefined;
  return bits && { form: 'whole', bits };
}

/** What stands for a character behind a backslash in a text of JSON; 0 for others, which are left to a text. */
const meanings = new Uint8Array(256);
for (const [letter, meaning] of ['""', '\\\\', '//', 'n\n', 'r\r', 't\t', 'b\b', 'f\f']) {
  meanings[(letter as string).charCodeAt(0)] = (meaning as string).charCodeAt(0);
}

/** Digits of a hexadecimal number as the server writes them; 16 for any other byte. */
const hexDigits = new Uint8Array(256).fill(16);
for (const [value, digit] of [...'0123456789abcdef'].entries()) hexDigits[digit.charCodeAt(0)] = value;

/** The bytes of a UUID behind which a hyphen stands, as bits. */
const BEFORE_HYPHEN = (1 << 3) | (1 << 5) | (1 << 7) | (1 << 9);

const TWO_32 = 2 ** 32;
const [DAY_S, MILLION] = [86_400, 1_000_000];
/** Days from the first of March of the year 0 to 2000-01-01, with which the server begins to count. */
const EPOCH_DAYS = 730_425;
/** Most digits of a decimal that is taken to pieces here, and how many the server keeps in one. */
const MOST_DIGITS = 100;
const BASE_DIGITS = 4;

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Reads values of JSON, and writes each behind the number of its bytes. A form that it does not know it leaves alone. */
export class BinaryValues {
  /** Where reading goes on. */
  at = 0;
  /** Where writing goes on. */
  end = 0;

  constructor(
    private readonly json: Buffer,
    private readonly out: Buffer,
  ) {}

  /** Of a line of so many bytes and values: of each value its length, and what a number may take more than its digits. */
  static mostBytes(line: number, values: number): number {
    return line + 16 * values + 2;
  }

  get room(): number {
    return this.out.length - this.end;
  }

  taken(): Buffer {
    return this.out.subarray(0, this.end);
  }

  take(byte: number): boolean {
    if (this.json[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  short(number: number): void {
    this.out[this.end++] = number >> 8;
    this.out[this.end++] = number;
  }

  #int(number: number): void {
    this.out[this.end++] = number >> 24;
    this.out[this.end++] = number >> 16;
    this.out[this.end++] = number >> 8;
    this.out[this.end++] = number;
  }

  #long(number: number): void {
    const high = Math.floor(number / TWO_32);
    this.#int(high | 0);
    this.#int((number - high * TWO_32) | 0);
  }

  /** @returns false for another form than that of nearly all values */
  value(encoding: Encoding): boolean {
    if (this.json[this.at] === LOWER_N) {
      this.#int(-1);
      return this.#word('null');
    }
    if (encoding.form === 'whole') return this.#whole(encoding.bits);
    if (encoding.form === 'truth') return this.#truth();
    return this.take(QUOTE) && this.#quoted(encoding);
  }

  #quoted(encoding: Quoted): boolean {
    switch (encoding.form) {
      case 'text':
        return this.#text(0);
      case 'json':
        // The version of the format, of which there is one.
        this.out[this.end + 4] = 1;
        return this.#text(1);
      case 'uuid':
        return this.#uuid() && this.take(QUOTE);
      case 'time':
        return this.#time(encoding.fraction) && this.take(QUOTE);
      case 'date':
        return this.#date() && this.take(QUOTE);
      case 'decimal':
        return this.#decimal() && this.take(QUOTE);
    }
  }

  #word(word: string): boolean {
    if (!standsAt(this.json, this.at, word)) return false;
    this.at += word.length;
    return true;
  }

  /**
   * A text up to its quotation mark.
   * @param before bytes that stand before it already, and count
   */
  #text(before: number): boolean {
    const [json, out, start] = [this.json, this.out, this.end];
    let [at, end] = [this.at, start + 4 + before];
    for (; ; at += 1) {
      const byte = json[at] as number;
      if (byte > QUOTE && byte !== BACKSLASH) {
        out[end++] = byte;
        continue;
      }
      if (byte === QUOTE) break;
      if (byte < BLANK) return false;
      if (byte === BACKSLASH) {
        at += 1;
        const meaning = meanings[json[at] as number] as number;
        if (meaning === 0) return false;
        out[end++] = meaning;
      } else out[end++] = byte;
    }
    this.#int(end - start - 4);
    [this.at, this.end] = [at + 1, end];
    return true;
  }

  #truth(): boolean {
    const isTrue = this.json[this.at] === LOWER_T;
    if (!isTrue && this.json[this.at] !== LOWER_F) return false;
    this.#int(1);
    this.out[this.end++] = isTrue ? 1 : 0;
    return this.#word(isTrue ? 'true' : 'false');
  }

  /** Digits up to something else, as a number. @returns -1 where there are none, or too many to be exact */
  #digits(most = SAFE_DIGITS): number {
    const first = this.at;
    let number = 0;
    for (; isDigit(this.json[this.at]); this.at += 1) {
      number = 10 * number + (this.json[this.at] as number) - ZERO;
    }
    const digits = this.at - first;
    return digits > 0 && digits <= most ? number : -1;
  }

  #whole(bits: 16 | 32 | 64): boolean {
    if (wholeNumberEnd(this.json, this.at) < 0) return false;
    const number = this.take(MINUS) ? -this.#digits() : this.#digits();
    this.#int(bits / 8);
    if (bits === 64) this.#long(number);
    else if (Math.abs(number) >= 2 ** (bits - 1)) return false;
    else if (bits === 32) this.#int(number);
    else this.short(number);
    return true;
  }

  #uuid(): boolean {
    this.#int(16);
    for (let byte = 0; byte < 16; byte += 1) {
      const high = hexDigits[this.json[this.at] as number] as number;
      const low = hexDigits[this.json[this.at + 1] as number] as number;
      if (high > 15 || low > 15) return false;
      this.out[this.end++] = (high << 4) | low;
      this.at += 2;
      if ((BEFORE_HYPHEN >> byte) & 1 && !this.take(MINUS)) return false;
    }
    return true;
  }

  /** So many digits and what stands behind them. @returns -1 for anything else */
  #part(digits: number, behind: number | undefined): number {
    const first = this.at;
    const number = this.#digits(digits);
    if (this.at - first !== digits) return -1;
    return behind === undefined || this.take(behind) ? number : -1;
  }

  /** A day of the calendar as the server counts them; undefined for what is none of this era. */
  #day(behind: number | undefined): number | undefined {
    const [year, month, day] = [this.#part(4, MINUS), this.#part(2, MINUS), this.#part(2, behind)];
    const days = month === 2 && isLeap(year) ? 29 : (monthDays[month - 1] ?? 0);
    if (year < 1 || day < 1 || day > days) return undefined;
    // Counted from March on, a leap day is the last of its year.
    const [y, m] = month > 2 ? [year, month - 3] : [year - 1, month + 9];
    const before = 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
    return before + Math.floor((153 * m + 2) / 5) + day - 1 - EPOCH_DAYS;
  }

  #date(): boolean {
    const day = this.#day(undefined);
    if (day === undefined) return false;
    this.#int(4);
    this.#int(day);
    return true;
  }

  /** A point in time in UTC with no more digits of a second than that, of a year whose microseconds a double holds. */
  #time(fraction: number): boolean {
    const day = this.#day(UPPER_T);
    const [hour, minute, second] = [this.#part(2, COLON), this.#part(2, COLON), this.#part(2, undefined)];
    if (day === undefined || hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
    if (second < 0 || second > 59) return false;
    const micros = this.take(POINT) ? this.#fraction(fraction) : 0;
    const whole = (day * DAY_S + 3600 * hour + 60 * minute + second) * MILLION;
    if (micros < 0 || !Number.isSafeInteger(whole + micros) || !this.take(UPPER_Z)) return false;
    this.#int(8);
    this.#long(whole + micros);
    return true;
  }

  /** Digits of a second in microseconds. @returns -1 for more of them than there may be, or none */
  #fraction(most: number): number {
    const first = this.at;
    const number = this.#digits(most);
    return number < 0 ? -1 : number * 10 ** (6 - (this.at - first));
  }

  /** A finite decimal: the server keeps four digits in each of its own, from the point on to both sides. */
  #decimal(): boolean {
    const negative = this.take(MINUS);
    const first = this.at;
    const point = this.#skipDigits();
    const hasPoint = this.take(POINT);
    const last = hasPoint ? this.#skipDigits() : point;
    const [whole, scale] = [point - first, hasPoint ? last - point - 1 : 0];
    if (whole === 0 || (hasPoint && scale === 0) || whole + scale > MOST_DIGITS) return false;
    const groups = Math.ceil(whole / BASE_DIGITS);
    const all = groups + Math.ceil(scale / BASE_DIGITS);
    this.#int(8 + 2 * all);
    this.short(all);
    this.short(groups - 1);
    this.short(negative ? 0x4000 : 0);
    this.short(scale);
    for (let group = 0; group < all; group += 1) {
      const start = point + BASE_DIGITS * (group - groups) + (group < groups ? 0 : 1);
      let value = 0;
      for (let at = start; at < start + BASE_DIGITS; at += 1) {
        value = 10 * value + (at < first || at >= last ? 0 : (this.json[at] as number) - ZERO);
      }
      this.short(value);
    }
    return true;
  }

  /** @returns where the digits end */
  #skipDigits(): number {
    while (isDigit(this.json[this.at])) this.at += 1;
    return this.at;
  }
}
