import { close, constants, fstat, open } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { addAbortSignal } from 'node:stream';
import { promisify } from 'node:util';
import { fileError } from '../src/config/files/read.js';
import { ToolError } from '../src/errors/index.js';
import type { GlobalOptions } from './command.js';
import type { Io } from './io.js';

/** Names of standard input, which may be a socket or closed for others, and cannot always be opened again by name. */
const standardInput = new Set(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/** Everything that comes out of a pipe until its last writer has closed it. The descriptor is closed then. */
async function bytesOfPipe(fd: number, signal: AbortSignal): Promise<Buffer> {
  const { Socket } = await import('node:net');
  const pipe = addAbortSignal(signal, new Socket({ fd, readable: true, writable: false }));
  const chunks: Buffer[] = [];
  for await (const chunk of pipe) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function bytesOfFile(name: string, io: Io): Promise<Buffer> {
  if (standardInput.has(name)) return io.readStdin();
  const file = path.resolve(io.cwd, name);
  // Opening a pipe would otherwise wait for its writer, and no signal could end that wait.
  const fd = await promisify(open)(file, constants.O_RDONLY | constants.O_NONBLOCK);
  let isPipe = false;
  try {
    const facts = await promisify(fstat)(fd);
    isPipe = facts.isFIFO();
    if (!isPipe && !facts.isFile() && !facts.isDirectory()) {
      throw new ToolError('config/cannot-read-file', `${name} is a device, not a file or a pipe`);
    }
    if (!isPipe) return await readFile(file, { signal: io.signal });
  } finally {
    if (!isPipe) await promisify(close)(fd);
  }
  return bytesOfPipe(fd, io.signal);
}

/**
 * Bytes as the text of a value: UTF-8, without the mark that some editors put in front, and without the one line break
 * at the end that is the editor's or echo's.
 * @throws ToolError `settings/invalid-value` for anything but UTF-8, which would be stored as something else
 */
function textOf(bytes: Buffer, source: string): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ToolError('settings/invalid-value', `${source} is not UTF-8 text`, {
      hint: 'Convert it first, for example with iconv. A binary secret is stored as base64.',
    });
  }
  return text.replace(/\r?\n$/, '');
}

/**
 * A value from standard input; on a terminal it is asked for, and not shown while it is typed.
 * @throws ToolError `settings/invalid-value`
 */
export async function valueOfStdin(
  io: Io,
  { nonInteractive }: Pick<GlobalOptions, 'nonInteractive'>,
): Promise<string> {
  if (io.canPrompt && !nonInteractive) return io.prompt('Value (not shown): ', { hidden: true });
  return textOf(await io.readStdin(), 'Standard input');
}

/**
 * A value from a file or a pipe, such as a shell's `<(…)`.
 * @throws ToolError `config/cannot-read-file`, `settings/invalid-value`
 */
export async function valueOfFile(name: string, io: Io): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await bytesOfFile(name, io);
  } catch (error) {
    if (error instanceof ToolError || io.signal.aborted) throw error;
    throw fileError(name, error);
  }
  return textOf(bytes, name);
}
