import { isTooLong, LONGEST_ROW_BYTES, rowTooLarge, sizesOf } from './row-size.js';
import type { ColumnFacts, PortableRow, PortableValue, TableFacts } from './schema-facts.js';

/** Bytes of UTF-8 that a character takes at the most. */
const WIDEST = 3;

/** Bytes of a value in a line; more than any line where no text can be so long. */
function bytesInLine(value: PortableValue): number {
  try {
    return Buffer.byteLength(JSON.stringify(value));
  } catch (error) {
    if (isTooLong(error)) return Infinity;
    throw error;
  }
}

/**
 * What makes lines of the rows of a table. A value takes more room in one than its characters: up to six times as much
 * for those that JSON escapes.
 * @param most bytes of a line, its end included
 * @returns a line without its end; it throws ToolError `backup/too-large` for one that no reader would take
 */
export function rowLine(
  table: TableFacts,
  columns: readonly ColumnFacts[],
  most = LONGEST_ROW_BYTES,
): (row: PortableRow) => string {
  return (row) => {
    let line: string | undefined;
    try {
      line = JSON.stringify(row);
    } catch (error) {
      if (!isTooLong(error)) throw error;
    }
    const fits = line !== undefined && (line.length * WIDEST < most || Buffer.byteLength(line) < most);
    if (line !== undefined && fits) return line;
    throw rowTooLarge(table, columns, sizesOf(row, bytesInLine), most);
  };
}
