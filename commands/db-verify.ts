import type { DefineCommand } from './command.js';
import type { DbVerifyOptions } from './db-verify-run.js';
import { addWaitOption } from './database-options.js';
import { addOpenOptions } from './encryption-options.js';

const examples = `
Examples:
  $ tmi-dbtool db verify tmi-tmi-20260801-031500.jsonl.gz
  $ tmi-dbtool db verify backup.jsonl.gz --against --config config-production.yml
  $ tmi-dbtool db verify backup.jsonl.gz.age --identity vault://tmi/backup-identity
  $ tmi-dbtool db verify backup.jsonl.gz --rehearse
  $ set -o pipefail
  $ tmi-dbtool db backup --output - | tee backup.jsonl.gz | tmi-dbtool db verify -`;

export const define: DefineCommand = (command, io, finish) => {
  command
    .argument('<file>', 'backup to read; - is standard input')
    .option('--against', 'compare with the database, table by table')
    .option('--rehearse', 'restore into a scratch SQLite file and compare');
  addWaitOption(addOpenOptions(command))
    .addHelpText('after', examples)
    .action(async (file: string) => {
      const { runDbVerify } = await import('./db-verify-run.js');
      finish(await runDbVerify(file, command.optsWithGlobals<DbVerifyOptions>(), io));
    });
};
