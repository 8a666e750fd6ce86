import { Batch, BATCH_ROWS, roughSize } from './portable.js';
import { isTooLong, rowTooLarge, sizesOf } from './row-size.js';
import type { ColumnFacts, PortableRow, PortableValue, TableFacts } from './schema-facts.js';

/** Bytes of rows that are read at once: what many hold makes memory grow by a multiple of it. */
const READ_BYTES = 128_000;

/** In place of a value that no text can hold. Its row is refused when it is whole, and its key can be told. */
const overlong: PortableValue = { binary: '' };

const sizeOf = (value: PortableValue): number => (value === overlong ? Infinity : roughSize(value));

/**
 * What stands for a value whose decoding failed with `error`, where what decodes is called by a driver: what it threw
 * would be nobody's.
 * @throws the error where it is another than that no text is so long
 */
export function overlongOr(error: unknown): PortableValue {
  if (isTooLong(error)) return overlong;
  throw error;
}

/**
 * @param most bytes of a row
 * @returns about how many bytes it takes
 * @throws ToolError `backup/too-large`
 */
export function assertFits(
  table: TableFacts,
  columns: readonly ColumnFacts[],
  row: PortableRow,
  most: number,
): number {
  let bytes = 0;
  for (const value of row) bytes += sizeOf(value);
  if (bytes > most) throw rowTooLarge(table, columns, sizesOf(row, sizeOf), most);
  return bytes;
}

/** Rows of one table on their way out of an engine, in batches; none of them is larger than a line can be. */
export class RowBatch {
  readonly #batch = new Batch<PortableRow>(BATCH_ROWS, READ_BYTES);

  /** @param most bytes of a row */
  constructor(
    private readonly table: TableFacts,
    private readonly columns: readonly ColumnFacts[],
    private readonly most: number,
  ) {}

  /**
   * @returns the batch, when this row filled it
   * @throws ToolError `backup/too-large`
   */
  add(row: PortableRow): readonly PortableRow[] | undefined {
    return this.#batch.add(row, assertFits(this.table, this.columns, row, this.most));
  }

  take(): readonly PortableRow[] {
    return this.#batch.take();
  }
}
