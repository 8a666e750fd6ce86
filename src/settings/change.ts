import { setTimeout as sleep } from 'node:timers/promises';
import { RUN_LOCK, type Database } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import { isIdle, type SettingsPlan } from './plan.js';
import { readBack } from './read-back.js';
import {
  createSettingsTable,
  deleteSettings,
  readSettings,
  writeSettings,
  type SettingsTable,
} from './store.js';

/** How long a command waits for another run of the tool to end. */
export const LOCK_WAIT_MS = 15_000;
const RETRY_MS = 100;

export interface ChangeRequest<P extends SettingsPlan> {
  readonly database: Database;
  /** Decides from the table as it stands, with nobody else writing. Called again when the table had to be made. */
  readonly plan: (table: SettingsTable) => P;
  /** With `keep`, a row that somebody else put in since the plan was made is left alone. */
  readonly existing?: 'replace' | 'keep';
  readonly signal: AbortSignal;
  readonly lockWaitMs?: number;
}

/**
 * Takes the lock of the runs that write, waiting for another run to end: a change takes moments, and two commands that
 * are started at once should both succeed.
 * @throws ToolError `database/locked` when the wait was in vain
 */
export async function waitForLock(database: Database, signal: AbortSignal, waitMs: number): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    try {
      return await database.lock(RUN_LOCK);
    } catch (error) {
      const busy = error instanceof ToolError && error.code === 'database/locked';
      if (!busy || Date.now() >= deadline) throw error;
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}

/** Where DDL ends a transaction, a table that a plan needs is made before; an empty one changes nothing for a server. */
async function prepareTable<P extends SettingsPlan>({ database, plan }: ChangeRequest<P>): Promise<void> {
  if (database.capabilities.transactionalDdl) return;
  const table = await readSettings(database);
  if (!table.exists && plan(table).writes.length > 0) await createSettingsTable(database);
}

/**
 * Changes the table in one transaction: reads it with nobody else writing, plans, writes, and reads back what stands
 * there. All or nothing, and a constant number of round trips for realistic numbers of rows.
 * @throws ToolError of the plan; `database/locked`; `settings/read-back-mismatch`
 */
export async function changeSettings<P extends SettingsPlan>(request: ChangeRequest<P>): Promise<P> {
  const { database, existing = 'replace', signal } = request;
  await waitForLock(database, signal, request.lockWaitMs ?? LOCK_WAIT_MS);
  await prepareTable(request);
  return database.transaction(async (session) => {
    const table = await readSettings(session, { forUpdate: true });
    const plan = request.plan(table);
    if (isIdle(plan)) return plan;
    if (!table.exists && plan.writes.length > 0) await createSettingsTable(session);
    await writeSettings(session, table, plan.writes, existing);
    if (plan.deletes.length > 0) await deleteSettings(session, plan.deletes);
    await readBack(session, { written: plan.writes, deleted: plan.deletes, existing });
    signal.throwIfAborted();
    return plan;
  });
}
