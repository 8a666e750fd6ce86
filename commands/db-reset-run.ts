import path from 'node:path';
import {
  checkResetGates,
  performReset,
  planReset,
  writeBackupFile,
  type BackupFileResult,
  type ResetPlan,
} from '../src/backup/index.js';
import type { Database } from '../src/database/index.js';
import { exitCodes, ToolError } from '../src/errors/index.js';
import { changeSettings, LOCK_WAIT_MS, waitForLock } from '../src/settings/change.js';
import { planSeed } from '../src/settings/seed.js';
import { isStampedProduction } from '../src/settings/stamp.js';
import { readSettings } from '../src/settings/store.js';
import { buildInfo } from '../src/version.js';
import type { ResetScope } from '../src/backup/reset-scope.js';
import { confirmName } from './confirm-name.js';
import type { Context } from './context.js';
import type { DatabaseOptions } from './database-options.js';
import { resolveEncryption, type EncryptionOptions } from './encryption-options.js';
import { defaultBackupName } from './db-backup-run.js';
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
  return `${countText(tables.length, 'table')} with ${rows}, and ${countText(others.length, 'other object')}, will be dropped`;
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
    const plan = await planReset(database, options.scope);
    const description = database.describe();
    if (!options.json) await resetPlanText(plan, database.target, io, options);
    if (options.dryRun) {
      if (options.json)
        io.stdout.write(jsonDocument('db-reset', { database: description, ...plan, dryRun: true }));
      return exitCodes.done.code;
    }
    const production = await productionReason(context, database);
    const backsUp = options.backup !== false;
    checkResetGates({
      environment: io.env,
      production,
      allowProduction: options.allowProduction ?? false,
      backsUp,
    });
    await confirmName(
      database.target,
      { given: options.confirm, consequence: consequenceOf(plan), code: 'reset/not-confirmed' },
      options,
      io,
    );
    const backup = backsUp ? await this.#backUp() : undefined;
    const keys = [...((await this.#settingKeys()) ?? [])];
    reporter.step(`resetting ${description}`);
    await performReset(database, options.scope, io.signal);
    if (production !== undefined) await leaveStamp(database, io, options);
    const seeded = options.seed ? await this.#seed() : 0;
    const cache = keys.length > 0 ? await clearServerCaches(context, keys) : undefined;
    const outcome: ResetOutcome = { plan, backup, seeded, cache };
    if (options.json) {
      const fields = { ...plan, dryRun: false, backup: backup ?? null, seeded, cache: cache ?? null };
      io.stdout.write(jsonDocument('db-reset', { database: description, ...fields }));
    } else {
      await resetText(outcome, io, options);
    }
    return exitCodes.done.code;
  }

  async #backUp(): Promise<BackupFileResult> {
    const { options, io } = this;
    const { database, context, reporter } = this.session;
    const encryption = await resolveEncryption(options, context);
    const name =
      options.backupOutput ?? defaultBackupName(database.target, io.now(), encryption !== undefined);
    reporter.step(`backing up to ${name}`);
    try {
      return await writeBackupFile(
        {
          database,
          selection: { scope: 'all' },
          tool: `tmi-dbtool ${buildInfo.version}`,
          now: io.now(),
          encryption,
          signal: io.signal,
          onProgress: this.#progress.update,
        },
        path.resolve(io.cwd, name),
        { overwrite: false, wayOut: 'Name another file with --backup-output, or move that one away.' },
      );
    } finally {
      this.#progress.clear();
    }
  }

  /** Keys that running servers may have cached. A table that is no settings table caches nothing. */
  async #settingKeys(): Promise<Iterable<string> | undefined> {
    const table = await readSettings(this.session.database).catch(() => undefined);
    return table?.rows.keys();
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
  if (options.backup === false && options.backupOutput !== undefined) {
    throw new ToolError('usage/conflicting-options', '--no-backup and --backup-output exclude each other');
  }
  const readOnly = options.dryRun ?? false;
  return withSettings(options, io, { readOnly, waitSeconds: options.wait }, (session) =>
    new ResetRun(session, options, io).run(),
  );
}
