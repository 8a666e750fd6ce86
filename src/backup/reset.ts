import { RUN_LOCK, type Database, type DatabaseSession } from '../database/index.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import { historyAtRisk, type HistoryAtRisk } from './history.js';
import { emptyReporting } from './empty.js';
import { circularKeys } from './order.js';
import type { OnProgress } from './progress.js';
import type { ResetScope } from './reset-scope.js';
import { assertUnfiltered } from './unfiltered.js';
import { selectTables, serverTables } from './select-tables.js';

export interface ResetPlan {
  readonly scope: ResetScope;
  /** The schema that is reset; undefined where the database has none beside itself. */
  readonly schema: string | undefined;
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  /** What falls besides tables, with the scope `schema`: its kind and its name, such as `view v`. */
  readonly others: readonly string[];
  /** Tables whose triggers refuse deletion. */
  readonly history: readonly HistoryAtRisk[];
}

export interface ResetOptions {
  /**
   * Writes the backup of what will be deleted. It runs when nobody else writes to the tables any more, up to the
   * deletion: what others write is in the backup or in the database.
   */
  readonly backUp?: (session: DatabaseSession) => Promise<void>;
  /** Called before the rows of each table go. */
  readonly onProgress?: OnProgress;
}

/**
 * Lists what a reset would take away.
 * @throws ToolError `backup/no-such-table` when there is no settings table to empty
 */
export async function planReset(
  database: Database,
  scope: ResetScope,
  { backsUp = true }: { readonly backsUp?: boolean } = {},
): Promise<ResetPlan> {
  const schema = await database.transfer.inspect();
  const chosen = scope === 'settings' ? selectTables(schema, { scope: 'settings' }) : serverTables(schema);
  const tables: { name: string; rows: number }[] = [];
  for (const table of chosen) {
    tables.push({ name: table.name, rows: await database.transfer.countRows(table) });
  }
  // No backup holds their definitions, so each is named.
  const others =
    scope === 'schema' ? [...new Set([...(await database.droppable()), ...schema.special])].sort() : [];
  const history = await historyAtRisk(database.transfer, chosen, (_, rows) => (backsUp ? 0 : rows));
  return { scope, schema: schema.schema, tables, others, history };
}

function incomplete(left: readonly string[]): ToolError {
  return new ToolError('reset/incomplete', `The reset is not complete: ${left.join(', ')} is still there`, {
    hint: 'Look at what it is, and run the command again.',
    diagnostics: left.map((name): Diagnostic => ({
      code: 'reset/incomplete',
      severity: 'error',
      message: `${name} is still there`,
    })),
  });
}

async function emptyTables(
  database: Database,
  scope: ResetScope,
  signal: AbortSignal,
  { backUp, onProgress }: ResetOptions,
): Promise<void> {
  const schema = await database.transfer.inspect();
  const tables = scope === 'settings' ? selectTables(schema, { scope: 'settings' }) : serverTables(schema);
  const fixed = tables.filter((table) => !table.transactional).map(({ name }) => name);
  if (fixed.length > 0) {
    throw new ToolError('backup/not-transactional', `The engine cannot undo changes of ${fixed.join(', ')}`, {
      hint: 'Convert the tables first, or use --scope schema.',
    });
  }
  const names = tables.map(({ name }) => name);
  await database.load(names, circularKeys(tables), async (session) => {
    const { transfer } = session;
    await assertUnfiltered(transfer, names);
    await backUp?.(session);
    const estimated = tables.map(({ name, estimatedRows }) => ({ name, rows: estimatedRows }));
    await emptyReporting(transfer, estimated, onProgress);
    const left: string[] = [];
    for (const table of tables) if ((await transfer.countRows(table)) > 0) left.push(table.name);
    if (left.length > 0) throw incomplete(left);
    signal.throwIfAborted();
  });
}

/** @throws ToolError `internal/interrupted` with what is gone already, where each statement is final */
async function dropSchema(
  database: Database,
  signal: AbortSignal,
  backUp: ResetOptions['backUp'],
): Promise<void> {
  let dropped = 0;
  try {
    await database.dropAll({
      signal,
      onDropped: () => (dropped += 1),
      ...(backUp ? { before: backUp } : {}),
    });
  } catch (error) {
    if (!signal.aborted || database.capabilities.transactionalDdl || dropped === 0) throw error;
    throw new ToolError(
      'internal/interrupted',
      `Interrupted by ${String(signal.reason)} after ${dropped} objects were dropped, which cannot be taken back`,
      { hint: 'Run the command again to drop the rest, or restore the backup.' },
    );
  }
  const { tables, views, sequences, special } = await database.transfer.inspect();
  const left = [...tables, ...sequences].map(({ name }) => name).concat(views, special);
  if (left.length > 0) throw incomplete(left);
}

/**
 * Resets. Who calls it has asked whether guarded history may go. Rows go all or none; a schema goes all or nothing where the engine can do so. Afterwards the database is
 * looked at, so that nothing is called done that is not. A signal stops it before the commit, and not after.
 * @throws ToolError `reset/incomplete`, `backup/not-transactional`, codes of the area `database`
 */
export async function performReset(
  database: Database,
  scope: ResetScope,
  signal: AbortSignal,
  options: ResetOptions = {},
): Promise<void> {
  await database.lock(RUN_LOCK);
  signal.throwIfAborted();
  if (scope === 'schema') await dropSchema(database, signal, options.backUp);
  else await emptyTables(database, scope, signal, options);
}
