import { constants } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '../../errors/index.js';

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

/** Our own code, among those of the file system: reading such a thing might never end. */
const NOT_A_FILE = 'not a file';

const explanations: Record<string, string> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  EISDIR: 'is a folder, not a file',
  ELOOP: 'is a symbolic link that leads to itself',
  ENOTDIR: 'does not exist: a part of its path is not a folder',
  [NOT_A_FILE]: 'is a pipe or a device, not a file',
};

/** Turns a fault of the file system into ours, without its raw text. */
export function fileError(name: string, error: unknown): ToolError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new ToolError(
    'config/cannot-read-file',
    `${name} ${explanations[code] ?? `cannot be read (${code || 'unknown fault'})`}`,
    {
      hint: 'Check the path and its permissions.',
      cause: error,
    },
  );
}

/**
 * Reads a configuration file with the facts that a lossless rewrite must keep.
 * @param name path as the user gave it, relative to `cwd`
 * @throws ToolError `config/cannot-read-file`
 */
export async function readConfigFile(name: string, cwd: string): Promise<ConfigFile> {
  try {
    const realPath = await realpath(path.resolve(cwd, name));
    const facts = await stat(realPath);
    if (facts.isDirectory()) throw Object.assign(new Error('directory'), { code: 'EISDIR' });
    if (!facts.isFile()) throw Object.assign(new Error('no file'), { code: NOT_A_FILE });
    const bytes = await readFile(realPath);
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
