import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { backupBytes, spool } from '../src/backup/index.js';
import type { Io } from './io.js';

/** A backup that can be read from its beginning as often as it must be. */
export interface BackupSource {
  /** In bytes; undefined where nobody knows before it is read. */
  readonly size: number | undefined;
  readonly open: () => AsyncIterable<Buffer>;
  readonly close: () => Promise<void>;
}

/**
 * The backup in a file, or with `-` the one from standard input, which is kept in a file without a name meanwhile.
 * @throws ToolError `backup/cannot-write`
 */
export async function backupSource(file: string, io: Io): Promise<BackupSource> {
  if (file === '-') return spool(io.binaryInput(), io.env['TMPDIR'] ?? tmpdir(), io.signal);
  const resolved = path.resolve(io.cwd, file);
  return {
    // Who reads it says what is wrong with it.
    size: await stat(resolved).then(
      ({ size }) => size,
      () => undefined,
    ),
    open: () => backupBytes(resolved, io.signal),
    close: () => Promise.resolve(),
  };
}
