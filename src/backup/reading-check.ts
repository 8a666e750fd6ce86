import { ColumnSums, misreadColumns, type ColumnChecks, type EngineLines } from '../database/column-sums.js';
import type { ColumnFacts, PortableRow, TableFacts, Transfer } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import { rowLine } from './row-line.js';
import { RowSum } from './row-sum.js';

/** What is read of a table. */
interface Read {
  readonly table: TableFacts;
  readonly columns: readonly ColumnFacts[];
  /** Bytes of a row, at the most. */
  readonly most: number | undefined;
}

/** Holds what is read of a table against what the engine says of it by itself, in the same state. */
export class ReadingCheck {
  readonly #sums: ColumnSums | undefined;

  private constructor(
    private readonly transfer: Transfer,
    private readonly read: Read,
    private readonly checks: ColumnChecks,
    /** Where the engine writes every row by itself, columns need no sums of their own. */
    private readonly lines: EngineLines | undefined,
  ) {
    this.#sums = lines ? undefined : new ColumnSums(checks.hashes);
  }

  /** Undefined where the engine has no way. */
  static async of(transfer: Transfer, read: Read): Promise<ReadingCheck | undefined> {
    const checks = transfer.checks(read.table, read.columns);
    if (!checks) return undefined;
    const lines = (await checks.lines?.areComplete()) === true ? checks.lines : undefined;
    return new ReadingCheck(transfer, read, checks, lines);
  }

  add(rows: readonly PortableRow[]): void {
    if (this.#sums) for (const row of rows) this.#sums.add(row);
  }

  /**
   * @param sum of the lines that were made of the rows
   * @returns names of the columns that the engine confirms
   * @throws ToolError `backup/misread`: the way from the engine to here has changed values, and every check behind it
   */
  async checked(sum: string): Promise<readonly string[]> {
    const misread = this.#sums
      ? await misreadColumns(this.read.columns, this.checks, this.#sums)
      : await this.#misreadLines(sum);
    const { columns, table } = this.read;
    if (misread.length === 0)
      return columns.filter((_, index) => this.checks.hashes[index]).map(({ name }) => name);
    throw new ToolError(
      'backup/misread',
      `What was read of ${misread.map((column) => `${table.name}.${column}`).join(', ')} is not what the engine holds`,
      {
        hint: 'No backup was made. It is a fault of the tool or of its driver: please report it with the types of these columns.',
      },
    );
  }

  /** Columns that were misread; where the engine's lines are others, the rows are read once more to find out. */
  async #misreadLines(sum: string): Promise<readonly string[]> {
    const engine = new RowSum();
    await this.lines?.read((line) => engine.add(line));
    if (engine.hex() === sum) return [];
    const { table, columns, most } = this.read;
    const again = new RowSum();
    const sums = new ColumnSums(this.checks.hashes);
    const lineOf = rowLine(table, columns, most);
    for await (const rows of this.transfer.readRows(table, columns, most)) {
      for (const row of rows) {
        again.add(lineOf(row));
        sums.add(row);
      }
    }
    const misread = await misreadColumns(columns, this.checks, sums);
    // A text that is no valid UTF-8 has no line of the engine's, and is read as it is.
    return misread.length > 0 || again.hex() === sum ? misread : columns.map(({ name }) => name);
  }
}
