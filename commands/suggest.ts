import type { Command } from 'commander';
import { distance } from 'fastest-levenshtein';
import type { CommandEntry } from './command.js';

/** Words of other tools, and what does their work here. */
const elsewhere: Readonly<Record<string, string>> = {
  version: '--version',
  dump: 'db backup',
  migrate: 'import-legacy',
  undo: 'import-legacy --undo last',
  lint: 'validate-config',
  check: 'validate-config',
  show: 'settings get',
  run: 'exec',
};

/**
 * The commands that somebody means who types one word of their names: `status` for `db status`, `import` for
 * `import-legacy` and `settings import`.
 */
export function commandsMeantBy(word: string, entries: readonly CommandEntry[]): string[] {
  const named = entries.filter(({ name }) => name.split(/[ -]/).includes(word)).map(({ name }) => name);
  const known = elsewhere[word];
  return known === undefined ? named : [known, ...named.filter((name) => name !== known)];
}

/**
 * The option that somebody means who mistypes one: the shortest that begins with what was typed, or else the closest within
 * a third of its length, or with two letters changed over; a guess further off would mislead.
 * @param typed the word, perhaps with `=` and a value behind it
 * @param known the options that exist there, with their dashes
 */
function optionMeantBy(typed: string, known: readonly string[]): string | undefined {
  const name = typed.replace(/=.*$/s, '').toLowerCase();
  if (!/^--./.test(name)) return undefined;
  const longer = known.filter((option) => option.startsWith(name) && name.length > 3);
  const [first] = longer.sort((a, b) => a.length - b.length);
  if (first !== undefined) return first;
  const letters = name.length - 2;
  const most = letters < 4 ? 1 : Math.max(2, Math.floor(letters / 3));
  const near = known
    .map((option) => ({ option, edits: distance(name, option) }))
    .filter(({ edits }) => edits <= most)
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.option;
}

/** The options of a command that the words name, and those that every command takes. */
function optionsAt(program: Command, words: readonly string[]): string[] {
  let command = program;
  for (const word of words) {
    const next = command.commands.find((sub) => [sub.name(), ...sub.aliases()].includes(word));
    if (next !== undefined) command = next;
  }
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].flatMap(
    ({ long }) => long ?? [],
  );
}

/**
 * What to add where a command line was refused for an option: the one that was meant. Where an option is missing, a mistyped
 * one may be it.
 * @param own the tool's arguments, without those of a program that `exec` starts
 */
export function optionSuggested(program: Command, own: readonly string[]): string | undefined {
  const known = optionsAt(program, own);
  const unknown = own.filter((word) => /^--./.test(word) && !known.includes(word.replace(/=.*$/s, '')));
  for (const word of unknown) {
    const meant = optionMeantBy(word, known);
    if (meant !== undefined) return `Did you mean ${meant}?`;
  }
  return undefined;
}
