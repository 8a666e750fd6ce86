import type { Transfer } from '../database/index.js';
import type { OnProgress } from './progress.js';

/** Deletes all rows of tables, table by table as far as the engine does so, and reports each before it is begun. */
export async function emptyReporting(
  transfer: Transfer,
  tables: readonly { readonly name: string; readonly rows: number }[],
  onProgress: OnProgress | undefined,
): Promise<void> {
  const rowsOf = new Map(tables.map(({ name, rows }) => [name, rows]));
  const totalRows = tables.reduce((sum, { rows }) => sum + rows, 0);
  let rows = 0;
  await transfer.emptyTables([...rowsOf.keys()], (table) => {
    onProgress?.({ table: `emptying ${table}`, rows, totalRows, bytes: 0 });
    rows += rowsOf.get(table) ?? 0;
  });
}
