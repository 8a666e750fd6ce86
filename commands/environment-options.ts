import type { Command } from 'commander';

/** Options that say whose environment counts. */
export interface EnvironmentOptions {
  readonly envFile?: readonly string[];
  readonly envOf?: string;
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** Adds `--env-file` and `--env-of`. */
export function addEnvironmentOptions(command: Command): Command {
  return command
    .option(
      '--env-file <file>',
      "the server's variables, in place of those of this shell; may be repeated, the last one wins; docker:, systemd: or dotenv: in front says who reads it",
      collect,
    )
    .option('--env-of <pid>', "the variables of a server's process, in place of those of this shell (Linux)");
}
