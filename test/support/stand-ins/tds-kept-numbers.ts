import { TdsFault } from './tds-faults.js';
import type { Sent } from './tds-sent.js';

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

const overflow = (number: number, what: string): TdsFault =>
  new TdsFault(number, `Arithmetic overflow error ${what}`);

/** What the server says of a text that is no number, and of one that is too large. */
function integerOf(text: string, base: string): bigint {
  const digits = text.trim();
  if (!/^[+-]?\d*$/.test(digits)) {
    throw base === 'bigint'
      ? new TdsFault(8114, 'Error converting data type nvarchar to bigint.')
      : new TdsFault(
          245,
          `Conversion failed when converting the nvarchar value '${text}' to data type ${base}.`,
        );
  }
  // A text of no digits is zero.
  return /\d/.test(digits) ? BigInt(digits.replace('+', '')) : 0n;
}

/** The fault differs with what the number was before. */
function beyond(base: string, { type, value }: Sent): TdsFault {
  if (type === 'nvarchar') {
    if (base === 'bigint') return overflow(8115, 'converting expression to data type bigint.');
    return new TdsFault(
      base === 'int' ? 248 : 244,
      `The conversion of the nvarchar value '${String(value)}' overflowed an ${base} column.`,
    );
  }
  if (type === 'float' || type === 'real')
    return overflow(232, `for type ${base}, value = ${String(value)}.`);
  return base === 'tinyint' || base === 'smallint'
    ? overflow(220, `for data type ${base}, value = ${String(value)}.`)
    : overflow(8115, `converting expression to data type ${base}.`);
}

export function keptInteger(sent: Sent, base: string): bigint {
  const { value } = sent;
  const [least, most] = ranges[base] ?? [0n, 0n];
  // What follows the point of a float is cut off.
  const number =
    typeof value === 'number'
      ? BigInt(Math.trunc(value))
      : typeof value === 'bigint'
        ? value
        : integerOf(String(value), base);
  if (number < least || number > most) throw beyond(base, sent);
  return number;
}

/** Any number but zero is 1. */
export function keptBit({ value }: Sent): bigint {
  if (typeof value === 'number') return value === 0 ? 0n : 1n;
  if (typeof value === 'bigint') return value === 0n ? 0n : 1n;
  const word = String(value).trim().toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true' ? 1n : 0n;
  return integerOf(String(value), 'bit') === 0n ? 0n : 1n;
}

/** A number of so many digits behind the point, halves away from zero; undefined for a text that is none. */
function scaled(text: string, scale: number): bigint | undefined {
  const [, sign, whole = '', part = ''] = /^\s*([+-]?)(\d*)(?:\.(\d*))?\s*$/.exec(text) ?? [];
  if (whole + part === '') return undefined;
  const digits = BigInt(whole + part.slice(0, scale).padEnd(scale, '0'));
  const rounded = digits + (Number(part[scale] ?? '0') >= 5 ? 1n : 0n);
  return sign === '-' ? -rounded : rounded;
}

function written(number: bigint, scale: number): string {
  const digits = String(number < 0n ? -number : number).padStart(scale + 1, '0');
  const sign = number < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The digits of a double without a power of ten. */
const plain = (value: number): string =>
  /e/.test(String(value))
    ? value.toFixed(Math.min(100, Math.max(0, 17 - Math.floor(Math.log10(Math.abs(value))))))
    : String(value);

/** With all digits of its scale. */
export function keptDecimal(
  { type, value }: Sent,
  { precision, scale }: { readonly precision: number; readonly scale: number },
): string {
  const number = scaled(typeof value === 'number' ? plain(value) : String(value), scale);
  if (number === undefined) throw new TdsFault(8114, `Error converting data type ${type} to numeric.`);
  if (String(number).replace('-', '').length > precision && number !== 0n)
    throw overflow(8115, `converting ${type} to data type numeric.`);
  return written(number, scale);
}

const mostMoney: Readonly<Record<string, bigint>> = { money: 2n ** 63n, smallmoney: 2n ** 31n };

/** Four digits behind the point. */
export function keptMoney({ type, value }: Sent, base: string): string {
  const isText = typeof value === 'string';
  // Commas count for nothing, wherever they stand.
  const number = scaled(isText ? value.replaceAll(',', '') : plain(Number(value)), 4);
  if (number === undefined)
    throw new TdsFault(base === 'money' ? 235 : 293, `Cannot convert a char value to ${base}.`);
  const most = mostMoney[base] ?? 0n;
  if (number < -most || number >= most) {
    throw isText
      ? new TdsFault(base === 'money' ? 236 : 294, `The conversion from char to ${base} overflowed.`)
      : overflow(8115, `converting ${type} to data type ${base}.`);
  }
  return written(number, 4);
}

export function keptFloat({ value }: Sent, base: string): number {
  const text = typeof value === 'string' ? value.trim() : '0';
  if (!/^([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)?$/.test(text))
    throw new TdsFault(8114, `Error converting data type nvarchar to ${base}.`);
  const number = Number(typeof value === 'string' ? text : value);
  const single = base === 'real' ? Math.fround(number) : number;
  if (!Number.isFinite(single)) throw overflow(232, `for type ${base}, value = ${number}.`);
  return single;
}
