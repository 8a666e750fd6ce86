import { resolve } from 'node:path';
import { NOT_A_FILE, readInput, TOO_LARGE } from '../config/files/input.js';
import { SecretValue } from '../values/secret-value.js';
import { decodeUtf8 } from './document.js';
import { SecretFault } from './fault.js';
import type { EnvReference, FileReference } from '../config/reference.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a whole file. Rejects with node's error codes (`ENOENT`, `EACCES`, `EISDIR`) or a `SecretFault`. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** No secret is larger; a larger file is a mistake, and a device has no end. */
const MAX_FILE_BYTES = 1024 * 1024;

/** @throws SecretFault `secrets/no-such-secret` when the variable is not set. An empty one gives the empty text. */
export function readVariable(reference: EnvReference, environment: Environment): SecretValue {
  const value = environment[reference.name];
  if (value !== undefined) return new SecretValue(value);
  throw new SecretFault('secrets/no-such-secret', `the variable ${reference.name} is not set`, {
    hint: `Set ${reference.name} in the environment.`,
  });
}

/**
 * The content of a file without white space at its ends. A relative path starts at `baseDirectory`.
 * @throws SecretFault with a code of `faultOrder`.
 */
export async function readSecretFile(
  reference: FileReference,
  baseDirectory: string,
  readFile: ReadFile,
): Promise<SecretValue> {
  const path = resolve(baseDirectory, reference.path);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw error instanceof SecretFault ? error : fileFault(path, error);
  }
  if (bytes.byteLength > MAX_FILE_BYTES) throw tooLarge(path);
  return new SecretValue(decodeUtf8(`the file ${path}`, bytes).trim());
}

/** The tool's own `ReadFile`: regular files up to 1 MiB. */
export async function readRegularFile(path: string): Promise<Uint8Array> {
  return (await readInput(path, { maxBytes: MAX_FILE_BYTES })).bytes;
}

function notRegular(path: string): SecretFault {
  return new SecretFault('secrets/unreadable', `${path} is not a regular file`);
}

function tooLarge(path: string): SecretFault {
  return new SecretFault('secrets/unreadable', `the file ${path} is larger than 1 MiB, which no secret is`);
}

function fileFault(path: string, error: unknown): SecretFault {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new SecretFault('secrets/no-such-secret', `the file ${path} does not exist`);
    case 'EACCES':
    case 'EPERM':
      return new SecretFault('secrets/refused', `the file ${path} may not be read by this user`);
    case NOT_A_FILE:
    case 'ENXIO': // a socket, or a device that is not there
      return notRegular(path);
    case TOO_LARGE:
      return tooLarge(path);
    case 'EISDIR':
      return new SecretFault('secrets/unreadable', `${path} is a directory`);
    default:
      return new SecretFault('secrets/unreachable', `the file ${path} cannot be read`);
  }
}
