import { expect, it } from 'vitest';
import { neededAllowances } from '../../../src/settings/export/allowances.js';
import type { ExportEntry } from '../../../src/settings/export/format.js';
import { entry } from './entry.js';

const unknown = '--allow-unknown';
const invalid = '--allow-invalid';

it.each<[name: string, entry: ExportEntry, needed: readonly string[]]>([
  ['a setting that is as it should be', entry('ui.default_theme', 'dark'), []],
  ["a provider's field", entry('auth.oauth.providers.corp.client_id', 'c'), []],
  ['a setting of another type', entry('ui.default_theme', 'dark', { type: 'int' }), [invalid]],
  ['a value that no server takes', entry('ui.default_theme', 'blue'), [invalid]],
  [
    'a value that nobody can look at',
    entry('ui.default_theme', '', { value: { kind: 'masked', fingerprint: 'f' } }),
    [],
  ],
  ['a key of nobody', entry('custom.row', '1'), [unknown]],
  ['one of a type of nobody', entry('custom.row', '1', { type: 'text' }), [unknown, invalid]],
  ['one that no key may be', entry('custom row', '1'), [unknown, invalid]],
  ['another spelling of a key', entry('UI.DEFAULT_THEME', 'dark'), [unknown, invalid]],
  ['a provider of a wrong id', entry('auth.oauth.providers.Q.client_id', 'c'), [unknown, invalid]],
  ['a default, which nothing stores', entry('custom.row', '1', { origin: 'default' }), []],
])('says by which option an import takes %s', (_, given, needed) => {
  const found = neededAllowances([given]);
  expect([...found.keys()].sort()).toEqual([...needed].sort());
  for (const keys of found.values()) expect(keys).toEqual([given.key]);
});

it('names every row beside its option', () => {
  const found = neededAllowances([entry('a.b', '1'), entry('ui.default_theme', 'blue'), entry('c.d', '1')]);
  expect([...found]).toEqual([
    [unknown, ['a.b', 'c.d']],
    [invalid, ['ui.default_theme']],
  ]);
});
