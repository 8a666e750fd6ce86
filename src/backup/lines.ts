import { LINE_FEED } from '../database/line-bytes.js';
import { damaged, MAX_LINE_BYTES, MAX_STRUCTURE_BYTES } from './format.js';

/** What a line begins with that is no row. */
export const BRACE = 0x7b;

/** Gathers chunks into blocks of whole lines, so that what is done for every line need not be done for every chunk. */
export class LineBlocks {
  #waiting: Buffer[] = [];
  #length = 0;

  /**
   * @returns all lines that have come to their end with this chunk: the first for itself where it began before, so that
   * no others are copied
   * @throws ToolError `backup/damaged` for a line that no writer writes
   */
  *push(chunk: Buffer): Generator<Buffer> {
    let start = 0;
    if (this.#length > 0) {
      start = chunk.indexOf(LINE_FEED) + 1;
      if (start > 0) {
        const line = Buffer.concat([...this.#waiting, chunk.subarray(0, start)]);
        this.#waiting = [];
        this.#length = 0;
        yield line;
      }
    }
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > start) yield chunk.subarray(start, end);
    if (end < chunk.length) this.#keep(chunk.subarray(end));
  }

  #keep(part: Buffer): void {
    this.#waiting.push(part);
    this.#length += part.length;
    const limit = this.#waiting[0]?.[0] === BRACE ? MAX_STRUCTURE_BYTES : MAX_LINE_BYTES;
    if (this.#length > limit) throw damaged('a line is longer than any writer makes one');
  }

  /** @throws ToolError `backup/damaged` when something is left that is no whole line */
  end(): void {
    if (this.#length > 0) throw damaged('its last line has no end');
  }
}

/** True for bytes that begin with a line that is no row. */
export const isStructure = (bytes: Buffer): boolean => bytes[0] === BRACE;

/** The last line for itself where it is no row, since the very last one says what all before it are. */
export function parts(block: Buffer): readonly Buffer[] {
  const last = block.length < 2 ? 0 : block.lastIndexOf(LINE_FEED, block.length - 2) + 1;
  return last > 0 && block[last] === BRACE ? [block.subarray(0, last), block.subarray(last)] : [block];
}

/** Where each line of a block begins and ends, its line feed not included. */
export function* lineRanges(block: Buffer): Generator<readonly [start: number, end: number]> {
  for (let start = 0; start < block.length;) {
    const end = block.indexOf(LINE_FEED, start);
    yield [start, end];
    start = end + 1;
  }
}
