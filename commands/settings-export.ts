import path from 'node:path';
import { Option } from 'commander';
import { outputTarget, writeOutput, type OutputRequest } from '../src/config/files/output.js';
import { exitCodes, ToolError } from '../src/errors/index.js';
import { neededAllowances } from '../src/settings/export/allowances.js';
import { collectExport, type Collected } from '../src/settings/export/collect.js';
import { writeEnvironmentExport } from '../src/settings/export/environment.js';
import { secretModes, type SecretMode, type SettingsExport } from '../src/settings/export/format.js';
import { writeJsonExport, writeYamlExport } from '../src/settings/export/write.js';
import type { DefineCommand, GlobalOptions } from './command.js';
import type { Context } from './context.js';
import type { Io } from './io.js';
import { escapeControls } from './output/escape.js';
import { jsonDocument } from './output/json.js';
import { noteMissingOrigin, resolveOption, warn, withSettings } from './settings-session.js';

const formats = ['yaml', 'json', 'env'] as const;
type Format = (typeof formats)[number];

/** The options of `settings export`; the historical `--export-config` uses them too. */
export interface ExportOptions extends GlobalOptions {
  readonly format?: Format;
  readonly includeDefaults?: boolean;
  readonly secrets?: SecretMode;
  readonly key?: string;
  readonly output?: string;
  readonly overwrite?: boolean;
  readonly skipUnreadable?: boolean;
}

const help = `
YAML and JSON keep everything: value, type, origin, time, author. Secrets are masked with a fingerprint, by which an
import recognises what is stored; or encrypted with a key of your own; or revealed. See docs/settings-export.md.

Examples:
  $ tmi-dbtool settings export --output settings.yml
  $ EXPORT_KEY=$(openssl rand -hex 32) tmi-dbtool settings export --secrets encrypted --key env://EXPORT_KEY
  $ tmi-dbtool settings export --format env --secrets reveal`;

function checkOptions({ format, secrets, key, output, overwrite, json }: ExportOptions): void {
  if (format === 'env' && secrets === 'encrypted') {
    throw new ToolError('usage/conflicting-options', 'Variables cannot hold encrypted secrets', {
      hint: 'Use --secrets mask or reveal with --format env, or --format yaml.',
    });
  }
  if (json && output === undefined && format !== undefined && format !== 'json') {
    throw new ToolError('usage/conflicting-options', `--json prints JSON, and --format asks for ${format}`, {
      hint: 'Leave one of the two out, or write the export to a file with --output.',
    });
  }
  if (key !== undefined && secrets !== 'encrypted') {
    throw new ToolError('usage/conflicting-options', '--key belongs to --secrets encrypted');
  }
  if (overwrite && output === undefined) {
    throw new ToolError(
      'usage/bad-argument',
      '--overwrite says that the --output file may be replaced; name one',
    );
  }
}

function textOf(document: SettingsExport, format: Format): Promise<string> | string {
  switch (format) {
    case 'yaml':
      return writeYamlExport(document);
    case 'json':
      return writeJsonExport(document);
    case 'env':
      return writeEnvironmentExport(document);
  }
}

/** The file to write, for the owner's eyes only: it may hold secrets. */
async function requestOf(options: ExportOptions, context: Context): Promise<OutputRequest | undefined> {
  const { output, overwrite = false } = options;
  if (output === undefined) return undefined;
  const file = path.resolve(context.io.cwd, output);
  const inUse = await context.filesInUse();
  return { file, name: output, overwrite, inUse, exists: 'settings/output-exists' };
}

interface Gathered extends Collected {
  readonly request: OutputRequest | undefined;
}

async function collect(options: ExportOptions, io: Io): Promise<Gathered> {
  const { secrets = 'mask', includeDefaults = false, skipUnreadable = false } = options;
  return withSettings(options, io, { readOnly: true }, async ({ context, read, cipher, database }) => {
    const key = options.key === undefined ? undefined : await resolveOption(context, '--key', options.key);
    const now = io.now();
    const output = await requestOf(options, context);
    if (output) await outputTarget(output); // refused before the work, not after it
    const request = { secrets, key, includeDefaults, skipUnreadable, now };
    const table = await read();
    noteMissingOrigin(table.hasOrigin, io, options);
    return { ...collectExport(table, cipher, database.capabilities, request), request: output };
  });
}

function warnings({ document, skipped }: Collected, options: ExportOptions, io: Io): void {
  if (skipped.length > 0)
    warn(io, options, `left out, since they hold nothing that can be read: ${skipped.join(', ')}`);
  const unverified = document.entries.filter(
    ({ value }) => value.kind === 'masked' && value.fingerprint === 'unverified',
  );
  if (unverified.length > 0 && options.format !== 'env') {
    warn(
      io,
      options,
      'no encryption key is configured, so masked secrets carry no fingerprint to recognise them by',
    );
  }
  if (options.format !== 'env') {
    for (const [allowance, keys] of neededAllowances(document.entries))
      warn(io, options, `an import takes these rows only with ${allowance}: ${keys.join(', ')}`);
  }
  if (options.secrets === 'reveal') warn(io, options, 'the export holds secrets in plain text');
}

/** Writes all settings to standard output or a file. @returns 0 */
export async function runSettingsExport(options: ExportOptions, io: Io): Promise<number> {
  checkOptions(options);
  const { output } = options;
  const format = options.format ?? (options.json && output === undefined ? 'json' : 'yaml');
  const collected = await collect(options, io);
  const text = await textOf(collected.document, format);
  warnings(collected, options, io);
  if (output === undefined || !collected.request) {
    io.stdout.write(text);
    return exitCodes.done.code;
  }
  await writeOutput(collected.request, Buffer.from(text, 'utf8'));
  const count = collected.document.entries.length;
  if (options.json) {
    const { skipped, document } = collected;
    const importNeeds = [...neededAllowances(document.entries).keys()];
    const fields = { output, format, secrets: document.secrets, settings: count, skipped, importNeeds };
    io.stdout.write(jsonDocument('settings-export', fields));
  } else if (!options.quiet) io.stdout.write(`wrote ${count} settings to ${escapeControls(output)}\n`);
  return exitCodes.done.code;
}

export const define: DefineCommand = (command, io, finish) => {
  command
    .addOption(
      new Option('--format <format>', 'yaml (default), json (default with --json) or env').choices(formats),
    )
    .option('--include-defaults', 'also defaults of settings that have no row, for the reader')
    .addOption(new Option('--secrets <how>', 'how secrets stand in it').choices(secretModes).default('mask'))
    .option('--key <reference>', 'key for --secrets encrypted: env://NAME, file://PATH, vault://PATH')
    .option('-o, --output <file>', 'write to this file, for its owner only')
    .option('--overwrite', 'replace the --output file if it exists')
    .option('--skip-unreadable', 'leave out rows that cannot be decrypted')
    .addHelpText('after', help)
    .action(async () => finish(await runSettingsExport(command.optsWithGlobals<ExportOptions>(), io)));
};
