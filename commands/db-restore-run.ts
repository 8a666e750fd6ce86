import {
  assertLastingDisk,
  restoreBackup,
  type BackupFileResult,
  type RestorePlan,
  type TableSelection,
} from '../src/backup/index.js';
import type { DatabaseSession } from '../src/database/index.js';
import { exitCodes, ToolError } from '../src/errors/index.js';
import type { SettingsCipher } from '../src/settings/cipher.js';
import { shortenedList } from '../src/settings/shortened-list.js';
import { systemSettings } from '../src/settings/table.js';
import { assertOneWay, backupFirst, type BackupFirstOptions } from './backup-first.js';
import { backupSource, type BackupSource } from './backup-source.js';
import { confirmedSchema, confirmName } from './confirm-name.js';
import { Context } from './context.js';
import type { DatabaseOptions } from './database-options.js';
import { selectionOf } from './db-backup-run.js';
import { resolveEncryption, resolveKeys, type OpenOptions } from './encryption-options.js';
import type { Io } from './io.js';
import { countText } from './output/amounts.js';
import { restorePlanText } from './output/backup.js';
import { jsonDocument } from './output/json.js';
import { ProgressLine } from './output/progress.js';
import { Reporter } from './output/reporter.js';
import { styleFor } from './output/style.js';
import { cacheText, clearServerCaches } from './server-cache.js';
import { warn } from './settings-session.js';
import { escapeControls } from './output/escape.js';
import { leaveStamp } from './production-stamp.js';
import { collecting } from './young-garbage.js';

export interface DbRestoreOptions extends DatabaseOptions, OpenOptions, BackupFirstOptions {
  readonly tables?: readonly string[];
  readonly settingsOnly?: boolean;
  /** Public keys of age, for the backup of what is replaced. */
  readonly recipient?: readonly string[];
  readonly recipientsFile?: string;
  /** Replace rows too that triggers guard. */
  readonly discardHistory?: boolean;
  readonly dryRun?: boolean;
  readonly replace?: boolean;
  readonly cutTimes?: boolean;
  /** Name of the database whose rows may be replaced. */
  readonly confirm?: string;
}

const isSettingsTable = (name: string): boolean => name.toLowerCase() === systemSettings.name;

/** Keys of settings that a server with these keys could not read. */
function unreadableAmong(
  settings: readonly { readonly key: string; readonly stored: string }[],
  cipher: SettingsCipher,
): string[] {
  return settings.flatMap(({ key, stored }) => {
    try {
      cipher.open(stored, key);
      return [];
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      return [key];
    }
  });
}

const unreadableText = (keys: readonly string[]): string =>
  `${countText(keys.length, 'setting')} of the backup cannot be opened with the configured settings_encryption_key, and a server with it will not read them: ${shortenedList(keys)}`;

const rowsDeleted = (plan: RestorePlan): number =>
  plan.tables.reduce((sum, { existing }) => sum + existing, 0);

/**
 * Restores a backup into the configured database.
 * @returns 0 when all of it was restored, or would be in a dry run; errors carry their own exit codes
 */
export async function runDbRestore(file: string, options: DbRestoreOptions, io: Io): Promise<number> {
  const context = new Context(io, options);
  const progress = new ProgressLine(io, options);
  const reporter = new Reporter(io, options);
  const dryRun = options.dryRun ?? false;
  assertOneWay(options);
  const selection = selectionOf(options);
  const backsUp = options.replace === true && options.backup !== false && !dryRun;
  if (backsUp) assertLastingDisk(io.env);
  let source: BackupSource | undefined;
  try {
    const keys = await resolveKeys(options, context);
    const { recipient, recipientsFile } = options;
    const recipients = {
      ...(recipient ? { recipient } : {}),
      ...(recipientsFile === undefined ? {} : { recipientsFile }),
    };
    const encryption = backsUp ? await resolveEncryption(recipients, context) : undefined;
    const cipher = await context.cipher();
    let unreadable: readonly string[] = [];
    let saved: BackupFileResult | undefined;
    const database = await context.database({ readOnly: dryRun, waitSeconds: options.wait, longWork: true });
    const showPlan = async (plan: RestorePlan): Promise<void> => {
      progress.clear();
      if (!options.json) await restorePlanText(plan, database.describe(), io, options);
      const deleted = rowsDeleted(plan);
      if (dryRun || !options.replace || deleted === 0) return;
      const consequence = `${countText(deleted, 'row')} will be deleted and replaced`;
      await confirmName(
        database.target,
        {
          given: options.confirm,
          consequence,
          code: 'backup/not-confirmed',
          schema: confirmedSchema(database, plan.schema),
        },
        options,
        io,
      );
    };
    source = await backupSource(file, io);
    const plan = await restoreBackup({
      database,
      open: source.open,
      size: source.size,
      keys,
      replace: options.replace ?? false,
      cutTimes: options.cutTimes ?? false,
      selection,
      discardHistory: options.discardHistory ?? false,
      dryRun,
      signal: io.signal,
      onSettings: (settings) => {
        unreadable = unreadableAmong(settings, cipher);
        if (unreadable.length > 0) warn(io, options, unreadableText(unreadable));
      },
      ...(backsUp
        ? {
            backUp: async (session: DatabaseSession, replaced: TableSelection) => {
              const tools = { io, reporter, progress, encryption };
              saved = await backupFirst(database, session, replaced, options, tools);
            },
          }
        : {}),
      onProgress: collecting(progress.update),
      onStep: (step) => {
        progress.clear();
        reporter.step(step);
      },
      onPlan: showPlan,
    });
    progress.clear();
    if (!dryRun && (await context.isProduction())) await leaveStamp(database, io, options);
    const { backup, tables, untouched, history, broken } = plan;
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    const cached = tables.every(({ name }) => isSettingsTable(name)) ? 'settings' : 'everything';
    const cache = dryRun ? undefined : await clearServerCaches(context, cached);
    if (options.json) {
      const fields = { database: database.describe(), source: backup.source, createdAt: backup.createdAt };
      io.stdout.write(
        jsonDocument('db-restore', {
          ...fields,
          dryRun,
          tables,
          untouched,
          broken,
          history,
          rows,
          unreadable,
          backup: saved ?? null,
          cache: cache ?? null,
        }),
      );
    } else if (!options.quiet) {
      const style = await styleFor(io.stdout, io, options);
      io.stdout.write(
        dryRun
          ? `${style.faint('dry run')}    nothing was written\n`
          : `${style.good('restored')}   ${countText(rows, 'row')} in ${countText(tables.length, 'table')}, read back and equal\n`,
      );
      if (saved) io.stdout.write(`${style.strong('replaced')}   kept in ${escapeControls(saved.file)}\n`);
      if (cache) io.stdout.write(`${escapeControls(cacheText(cache, cached))}\n`);
    }
    return exitCodes.done.code;
  } finally {
    progress.clear();
    await source?.close();
    await context.close();
  }
}
