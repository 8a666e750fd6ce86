import { randomUUID } from 'node:crypto';
import { isRecord as isNamed } from '../values/record.js';

/** A number of a JSON text that a number of JavaScript does not keep: `1.10`, `12345678901234567890`, `1e400`. */
export class ExactNumber {
  constructor(readonly text: string) {}

  /** Only within `stringifyExact`, which puts the number's own text in place of this. */
  toJSON(): string {
    return `${mark()}${this.text}`;
  }
}

/** Stands before a number's text while `JSON` works on it. Nobody knows it, so no stored text can hold it. */
const mark = (): string => (drawn ??= `number ${randomUUID()} `);
let drawn: string | undefined;

const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
/** Numbers where a value can stand, and what looks like one within a string. */
const perhapsNumber = /(?:^|[:,[])\s*(-?\d[\d.eE+-]*)/g;

const isKept = (number: string): boolean => String(Number(number)) === number;

/** @param parsed as `JSON.parse` gives it, however deep */
function holdsNumber(parsed: unknown): boolean {
  const left: unknown[] = [parsed];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'number') return true;
    if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) left.push(item);
  }
  return false;
}

/**
 * Like `JSON.parse`, with an `ExactNumber` for each number that JavaScript would write in another way.
 * @throws SyntaxError whose message quotes the text: it must not be shown
 */
export function parseExact(text: string): unknown {
  const parsed: unknown = JSON.parse(text); // what follows is for sound texts only
  // Few documents hold one, and a look at what was parsed is quicker than one at the text.
  if (!holdsNumber(parsed)) return parsed;
  let isExact = true;
  for (const [, number = ''] of text.matchAll(perhapsNumber)) isExact &&= isKept(number);
  if (isExact) return parsed;
  const begin = mark();
  const quoted = text.replace(stringOrNumber, (part) =>
    part.startsWith('"') || isKept(part) ? part : `"${begin}${part}"`,
  );
  return JSON.parse(quoted, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(begin) ? new ExactNumber(value.slice(begin.length)) : value,
  ) as unknown;
}

/** The text of a number, whichever way it is kept; undefined for what is none. */
export function numberText(value: unknown): string | undefined {
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'number' ? String(value) : undefined;
}

/** Like `JSON.stringify`, with each `ExactNumber` as it was written. */
export function stringifyExact(value: unknown): string {
  const text = JSON.stringify(value);
  // Without a number of this kind nothing was drawn.
  return drawn === undefined ? text : text.replaceAll(new RegExp(`"${drawn}([^"]*)"`, 'g'), '$1');
}

/** True for a JSON object, which a number is not, whichever way it is kept. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return isNamed(value) && !(value instanceof ExactNumber);
}
