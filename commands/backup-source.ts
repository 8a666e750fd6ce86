import { tmpdir } from 'node:os';
import path from 'node:path';
import { backupBytes, spool } from '../src/backup/index.js';
import type { Io } from './io.js';

/** A backup that can be read from its beginning as often as it must be. */
export interface BackupSource {
  readonly open: () => AsyncIterable<Buffer>;
  readonly close: () => Promise<void>;
}

/**
 * The backup in a file, or with `-` the one from standard input, which is kept in a file without a name meanwhile.
 * @throws ToolError `backup/cannot-write`
 */
export async function backupSource(file: string, io: Io): Promise<BackupSource> {
  if (file === '-') return spool(io.binaryInput(), io.env['TMPDIR'] ?? tmpdir(), io.signal);
  return { open: () => backupBytes(path.resolve(io.cwd, file), io.signal), close: () => Promise.resolve() };
}
