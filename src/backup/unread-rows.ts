import type { PortableRow, RowLines } from '../database/index.js';
import { damaged, parseRow } from './format.js';
import { lineRanges } from './lines.js';
import { lineNestedTooDeep, MAX_NESTING } from './nesting.js';

const linesIn = (lines: Buffer): number => [...lineRanges(lines)].length;

/** The table that rows stand in, as far as they are held against it. */
interface Place {
  readonly name: string;
  readonly columns: readonly unknown[];
}

/** Lines of rows that have been counted, and are looked into when somebody asks for their values. */
export class UnreadRows implements RowLines {
  /** @param before how many lines stand before them in the backup */
  constructor(
    readonly lines: Buffer,
    private readonly before: number,
    private readonly place: Place,
  ) {}

  /** @throws ToolError `backup/damaged` with the number of the line */
  rows(part = this.lines): readonly PortableRow[] {
    const where = (line: number): string =>
      `line ${this.#numberOf(part) + line}, in the table ${this.place.name},`;
    const deep = lineNestedTooDeep(part);
    if (deep !== undefined) {
      throw damaged(`${where(linesIn(part.subarray(0, deep)))} nests deeper than ${MAX_NESTING}`);
    }
    // Texts are quicker had from one for many lines than from each line's bytes.
    return part
      .toString('utf8', 0, part.length - 1)
      .split('\n')
      .map((text, line) => {
        const row = parseRow(text, () => where(line));
        if (row.length === this.place.columns.length) return row;
        throw damaged(`a row of ${this.place.name} has another number of values`);
      });
  }

  /** Of the first line of `part` in the backup. */
  #numberOf(part: Buffer): number {
    return this.before + linesIn(this.lines.subarray(0, part.byteOffset - this.lines.byteOffset)) + 1;
  }
}
