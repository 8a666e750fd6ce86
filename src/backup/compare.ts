import type { Database } from '../database/index.js';
import { TableDigest } from './digest.js';
import type { OnProgress } from './progress.js';
import { fitBackup } from './fit.js';
import { serverTables } from './select-tables.js';
import type { VerifiedBackup } from './verify.js';

export interface TableComparison {
  readonly name: string;
  /** `missing`: not in the database. `extra`: not in the backup. `columns`: a column of the backup is not there. */
  readonly state: 'same' | 'differs' | 'missing' | 'extra' | 'columns';
  readonly rows: { readonly backup: number | undefined; readonly database: number | undefined };
}

/**
 * Compares a verified backup with one state of a database, by counts and digests.
 * @param backup verified with the digests of all tables, `digests: 'all'`
 * @throws TypeError where there are none
 */
export function compareBackup(
  backup: VerifiedBackup,
  database: Database,
  signal: AbortSignal,
  onProgress?: OnProgress,
): Promise<TableComparison[]> {
  return database.snapshot(async ({ transfer }) => {
    const schema = await transfer.inspect();
    const { pairs } = fitBackup([...backup.facts.values()], schema);
    const comparisons: TableComparison[] = [];
    const totalRows = backup.rows;
    let done = 0;
    for (const { name, rows, digest } of backup.tables) {
      if (digest === undefined) throw new TypeError('The backup was verified without digests.');
      const pair = pairs.find((candidate) => candidate.backup.name === name);
      if (pair?.columns.length !== pair?.backup.columns.length || !pair) {
        const state = pair ? 'columns' : 'missing';
        comparisons.push({ name, state, rows: { backup: rows, database: undefined } });
        continue;
      }
      const found = new TableDigest(pair.columns.map(({ backup: column }) => column));
      for await (const batch of transfer.readRows(
        pair.target,
        pair.columns.map(({ target }) => target),
      )) {
        signal.throwIfAborted();
        for (const row of batch) found.add(row);
        done += batch.length;
        onProgress?.({ table: name, rows: done, totalRows, bytes: 0 });
      }
      const same = found.rows === rows && found.hex() === digest;
      comparisons.push({
        name,
        state: same ? 'same' : 'differs',
        rows: { backup: rows, database: found.rows },
      });
    }
    if (backup.scope !== 'all') return comparisons;
    for (const table of serverTables(schema)) {
      const { name } = table;
      if (pairs.some(({ target }) => target.name === name)) continue;
      const rows = { backup: undefined, database: await transfer.countRows(table) };
      comparisons.push({ name, state: 'extra', rows });
    }
    return comparisons;
  });
}
