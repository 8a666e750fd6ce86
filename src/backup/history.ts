import type { TableFacts, TableGuard, Transfer } from '../database/index.js';
import { ToolError, type Diagnostic } from '../errors/index.js';

/** A table that its triggers guard against deletion, with the rows that it would lose. */
export interface HistoryAtRisk extends TableGuard {
  readonly rows: number;
  /** Rows that no backup of this run holds: they would be gone for good. */
  readonly unsaved: number;
}

/** @param unsavedOf how many of a table's rows no backup holds */
export async function historyAtRisk(
  transfer: Transfer,
  tables: readonly TableFacts[],
  unsavedOf: (table: TableFacts, rows: number) => Promise<number> | number,
): Promise<HistoryAtRisk[]> {
  const history: HistoryAtRisk[] = [];
  for (const guard of await transfer.guards(tables.map(({ name }) => name))) {
    const table = tables.find(({ name }) => name === guard.table);
    const rows = table ? await transfer.countRows(table) : 0;
    if (table && rows > 0) history.push({ ...guard, rows, unsaved: await unsavedOf(table, rows) });
  }
  return history;
}

/** @throws ToolError `backup/history`, before anything is changed */
export function assertHistoryMayGo(history: readonly HistoryAtRisk[], discard: boolean): void {
  if (history.length === 0) return;
  const names = history.map(({ table }) => table).join(', ');
  const diagnostics = history.map(({ table, rows, unsaved, triggers }): Diagnostic => ({
    code: 'backup/history',
    severity: 'error',
    message: `${table}: ${rows} rows, of which the backup does not hold ${unsaved}; guarded by ${triggers.join(', ')}`,
  }));
  if (!discard) {
    throw new ToolError(
      'backup/history',
      `Triggers guard the rows of ${names} against deletion; nothing was changed`,
      {
        diagnostics,
        hint: 'They are the history of the server. If they may go: --discard-history, beside the confirmation.',
      },
    );
  }
  const statements = history.flatMap(({ switchOff }) => switchOff);
  if (statements.length === 0) return;
  throw new ToolError(
    'backup/history',
    `The engine cannot let the triggers of ${names} rest for the time of this run; nothing was changed`,
    {
      diagnostics,
      hint: `As the owner of the tables: ${statements.join('; ')}. Run the command again, and put the triggers back.`,
    },
  );
}
