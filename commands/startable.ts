import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { readStart } from '../src/config/files/input.js';

/** Far below what Linux (a quarter of the stack, 128 KiB for one text) and macOS (1 MiB) take. */
const MOST_BYTES = 256 * 1024;
const MOST_BYTES_OF_ONE = 64 * 1024;
const ELF = Buffer.from('\x7fELF', 'latin1');
const LONGEST_INTERPRETER_LINE = 127;

async function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK)
    .then(() => stat(file))
    .then(
      (facts) => facts.isFile(),
      () => false,
    );
}

async function search(command: string, env: Readonly<Record<string, string>>, cwd: string) {
  if (command.includes('/')) return path.resolve(cwd, command);
  for (const folder of (env['PATH'] ?? '').split(':')) {
    const file = path.resolve(cwd, folder, command);
    if (await isProgram(file)) return file;
  }
  return undefined;
}

/** Compares what a program is made for with what runs the tool. */
async function isOfThisMachine(start: Buffer): Promise<boolean> {
  const own = await readStart('/proc/self/exe', 20).catch(() => undefined);
  const kind = (header: Buffer): Buffer => Buffer.concat([header.subarray(4, 6), header.subarray(18, 20)]);
  return own !== undefined && kind(own).equals(kind(start));
}

/** True for a native program, and for a script whose interpreter is there. */
async function systemTakes(file: string): Promise<boolean> {
  const start = await readStart(file, LONGEST_INTERPRETER_LINE).catch(() => undefined);
  if (start === undefined) return false;
  if (start.subarray(0, ELF.length).equals(ELF)) return isOfThisMachine(start);
  const interpreter = /^#![ \t]*(\/[^\s]+)[^\n]*\n/.exec(start.toString('latin1'))?.[1];
  return interpreter !== undefined && (await isProgram(interpreter));
}

/**
 * The file of a program that is certain to start: node ends with a crash when the system refuses to become a program. In
 * any doubt it is started as a child, which says what is wrong.
 * @returns undefined in doubt
 */
export async function startable(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<string | undefined> {
  if (command === '') return undefined;
  const texts = [...args, ...Object.entries(env).map((pair) => pair.join('='))].map((t) =>
    Buffer.byteLength(t),
  );
  if (texts.some((size) => size > MOST_BYTES_OF_ONE)) return undefined;
  if (texts.reduce((sum, size) => sum + size, 0) > MOST_BYTES) return undefined;
  if ([command, ...args].some((word) => word.includes('\0'))) return undefined;
  const file = await search(command, env, cwd);
  return file !== undefined && (await isProgram(file)) && (await systemTakes(file)) ? file : undefined;
}
