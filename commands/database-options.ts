import { InvalidArgumentError, type Command } from 'commander';
import type { GlobalOptions } from './command.js';
import type { Context } from './context.js';
import { resolveOption } from './settings-session.js';

/** What the commands on whole databases share. */
export interface DatabaseOptions extends GlobalOptions {
  /** Seconds to wait for a server that is still starting. */
  readonly wait?: number;
}

export interface KeyOption {
  /** A reference to the key of a backup. */
  readonly key?: string;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 86_400)) throw new InvalidArgumentError('Give a number of seconds.');
  return value;
}

export function addWaitOption(command: Command): Command {
  return command.option('--wait <seconds>', 'wait for a database that is still starting', seconds);
}

export function addKeyOption(command: Command, purpose: string): Command {
  return command.option(
    '--key <reference>',
    `${purpose}: env://NAME, vault://PATH or file://PATH (64 hex characters)`,
  );
}

/**
 * The key of a backup, resolved.
 * @throws ToolError `usage/bad-argument` for a key on the command line, where every user of the machine could read it
 */
export async function resolveKey({ key }: KeyOption, context: Context): Promise<Buffer | undefined> {
  if (key === undefined) return undefined;
  const { backupKey } = await import('../src/backup/index.js');
  return backupKey(await resolveOption(context, '--key', key));
}
