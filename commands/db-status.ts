import type { DefineCommand } from './command.js';
import { addWaitOption, type DatabaseOptions } from './database-options.js';

const examples = `
Examples:
  $ tmi-dbtool db status --config config-production.yml
  $ tmi-dbtool db status --json
  $ tmi-dbtool db status --wait 60                  # a database that is still starting`;

export const define: DefineCommand = (command, io, finish) => {
  addWaitOption(command)
    .addHelpText('after', examples)
    .action(async () => {
      const { runDbStatus } = await import('./db-status-run.js');
      finish(await runDbStatus(command.optsWithGlobals<DatabaseOptions>(), io));
    });
};
