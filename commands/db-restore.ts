import type { DefineCommand } from './command.js';
import type { DbRestoreOptions } from './db-restore-run.js';
import { addWaitOption } from './database-options.js';
import { addOpenOptions } from './encryption-options.js';

const examples = `
The tables must be there: start the server once, and it creates them. All rows arrive or none.

Examples:
  $ tmi-dbtool db restore backup.jsonl.gz --dry-run
  $ tmi-dbtool db restore backup.jsonl.gz --config config-staging.yml
  $ tmi-dbtool db restore backup.jsonl.gz --replace --confirm tmi_staging
  $ curl -sf https://backups.example.com/tmi.jsonl.gz | tmi-dbtool db restore -`;

export const define: DefineCommand = (command, io, finish) => {
  command
    .argument('<file>', 'backup to restore; - is standard input')
    .option('--dry-run', 'verify the backup and say what would happen; write nothing')
    .option('--replace', 'delete the rows that the tables of the backup hold now')
    .option('--confirm <name>', 'name of the database whose rows --replace may delete')
    .option('--cut-times', 'cut digits of a second that a column cannot keep, in place of refusing');
  addWaitOption(addOpenOptions(command))
    .addHelpText('after', examples)
    .action(async (file: string) => {
      const { runDbRestore } = await import('./db-restore-run.js');
      finish(await runDbRestore(file, command.optsWithGlobals<DbRestoreOptions>(), io));
    });
};
