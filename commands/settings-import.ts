import { Option } from 'commander';
import { exitCodes, ToolError } from '../src/errors/index.js';
import { planSettingsImport, type ImportChoice, type ImportSettingsPlan } from '../src/settings/import.js';
import type { DefineCommand } from './command.js';
import { confirm } from './confirm.js';
import type { Io } from './io.js';
import { readExportFile } from './settings-export-file.js';
import type { WriteOptions } from './settings-session.js';
import { runWrite } from './settings-write.js';

interface ImportOptions extends WriteOptions {
  readonly onConflict?: ImportChoice;
  readonly prune?: boolean;
  readonly key?: string;
  readonly allowUnknown?: boolean;
  readonly allowInvalid?: boolean;
}

const help = `
Reads an export of this tool, YAML or JSON. A row that nobody chose gives way to the export; one that somebody set to
another value stops the import until --on-conflict says what to do. All rows are written, or none.

Examples:
  $ tmi-dbtool settings import settings.yml --dry-run
  $ tmi-dbtool settings import settings.yml --key env://EXPORT_KEY
  $ tmi-dbtool settings import settings.yml --on-conflict overwrite --prune     # an exact copy`;

function notesOf({ kept, unverified }: ImportSettingsPlan): string[] {
  const list = (keys: readonly string[]): string => keys.join(', ');
  return [
    ...(kept.length > 0 ? [`kept what somebody set: ${list(kept)}`] : []),
    ...(unverified.length > 0
      ? [`kept as stored, since their masks cannot be compared: ${list(unverified)}`]
      : []),
  ];
}

/** Asks before rows are removed, on a terminal. */
async function agreeToPrune(
  plan: ImportSettingsPlan,
  database: string,
  options: ImportOptions,
  io: Io,
): Promise<void> {
  if (plan.deletes.length === 0) return;
  const question = `Remove ${plan.deletes.length} rows of ${database} that the export does not hold?`;
  if (await confirm(question, options, io)) return;
  throw new ToolError('settings/declined', 'Not imported; nothing was written');
}

/** Imports an export. @returns 0; errors carry their own exit codes */
async function runSettingsImport(file: string, options: ImportOptions, io: Io): Promise<number> {
  const { onConflict, prune = false, allowUnknown = false, allowInvalid = false } = options;
  await runWrite<ImportSettingsPlan>(
    {
      kind: 'settings-import',
      prepare: async ({ context }) => {
        const { source, key } = await readExportFile(file, options.key, context);
        const request = { onConflict, prune, allowUnknown, allowInvalid, key };
        return (plan) => planSettingsImport(source, plan, request);
      },
      ...(prune ? { agree: (plan, database) => agreeToPrune(plan, database, options, io) } : {}),
      describe: (plan) => ({
        extra: { kept: plan.kept, unverified: plan.unverified },
        notes: notesOf(plan),
      }),
    },
    options,
    io,
  );
  return exitCodes.done.code;
}

export const define: DefineCommand = (command, io, finish) => {
  command
    .argument('<file>', 'export of settings, YAML or JSON')
    .addOption(
      new Option('--on-conflict <choice>', 'when a row that somebody set disagrees with the export').choices([
        'keep',
        'overwrite',
      ]),
    )
    .option('--prune', 'remove rows that the export does not hold')
    .option('--key <reference>', 'key of encrypted secrets: env://NAME, file://PATH, vault://PATH')
    .option('--allow-unknown', 'also rows that no setting of the registry claims')
    .option('--allow-invalid', 'also values that the registry refuses, as they stood in the other database')
    .option('--dry-run', 'show what would change; write nothing')
    .option(
      '--allow-plaintext-secrets',
      'store secrets although no encryption key is configured (not in production)',
    )
    .addHelpText('after', help)
    .action(async (file: string) =>
      finish(await runSettingsImport(file, command.optsWithGlobals<ImportOptions>(), io)),
    );
};
