import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  statSync,
  type Stats,
} from 'node:fs';
import { lstat, open, stat, type FileHandle } from 'node:fs/promises';

/**
 * The one place that opens files to read. What is read is a regular file, wherever links lead: a pipe that nobody writes
 * to, a device without an end and a folder are refused before they are opened, and a file that grows while it is read
 * ends at the limit. Standard input has a reader of its own, `Io.readStdin`, with the same limit.
 */

/** Our own codes, among those of the file system. `fileError` makes sentences of both. */
export const NOT_A_FILE = 'TMI_NOT_A_FILE';
export const TOO_LARGE = 'TMI_TOO_LARGE';

/** More than any configuration, export, receipt or value has, and less than fills a small machine's memory. */
export const MAX_INPUT_BYTES = 64 * 1024 * 1024;

/** A file that is not read, with one of our own codes in the place where the file system's stand. */
export class InputFault extends Error {
  constructor(
    readonly code: typeof NOT_A_FILE | typeof TOO_LARGE | 'EISDIR',
    /** The limit that the file is beyond, in bytes. */
    readonly maxBytes?: number,
  ) {
    super(code);
    this.name = 'InputFault';
  }
}

export interface InputOptions {
  /** A larger file is refused, also one that grows beyond it while it is read. */
  readonly maxBytes?: number;
  /** Ends the reading between two pieces, and the wait for a pipe at once. */
  readonly signal?: AbortSignal | undefined;
  /** A pipe is waited for, as for a value that a shell hands over with `<(…)`; the signal ends that wait. */
  readonly pipes?: boolean;
  /** False where a link in place of the file would be somebody else's doing: it is refused as no file. */
  readonly links?: boolean;
}

/** What was read, and whose it is. */
export interface Input {
  readonly bytes: Buffer;
  readonly facts: Stats;
}

/** Without O_NONBLOCK, opening a pipe would wait for somebody to write to it, and nothing could end that wait. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const flagsFor = (links: boolean): number => (links ? READ : READ | constants.O_NOFOLLOW);
const look = (file: string, links: boolean): Stats => (links ? statSync(file) : lstatSync(file));

const CHUNK_BYTES = 256 * 1024;
/** Room for what grows while it is read, and for the files of `/proc`, which say that they have no size. */
const LEAST_BYTES = 2048;

function assertReadable(facts: Stats, pipes = false): void {
  if (facts.isDirectory()) throw new InputFault('EISDIR');
  if (!facts.isFile() && !(pipes && facts.isFIFO())) throw new InputFault(NOT_A_FILE);
}

/** Opens a file. Asked twice: merely opening a device can do something, and a name can lead elsewhere meanwhile. */
async function openRegular(
  file: string,
  { pipes, links = true }: Pick<InputOptions, 'pipes' | 'links'> = {},
): Promise<{ handle: FileHandle; facts: Stats }> {
  assertReadable(await (links ? stat(file) : lstat(file)), pipes);
  const handle = await open(file, flagsFor(links));
  try {
    const facts = await handle.stat();
    assertReadable(facts, pipes);
    return { handle, facts };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function* chunksOf(handle: FileHandle, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Everything that comes out of a pipe until its last writer has closed it. */
async function* chunksOfPipe(file: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const { Socket } = await import('node:net');
  const { addAbortSignal } = await import('node:stream');
  // The descriptor is the socket's from here on, which closes it.
  const pipe = new Socket({ fd: openSync(file, READ), readable: true, writable: false });
  for await (const chunk of signal ? addAbortSignal(signal, pipe) : pipe) yield chunk as Buffer;
}

/**
 * All pieces as one.
 * @throws InputFault as soon as there is more than `maxBytes`
 */
export async function collectInput(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const all: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new InputFault(TOO_LARGE, maxBytes);
    all.push(chunk);
  }
  return Buffer.concat(all);
}

/**
 * Reads a whole file.
 * @param file absolute path; links are followed
 * @throws InputFault for anything but a regular file, or a larger one; the file system's errors, with its codes;
 *   the signal's reason
 */
export async function readInput(file: string, options: InputOptions = {}): Promise<Input> {
  const { maxBytes = MAX_INPUT_BYTES, signal, links = true } = options;
  signal?.throwIfAborted();
  const seen = look(file, links);
  if (seen.isFile() && seen.size <= CHUNK_BYTES) return readSeen(file, maxBytes, links);
  const { handle, facts } = await openRegular(file, options);
  try {
    if (facts.size > maxBytes) throw new InputFault(TOO_LARGE, maxBytes);
    const chunks = facts.isFIFO() ? chunksOfPipe(file, signal) : chunksOf(handle, signal);
    return { bytes: await collectInput(chunks, maxBytes), facts };
  } finally {
    await handle.close();
  }
}

/**
 * The same at once: the way through the thread pool costs more than to read a small file.
 * @throws InputFault; the file system's errors
 */
export function readInputAtOnce(
  file: string,
  { maxBytes = MAX_INPUT_BYTES, links = true }: Pick<InputOptions, 'maxBytes' | 'links'> = {},
): Input {
  assertReadable(look(file, links));
  return readSeen(file, maxBytes, links);
}

/** Reads a file that was looked at, and looks again once it is open: see `openRegular`. */
function readSeen(file: string, maxBytes: number, links: boolean): Input {
  const descriptor = openSync(file, flagsFor(links));
  try {
    const facts = fstatSync(descriptor);
    assertReadable(facts);
    if (facts.size > maxBytes) throw new InputFault(TOO_LARGE, maxBytes);
    const chunks: Buffer[] = [];
    for (let size = 0; ;) {
      const chunk = Buffer.allocUnsafe(Math.max(facts.size - size + 1, LEAST_BYTES));
      const read = readSync(descriptor, chunk);
      if (read === 0) return { bytes: Buffer.concat(chunks), facts };
      size += read;
      if (size > maxBytes) throw new InputFault(TOO_LARGE, maxBytes);
      chunks.push(chunk.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The bytes of `readInputAtOnce`. */
export const readInputSync = (file: string, maxBytes = MAX_INPUT_BYTES): Buffer =>
  readInputAtOnce(file, { maxBytes }).bytes;

/**
 * Reads a file of any size piece by piece.
 * @throws InputFault for anything but a regular file; the file system's errors; the signal's reason
 */
export async function* streamInput(file: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const { handle } = await openRegular(file);
  try {
    yield* chunksOf(handle, signal);
  } finally {
    await handle.close();
  }
}

/** The first bytes of a regular file, to see what it is; fewer when it has no more. */
export async function readStart(file: string, length: number): Promise<Buffer> {
  const { handle } = await openRegular(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
