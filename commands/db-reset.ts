import { Option } from 'commander';
import { resetScopes } from '../src/backup/reset-scope.js';
import type { DefineCommand } from './command.js';
import type { DbResetOptions } from './db-reset-run.js';
import { addOneReadingOption, addWaitOption } from './database-options.js';
import { addEncryptionOptions } from './encryption-options.js';

const help = `
Scopes: settings, the rows of the settings table; data, the rows of every table; schema, everything that the schema
holds. The database is named before anything happens, and its name must be typed or given with --confirm. A verified
backup comes first. TMI_DBTOOL_PROHIBIT_RESET=1 forbids every reset, and a Heroku release phase never resets.

Examples:
  $ tmi-dbtool db reset --scope data --dry-run
  $ tmi-dbtool db reset --scope settings --seed --confirm tmi
  $ tmi-dbtool db reset --scope schema --confirm tmi --backup-output /backups/before-reset.jsonl.gz`;

export const define: DefineCommand = (command, io, finish) => {
  command
    .addOption(new Option('--scope <what>', 'what to reset').choices(resetScopes).makeOptionMandatory())
    .option('--dry-run', 'list every table with its rows; change nothing')
    .option(
      '--confirm <name>',
      'name of the database, for SQLite of the file; with a schema beside the default one DB.SCHEMA',
    )
    .option('--no-backup', 'write no backup first')
    .option('--backup-output <file>', 'where the backup goes (default: tmi-NAME-TIME.jsonl.gz here)')
    .option('--discard-history', 'delete rows too that triggers guard: audit entries, versions')
    .option('--allow-production', 'reset although the database belongs to a production server')
    .option('--seed', 'insert the default settings afterwards')
    .option('--allow-plaintext-secrets', 'seed although no encryption key is configured (not in production)');
  addWaitOption(addOneReadingOption(addEncryptionOptions(command)))
    .addHelpText('after', help)
    .action(async () => {
      const { runDbReset } = await import('./db-reset-run.js');
      finish(await runDbReset(command.optsWithGlobals<DbResetOptions>(), io));
    });
};
