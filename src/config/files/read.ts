import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '../../errors/index.js';
import { InputFault, NOT_A_FILE, readInput, TOO_LARGE } from './input.js';

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

const explanations: Record<string, string> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  EISDIR: 'is a folder, not a file',
  ELOOP: 'is a symbolic link that leads to itself',
  ENOTDIR: 'does not exist: a part of its path is not a folder',
  ENXIO: 'is a socket, not a file',
  [NOT_A_FILE]: 'is a pipe or a device, not a file',
};

function explanationOf(error: unknown): string {
  if (error instanceof InputFault && error.code === TOO_LARGE) {
    return `is larger than ${(error.maxBytes ?? 0) / 1024 ** 2} MiB, which is as much as is read`;
  }
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return explanations[code] ?? `cannot be read (${code || 'unknown fault'})`;
}

/** Turns a fault of the file system into ours, without its raw text. */
export function fileError(name: string, error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  const isPipe = (error as NodeJS.ErrnoException).code === NOT_A_FILE;
  return new ToolError('config/cannot-read-file', `${name} ${explanationOf(error)}`, {
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
export async function readConfigFile(name: string, cwd: string, signal?: AbortSignal): Promise<ConfigFile> {
  try {
    const realPath = await realpath(path.resolve(cwd, name));
    const { bytes, facts } = await readInput(realPath, { signal });
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
    signal?.throwIfAborted();
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
