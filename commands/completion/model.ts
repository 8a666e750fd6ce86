import { Command, type Option } from 'commander';
import { providerFamilies, seedSet, settings } from '../../src/registry/index.js';
import { allRules } from '../../src/preflight/rules/index.js';
import { tiers } from '../../src/preflight/rule.js';
import type { Program } from '../command.js';
import { addGlobalOptions } from '../global-options.js';
import { diffSides } from '../settings-diff.js';
import type { Io } from '../io.js';

/** Lists that a shell script holds once and several places use. */
export const wordLists = ['keys', 'prefixes', 'rules', 'tiers'] as const;
export type WordList = (typeof wordLists)[number];

/** The variable of a script that holds a list. */
export const listVariable = (list: WordList): string => `_tmi_dbtool_${list}`;

/** What can stand in a place: a file, one of some words, either, one of a list, or something that only the user knows. */
export type Candidates =
  | 'file'
  | 'anything'
  | readonly string[]
  | { readonly list: WordList }
  | { readonly fileOr: readonly string[] };

export interface CompletedOption {
  /** `--input-file`, and `-f` where there is one. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined when it takes no value. */
  readonly value: Candidates | undefined;
}

export interface CompletedCommand {
  /** Empty for the program itself, whose options every command takes. */
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly argument: Candidates;
}

export interface CompletionModel {
  readonly program: CompletedCommand;
  readonly commands: readonly CompletedCommand[];
  /** Words that stand before others: `settings`, with what they are for. */
  readonly groups: Readonly<Record<string, string>>;
  readonly lists: Readonly<Record<WordList, readonly string[]>>;
}

/** What a placeholder in the help stands for. Those that are not named here stand for what only the user knows. */
const placeholders: Readonly<Record<string, Candidates>> = {
  file: 'file',
  files: 'file',
  receipt: 'file',
  export: 'file',
  a: { fileOr: diffSides },
  b: { fileOr: diffSides },
  keys: { list: 'keys' },
  words: { list: 'keys' },
  prefix: { list: 'prefixes' },
  rule: { list: 'rules' },
  ids: { list: 'rules' },
  tiers: { list: 'tiers' },
  command: 'file',
};

const candidatesOf = (name: string, choices: readonly string[] | undefined): Candidates =>
  choices ?? placeholders[name] ?? 'anything';

function completedOption(option: Option): CompletedOption {
  const placeholder = /[<[]([\w-]+)/.exec(option.flags)?.[1];
  return {
    names: [option.long, option.short].filter((name) => name !== undefined && name !== null),
    description: option.description,
    value: placeholder === undefined ? undefined : candidatesOf(placeholder, option.argChoices),
  };
}

function completedCommand(name: string, summary: string, command: Command): CompletedCommand {
  const [argument] = command.registeredArguments;
  return {
    name,
    summary,
    options: [...command.options.map(completedOption), help],
    argument: argument ? candidatesOf(argument.name(), argument.argChoices) : [],
  };
}

const help: CompletedOption = { names: ['--help', '-h'], description: 'explain it', value: undefined };

/** Beginnings of keys with something below them: `auth`, `auth.jwt`. */
function prefixesOf(keys: readonly string[]): string[] {
  const prefixes = keys.flatMap((key) => {
    const names = key.split('.');
    return names.slice(0, -1).map((_, i) => names.slice(0, i + 1).join('.'));
  });
  return [...new Set(prefixes)].sort();
}

function registryLists(): CompletionModel['lists'] {
  const keys = settings.flatMap(({ databaseKey }) => (databaseKey === null ? [] : [databaseKey])).sort();
  const families = providerFamilies.map(({ path }) => path);
  const seeded = seedSet().map(({ databaseKey }) => databaseKey);
  return {
    keys,
    prefixes: [...new Set([...prefixesOf([...keys, ...seeded]), ...families])].sort(),
    rules: allRules.map(({ id }) => id),
    tiers: [...tiers],
  };
}

/** Everything that can be typed, taken from the commands' own definitions and the registry. */
export async function completionModel({ entries, groups }: Program, io: Io): Promise<CompletionModel> {
  const commands = await Promise.all(
    entries.map(async (entry) => {
      const command = new Command(entry.name);
      (await entry.load()).define(command, io, () => undefined, { entries, groups });
      return completedCommand(entry.name, entry.summary, command);
    }),
  );
  const program = completedCommand('', '', addGlobalOptions(new Command('tmi-dbtool')));
  const used = new Set(entries.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0]] : [])));
  return {
    program,
    commands,
    groups: Object.fromEntries(
      Object.entries(groups).flatMap(([word, { summary }]) => (used.has(word) ? [[word, summary]] : [])),
    ),
    lists: registryLists(),
  };
}

/** The words that can follow: of the program for an empty name, of a group for its name. */
export function nextWords(
  model: CompletionModel,
  group: string,
): readonly { readonly word: string; readonly summary: string }[] {
  const words = new Map<string, string>();
  for (const { name, summary } of model.commands) {
    const [first = '', second] = name.split(' ');
    if (group === '') words.set(first, second === undefined ? summary : (model.groups[first] ?? ''));
    else if (first === group && second !== undefined) words.set(second, summary);
  }
  return [...words].map(([word, summary]) => ({ word, summary }));
}

/** Every option that takes a value, so that the value is not taken for a command. */
export function valueOptions({ program, commands }: CompletionModel): string[] {
  const options = [program, ...commands].flatMap((command) => command.options);
  return [...new Set(options.flatMap(({ names, value }) => (value === undefined ? [] : names)))];
}
