import type { Command } from 'commander';

/**
 * The options that every command takes. They may stand before or after the command's name.
 * `--yes` answers the one question a command may ask; `--non-interactive` makes sure that none is asked.
 */
export function addGlobalOptions(program: Command): Command {
  return program
    .option('--config <file>', 'configuration file of the server (database, secrets, build mode)')
    .option('--database-url <url>', 'database to work on, in place of the configured one')
    .option(
      '--allow-plain-http',
      'secret stores may be asked over plain http (TMI_DBTOOL_ALLOW_PLAIN_HTTP=1)',
    )
    .option('--json', 'machine-readable result on standard output')
    .option('-q, --quiet', 'results and errors only')
    .option('-v, --verbose', 'say each step on standard error')
    .option('--no-color', 'plain text (also: NO_COLOR)')
    .option('-y, --yes', 'answer yes to the confirmation')
    .option('--non-interactive', 'never ask; stop where a choice is needed');
}
