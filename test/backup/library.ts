import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  backupBytes,
  restoreBackup,
  verifyBackup,
  writeBackupFile,
  type BackupFileResult,
  type BackupRequest,
  type RestorePlan,
} from '../../src/backup/index.js';
import type { Database } from '../../src/database/contract.js';

/** A folder that lives for one test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tmi-dbtool-backup-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export const noSignal = new AbortController().signal;

export function backup(
  database: Database,
  file: string,
  options: Partial<BackupRequest> = {},
): Promise<BackupFileResult> {
  return writeBackupFile(
    {
      database,
      selection: { scope: 'all' },
      tool: 'tmi-dbtool test',
      now: new Date('2026-11-21T07:45:00.000Z'),
      signal: noSignal,
      ...options,
    },
    file,
    { name: file, overwrite: false, inUse: [] },
  );
}

export function restore(
  database: Database,
  file: string,
  options: Partial<Parameters<typeof restoreBackup>[0]> = {},
): Promise<RestorePlan> {
  return restoreBackup({
    database,
    open: () => backupBytes(file),
    replace: false,
    cutTimes: false,
    dryRun: false,
    signal: noSignal,
    ...options,
  });
}

/** Name, rows and digest of every table, read from the file: what two databases with the same rows share. */
export async function digests({ file }: Pick<BackupFileResult, 'file'>): Promise<unknown> {
  const { tables } = await verifyBackup(backupBytes(file), undefined, noSignal, undefined, {
    digests: 'all',
  });
  return tables
    .map(({ name, rows, digest }) => ({ name, rows, digest: digest ?? 'none' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
