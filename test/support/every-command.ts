import { join } from 'node:path';
import type { CommandEntry } from '../../commands/command.js';
import { program } from '../../commands/index.js';
import { FakeIo } from './io.js';
import { declaredBy } from './run-entry.js';

/**
 * What a command needs to do its work in a folder with the configuration `c.yml`, the database `t.db`, its export
 * `export.yml` and its backup `b.gz`. A command that needs no more is not named.
 */
export const workingArguments: Readonly<Record<string, readonly string[]>> = {
  'import-legacy': ['c.yml', '--on-conflict', 'overwrite', '--shadowed', 'file', '--allow-plaintext-secrets'],
  'validate-config': ['c.yml'],
  'resolve-secrets': ['c.yml'],
  'db reset': ['--scope', 'settings', '--confirm', 't.db'],
  'db restore': ['b.gz', '--replace', '--confirm', 't.db'],
  'db verify': ['b.gz'],
  'settings explain': ['--all'],
  'settings import': ['export.yml'],
  'settings diff': ['c.yml', 'database'],
  completion: ['bash'],
};

/** The file is the command's own argument there. */
const takesNoConfig = new Set(['validate-config', 'resolve-secrets']);

/** Each option by itself that takes no value, and each choice of each option that has choices. */
export async function variantsOf(entry: CommandEntry, leftOut = /^$/): Promise<string[][]> {
  const { options } = await declaredBy(entry, new FakeIo(), program);
  const own = options
    .filter(({ long }) => !leftOut.test(long ?? ''))
    .flatMap(({ long, flags, argChoices }): string[][] => {
      if (argChoices) return argChoices.map((choice) => [long ?? '', choice]);
      return /[<[]/.test(flags) ? [] : [[long ?? '']];
    });
  return [[], ['--json'], ['--verbose'], ...own];
}

/** The command line with what belongs to the tool, and not to the program behind `--`, in front of that. */
export function withCommon(own: readonly string[], common: readonly string[]): string[] {
  const end = own.indexOf('--');
  return end < 0 ? [...own, ...common] : [...own.slice(0, end), ...common, ...own.slice(end)];
}

/** A whole command line for a folder as `workingArguments` describes it. */
export function lineIn(
  folder: string,
  entry: CommandEntry,
  own: readonly string[],
  variant: readonly string[],
): string[] {
  return withCommon(own, [
    ...(takesNoConfig.has(entry.name) ? [] : ['--config', join(folder, 'c.yml')]),
    ...['--database-url', `sqlite://${folder}/t.db`, '--yes', ...variant],
  ]);
}
