import {
  assertHistoryMayGo,
  checkResetGates,
  performReset,
  planReset,
  type BackupFileResult,
  type ResetPlan,
} from '../src/backup/index.js';
import type { Database, DatabaseSession } from '../src/database/index.js';
import { exitCodes } from '../src/errors/index.js';
import { changeSettings, LOCK_WAIT_MS, waitForLock } from '../src/settings/change.js';
import { planSeed } from '../src/settings/seed.js';
import { isStampedProduction } from '../src/settings/stamp.js';
import { assertOneWay, backupFirst } from './backup-first.js';
import type { ResetScope } from '../src/backup/reset-scope.js';
import { confirmationName, confirmedSchema, confirmName } from './confirm-name.js';
import type { Context } from './context.js';
import type { DatabaseOptions } from './database-options.js';
import { resolveEncryption, type EncryptionOptions } from './encryption-options.js';
import type { Io } from './io.js';
import { countText } from './output/amounts.js';
import { resetPlanText, resetText, type ResetOutcome } from './output/reset.js';
import { jsonDocument } from './output/json.js';
import { ProgressLine } from './output/progress.js';
import { leaveStamp } from './production-stamp.js';
import { clearServerCaches } from './server-cache.js';
import { planContext, withSettings, type SettingsSession } from './settings-session.js';

export interface DbResetOptions extends DatabaseOptions, EncryptionOptions {
  readonly scope: ResetScope;
  readonly dryRun?: boolean;
  /** The database's name. */
  readonly confirm?: string;
  /** False with `--no-backup`. */
  readonly backup?: boolean;
  readonly backupOutput?: string;
  readonly oneReading?: boolean;
  /** Delete rows too that triggers guard. */
  readonly discardHistory?: boolean;
  readonly allowProduction?: boolean;
  readonly seed?: boolean;
  readonly allowPlaintextSecrets?: boolean;
}

/** Why this is a production database; undefined when nothing says so. */
async function productionReason(context: Context, database: Database): Promise<string | undefined> {
  if (await context.isProduction()) return 'auth.build_mode is production';
  return (await isStampedProduction(database))
    ? 'a production server has used it, says its stamp'
    : undefined;
}

function consequenceOf({ scope, tables, others }: ResetPlan): string {
  const rows = countText(
    tables.reduce((sum, table) => sum + table.rows, 0),
    'row',
  );
  if (scope !== 'schema') return `${rows} in ${countText(tables.length, 'table')} will be deleted`;
  const list = others.length === 0 ? '' : ` (${others.join(', ')})`;
  return `${countText(tables.length, 'table')} with ${rows}, and ${countText(others.length, 'other object')}${list}, will be dropped`;
}

/** Carries the reset out, step by step; every step has its gate before it. */
class ResetRun {
  readonly #progress: ProgressLine;

  constructor(
    private readonly session: SettingsSession,
    private readonly options: DbResetOptions,
    private readonly io: Io,
  ) {
    this.#progress = new ProgressLine(io, options);
  }

  async run(): Promise<number> {
    const { options, io } = this;
    const { database, context, reporter } = this.session;
    if (!options.dryRun) await waitForLock(database, io.signal, LOCK_WAIT_MS);
    const backsUp = options.backup !== false;
    const plan = await planReset(database, options.scope, { backsUp });
    const description = database.describe();
    if (!options.json) await resetPlanText(plan, database.target, io, options);
    if (options.dryRun) {
      if (options.json)
        io.stdout.write(jsonDocument('db-reset', { database: description, ...plan, dryRun: true }));
      return exitCodes.done.code;
    }
    const production = await productionReason(context, database);
    checkResetGates({
      environment: io.env,
      production,
      allowProduction: options.allowProduction ?? false,
      backsUp,
    });
    assertHistoryMayGo(plan.history, options.discardHistory ?? false);
    await confirmName(
      database.target,
      {
        given: options.confirm,
        consequence: consequenceOf(plan),
        code: 'reset/not-confirmed',
        schema: confirmedSchema(database, plan.schema),
      },
      options,
      io,
    );
    // What it needs is there before anybody is kept from the tables.
    const encryption = backsUp ? await resolveEncryption(options, context) : undefined;
    let backup: BackupFileResult | undefined;
    const tools = { io, reporter, progress: this.#progress, encryption };
    const backUp = async (session: DatabaseSession): Promise<void> => {
      const selection = { scope: options.scope === 'settings' ? ('settings' as const) : ('all' as const) };
      backup = await backupFirst(database, session, selection, options, tools);
      reporter.step(`resetting ${description}`);
    };
    if (!backsUp) reporter.step(`resetting ${description}`);
    this.#progress.clear();
    await performReset(database, options.scope, io.signal, {
      ...(backsUp ? { backUp } : {}),
      onProgress: this.#progress.update,
    });
    this.#progress.clear();
    if (production !== undefined) await leaveStamp(database, io, options);
    const seeded = options.seed ? await this.#seed() : 0;
    const cache = await clearServerCaches(context, options.scope === 'settings' ? 'settings' : 'everything');
    const outcome: ResetOutcome = {
      plan,
      backup,
      seeded,
      cache,
      confirmation: confirmationName(database.target, confirmedSchema(database, plan.schema)),
    };
    if (options.json) {
      const fields = { ...plan, dryRun: false, backup: backup ?? null, seeded, cache: cache ?? null };
      io.stdout.write(jsonDocument('db-reset', { database: description, ...fields }));
    } else {
      await resetText(outcome, io, options);
    }
    return exitCodes.done.code;
  }

  async #seed(): Promise<number> {
    const { database } = this.session;
    const contextOf = await planContext(this.session, this.options);
    const plan = await changeSettings({
      database,
      plan: (table) => planSeed(contextOf(table), { ifEmpty: false }),
      existing: 'keep',
      // The reset is done: a signal that comes now would only leave the rest to somebody else.
      signal: new AbortController().signal,
    });
    return plan.writes.length;
  }
}

/**
 * Resets the database behind its gates.
 * @throws ToolError `usage/conflicting-options`
 * @returns 0 when it is reset and that was seen, or in a dry run; errors carry their own exit codes
 */
export async function runDbReset(options: DbResetOptions, io: Io): Promise<number> {
  assertOneWay(options);
  const readOnly = options.dryRun ?? false;
  return withSettings(options, io, { readOnly, waitSeconds: options.wait, longWork: true }, (session) =>
    new ResetRun(session, options, io).run(),
  );
}
