import { bytesOf, textOf } from '../../portable.js';
import type { ColumnFacts, PortableValue } from '../../schema-facts.js';
import { quote } from './quote.js';

/** The server's own form of a point in time, with the digits that the column keeps. */
function timestampText(value: PortableValue, digits: number): string {
  const text = textOf(value) ?? '';
  if (text[10] !== 'T' || text[19] !== '.' || !text.endsWith('Z')) return text;
  const whole = `${text.slice(0, 10)} ${text.slice(11, 19)}`;
  return digits === 0 ? whole : `${whole}.${text.slice(20, -1).padEnd(digits, '0').slice(0, digits)}`;
}

/** Sizes of doubles whose digits fit into a decimal with thirty of them behind the point. */
const [LEAST, MOST, FRACTION] = [1e-12, 1e30, 30];

/** The digits of a double as a decimal: the shortest that mean it, and zeros. */
function decimalText(value: PortableValue): string | undefined {
  const number = Number(textOf(value));
  const size = Math.abs(number);
  if (number === 0) return `0.${'0'.repeat(FRACTION)}`;
  if (!(size >= LEAST && size < MOST)) return undefined;
  const [, digits = '', exponent = '0'] = /^(.*)e([+-]\d+)$/.exec(size.toExponential()) ?? [];
  const [whole = '', fraction = ''] = digits.split('.');
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  const before = point > 0 ? all.padEnd(point, '0').slice(0, point) : '0';
  const after = point > 0 ? all.slice(point) : '0'.repeat(-point) + all;
  return `${number < 0 ? '-' : ''}${before}.${after.padEnd(FRACTION, '0').slice(0, FRACTION)}`;
}

/** What a value is compared in: the bytes or the text that the server makes of it by itself; undefined for nothing. */
export function comparedForm({
  kind,
  fractionDigits = 0,
}: ColumnFacts): (value: Exclude<PortableValue, null>) => string | Buffer | undefined {
  if (kind === 'binary') return (value) => bytesOf(value) ?? '';
  if (kind === 'timestamp') return (value) => timestampText(value, fractionDigits);
  if (kind === 'boolean')
    return (value) => (typeof value === 'boolean' ? (value ? '1' : '0') : (textOf(value) ?? ''));
  return kind === 'float' ? decimalText : (value) => textOf(value) ?? '';
}

/** The same in SQL; NULL where nothing is compared. */
export function comparedExpression({ name, kind, type }: ColumnFacts): string {
  const column = quote(name);
  if (kind === 'binary') return column;
  if (kind === 'float') {
    const double = `cast(${column} as double)`;
    return `case when ${column} = 0 or (abs(${double}) >= ${LEAST} and abs(${double}) < ${MOST})
      then cast(cast(${double} as decimal(65, ${FRACTION})) as char) end`;
  }
  if (type.startsWith('bit')) return `cast(cast(${column} as unsigned) as char)`;
  // A number and no more: a year has four digits, and some columns fill up with zeros.
  if (kind === 'integer') return `cast(${column} + 0 as char)`;
  return kind === 'text' || kind === 'json'
    ? `convert(${column} using utf8mb4)`
    : `cast(${column} as char character set utf8mb4)`;
}
