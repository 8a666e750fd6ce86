import { stat } from 'node:fs/promises';
import { cannotReadWords, cannotWriteWords } from '../config/files/fault-words.js';
import { InputFault, streamInput } from '../config/files/input.js';
import { openOutput, type FileInUse, type Output } from '../config/files/output.js';
import { syncFile } from '../config/files/write.js';
import { filesOfTarget } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import { notReadBack } from './format.js';
import { ReadShare } from './progress.js';
import { hashPacked } from './read.js';
import type { BackupKeys } from './recipients.js';
import { verifyBackup, type VerifiedBackup } from './verify.js';
import { writeBackup, type BackupRequest, type BackupSummary } from './write.js';

export interface BackupFileResult extends BackupSummary {
  /** As given. */
  readonly file: string;
  /** Size of the file. */
  readonly fileBytes: number;
}

/** A fault of the file system becomes ours; all others pass. */
function fileFault(error: unknown, file: string): unknown {
  const syscall = (error as NodeJS.ErrnoException).syscall;
  if (error instanceof ToolError || syscall === undefined) return error;
  return new ToolError(
    'backup/cannot-write',
    `The backup cannot be written to ${file}${cannotWriteWords(error)}`,
    {
      hint: 'Check the free space and the permissions of its folder. Nothing that looks like a backup was left.',
      cause: error,
    },
  );
}

export interface BackupFileOptions {
  readonly overwrite: boolean;
  /** As the user gave it, for messages. */
  readonly name: string;
  /** What the run works with beside the database; `Context.filesInUse` knows. */
  readonly inUse: readonly FileInUse[];
  /** How to get past a file that exists; for errors. */
  readonly wayOut?: string;
  readonly onVerify?: () => void;
}

const defaultWayOut = 'Name another file with --output, or replace it with --overwrite.';

/**
 * Writes a backup beside its name, reads it back, and gives it its name only then. A kill leaves at most a hidden file
 * that ends in `.tmp`.
 * @throws ToolError `backup/output-exists`, those of `outputTarget`, `backup/cannot-write`, and what `writeBackup` throws
 */
export async function writeBackupFile(
  request: BackupRequest,
  file: string,
  options: BackupFileOptions,
): Promise<BackupFileResult> {
  const { name, overwrite, wayOut = defaultWayOut } = options;
  const own = filesOfTarget(request.database.target).map((path) => ({ path, what: 'the database itself' }));
  const inUse = [...own, ...options.inUse];
  let output: Output | undefined;
  try {
    output = await openOutput({ file, name, overwrite, inUse, wayOut, exists: 'backup/output-exists' });
    const { handle, staged } = output;
    const { summary, packedSha256, fileKey } = await writeBackup(request, handle.createWriteStream());
    await syncFile(staged);
    options.onVerify?.();
    const read = await readBack(staged, fileKey, request);
    if (read !== packedSha256) throw notReadBack();
    const { size } = await stat(staged);
    await output.place();
    return { ...summary, file, fileBytes: size };
  } catch (error) {
    throw fileFault(error, file);
  } finally {
    await output?.discard();
  }
}

/** The hash of the compressed bytes in the file that was written. */
async function readBack(
  file: string,
  fileKey: Uint8Array | undefined,
  { signal, onProgress }: BackupRequest,
): Promise<string> {
  const share = new ReadShare((await stat(file)).size);
  const source = share.through(backupBytes(file));
  return hashPacked(source, fileKey && { fileKey }, signal, (bytes) =>
    onProgress?.({ table: 'reading back', rows: 0, totalRows: 0, bytes, ...share.known }),
  );
}

/** @throws ToolError `backup/cannot-read` when there is no such file, or it is a pipe or a device */
export async function* backupBytes(file: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* streamInput(file, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof InputFault) && (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new ToolError('backup/cannot-read', `The backup ${file} ${cannotReadWords(error)}`, {
      hint: 'Check the path and its permissions. A stream is read from standard input, as -.',
    });
  }
}

/** Reads and checks a backup in a file. */
export function readBackupFile(
  file: string,
  keys: BackupKeys | undefined,
  signal: AbortSignal,
): Promise<VerifiedBackup> {
  return verifyBackup(backupBytes(file, signal), keys, signal);
}
