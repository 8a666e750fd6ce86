import { randomBytes } from 'node:crypto';
import { rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { openNew } from '../config/files/write.js';
import { ToolError } from '../errors/index.js';

/** A stream that was kept, to be read more than once. */
export interface Spool {
  readonly size: number;
  readonly open: () => AsyncIterable<Buffer>;
  readonly close: () => Promise<void>;
}

const CHUNK_BYTES = 256 * 1024;

async function* bytesOf(handle: FileHandle): AsyncGenerator<Buffer> {
  let position = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(
      Buffer.allocUnsafe(CHUNK_BYTES),
      0,
      CHUNK_BYTES,
      position,
    );
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function fault(error: unknown, folder: string): unknown {
  const { syscall, code = 'unknown' } = error as NodeJS.ErrnoException;
  // A fault of the stream itself names no file.
  if (error instanceof ToolError || syscall === undefined || syscall === 'read') return error;
  return new ToolError(
    'backup/cannot-write',
    `The backup cannot be kept in ${folder} while it is read (${code})`,
    {
      hint: 'It is read twice. Free some space, or name another folder in TMPDIR. Nothing was changed.',
      cause: error,
    },
  );
}

/**
 * Keeps a stream in a file of this user alone. The file loses its name before anything is in it, so that nothing is
 * left of it when the process ends, however it ends.
 * @throws ToolError `backup/cannot-write`
 */
export async function spool(
  source: AsyncIterable<Buffer>,
  folder: string,
  signal: AbortSignal,
): Promise<Spool> {
  const file = path.join(folder, `tmi-dbtool-${randomBytes(8).toString('hex')}.tmp`);
  let handle: FileHandle | undefined;
  try {
    const opened = await openNew(file);
    handle = opened;
    const unlinked = await rm(file).then(
      () => true,
      () => false, // a system that keeps the names of open files
    );
    let size = 0;
    for await (const chunk of source) {
      signal.throwIfAborted();
      size += chunk.length;
      await opened.appendFile(chunk);
    }
    return {
      size,
      open: () => bytesOf(opened),
      async close() {
        await opened.close();
        if (!unlinked) await rm(file, { force: true });
      },
    };
  } catch (error) {
    await handle?.close();
    await rm(file, { force: true });
    throw fault(error, folder);
  }
}
