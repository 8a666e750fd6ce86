import { addOneReadingOption, addWaitOption, tableNames } from './database-options.js';
import type { DefineCommand } from './command.js';
import { addEncryptionOptions } from './encryption-options.js';
import type { DbBackupOptions } from './db-backup-run.js';

const examples = `
The file is gzip-compressed lines of JSON; docs/backup-format.md says how to read it with standard tools.

Examples:
  $ tmi-dbtool db backup --config config-production.yml
  $ tmi-dbtool db backup --output /backups/tmi.jsonl.gz.age --recipients-file /etc/tmi/backup.pub
  $ set -o pipefail
  $ tmi-dbtool db backup --output - | aws s3 cp - s3://backups/tmi.jsonl.gz
  $ aws s3 cp s3://backups/tmi.jsonl.gz - | tmi-dbtool db verify -`;

export const define: DefineCommand = (command, io, finish) => {
  command
    .option(
      '-o, --output <file>',
      'where to write; - is standard output (default: tmi-NAME-TIME.jsonl.gz here)',
    )
    .option('--overwrite', 'replace the output file if it exists')
    .option('--tables <names>', 'these tables only, separated by commas', tableNames)
    .option('--settings-only', 'the settings table only');
  addWaitOption(addOneReadingOption(addEncryptionOptions(command)))
    .addHelpText('after', examples)
    .action(async () => {
      const { runDbBackup } = await import('./db-backup-run.js');
      finish(await runDbBackup(command.optsWithGlobals<DbBackupOptions>(), io));
    });
};
