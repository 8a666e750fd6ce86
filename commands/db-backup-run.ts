import path from 'node:path';
import {
  serverTables,
  writeBackup,
  writeBackupFile,
  type BackupFileResult,
  type BackupRequest,
  type BackupSummary,
  type TableSelection,
} from '../src/backup/index.js';
import { nameTarget, type Database, type DatabaseTarget } from '../src/database/index.js';
import { exitCodes, ToolError } from '../src/errors/index.js';
import { buildInfo } from '../src/version.js';
import { Context } from './context.js';
import type { DatabaseOptions } from './database-options.js';
import { resolveEncryption, type EncryptionOptions } from './encryption-options.js';
import type { Io } from './io.js';
import { backupText, warnOfOneReading } from './output/backup.js';
import { jsonDocument } from './output/json.js';
import { ProgressLine } from './output/progress.js';
import { Reporter } from './output/reporter.js';
import { collecting } from './young-garbage.js';

export interface DbBackupOptions extends DatabaseOptions, EncryptionOptions {
  /** A file, or `-` for standard output. */
  readonly output?: string;
  readonly overwrite?: boolean;
  readonly tables?: readonly string[];
  readonly settingsOnly?: boolean;
  readonly oneReading?: boolean;
}

/** @throws ToolError `usage/conflicting-options` */
export function selectionOf(options: {
  readonly tables?: readonly string[];
  readonly settingsOnly?: boolean;
}): TableSelection {
  if (options.tables && options.settingsOnly) {
    throw new ToolError('usage/conflicting-options', '--tables and --settings-only exclude each other');
  }
  if (options.tables) return { scope: 'tables', names: options.tables };
  return { scope: options.settingsOnly ? 'settings' : 'all' };
}

/** `tmi-orders-20260801-031500.jsonl.gz`: the database and the time in UTC. */
export function defaultBackupName(target: DatabaseTarget, now: Date, encrypted: boolean): string {
  const name = path.basename(target.database).replace(/[^A-Za-z0-9._-]+/g, '_');
  const time = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `tmi-${name}-${time}.jsonl.gz${encrypted ? '.age' : ''}`;
}

/** A backup of nothing would look like one of something: a misspelt file is an empty database. */
async function assertNotEmpty(database: Database): Promise<void> {
  if (serverTables(await database.transfer.inspect()).length > 0) return;
  throw new ToolError('backup/no-such-table', `The database has no tables (${nameTarget(database.target)})`, {
    hint: 'Check the name in the URL, and for PostgreSQL the schema (search_path).',
  });
}

/** A dyno's disk is gone with the dyno. */
function warnOfDyno(io: Io): void {
  if ((io.env['DYNO'] ?? '') === '') return;
  io.stderr.write(
    "warning: this dyno's disk vanishes with the dyno; send the backup elsewhere with --output -\n",
  );
}

async function toPipe(request: BackupRequest, options: DbBackupOptions, io: Io): Promise<BackupSummary> {
  if (options.json) {
    throw new ToolError(
      'usage/conflicting-options',
      '--json and --output - exclude each other: both go to standard output',
    );
  }
  try {
    return (await writeBackup(request, io.binaryOutput())).summary;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EPIPE' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    throw new ToolError('backup/cannot-write', 'Who was to read the backup from standard output has ended', {
      cause: error,
    });
  }
}

/**
 * Writes a backup of one state of the database, and reads it back before it has its name.
 * @returns 0; errors carry their own exit codes
 */
export async function runDbBackup(options: DbBackupOptions, io: Io): Promise<number> {
  const selection = selectionOf(options);
  const context = new Context(io, options);
  const reporter = new Reporter(io, options);
  const progress = new ProgressLine(io, options);
  try {
    const encryption = await resolveEncryption(options, context);
    const database = await context.database({ readOnly: true, waitSeconds: options.wait, longWork: true });
    reporter.step(`backing up ${database.describe()}`);
    await assertNotEmpty(database);
    const request: BackupRequest = {
      database,
      selection,
      tool: `tmi-dbtool ${buildInfo.version}`,
      now: io.now(),
      encryption,
      signal: io.signal,
      onProgress: collecting(progress.update),
      oneReading: options.oneReading ?? false,
    };
    let result: BackupSummary | BackupFileResult;
    if (options.output === '-') {
      result = await toPipe(request, options, io);
    } else {
      warnOfDyno(io);
      const name = options.output ?? defaultBackupName(database.target, io.now(), encryption !== undefined);
      result = await writeBackupFile(request, path.resolve(io.cwd, name), {
        name,
        overwrite: options.overwrite ?? false,
        inUse: await context.filesInUse(),
        onVerify: () => {
          progress.clear();
          reporter.step('reading it back');
        },
      });
    }
    progress.clear();
    warnOfOneReading(result, io, options);
    if (options.json) io.stdout.write(jsonDocument('db-backup', result));
    else await backupText(result, io, options);
    return exitCodes.done.code;
  } finally {
    progress.clear();
    await context.close();
  }
}
