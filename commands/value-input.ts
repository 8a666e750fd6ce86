import path from 'node:path';
import { readInput } from '../src/config/files/input.js';
import { fileError } from '../src/config/files/read.js';
import { ToolError } from '../src/errors/index.js';
import type { GlobalOptions } from './command.js';
import type { Io } from './io.js';

/** Names of standard input, which may be a socket or closed for others, and cannot always be opened again by name. */
const standardInput = new Set(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

async function bytesOfFile(name: string, io: Io): Promise<Buffer> {
  if (standardInput.has(name)) return io.readStdin();
  return (await readInput(path.resolve(io.cwd, name), { signal: io.signal, pipes: true })).bytes;
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
