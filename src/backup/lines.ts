import { damaged, MAX_LINE_BYTES, MAX_STRUCTURE_BYTES } from './format.js';

/** What a line begins with that is no row. */
const BRACE = 0x7b;

/**
 * Cuts chunks into lines.
 * @returns from the function: the whole lines that have come with a chunk, with their line feeds
 */
export class LineSplitter {
  #waiting: Buffer[] = [];
  #length = 0;

  /** @throws ToolError `backup/damaged` for a line that no writer writes */
  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const part = chunk.subarray(start, end + 1);
      start = end + 1;
      if (this.#length === 0) {
        lines.push(part);
        continue;
      }
      this.#keep(part);
      lines.push(Buffer.concat(this.#waiting, this.#length));
      this.#waiting = [];
      this.#length = 0;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  #keep(part: Buffer): void {
    this.#waiting.push(part);
    this.#length += part.length;
    const isStructure = this.#waiting[0]?.[0] === BRACE;
    if (this.#length > (isStructure ? MAX_STRUCTURE_BYTES : MAX_LINE_BYTES)) {
      throw damaged('a line is longer than any writer makes one');
    }
  }

  /** @throws ToolError `backup/damaged` when something is left that is no whole line */
  end(): void {
    if (this.#length > 0) throw damaged('its last line has no end');
  }
}

/** True for a line that is no row. */
export const isStructure = (line: Buffer): boolean => line[0] === BRACE;
