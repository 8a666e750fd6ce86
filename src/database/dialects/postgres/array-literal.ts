import { textOf } from '../../portable.js';
import type { PortableValue } from '../../schema-facts.js';

/** Reads one element or array at `at`; answers it with the place behind it. */
function readItem(text: string, at: number): [PortableValue, number] {
  if (text[at] === '{') return readArray(text, at);
  if (text[at] === '"') {
    let item = '';
    let index = at + 1;
    for (; text[index] !== '"'; index += 1) {
      if (text[index] === '\\') index += 1;
      item += text[index] ?? '';
    }
    return [item, index + 1];
  }
  let end = at;
  while (end < text.length && text[end] !== ',' && text[end] !== '}') end += 1;
  const item = text.slice(at, end);
  return [item === 'NULL' ? null : item, end];
}

function readArray(text: string, start: number): [PortableValue[], number] {
  const items: PortableValue[] = [];
  let at = start + 1;
  while (at < text.length && text[at] !== '}') {
    const [item, next] = readItem(text, at);
    items.push(item);
    at = text[next] === ',' ? next + 1 : next;
  }
  return [items, at + 1];
}

/**
 * An array as the server writes it, `{a,"b c",NULL}`, as an array of texts and nulls. One with bounds of its own,
 * `[2:3]={…}`, stays the text that it is.
 */
export function parseArrayLiteral(text: string): PortableValue {
  return text.startsWith('{') ? readArray(text, 0)[0] : text;
}

/** The server's form of an array. */
export function arrayLiteral(items: readonly PortableValue[]): string {
  const parts = items.map((item) => {
    if (item === null) return 'NULL';
    if (Array.isArray(item)) return arrayLiteral(item);
    return `"${(textOf(item) ?? '').replace(/[\\"]/g, '\\$&')}"`;
  });
  return `{${parts.join(',')}}`;
}
