import {
  ColumnSums,
  ExactSum,
  LINE_SUM_BITS,
  misreadColumns,
  type CheckBeside,
  type CheckTrial,
  type ColumnChecks,
  type RowChecks,
} from '../database/column-sums.js';
import type { ColumnFacts, PortableRow, RowBlock, TableFacts, Transfer } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import { rowLine } from '../database/row-line.js';
import { lineRanges } from './lines.js';
import { RowSum } from './row-sum.js';

/** What is read of a table. */
interface Read {
  readonly table: TableFacts;
  readonly columns: readonly ColumnFacts[];
  /** Bytes of a row, at the most. */
  readonly most: number | undefined;
}

/** A check of all columns at once. */
interface WholeCheck {
  add?(block: RowBlock): void;
  /** @param sum of the lines that were made of the rows */
  isSame(sum: string): Promise<boolean>;
}

function* rowsIn(lines: Buffer): Generator<PortableRow> {
  for (const [start, end] of lineRanges(lines)) {
    yield JSON.parse(lines.toString('utf8', start, end)) as PortableRow;
  }
}

const rowsOf = ({ lines, rows }: RowBlock): Iterable<PortableRow> => rows ?? rowsIn(lines);

/**
 * By one hash for each row.
 * @param sum the engine's, where it was told to add up already
 */
function hashCheck(rows: RowChecks, sum: RowChecks['sum'] = rows.sum): WholeCheck {
  const own = new ExactSum();
  const engines = async (): Promise<bigint> => BigInt((await sum()) ?? 0);
  const { hash } = rows;
  if (!hash) {
    const last = (number: bigint): bigint => BigInt.asUintN(LINE_SUM_BITS, number);
    return { isSame: async (lines) => last(await engines()) === last(BigInt(`0x${lines}`)) };
  }
  return {
    add: (block) => {
      for (const row of rowsOf(block)) own.add(hash(row));
    },
    isSame: async () => own.value === (await engines()),
  };
}

/** What an operator does where the check may be what is wrong. */
const oneReading =
  'The check itself was never tried on a genuine server of this engine: --one-reading goes without it, and the backup says so.';

/**
 * The result of a check; undefined where the engine refuses its statement, which is no reason to have no backup.
 * @throws where the refusal has ended the state that is read
 */
async function unlessRefused<T>(
  trial: CheckTrial | undefined,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!trial) throw error;
    await trial.assertIntact().catch(() => {
      throw error;
    });
    return undefined;
  }
}

/** Holds what is read of a table against what the engine says of it by itself, in the same state. */
export class ReadingCheck {
  readonly #sums: ColumnSums;

  private constructor(
    private readonly transfer: Transfer,
    private readonly read: Read,
    private readonly checks: ColumnChecks,
    /** Takes what the engine says of the rows while they are read. */
    readonly beside: CheckBeside | undefined,
    /** Where there is one, columns need no sums of their own. */
    private readonly whole: WholeCheck | undefined,
  ) {
    this.#sums = new ColumnSums(checks.hashes);
  }

  /**
   * Has the engine begin with its part where it does that beside all readings, so that it is ahead of them.
   * @returns what begins the rest, right before the table is read; it gives nothing where the engine has no way
   */
  static async ahead(transfer: Transfer, read: Read): Promise<() => Promise<ReadingCheck | undefined>> {
    const checks = transfer.checks(read.table, read.columns);
    if (!checks) return () => Promise.resolve(undefined);
    const sum = await checks.rows?.begin?.();
    const { trial } = checks;
    return async () => {
      const passed = trial ? await unlessRefused(trial, () => trial.passed()) : checks;
      if (!passed) return undefined;
      const beside = (await passed.beside?.begin()) === true ? passed.beside : undefined;
      const whole = beside ?? (passed.rows && hashCheck(passed.rows, sum));
      return new ReadingCheck(transfer, read, { ...passed, trial }, beside, whole);
    };
  }

  add(block: RowBlock): void {
    if (this.whole) this.whole.add?.(block);
    else for (const row of rowsOf(block)) this.#sums.add(row);
  }

  /**
   * @param sum of the lines that were made of the rows
   * @returns names of the columns that the engine confirms
   * @throws ToolError `backup/misread`: the way from the engine to here has changed values, and every check behind it
   */
  async checked(sum: string): Promise<readonly string[]> {
    const { trial } = this.checks;
    const misread = await unlessRefused(trial, () => this.#misread(sum));
    const { columns, table } = this.read;
    if (!misread) return [];
    if (misread.length === 0)
      return columns.filter((_, index) => this.checks.hashes[index]).map(({ name }) => name);
    throw new ToolError(
      'backup/misread',
      `What was read of ${misread.map((column) => `${table.name}.${column}`).join(', ')} is not what the engine holds`,
      {
        hint: `No backup was made. It is a fault of the tool or of its driver: please report it with the types of these columns.${trial ? ` ${oneReading}` : ''}`,
      },
    );
  }

  async #misread(sum: string): Promise<readonly string[]> {
    const { table, columns, most } = this.read;
    if (!this.whole) return misreadColumns(columns, this.checks, this.#sums);
    if (await this.whole.isSame(sum)) return [];
    // Which columns it is shows when the rows are read once more.
    const again = new RowSum();
    const lineOf = rowLine(table, columns, most);
    for await (const rows of this.transfer.readRows(table, columns, most)) {
      for (const row of rows) {
        again.add(lineOf(row));
        this.#sums.add(row);
      }
    }
    const misread = await misreadColumns(columns, this.checks, this.#sums);
    // Values of a rare form, such as texts that are no valid UTF-8, are confirmed by their columns alone.
    return misread.length > 0 || again.hex() === sum ? misread : columns.map(({ name }) => name);
  }
}
