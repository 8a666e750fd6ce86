import path from 'node:path';
import { Command, type Option } from 'commander';
import { exitCodes, ToolError } from '../src/errors/index.js';
import type { ServerChoice } from '../src/config/precedence.js';
import { buildInfo } from '../src/version.js';
import { goOptionFault } from './go-options.js';
import type { ImportLegacyOptions } from './import-legacy-options.js';
import type { Io } from './io.js';
import { asToolError, errorText, exitCodeOf } from './output/error.js';
import { jsonText } from './output/json.js';
import { serverOption } from './server-choice.js';
import type { ExportOptions } from './settings-export.js';

/** Operations of the historical command line, with the options that ask for them. */
const operationFlags: readonly string[] = [
  '--import-legacy',
  '-l',
  '--import-config',
  '-c',
  '--export-config',
];
const ownHelp = ['--help', '-h', '--version', '-V'];

interface LegacyOptions {
  readonly importLegacy?: boolean;
  readonly importConfig?: boolean;
  readonly exportConfig?: boolean;
  readonly config?: string;
  readonly databaseUrl?: string;
  readonly otherDatabase?: boolean;
  readonly server?: ServerChoice;
  readonly inputFile?: string;
  readonly output?: string;
  readonly overwrite?: boolean;
  readonly dryRun?: boolean;
  readonly backup?: boolean;
  readonly rewrite?: boolean;
  /** False with `--no-decrypt`. */
  readonly decrypt?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

function declare(): Command {
  return (
    new Command('tmi-dbtool')
      .exitOverride()
      .showSuggestionAfterError(false)
      .configureOutput({ writeErr: () => undefined })
      .option('-l, --import-legacy')
      .option('-c, --import-config')
      .option('--export-config')
      .option('--config <file>')
      .option('--database-url <url>')
      .option('--other-database')
      .addOption(serverOption('whose rules decide what stays in the file'))
      .option('-f, --input-file <file>')
      .option('--output <file>')
      .option('--overwrite')
      .option('--dry-run')
      .option('--no-backup')
      .option('--no-rewrite')
      .option('--no-decrypt')
      .option('-v, --verbose')
      .option('-q, --quiet')
      .option('--json')
      .option('-y, --yes')
      .option('--non-interactive')
      .option('--no-color')
      // Never reached here: they are what somebody means who mistypes them.
      .option('-V, --version')
  );
}

/** The words that Go's `strconv.ParseBool` takes, which read the flags of the Go tool. */
const truthValues: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false] as const),
]);

/** Historical arguments as commander knows them. */
interface NormalArguments {
  readonly args: readonly string[];
  /** Indexes in `args` of the values that belong to the option before them. */
  readonly values: ReadonlySet<number>;
  /** Flags with a value that is no truth value; they are not in `args`. */
  readonly unreadable: readonly string[];
}

/**
 * The Go tool read `-flag`, `--flag=true` and `--flag=false` too, and the last one counted. What is no flag of its
 * stays as it is, for commander to refuse.
 */
function normaliseLegacyArgs(given: readonly string[]): NormalArguments {
  const known = declare().options;
  const args: { text: string; option?: Option; isValue?: true }[] = [];
  const unreadable: string[] = [];
  for (let index = 0; index < given.length; index += 1) {
    const arg = given[index] as string;
    const [, name, value] = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(arg) ?? [];
    const flag = name === undefined || name.length > 1 ? `--${name ?? ''}` : `-${name}`;
    const option = known.find(({ short, long }) => short === flag || long === flag);
    if (!option) {
      args.push({ text: name !== undefined && value === undefined ? flag : arg });
      continue;
    }
    if (option.required) {
      args.push({ text: flag, option });
      const text = value ?? given[(index += 1)];
      if (text !== undefined) args.push({ text, isValue: true });
      continue;
    }
    const on = value === undefined ? true : truthValues.get(value);
    if (on) args.push({ text: flag, option });
    else if (on === undefined) unreadable.push(flag);
    else args.splice(0, args.length, ...args.filter((earlier) => earlier.option !== option));
  }
  return {
    args: args.map(({ text }) => text),
    values: new Set(args.flatMap(({ isValue }, index) => (isValue ? [index] : []))),
    unreadable,
  };
}

/**
 * True for the command line of releases before the commands: an operation as an option, or options only, which asks
 * for the database's status. A command's name before that makes it one of today's.
 */
export function isLegacyInvocation(args: readonly string[]): boolean {
  // A command's name comes first nearly always, and then nothing else has to be looked at.
  if (!args[0]?.startsWith('-') || args.some((arg) => ownHelp.includes(arg))) return false;
  const normal = normaliseLegacyArgs(args);
  for (const [index, arg] of normal.args.entries()) {
    if (normal.values.has(index)) continue;
    if (operationFlags.includes(arg)) return true;
    if (!arg.startsWith('-')) return false;
  }
  return true;
}

interface ParsedArguments {
  /** What could be read, also when something could not. */
  readonly options: LegacyOptions;
  readonly fault: ToolError | undefined;
}

/** What commander refused, with the option that was meant. */
async function faultOf(error: unknown, program: Command, args: readonly string[]): Promise<ToolError> {
  const { code, message } = asToolError(error);
  const { optionSuggested } = await import('./suggest.js');
  const hint = optionSuggested(program, args);
  return goOptionFault(error, args) ?? new ToolError(code, message, hint === undefined ? {} : { hint });
}

async function parse(given: readonly string[]): Promise<ParsedArguments> {
  const { args, unreadable } = normaliseLegacyArgs(given);
  const program = declare();
  let fault: ToolError | undefined;
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    fault = await faultOf(error, program, args);
  }
  if (unreadable.length > 0) {
    fault = new ToolError('usage/bad-argument', `What follows ${unreadable.join(', ')} is no truth value`, {
      hint: `Write ${unreadable[0]}=true or ${unreadable[0]}=false.`,
    });
  }
  return { options: program.opts<LegacyOptions>(), fault };
}

/** `config-production.yml` becomes `config-production-migrated.yml`: where scripts look for the new text. */
function migratedName(file: string): string {
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}-migrated${ext === '' ? '.yml' : ext}`);
}

/** The import that the historical options ask for. `--overwrite` meant the rows of the database as well. */
function importOptions(options: LegacyOptions): ImportLegacyOptions {
  const { inputFile } = options;
  if (inputFile === undefined) {
    throw new ToolError('usage/missing-input', '--input-file (-f) is missing', {
      hint: 'tmi-dbtool --import-legacy --config CONFIG -f FILE',
    });
  }
  if (options.rewrite === false && options.output !== undefined) {
    throw new ToolError('usage/conflicting-options', '--no-rewrite and --output exclude each other');
  }
  const leavesFileAlone = options.rewrite === false || options.importConfig === true;
  const output = options.output ?? (leavesFileAlone ? migratedName(inputFile) : undefined);
  return {
    ...(options.config === undefined ? {} : { config: options.config }),
    ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }),
    inputFile,
    ...(output === undefined ? {} : { output, overwrite: options.overwrite ?? false }),
    otherDatabase: options.otherDatabase ?? false,
    ...(options.server === undefined ? {} : { server: options.server }),
    historical: true,
    dryRun: options.dryRun ?? false,
    backup: options.backup ?? true,
    ...(options.overwrite ? { onConflict: 'overwrite' as const } : {}),
    verbose: options.verbose ?? false,
    quiet: options.quiet ?? false,
    // Scripts call this form: it never asks.
    nonInteractive: true,
  };
}

/**
 * The export that the historical options ask for: `-f` names the configuration with the database, `--output` the file to
 * write. Secrets are in it unless `--no-decrypt` is given.
 */
function exportOptions(options: LegacyOptions): ExportOptions {
  const config = options.inputFile ?? options.config;
  if (options.output === undefined) {
    throw new ToolError('usage/missing-input', '--output is missing', {
      hint: 'tmi-dbtool --export-config -f CONFIG --output FILE',
    });
  }
  return {
    ...(config === undefined ? {} : { config }),
    ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }),
    output: options.output,
    overwrite: options.overwrite ?? false,
    format: 'yaml',
    secrets: options.decrypt === false ? 'mask' : 'reveal',
    verbose: options.verbose ?? false,
    quiet: options.quiet ?? false,
    nonInteractive: true,
  };
}

async function runOperation(options: LegacyOptions, io: Io): Promise<number> {
  const operations = [options.importLegacy, options.importConfig, options.exportConfig].filter(Boolean);
  if (operations.length > 1) {
    throw new ToolError('usage/conflicting-options', 'Only one operation can be asked for at a time');
  }
  if (options.exportConfig) {
    const { runSettingsExport } = await import('./settings-export.js');
    return runSettingsExport(exportOptions(options), io);
  }
  if (options.importLegacy || options.importConfig) {
    const { runImportLegacy } = await import('./import-legacy-run.js');
    return runImportLegacy(importOptions(options), io);
  }
  const { runDbStatus } = await import('./db-status-run.js');
  return runDbStatus(options, io);
}

/** The arguments as the summary shows them: the Go tool's names, without anything that could hold a password. */
function shownArguments(options: LegacyOptions): Record<string, unknown> {
  return {
    import_legacy: options.importLegacy ?? false,
    import_config: options.importConfig ?? false,
    export_config: options.exportConfig ?? false,
    dry_run: options.dryRun ?? false,
    no_backup: options.backup === false,
    no_rewrite: options.rewrite === false,
    overwrite: options.overwrite ?? false,
    ...(options.config === undefined ? {} : { config: options.config }),
    ...(options.inputFile === undefined ? {} : { input_file: options.inputFile }),
    ...(options.output === undefined ? {} : { output: options.output }),
  };
}

/**
 * Runs the historical form. Standard output carries one JSON summary and nothing else; everything for people goes to
 * standard error, as scripts expect.
 * @returns the exit code of the operation, from the same table as the commands'
 */
export async function runLegacyInvocation(args: readonly string[], io: Io): Promise<number> {
  const { options, fault } = await parse(args);
  let failure = fault;
  let exitCode: number;
  try {
    if (fault) throw fault;
    exitCode = await runOperation(options, { ...io, stdout: io.stderr, canPrompt: false });
  } catch (error) {
    failure = asToolError(error, io.signal);
    exitCode = exitCodeOf(failure, io.signal);
    io.stderr.write(errorText(failure));
  }
  const failed = exitCode !== exitCodes.done.code;
  const summary = {
    tool: 'tmi-dbtool',
    version: buildInfo.version,
    commit: buildInfo.commit,
    built_at: buildInfo.builtAt,
    arguments: shownArguments(options),
    status: failed ? 'failure' : 'success',
    error: failure?.message ?? (failed ? 'Something needs attention: see standard error.' : ''),
  };
  io.stdout.write(jsonText(summary));
  return exitCode;
}
