import type { Position } from '../../errors/index.js';

const BOM = '\uFEFF';

/** Where the lines of a text start; turns offsets (UTF-16 units) into lines and columns. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(readonly text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** Number of lines. A text that ends with a line ending has an empty last line. */
  get count(): number {
    return this.#starts.length;
  }

  /** The line (from 0) that holds an offset. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.start(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Offset of the first character of a line; the end of the text for the line after the last. */
  start(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** Offset of the first character of a line behind a byte order mark. */
  visibleStart(line: number): number {
    return this.start(line) + (line === 0 && this.text.startsWith(BOM) ? 1 : 0);
  }

  /** Offset just behind a line, its line ending included. */
  end(line: number): number {
    return this.start(line + 1);
  }

  /** Offset just behind the visible part of a line, before its line ending. */
  contentEnd(line: number): number {
    const end = this.end(line);
    const ending = this.ending(line);
    return end - ending.length;
  }

  /** The line ending of a line: `\r\n`, `\n`, or nothing on the last line. */
  ending(line: number): '' | '\n' | '\r\n' {
    const end = this.end(line);
    if (end === this.start(line) || this.text[end - 1] !== '\n') return '';
    return this.text[end - 2] === '\r' ? '\r\n' : '\n';
  }

  /** Line and column, both from 1. A byte order mark takes no column, since editors do not show it. */
  positionAt(offset: number): Position {
    const line = this.lineOf(offset);
    const column = offset - this.start(line) + 1;
    const hidden = column > 1 ? this.visibleStart(line) - this.start(line) : 0;
    return { line: line + 1, column: column - hidden };
  }
}
