import { randomUUID } from 'node:crypto';

/** A number of a JSON text, as it was written: `1.10`, `12345678901234567890` and `1e400` keep every character. */
export class ExactNumber {
  constructor(readonly text: string) {}

  /** Only within `stringifyExact`, which puts the number's own text in place of this. */
  toJSON(): string {
    return `${MARK}${this.text}`;
  }
}

/** Stands before a number's text while `JSON` works on it. Nobody knows it, so no stored text can hold it. */
const MARK = `number ${randomUUID()} `;

const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
const marked = new RegExp(`"${MARK}([^"]*)"`, 'g');

/**
 * Like `JSON.parse`, with an `ExactNumber` for each number, because the readers of JSON round.
 * @throws SyntaxError whose message quotes the text: it must not be shown
 */
export function parseExact(text: string): unknown {
  JSON.parse(text); // what follows is for sound texts only
  const quoted = text.replace(stringOrNumber, (part) => (part.startsWith('"') ? part : `"${MARK}${part}"`));
  return JSON.parse(quoted, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? new ExactNumber(value.slice(MARK.length)) : value,
  ) as unknown;
}

/** Like `JSON.stringify`, with each `ExactNumber` as it was written. */
export function stringifyExact(value: unknown): string {
  return JSON.stringify(value).replace(marked, '$1');
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}
