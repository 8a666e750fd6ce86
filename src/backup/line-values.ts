import type { PortableValue } from '../database/index.js';

const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
];

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

/**
 * Where each value of a row's line begins and ends; none of it becomes a text.
 * @param lineStart where the line begins
 */
export function* valueRanges(line: Buffer, lineStart = 0): Generator<readonly [start: number, end: number]> {
  let depth = 0;
  let start = lineStart + 1;
  for (let at = start; at < line.length;) {
    const byte = line[at];
    if (byte === QUOTE) {
      at = endOfText(line, at);
      continue;
    }
    if (depth === 0 && (byte === COMMA || byte === CLOSE)) {
      yield [start, at];
      if (byte === CLOSE) return;
      start = at + 1;
    }
    if (byte === OPEN || byte === OPEN_OBJECT) depth += 1;
    if (byte === CLOSE || byte === CLOSE_OBJECT) depth -= 1;
    at += 1;
  }
}

/**
 * Some values of a row's line, read from its bytes.
 * @param places in their order
 * @returns a row of them alone
 */
export function valuesAt(
  lines: Buffer,
  lineStart: number,
  places: readonly number[],
): readonly (PortableValue | undefined)[] {
  const values: (PortableValue | undefined)[] = [];
  let found = 0;
  let place = 0;
  for (const [start, end] of valueRanges(lines, lineStart)) {
    if (place === places[found]) {
      values[place] = JSON.parse(lines.toString('utf8', start, end)) as PortableValue;
      found += 1;
      if (found === places.length) break;
    }
    place += 1;
  }
  return values;
}
