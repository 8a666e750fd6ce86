import type { DefineCommand } from './command.js';
import type { DbRestoreOptions } from './db-restore-run.js';
import { addOneReadingOption, addWaitOption, tableNames } from './database-options.js';
import { addOpenOptions, collect } from './encryption-options.js';

const examples = `
The tables must be there: start the server once, and it creates them. All rows arrive or none.
--replace writes a verified backup of the rows that it deletes first.

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
    .option(
      '--confirm <name>',
      'name of the database whose rows --replace may delete; with a schema beside the default one DB.SCHEMA',
    )
    .option('--tables <names>', 'these tables of the backup only, separated by commas', tableNames)
    .option('--settings-only', 'the settings table of the backup only')
    .option('--no-backup', 'write no backup of the rows that --replace deletes')
    .option('--backup-output <file>', 'where that backup goes (default: tmi-NAME-TIME.jsonl.gz here)')
    .option('--recipient <age1…>', 'encrypt that backup for this public key of age', collect)
    .option('--recipients-file <file>', 'encrypt that backup for the public keys of age in a file')
    .option('--discard-history', 'replace rows too that triggers guard: audit entries, versions')
    .option('--cut-times', 'cut digits of a second that a column cannot keep, in place of refusing');
  addWaitOption(addOneReadingOption(addOpenOptions(command)))
    .addHelpText('after', examples)
    .action(async (file: string) => {
      const { runDbRestore } = await import('./db-restore-run.js');
      finish(await runDbRestore(file, command.optsWithGlobals<DbRestoreOptions>(), io));
    });
};
