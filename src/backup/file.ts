import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '../errors/index.js';
import { hashBackup } from './read.js';
import type { BackupKeys } from './recipients.js';
import { verifyBackup, type VerifiedBackup } from './verify.js';
import { writeBackup, type BackupRequest, type BackupSummary } from './write.js';

export interface BackupFileResult extends BackupSummary {
  /** As given. */
  readonly file: string;
  /** Size of the file. */
  readonly fileBytes: number;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** A fault of the file system becomes ours; all others pass. */
function fileFault(error: unknown, file: string): unknown {
  const syscall = (error as NodeJS.ErrnoException).syscall;
  if (error instanceof ToolError || syscall === undefined) return error;
  return new ToolError(
    'backup/cannot-write',
    `The backup cannot be written to ${file} (${codeOf(error) ?? 'unknown'})`,
    {
      hint: 'Check the free space and the permissions of its folder. Nothing that looks like a backup was left.',
      cause: error,
    },
  );
}

export interface BackupFileOptions {
  readonly overwrite: boolean;
  /** How to get past a file that exists; for errors. */
  readonly wayOut?: string;
  readonly onVerify?: () => void;
}

const defaultWayOut = 'Name another file with --output, or replace it with --overwrite.';

function exists(file: string, { wayOut = defaultWayOut }: BackupFileOptions): ToolError {
  return new ToolError('backup/output-exists', `${file} exists already`, { hint: wayOut });
}

/**
 * The file to write, which may lie behind a symbolic link.
 * @throws ToolError `backup/output-exists` when it may not be replaced, or is a device, a pipe or a folder
 */
async function destination(file: string, options: BackupFileOptions): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return file;
  if (!options.overwrite) throw exists(file, options);
  if (!found.isFile()) {
    throw new ToolError('backup/output-exists', `${file} is no regular file, and is not replaced`, {
      hint: 'Name another file with --output, or write to a pipe with --output -.',
    });
  }
  return realpath(file);
}

/** Puts the complete file in its place; a name that was taken meanwhile is left alone. */
async function place(staged: string, file: string, options: BackupFileOptions): Promise<void> {
  if (!options.overwrite) {
    try {
      await link(staged, file); // unlike rename, link never replaces a file
      await rm(staged);
      return;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw exists(file, options);
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error;
      // A file system without hard links.
      if (await stat(file).catch(() => undefined)) throw exists(file, options);
    }
  }
  await rename(staged, file);
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a backup beside its name, reads it back, and gives it its name only then. A kill leaves at most a hidden file
 * that ends in `.tmp`.
 * @throws ToolError `backup/output-exists`, `backup/cannot-write`, and what `writeBackup` throws
 */
export async function writeBackupFile(
  request: BackupRequest,
  file: string,
  options: BackupFileOptions,
): Promise<BackupFileResult> {
  const target = await destination(file, options);
  const staged = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${randomBytes(4).toString('hex')}.tmi-dbtool.tmp`,
  );
  let handle: FileHandle | undefined;
  try {
    handle = await open(staged, 'wx', 0o600);
    const { summary, streamSha256, fileKey } = await writeBackup(request, handle.createWriteStream());
    await syncFile(staged);
    options.onVerify?.();
    const read = await hashBackup(backupBytes(staged), fileKey && { fileKey }, request.signal);
    if (read !== streamSha256) {
      throw new ToolError('backup/damaged', 'What was read back is not what was written');
    }
    const { size } = await stat(staged);
    await place(staged, target, options);
    await syncFile(path.dirname(target)).catch(() => undefined); // some file systems refuse
    return { ...summary, file, fileBytes: size };
  } catch (error) {
    // A stream that nothing was written to leaves it open.
    await handle?.close().catch(() => undefined);
    await rm(staged, { force: true }).catch(() => undefined);
    throw fileFault(error, file);
  }
}

/** @throws ToolError `backup/cannot-read` when there is no such file */
export async function* backupBytes(file: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) yield chunk as Buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new ToolError(
      'backup/cannot-read',
      `The backup ${file} cannot be read (${codeOf(error) ?? 'unknown'})`,
      {
        hint: 'Check the path and its permissions.',
      },
    );
  }
}

/** Reads and checks a backup in a file. */
export function readBackupFile(
  file: string,
  keys: BackupKeys | undefined,
  signal: AbortSignal,
): Promise<VerifiedBackup> {
  return verifyBackup(backupBytes(file), keys, signal);
}
