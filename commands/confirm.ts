import type { GlobalOptions } from './command.js';
import type { Io } from './io.js';
import { escapeControls } from './output/escape.js';

/** True when a question will be put to a person. */
export function isAsked(
  { yes, nonInteractive }: Pick<GlobalOptions, 'yes' | 'nonInteractive'>,
  io: Pick<Io, 'canPrompt'>,
): boolean {
  return io.canPrompt && yes !== true && nonInteractive !== true;
}

/**
 * Asks a yes-or-no question on a terminal, once; no is the default. Without a terminal, and with `--yes` or
 * `--non-interactive`, the answer is yes: use it only where going ahead needs no choice.
 */
export async function confirm(
  question: string,
  options: Pick<GlobalOptions, 'yes' | 'nonInteractive'>,
  io: Io,
): Promise<boolean> {
  if (!isAsked(options, io)) return true;
  const answer = await io.prompt(`${escapeControls(question)} [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}
