import { isUtf8 } from 'node:buffer';
import { ToolError } from '../src/errors/index.js';
import type { Io } from './io.js';

/** What node puts in the place of bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd';

/** @see https://man7.org/linux/man-pages/man5/proc_pid_cmdline.5.html: parts end in NUL */
async function partsOf(io: Io, what: 'cmdline' | 'environ'): Promise<Buffer[]> {
  const bytes = (await io.asGiven?.(what)) ?? Buffer.alloc(0);
  const parts: Buffer[] = [];
  for (let start = 0, end; (end = bytes.indexOf(0, start)) >= 0; start = end + 1)
    parts.push(bytes.subarray(start, end));
  return parts;
}

/**
 * Refuses arguments that reached the program as something else than was typed: one would be stored, or looked for, with
 * U+FFFD in it. Where the system does not tell what was typed, such a character counts as a sign of that.
 * @param args as the program got them, the last ones of the process
 * @throws ToolError `usage/bad-argument`
 */
export async function refuseChangedArguments(args: readonly string[], io: Io): Promise<void> {
  const given = (await partsOf(io, 'cmdline')).slice(-args.length);
  const changed = args.findIndex((arg, index) => {
    const bytes = given[index];
    return arg.includes(REPLACEMENT) && !(bytes && isUtf8(bytes) && bytes.toString() === arg);
  });
  if (changed < 0) return;
  throw new ToolError('usage/bad-argument', `Argument ${changed + 1} is not UTF-8 text`, {
    hint: 'Convert it first, for example with iconv. A value can come from standard input: --stdin.',
  });
}

/** True for a variable whose bytes are not those that node made a text of. */
export async function isChangedVariable(name: string, text: string, io: Io): Promise<boolean> {
  if (!text.includes(REPLACEMENT)) return false;
  const pair = Buffer.from(`${name}=${text}`);
  return !(await partsOf(io, 'environ')).some((part) => part.equals(pair));
}
