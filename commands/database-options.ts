import { InvalidArgumentError, type Command } from 'commander';
import type { GlobalOptions } from './command.js';

/** What the commands on whole databases share. */
export interface DatabaseOptions extends GlobalOptions {
  /** Seconds to wait for a server that is still starting. */
  readonly wait?: number;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 86_400)) throw new InvalidArgumentError('Give a number of seconds.');
  return value;
}

export function addWaitOption(command: Command): Command {
  return command.option('--wait <seconds>', 'wait for a database that is still starting', seconds);
}

/** For commands that write a backup. */
export function addOneReadingOption(command: Command): Command {
  return command.option(
    '--one-reading',
    'do not hold the rows of the backup against sums that the server makes of them by itself',
  );
}

/** @throws InvalidArgumentError when no name is among it: an empty variable is no wish for a backup of nothing */
export function tableNames(text: string): string[] {
  const list = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (list.length === 0) throw new InvalidArgumentError('Give the names of tables, separated by commas.');
  return list;
}
