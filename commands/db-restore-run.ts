import { restoreBackup, type RestorePlan } from '../src/backup/index.js';
import { exitCodes } from '../src/errors/index.js';
import { backupSource, type BackupSource } from './backup-source.js';
import { confirmName } from './confirm-name.js';
import { Context } from './context.js';
import type { DatabaseOptions } from './database-options.js';
import { resolveKeys, type OpenOptions } from './encryption-options.js';
import type { Io } from './io.js';
import { countText } from './output/amounts.js';
import { restorePlanText } from './output/backup.js';
import { jsonDocument } from './output/json.js';
import { ProgressLine } from './output/progress.js';
import { Reporter } from './output/reporter.js';
import { styleFor } from './output/style.js';
import { leaveStamp } from './production-stamp.js';

export interface DbRestoreOptions extends DatabaseOptions, OpenOptions {
  readonly dryRun?: boolean;
  readonly replace?: boolean;
  readonly cutTimes?: boolean;
  /** Name of the database whose rows may be replaced. */
  readonly confirm?: string;
}

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
  let source: BackupSource | undefined;
  try {
    const keys = await resolveKeys(options, context);
    const database = await context.database({ readOnly: dryRun, waitSeconds: options.wait });
    const showPlan = async (plan: RestorePlan): Promise<void> => {
      progress.clear();
      if (!options.json) await restorePlanText(plan, database.describe(), io, options);
      const deleted = rowsDeleted(plan);
      if (dryRun || !options.replace || deleted === 0) return;
      const consequence = `${countText(deleted, 'row')} will be deleted and replaced`;
      await confirmName(
        database.target,
        { given: options.confirm, consequence, code: 'backup/not-confirmed' },
        options,
        io,
      );
    };
    source = await backupSource(file, io);
    const plan = await restoreBackup({
      database,
      open: source.open,
      keys,
      replace: options.replace ?? false,
      cutTimes: options.cutTimes ?? false,
      dryRun,
      signal: io.signal,
      onProgress: progress.update,
      onStep: (step) => {
        progress.clear();
        reporter.step(step);
      },
      onPlan: showPlan,
    });
    progress.clear();
    if (!dryRun && (await context.isProduction())) await leaveStamp(database, io, options);
    const { backup, tables, untouched } = plan;
    if (options.json) {
      const fields = { database: database.describe(), source: backup.source, createdAt: backup.createdAt };
      io.stdout.write(
        jsonDocument('db-restore', { ...fields, dryRun, tables, untouched, rows: backup.rows }),
      );
    } else if (!options.quiet) {
      const style = await styleFor(io.stdout, io, options);
      io.stdout.write(
        dryRun
          ? `${style.faint('dry run')}    nothing was written\n`
          : `${style.good('restored')}   ${countText(backup.rows, 'row')} in ${countText(tables.length, 'table')}, read back and equal\n`,
      );
    }
    return exitCodes.done.code;
  } finally {
    progress.clear();
    await source?.close();
    await context.close();
  }
}
