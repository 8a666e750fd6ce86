import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  compareBackup,
  rehearseRestore,
  verifyBackup,
  type BackupKeys,
  type TableComparison,
  type VerifiedBackup,
} from '../src/backup/index.js';
import { exitCodes } from '../src/errors/index.js';
import { backupSource, type BackupSource } from './backup-source.js';
import { Context } from './context.js';
import type { DatabaseOptions } from './database-options.js';
import { resolveKeys, type OpenOptions } from './encryption-options.js';
import type { Io } from './io.js';
import { verifyText } from './output/backup.js';
import { jsonDocument } from './output/json.js';
import { ProgressLine } from './output/progress.js';
import { collecting } from './young-garbage.js';

export interface DbVerifyOptions extends DatabaseOptions, OpenOptions {
  /** Compare with the database that is configured. */
  readonly against?: boolean;
  readonly rehearse?: boolean;
}

/** Restores into a file that nobody else can read, and takes it away again. */
async function rehearse(
  backup: VerifiedBackup,
  { open, size }: BackupSource,
  keys: BackupKeys,
  io: Io,
  progress: ProgressLine,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tmi-dbtool-rehearsal-'));
  try {
    const request = {
      open,
      size,
      keys,
      signal: io.signal,
      onProgress: collecting(progress.update),
      onStep: () => progress.clear(),
    };
    await rehearseRestore(backup, request, path.join(folder, 'scratch.db'));
  } finally {
    progress.clear();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Reads a whole backup and checks it.
 * @returns 0 when it is good, 3 when it is not or a database differs from it
 */
export async function runDbVerify(file: string, options: DbVerifyOptions, io: Io): Promise<number> {
  const context = new Context(io, options);
  const progress = new ProgressLine(io, options);
  let source: BackupSource | undefined;
  try {
    const keys = await resolveKeys(options, context);
    // What is read once needs no file.
    source =
      file === '-' && !options.rehearse
        ? { size: undefined, open: () => io.binaryInput(), close: () => Promise.resolve() }
        : await backupSource(file, io);
    const backup = await verifyBackup(source.open(), keys, io.signal, progress.update, {
      // Two databases are compared by what is the same in every engine.
      digests: options.against ? 'all' : 'version-1',
      size: source.size,
    });
    progress.clear();
    if (options.rehearse) await rehearse(backup, source, keys, io, progress);
    let comparison: TableComparison[] | undefined;
    if (options.against) {
      const database = await context.database({ readOnly: true, waitSeconds: options.wait, longWork: true });
      comparison = await compareBackup(backup, database, io.signal, collecting(progress.update));
      progress.clear();
    }
    const rehearsed = options.rehearse ?? false;
    if (options.json) {
      const { header, scope, createdAt, source, encrypted, tables, rows, sha256, left, broken } = backup;
      const summary = { scope, createdAt, source, encrypted, tables, rows, sha256, left, broken };
      io.stdout.write(jsonDocument('db-verify', { ...summary, tool: header.tool, rehearsed, comparison }));
    } else {
      await verifyText(backup, comparison, rehearsed, io, options);
    }
    const differs = comparison?.some(({ state }) => state !== 'same') ?? false;
    return differs ? exitCodes.findings.code : exitCodes.done.code;
  } finally {
    progress.clear();
    await source?.close();
    await context.close();
  }
}
