import { TdsFault } from './tds-faults.js';
import type { TdsColumn } from './tds-kept.js';
import type { Sent } from './tds-sent.js';

/** Of the server's collation, 1252: Latin 1 but for most of its second control characters, and these. */
const codePage = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\u0081\u008d\u008f\u0090\u009d');

const isInCodePage = (unit: string): boolean => /[\0-\x7f\xa0-\xff]/.test(unit) || codePage.has(unit);

/** Without a word the server puts a question mark for each unit that the code page does not have. */
export const inCodePage = (text: string): string =>
  text
    .split('')
    .map((unit) => (isInCodePage(unit) ? unit : '?'))
    .join('');

/** Since compatibility level 150 the server says where, and what is left of the value. */
function tooLong({ table, name, compatibility }: TdsColumn, left: string): TdsFault {
  if (compatibility < 150) return new TdsFault(8152, 'String or binary data would be truncated.');
  return new TdsFault(
    2628,
    `String or binary data would be truncated in table '${table}', column '${name}'. Truncated value: '${left}'.`,
  );
}

/** Spaces at the end that have no room are cut off, and nothing else is. */
export function keptText({ value }: Sent, column: TdsColumn): string {
  const { base, length } = column;
  const text = base.startsWith('n') ? String(value) : inCodePage(String(value));
  if (text.replace(/ +$/, '').length > length) throw tooLong(column, text.slice(0, length));
  const fitting = text.slice(0, length);
  return /^n?char$/.test(base) ? fitting.padEnd(length, ' ') : fitting;
}

export function keptBytes({ value }: Sent, column: TdsColumn): Buffer {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.alloc(0);
  if (bytes.length > column.length) throw tooLong(column, bytes.subarray(0, column.length).toString('hex'));
  return column.base === 'binary' ? Buffer.concat([bytes], column.length) : bytes;
}
