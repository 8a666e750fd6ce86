import type { CommandEntry } from './command.js';

/** Words of other tools, and what does their work here. */
const elsewhere: Readonly<Record<string, string>> = {
  version: '--version',
  dump: 'db backup',
  migrate: 'import-legacy',
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
