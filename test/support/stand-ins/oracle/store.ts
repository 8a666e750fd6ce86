import { serverError } from './error.js';
import type { Column } from './tables.js';

/** Bytes of the longest VARCHAR2 and of the longest CHAR and RAW, whatever its length in characters. */
const MOST_BYTES: Readonly<Record<string, number>> = {
  VARCHAR2: 4000,
  NVARCHAR2: 4000,
  CHAR: 2000,
  NCHAR: 2000,
  RAW: 2000,
};

/** Digits that a number has at the most. */
const DIGITS = 40;

interface Decimal {
  readonly sign: string;
  /** Without zeros at either end; empty for zero. */
  readonly digits: string;
  /** Where the point stands, counted from the first digit: `12.5` has 2, `0.05` has -1. */
  readonly point: number;
}

/** @throws ORA-01722 */
function parse(text: string): Decimal {
  const [, sign = '', whole = '', part = '', power = '0'] =
    /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/.exec(text) ?? [];
  if (whole === '' && part === '') throw serverError(1722);
  const all = whole + part;
  const zeros = /^0*/.exec(all)?.[0].length ?? 0;
  const digits = all.slice(zeros).replace(/0+$/, '');
  const point = digits === '' ? 0 : whole.length + Number(power) - zeros;
  return { sign: sign === '-' && digits !== '' ? '-' : '', digits, point };
}

/** Cut to so many digits, halves away from zero. */
function rounded({ sign, digits, point }: Decimal, count: number): Decimal {
  if (digits.length <= count) return { sign, digits, point };
  if (count < 0) return parse('0');
  const kept = BigInt(`0${digits.slice(0, count)}`) + (Number(digits[count]) >= 5 ? 1n : 0n);
  return parse(`${sign}${kept}e${point - count}`);
}

function written({ sign, digits, point }: Decimal): string {
  if (digits === '') return '0';
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits.padEnd(point, '0')}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** @throws ORA-01438 for more digits before the point than the column has, ORA-01426 for what no number can be */
function asNumber(value: unknown, { precision, scale }: Column): string {
  const given = parse(String(value));
  const number = rounded(given, scale === null ? DIGITS : Math.min(DIGITS, given.point + scale));
  if (number.point > 126) throw serverError(1426);
  if (scale !== null && number.digits !== '' && number.point > (precision ?? 38) - scale)
    throw serverError(1438);
  return written(number);
}

function asBytes(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  const text = String(value);
  if (!/^([0-9a-f]{2})+$/i.test(text)) throw serverError(1465);
  return Buffer.from(text, 'hex');
}

/** @throws ORA-12899 for a text that is too long, in characters or in bytes */
function asText(value: unknown, { dataType, length, unit }: Column): string {
  const text = Buffer.isBuffer(value) ? value.toString('hex').toUpperCase() : String(value);
  const characters = Array.from(text).length;
  const bytes = Buffer.byteLength(text);
  if ((unit === 'byte' ? bytes : characters) > length || bytes > (MOST_BYTES[dataType] ?? Infinity))
    throw serverError(12899);
  const missing = /^N?CHAR$/.test(dataType) ? length - (unit === 'byte' ? bytes : characters) : 0;
  return text + ' '.repeat(missing);
}

/** Rounded to the digits of a second that the column has. */
function asTime(text: string, digits: number): string {
  const [, whole = '', fraction = '', zone = ''] = /^(.*?)\.(\d{9})(.*)$/.exec(text) ?? [];
  if (fraction === '' || digits >= 9) return text;
  const unit = 10 ** (9 - digits);
  const nanoseconds = Math.round(Number(fraction) / unit) * unit;
  if (nanoseconds < 1e9) return `${whole}.${String(nanoseconds).padStart(9, '0')}${zone}`;
  const next = new Date(Date.parse(`${whole.replace(' ', 'T')}Z`) + 1000).toISOString();
  return `${next.slice(0, 19).replace('T', ' ')}.000000000${zone}`;
}

/**
 * A value as a column of the server keeps it. The empty text is NULL.
 * @throws the server's error for a value that the column does not take
 */
export function stored(value: unknown, column: Column): unknown {
  if (value === null || value === undefined || value === '') return null;
  const { dataType } = column;
  if (dataType === 'NUMBER') return asNumber(value, column);
  if (/^N?(VARCHAR2|CHAR)$/.test(dataType)) return asText(value, column);
  if (/^(RAW|BLOB)$/.test(dataType)) {
    const bytes = asBytes(value);
    if (dataType === 'RAW' && bytes.length > Math.min(column.length, MOST_BYTES['RAW'] ?? 0))
      throw serverError(12899);
    return bytes.length === 0 ? null : bytes;
  }
  return dataType.startsWith('TIMESTAMP') && typeof value === 'string'
    ? asTime(value, column.scale ?? 6)
    : value;
}
