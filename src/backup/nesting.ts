import { LINE_FEED } from '../database/line-bytes.js';

/** How deep arrays and objects may lie in each other in one line. */
export const MAX_NESTING = 100;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [BRACKET, BRACE] = [0x5b, 0x7b];
const closing: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** The occurrences of a byte, line by line, found by the engine's own search. */
class Occurrences {
  #next = -1;

  constructor(
    private readonly bytes: Buffer,
    private readonly byte: number,
  ) {}

  #from(at: number): number {
    const found = this.bytes.indexOf(this.byte, at);
    return found < 0 ? this.bytes.length : found;
  }

  /** @returns true for a line with so many that it may nest too deep; lines are asked for in their order */
  many(start: number, end: number): boolean {
    let count = 0;
    if (this.#next < start) this.#next = this.#from(start);
    for (; this.#next < end; this.#next = this.#from(this.#next + 1)) {
      count += 1;
      // Of the two kinds together there are more than the limit only where there is more than half of it of one.
      if (count > MAX_NESTING / 2) return true;
    }
    return false;
  }
}

/** True for JSON that nests deeper than a line may. */
export function nestsTooDeep(line: Buffer): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < line.length; at += 1) {
    const byte = line[at] as number;
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === BRACKET || byte === BRACE) {
      depth += 1;
      if (depth > MAX_NESTING) return true;
    } else if (closing.has(byte)) depth -= 1;
  }
  return false;
}

/**
 * Where the first line begins that nests deeper than any writer makes one. What reads JSON stands this; what writes it,
 * compares it or takes it apart works by recursion, and ends where the stack does.
 * @param block whole lines
 */
export function lineNestedTooDeep(block: Buffer): number | undefined {
  const brackets = new Occurrences(block, BRACKET);
  const braces = new Occurrences(block, BRACE);
  for (let start = 0, end: number; start < block.length; start = end + 1) {
    end = block.indexOf(LINE_FEED, start);
    if (end - start < 2 * MAX_NESTING) continue;
    if (!brackets.many(start, end) && !braces.many(start, end)) continue;
    if (nestsTooDeep(block.subarray(start, end))) return start;
  }
  return undefined;
}
