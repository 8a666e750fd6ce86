import type { ToolError } from '../errors/index.js';
import { lineTooLarge, type ValueSize } from '../database/row-size.js';
import type { BackupTable } from './format.js';
import { valueRanges } from './line-values.js';

/** Bytes of a value that are looked at for a key. */
const SHOWN_BYTES = 400;

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
