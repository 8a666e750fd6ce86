import path from 'node:path';
import {
  writeBackupFile,
  type BackupFileResult,
  type Encryption,
  type TableSelection,
} from '../src/backup/index.js';
import type { Database, DatabaseSession } from '../src/database/index.js';
import { ToolError } from '../src/errors/index.js';
import { buildInfo } from '../src/version.js';
import { defaultBackupName } from './db-backup-run.js';
import type { GlobalOptions } from './command.js';
import type { Io } from './io.js';
import { warnOfOneReading } from './output/backup.js';
import type { ProgressLine } from './output/progress.js';
import type { Reporter } from './output/reporter.js';
import { collecting } from './young-garbage.js';

/** Options of commands that delete rows, and keep them in a file before. */
export interface BackupFirstOptions {
  /** False with `--no-backup`. */
  readonly backup?: boolean;
  readonly backupOutput?: string;
  readonly oneReading?: boolean;
}

/** @throws ToolError `usage/conflicting-options` */
export function assertOneWay({ backup, backupOutput }: BackupFirstOptions): void {
  if (backup !== false || backupOutput === undefined) return;
  throw new ToolError('usage/conflicting-options', '--no-backup and --backup-output exclude each other');
}

/** What the file is written with. */
export interface BackupFirstTools {
  readonly io: Io;
  readonly reporter: Reporter;
  readonly progress: ProgressLine;
  readonly encryption: Encryption | undefined;
}

/** Writes what is about to be deleted to a file, in a session in which nobody else writes to it. */
export async function backupFirst(
  database: Database,
  session: DatabaseSession,
  selection: TableSelection,
  options: BackupFirstOptions & Pick<GlobalOptions, 'quiet'>,
  { io, reporter, progress, encryption }: BackupFirstTools,
): Promise<BackupFileResult> {
  const { backupOutput, oneReading = false } = options;
  const name = backupOutput ?? defaultBackupName(database.target, io.now(), encryption !== undefined);
  progress.clear();
  reporter.step(`backing up to ${name}`);
  try {
    const result = await writeBackupFile(
      {
        database,
        session,
        selection,
        tool: `tmi-dbtool ${buildInfo.version}`,
        now: io.now(),
        encryption,
        signal: io.signal,
        onProgress: collecting(progress.update),
        oneReading,
      },
      path.resolve(io.cwd, name),
      // Replaces nothing, so no file in use needs naming.
      {
        name,
        overwrite: false,
        inUse: [],
        onVerify: () => {
          progress.clear();
          reporter.step('reading it back');
        },
        wayOut: 'Name another file with --backup-output, or move that one away.',
      },
    );
    progress.clear();
    warnOfOneReading(result, io, options);
    return result;
  } finally {
    progress.clear();
  }
}
