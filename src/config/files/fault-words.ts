import { InputFault, NOT_A_FILE, TOO_LARGE } from './input.js';

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown fault';

const reading: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  EISDIR: 'is a folder, not a file',
  ELOOP: 'is a symbolic link that leads to itself',
  ENOTDIR: 'does not exist: a part of its path is not a folder',
  ENXIO: 'is a socket, not a file',
  [NOT_A_FILE]: 'is a pipe or a device, not a file',
};

/** What stands behind the name of a file that could not be read: `does not exist`. Never the system's raw text. */
export function cannotReadWords(error: unknown): string {
  if (error instanceof InputFault && error.code === TOO_LARGE) {
    return `is larger than ${(error.maxBytes ?? 0) / 1024 ** 2} MiB, which is as much as is read`;
  }
  return reading[codeOf(error)] ?? `cannot be read (${codeOf(error)})`;
}

const writing: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
};

/** What stands behind `cannot be written`: `: its folder does not exist`, or the system's code in brackets. */
export function cannotWriteWords(error: unknown): string {
  const known = writing[codeOf(error)];
  return known === undefined ? ` (${codeOf(error)})` : `: ${known}`;
}
