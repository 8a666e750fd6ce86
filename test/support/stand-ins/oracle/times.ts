import { serverError } from './error.js';

interface Time {
  readonly date: string;
  readonly time: string;
  readonly fraction: string;
  readonly zone: string | undefined;
}

const pattern = /^ ?([+-]?\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?: ([+-]\d\d:\d\d))?$/;

/** @throws ORA-01861 */
function parse(text: string): Time {
  const [, date, time, fraction = '', zone] = pattern.exec(text) ?? [];
  if (date === undefined || time === undefined) throw serverError(1861, text);
  return { date, time, fraction: fraction.padEnd(9, '0'), zone };
}

/** A text as one of the server's functions with a format reads it: with a zone, or without one. */
export function readTime(text: unknown, format: 'date' | 'plain' | 'zoned'): string | null {
  if (text === null) return null;
  if (typeof text !== 'string') throw serverError(1861);
  const { date, time, fraction, zone } = parse(text);
  if ((zone === undefined) !== (format !== 'zoned')) throw serverError(1861, text);
  if (format === 'date') return `${date} ${time}`;
  return `${date} ${time}.${fraction}${zone === undefined ? '' : ` ${zone}`}`;
}

/** A point in time of a column, moved to UTC and without its zone. */
export function extractUtc(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const { date, time, fraction, zone = '+00:00' } = parse(text);
  const whole = new Date(`${date}T${time}${zone}`).toISOString().slice(0, 19).replace('T', ' ');
  return `${whole}.${fraction}`;
}

/** As the server writes it with a year that has a place for its sign. */
export function toChar(text: unknown, format: unknown): string | null {
  if (typeof text !== 'string') return null;
  if (typeof format !== 'string') return text;
  const { date, time, fraction } = parse(text);
  return ` ${date} ${time}${format.includes('FF9') ? `.${fraction}` : ''}`;
}

/** The driver's own value, which has milliseconds. */
export function toDate(text: string): Date {
  const { date, time, fraction, zone = '+00:00' } = parse(text);
  return new Date(`${date}T${time}.${fraction.slice(0, 3)}${zone}`);
}
