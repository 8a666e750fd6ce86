import { Option, type Command } from 'commander';
import { addEnvironmentOptions } from './environment-options.js';
import type { DefineCommand, Finish } from './command.js';
import { addWaitOption } from './database-options.js';
import type { ImportLegacyOptions } from './import-legacy-options.js';
import type { Io } from './io.js';
import { serverOption } from './server-choice.js';

const examples = `
Examples:
  $ tmi-dbtool import-legacy config-production.yml --dry-run
  $ tmi-dbtool import-legacy config-production.yml
  $ tmi-dbtool import-legacy --config bootstrap.yml -f config-1.3.yml --output config-1.4.yml
  $ tmi-dbtool import-legacy --undo config-production.yml.20260801-031500.receipt.json
  $ tmi-dbtool import-legacy --from-env                 # a Heroku app without a file`;

function declare(command: Command): Command {
  return addWaitOption(command)
    .argument('[file]', 'configuration file of a release before 1.4.0')
    .option('-f, --input-file <file>', 'the same as the argument')
    .option('--dry-run', 'print the plan and the diff of the rewrite; write nothing anywhere')
    .option('--no-backup', 'write neither backup nor receipt (then there is no --undo)')
    .option('--no-rewrite', 'leave the file as it is')
    .option('-o, --output <file>', 'write the new text there and leave the file as it is')
    .option('--overwrite', 'replace the --output file if it exists')
    .addOption(
      new Option('--on-conflict <choice>', 'when a row that somebody set disagrees with the file').choices([
        'keep',
        'overwrite',
      ]),
    )
    .addOption(
      new Option('--shadowed <choice>', 'which value to store when a variable overrides the file').choices([
        'file',
        'env',
      ]),
    )
    .option('--from-env', 'import the operational settings of the environment in place of a file')
    .addOption(serverOption('whose rules decide what stays in the file'))
    .option(
      '--allow-plaintext-secrets',
      'store secrets although no encryption key is configured (not in production)',
    )
    .option('--if-plan <digest>', 'go on only if the plan is the one that a dry run printed this digest of')
    .option('--drop-attributes', 'go on where access lists or attributes of the file cannot be kept')
    .option('--other-database', 'go on although --database-url leads elsewhere than file and environment')
    .option(
      '--undo <receipt>',
      'put file and rows back as they were before an import: a receipt, or for those in the database last, list or an id',
    )
    .option('--file <file>', 'with --undo: the file to put back, where receipt and backup were moved')
    .addHelpText('after', examples);
}

export const define: DefineCommand = (command: Command, io: Io, finish: Finish) => {
  addEnvironmentOptions(declare(command)).action(async (file: string | undefined) => {
    const { file: undoFile, ...options } = command.optsWithGlobals<ImportLegacyOptions>();
    const { runImportLegacy } = await import('./import-legacy-run.js');
    const files = {
      ...(file === undefined ? {} : { file }),
      ...(undoFile === undefined ? {} : { undoFile }),
    };
    finish(await runImportLegacy({ ...options, ...files }, io));
  });
};
