import { textOf } from '../../portable.js';
import type { PortableValue } from '../../schema-facts.js';

/** A point in time as `to_char` writes it without punctuation, with a blank or a minus before the year. */
export function instantDigits(text: string, fractionDigits: number): string {
  const [, era = '', date, time, fraction = ''] =
    /^(-?)(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?Z?$/.exec(text) ?? [];
  if (date === undefined || time === undefined) return text;
  const all = `${date}${time}`.replace(/[-:]/g, '');
  return `${era === '-' ? '-' : ' '}${all}${fraction.padEnd(fractionDigits, '0').slice(0, fractionDigits)}`;
}

/** Places of the first digit, counted from the point, between which numbers are compared. */
const [LEAST, MOST] = [-19, 38];

/** A number as `to_char` writes it in the fewest characters; undefined where it is not compared. */
export function numberText(value: Exclude<PortableValue, null>): string | undefined {
  const text = typeof value === 'boolean' ? (value ? '1' : '0') : (textOf(value) ?? '');
  const [, sign, whole = '', part = '', power = '0'] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (sign === undefined) return text;
  const all = whole + part;
  const zeros = /^0*/.exec(all)?.[0].length ?? 0;
  const digits = all.slice(zeros).replace(/0+$/, '');
  if (digits === '') return '0';
  const point = whole.length + Number(power) - zeros;
  if (point < LEAST || point > MOST) return undefined;
  const minus = sign === '-' ? '-' : '';
  if (point <= 0) return `${minus}.${'0'.repeat(-point)}${digits}`;
  const rest = digits.slice(point);
  return `${minus}${digits.slice(0, point).padEnd(point, '0')}${rest === '' ? '' : `.${rest}`}`;
}
