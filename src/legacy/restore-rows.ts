import type { Database } from '../database/index.js';
import { readBack } from '../settings/read-back.js';
import { deleteSettings, readSettings, writeSettings, type SettingsTable } from '../settings/store.js';
import type { RowToRestore } from './receipt-rows.js';

/** How many rows were put back, and how many were taken out. */
export interface RestoredRows {
  readonly restored: number;
  readonly removed: number;
}

/**
 * Puts rows back as a receipt has them, in one transaction with read-back: rows that were there get every column
 * back, rows that were not there go.
 * @param check called with the rows as they are, inside the transaction; throws to leave everything as it is
 */
export async function restoreRows(
  database: Database,
  rows: readonly RowToRestore[],
  check: (table: SettingsTable) => void = () => undefined,
): Promise<RestoredRows> {
  const writes = rows.flatMap(({ row }) => row ?? []);
  const deletes = rows.flatMap(({ key, row }) => (row ? [] : [key]));
  return database.transaction(async (session) => {
    const table = await readSettings(session, { forUpdate: true });
    check(table);
    if (!table.exists) return { restored: 0, removed: 0 };
    await writeSettings(session, table, writes);
    await deleteSettings(session, deletes);
    await readBack(session, { written: writes, deleted: deletes });
    return { restored: writes.length, removed: deletes.filter((key) => table.get(key)).length };
  });
}
