import type { UndoArguments } from '../../src/legacy/undo-line.js';
import { maskByForm } from '../../src/redact/index.js';
import { shellWord } from '../../src/values/index.js';
import type { GlobalOptions } from '../command.js';
import type { EnvironmentOptions } from '../environment-options.js';
import type { ImportLegacyOptions } from '../import-legacy-options.js';

/** What chose the database of a run, to be repeated by what follows it. */
export type TargetOptions = GlobalOptions & EnvironmentOptions;

/** A URL that names no password, to be typed again; else a word that stands for it. */
function urlWord(url: string): string {
  return url.includes('@') || maskByForm(url) !== url ? 'URL' : shellWord(url);
}

interface TargetWords {
  readonly before: readonly string[];
  readonly behind: readonly string[];
}

function targetWords({
  config,
  envFile = [],
  envOf,
  databaseUrl,
  allowPlainHttp,
}: TargetOptions): TargetWords {
  return {
    before: [
      ...(config === undefined ? [] : [`--config ${shellWord(config)}`]),
      ...envFile.map((file) => `--env-file ${shellWord(file)}`),
      ...(envOf === undefined ? [] : [`--env-of ${shellWord(envOf)}`]),
      ...(allowPlainHttp ? ['--allow-plain-http'] : []),
    ],
    behind: databaseUrl === undefined ? [] : [`--database-url ${urlWord(databaseUrl)}`],
  };
}

/**
 * What undoes an import, with all that chose the database of this run.
 * @param file the imported file, if there is one: it names the database where no option did
 */
export function undoArgumentsOf(options: TargetOptions, file: string | undefined): UndoArguments {
  return (receipt) => {
    // A receipt on the disk leads to its file; one in the database has to be found first.
    const named = options.config !== undefined || options.databaseUrl !== undefined;
    const leads = receipt.endsWith('.json') || named || file === undefined;
    const { before, behind } = targetWords(leads ? options : { ...options, config: file });
    return ['import-legacy', ...before, `--undo ${shellWord(receipt)}`, ...behind].join(' ');
  };
}

/** The line to type that undoes an import. */
export function undoCommand(receipt: string, options: TargetOptions, file: string | undefined): string {
  return `tmi-dbtool ${undoArgumentsOf(options, file)(receipt)}`;
}

/** The line to type that imports the same again for a server of the other model, with the same answers. */
export function importAgain(options: ImportLegacyOptions, file: string | undefined, server: string): string {
  const { before, behind } = targetWords(options);
  const { output, onConflict, shadowed } = options;
  return [
    'tmi-dbtool import-legacy',
    ...before,
    file === undefined ? '--from-env' : shellWord(file),
    `--server ${server}`,
    ...behind,
    ...(options.otherDatabase ? ['--other-database'] : []),
    ...(onConflict === undefined ? [] : [`--on-conflict ${onConflict}`]),
    ...(shadowed === undefined ? [] : [`--shadowed ${shadowed}`]),
    ...(options.allowPlaintextSecrets ? ['--allow-plaintext-secrets'] : []),
    ...(options.backup === false ? ['--no-backup'] : []),
    ...(options.rewrite === false ? ['--no-rewrite'] : []),
    ...(options.dropAttributes ? ['--drop-attributes'] : []),
    // An undo leaves the output where it is.
    ...(output === undefined ? [] : [`--output ${shellWord(output)} --overwrite`]),
  ].join(' ');
}
