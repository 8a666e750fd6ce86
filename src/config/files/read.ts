import { constants, realpathSync } from 'node:fs';
import path from 'node:path';
import { ToolError } from '../../errors/index.js';
import { access } from './at-once.js';
import { cannotReadWords } from './fault-words.js';
import { NOT_A_FILE, readInputAtOnce } from './input.js';

/** A configuration file as it stands on disk. */
export interface ConfigFile {
  /** The path as the user gave it, for messages. */
  readonly name: string;
  /** Absolute path with symbolic links followed: the file that a rewrite replaces. */
  readonly realPath: string;
  readonly bytes: Uint8Array;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Number of names that the file has; more than one means hard links. */
  readonly links: number;
}

/** Turns a fault of the file system into ours, without its raw text. */
export function fileError(name: string, error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  const isPipe = (error as NodeJS.ErrnoException).code === NOT_A_FILE;
  return new ToolError('config/cannot-read-file', `${name} ${cannotReadWords(error)}`, {
    hint: isPipe
      ? 'Give a regular file. Where a command reads standard input, its name is -.'
      : 'Check the path and its permissions.',
    cause: error,
  });
}

/**
 * Reads a configuration file with the facts that a lossless rewrite must keep.
 * @param name path as the user gave it, relative to `cwd`
 * @throws ToolError `config/cannot-read-file`
 */
// eslint-disable-next-line @typescript-eslint/require-await -- the callers wait, whatever is done here
export async function readConfigFile(name: string, cwd: string, signal?: AbortSignal): Promise<ConfigFile> {
  signal?.throwIfAborted();
  try {
    const realPath = realpathSync.native(path.resolve(cwd, name));
    const { bytes, facts } = readInputAtOnce(realPath);
    return {
      name,
      realPath,
      bytes,
      mode: facts.mode & 0o7777,
      uid: facts.uid,
      gid: facts.gid,
      links: facts.nlink,
    };
  } catch (error) {
    throw fileError(name, error);
  }
}

/** True when the process may create files in the folder. */
export async function isWritableFolder(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
