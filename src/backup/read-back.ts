import type { DatabaseSession, PortableRow } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import { TableDigest } from './digest.js';
import type { TablePair } from './fit.js';
import { digestColumns, digestsOf, type ExpectedTable, type LoadSource } from './load.js';
import { RowSum } from './row-sum.js';

/** Adds up rows in one way or the other. */
interface Accumulator {
  readonly rows: number;
  add(row: PortableRow): void;
  hex(): string;
}

/** The sum of rows as lines of a backup. */
class LineSum implements Accumulator {
  readonly #sum = new RowSum();

  add(row: PortableRow): void {
    this.#sum.add(JSON.stringify(row));
  }

  get rows(): number {
    return this.#sum.rows;
  }

  hex(): string {
    return this.#sum.hex();
  }
}

/** Reads tables that were loaded, and compares them with what was to be loaded. */
class ReadBack {
  #done = 0;

  constructor(
    private readonly session: DatabaseSession,
    private readonly expected: ReadonlyMap<TablePair, ExpectedTable>,
    private readonly source: LoadSource,
  ) {}

  async #read(pair: TablePair, into: Accumulator): Promise<void> {
    const { signal, onProgress } = this.source;
    const totalRows = [...this.expected.values()].reduce((sum, table) => sum + table.rows, 0);
    const columns = pair.columns.map(({ target }) => target);
    for await (const rows of this.session.transfer.readRows(pair.target, columns)) {
      signal.throwIfAborted();
      for (const row of rows) into.add(row);
      this.#done += rows.length;
      onProgress?.({
        table: pair.target.name,
        rows: Math.min(this.#done, totalRows),
        totalRows,
        bytes: 0,
      });
    }
  }

  async #holds(pair: TablePair, rows: number, hex: string, into: Accumulator): Promise<boolean> {
    await this.#read(pair, into);
    return into.rows === rows && into.hex() === hex;
  }

  /** Tables that hold something else. */
  async different(): Promise<readonly TablePair[]> {
    const different: TablePair[] = [];
    const unclear: TablePair[] = [];
    for (const [pair, { rows, sum, digest }] of this.expected) {
      if (sum !== undefined && (await this.#holds(pair, rows, sum, new LineSum()))) continue;
      // The same value may be written otherwise, by another version of the engine for example: the digest decides.
      if (digest === undefined) unclear.push(pair);
      else if (!(await this.#holds(pair, rows, digest, new TableDigest(digestColumns(pair)))))
        different.push(pair);
    }
    if (unclear.length === 0) return different;
    const digests = await digestsOf(this.source, unclear);
    for (const pair of unclear) {
      const digest = digests.get(pair.backup.name) ?? '';
      const { rows } = this.expected.get(pair) as ExpectedTable;
      if (!(await this.#holds(pair, rows, digest, new TableDigest(digestColumns(pair)))))
        different.push(pair);
    }
    return different;
  }
}

/**
 * Reads the tables back and compares them: their rows' bytes where the engine is the same, else digests.
 * @throws ToolError `backup/differs`; the transaction is rolled back by it
 */
export async function compareTables(
  session: DatabaseSession,
  expected: ReadonlyMap<TablePair, ExpectedTable>,
  source: LoadSource,
): Promise<void> {
  const different = await new ReadBack(session, expected, source).different();
  if (different.length === 0) return;
  const triggers = await session.transfer.firingTriggers(
    [...expected.keys()].map(({ target }) => target.name),
    'load',
  );
  const names = different.map(({ target }) => target.name).join(', ');
  throw new ToolError(
    'backup/differs',
    `The database would not hold what the backup holds, in ${names}; nothing was kept`,
    {
      hint:
        triggers.length > 0
          ? `These triggers fired meanwhile, which the tool cannot switch off here: ${triggers.join(', ')}. Drop them, restore, and create them again.`
          : 'No trigger fires on these tables, so a column changes what it is given. Make the types of the columns what they are in the database that was backed up, and restore again.',
    },
  );
}
