import type { ToolError } from '../errors/index.js';
import { lineTooLarge, type ValueSize } from '../database/row-size.js';
import type { BackupTable } from './format.js';

const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
];

/** Bytes of a value that are looked at for a key. */
const SHOWN_BYTES = 400;

/** Where a text of JSON that begins at a quotation mark ends, the mark included. */
function endOfText(line: Buffer, start: number): number {
  for (let end = start; ;) {
    end = line.indexOf(QUOTE, end + 1);
    if (end === -1) return line.length;
    let backslashes = 0;
    while (line[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
}

/** Where each value of a row's line begins and ends; none of it becomes a text. */
function* valueRanges(line: Buffer): Generator<readonly [start: number, end: number]> {
  let depth = 0;
  let start = 1;
  for (let at = 1; at < line.length;) {
    const byte = line[at];
    if (byte === QUOTE) {
      at = endOfText(line, at);
      continue;
    }
    if (depth === 0 && (byte === COMMA || byte === CLOSE)) {
      yield [start, at];
      start = at + 1;
    }
    if (byte === OPEN || byte === OPEN_OBJECT) depth += 1;
    if (byte === CLOSE || byte === CLOSE_OBJECT) depth -= 1;
    at += 1;
  }
}

function valueSize(value: Buffer): ValueSize {
  const bytes = value.length;
  const text = value.toString('utf8', 0, SHOWN_BYTES);
  if (text === 'null') return { bytes, text: undefined };
  return { bytes, text: text.replace(/^"|"$/g, '') };
}

/** What to say of a row that memory does not hold: it is found in its bytes. */
export function largeLine(line: Buffer, table: BackupTable, most: number): ToolError {
  const sizes = [...valueRanges(line)].map(([start, end]) => valueSize(line.subarray(start, end)));
  return lineTooLarge(table, table.columns, sizes, most);
}
