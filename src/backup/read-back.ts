import type { DatabaseSession } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import { TableDigest } from './digest.js';
import type { TablePair } from './fit.js';
import { digestColumns, digestsOf, type ExpectedTable, type LoadSource } from './load.js';
import { RowSum } from './row-sum.js';

/** Reads tables that were loaded, and compares them with what was to be loaded. */
class ReadBack {
  #done = 0;

  constructor(
    private readonly session: DatabaseSession,
    private readonly expected: ReadonlyMap<TablePair, ExpectedTable>,
    private readonly source: LoadSource,
  ) {}

  #report(pair: TablePair, rows: number): void {
    const { signal, onProgress } = this.source;
    signal.throwIfAborted();
    this.#done += rows;
    const totalRows = [...this.expected.values()].reduce((sum, table) => sum + table.rows, 0);
    onProgress?.({ table: pair.target.name, rows: Math.min(this.#done, totalRows), totalRows, bytes: 0 });
  }

  /** True when a table has so many rows, whose lines have this sum. */
  async #hasSum(pair: TablePair, rows: number, hex: string): Promise<boolean> {
    const sum = new RowSum();
    const columns = pair.columns.map(({ target }) => target);
    const lines = this.session.transfer.readLines(pair.target, columns, (line) => sum.add(line));
    for await (const count of lines) this.#report(pair, count);
    return sum.rows === rows && sum.hex() === hex;
  }

  async #hasDigest(pair: TablePair, rows: number, hex: string): Promise<boolean> {
    const digest = new TableDigest(digestColumns(pair));
    const columns = pair.columns.map(({ target }) => target);
    for await (const batch of this.session.transfer.readRows(pair.target, columns)) {
      for (const row of batch) digest.add(row);
      this.#report(pair, batch.length);
    }
    return digest.rows === rows && digest.hex() === hex;
  }

  /** Tables that hold something else. */
  async different(): Promise<readonly TablePair[]> {
    const different: TablePair[] = [];
    const unclear: TablePair[] = [];
    for (const [pair, { rows, sum, digest }] of this.expected) {
      if (sum !== undefined && (await this.#hasSum(pair, rows, sum))) continue;
      // The same value may be written otherwise, by another version of the engine for example: the digest decides.
      if (digest === undefined) unclear.push(pair);
      else if (!(await this.#hasDigest(pair, rows, digest))) different.push(pair);
    }
    if (unclear.length === 0) return different;
    const digests = await digestsOf(this.source, unclear);
    for (const pair of unclear) {
      const digest = digests.get(pair.backup.name) ?? '';
      const { rows } = this.expected.get(pair) as ExpectedTable;
      if (!(await this.#hasDigest(pair, rows, digest))) different.push(pair);
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
