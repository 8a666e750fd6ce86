import { changeSettings } from '../src/settings/change.js';
import type { PlanContext } from '../src/settings/draft.js';
import { isIdle, touchedKeys, type SettingsPlan } from '../src/settings/plan.js';
import type { SettingsTable } from '../src/settings/store.js';
import type { Io } from './io.js';
import { showChange, type ChangeView } from './output/settings-change.js';
import { leaveStamp } from './production-stamp.js';
import { clearServerCaches } from './server-cache.js';
import {
  noteMissingOrigin,
  planContext,
  withSettings,
  type SettingsSession,
  type WriteOptions,
} from './settings-session.js';

/** A command that writes rows: how it decides, and what it says beside the changes. */
export interface WriteRequest<P extends SettingsPlan> {
  readonly kind: string;
  /** Called after the connection is there, before the plan: for what needs the secrets of the server. */
  readonly prepare: (session: SettingsSession) => Promise<(context: PlanContext) => P>;
  /** With `keep`, rows that somebody else puts in meanwhile are left alone. */
  readonly existing?: 'replace' | 'keep';
  /** How long to wait for a database that is still starting. */
  readonly waitSeconds?: number | undefined;
  /** Asked before anything is written, with the plan as it stands. Throws when the answer is no. */
  readonly agree?: (plan: P, database: string) => Promise<void>;
  readonly describe?: (
    plan: P,
    table: Pick<SettingsTable, 'hasOrigin'>,
  ) => Pick<ChangeView, 'extra' | 'notes'>;
}

/**
 * Runs a command that writes rows: plans, and unless it is a dry run writes in one transaction, clears caches, and
 * shows what happened.
 */
export async function runWrite<P extends SettingsPlan>(
  request: WriteRequest<P>,
  options: WriteOptions,
  io: Io,
): Promise<void> {
  const dryRun = options.dryRun ?? false;
  await withSettings(options, io, { readOnly: dryRun, waitSeconds: request.waitSeconds }, async (session) => {
    const { database, context } = session;
    const decide = await request.prepare(session);
    const planFor = await planContext(session, options);
    let hasOrigin = true;
    const contextOf = (table: SettingsTable): PlanContext => {
      hasOrigin = table.hasOrigin;
      return planFor(table);
    };
    const planOf = async (): Promise<P> => decide(contextOf(await session.read()));
    let plan: P;
    if (dryRun) plan = await planOf();
    else {
      if (request.agree) await request.agree(await planOf(), database.describe());
      const { existing = 'replace' } = request;
      plan = await changeSettings({
        database,
        plan: (table) => decide(contextOf(table)),
        existing,
        signal: io.signal,
      });
    }
    const wrote = !dryRun && !isIdle(plan);
    if (wrote && (await context.isProduction())) await leaveStamp(database, io, options);
    const cache = wrote ? await clearServerCaches(context, touchedKeys(plan)) : undefined;
    noteMissingOrigin(hasOrigin, io, options);
    const { extra, notes } = request.describe?.(plan, { hasOrigin }) ?? {};
    const facts = { extra: { hasOrigin, ...extra }, ...(notes ? { notes } : {}) };
    const view = { kind: request.kind, database: database.describe(), plan, dryRun, cache, ...facts };
    await showChange(view, io, options);
  });
}
