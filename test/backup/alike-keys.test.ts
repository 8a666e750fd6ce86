import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AlikeKeys } from '../../src/backup/alike-keys.js';
import type { ColumnFacts } from '../../src/database/index.js';
import { connect, freshUrl, queryRows } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { whyMissing } from '../support/servers/index.js';
import { withDatabase } from '../support/rows.js';
import { backup, folder } from './library.js';

const pairs: readonly (readonly [string, string])[] = [
  ['Ann', 'ann'],
  ['x', 'x '],
  ['été', 'ete'],
  ['É', 'é'],
  ['Ελλάδα', 'ΕΛΛΑΔΑ'],
  ['Straße', 'strasse'],
  ['Жук', 'жук'],
  ['a', 'b'],
  ['a b', 'ab'],
  ['x-1', 'x-2'],
  [' x', 'x'],
];
const text = (value: string): string => `'${value}'`;

describe('keys that are one where case, accents or blanks at the end do not count', () => {
  it.skipIf(whyMissing('mysql'))('are named in a backup, wherever MariaDB takes two for one', async () => {
    const mariadb = await connect(await freshUrl('mysql'));
    for (const [index, pair] of pairs.entries()) {
      const url = await freshUrl('sqlite');
      const table = `t${index}`;
      const rows = pair.map((value) => `(${text(value)}, 1)`).join(', ');
      await withDatabase('sqlite', url, async (statement) => {
        await statement(`create table ${table} (code text primary key, n int)`);
        await statement(`insert into ${table} values ${rows}`);
      });
      await queryRows(
        mariadb,
        `create table ${table} (code varchar(40) primary key, n int) character set utf8mb4 collate utf8mb4_unicode_ci`,
      );
      const insert = queryRows(mariadb, `insert into ${table} values ${rows}`);
      const refused = index < 7;
      if (refused) expect((await failure(insert)).code, pair.join()).toBe('database/constraint');
      else await insert;
      const { elsewhere } = await backup(await connect(url), join(folder(), 'backup'));
      const named = `${table}.code: keys that differ in case, accents or blanks at their end alone, which are one key where those do not count`;
      expect(elsewhere, pair.join()).toEqual(refused ? [named] : []);
    }
  });

  const columns = ['id', 'code'].map(
    (name): ColumnFacts =>
      ({ name, kind: name === 'id' ? 'integer' : 'text', type: name }) as unknown as ColumnFacts,
  );

  it('are keys of several columns as a whole', () => {
    const keys = new AlikeKeys('t', columns, ['id', 'code']);
    for (const row of [
      ['1', 'A'],
      ['2', 'a'],
      ['3', 'B'],
      ['3', 'b'],
    ])
      keys.add(row);
    expect(keys.texts()).toEqual([expect.stringMatching(/^t\.\(id, code\): keys that differ/)]);
    const apart = new AlikeKeys('t', columns, ['id', 'code']);
    for (const row of [
      ['1', 'A'],
      ['2', 'a'],
    ])
      apart.add(row);
    expect(apart.texts()).toEqual([]);
  });

  it('says how far it looked, unless no key can be like another', () => {
    const after = (codes: readonly string[]): string[] => {
      const keys = new AlikeKeys('t', columns, ['code'], 2);
      for (const code of codes) keys.add(['1', code]);
      return keys.texts();
    };
    expect(after(['a', 'b', 'A'])).toEqual([
      't.code: whether keys differ in case, accents or blanks at their end alone was looked at in the first 2 rows only',
    ]);
    expect(after(['a', 'b', 'c'])).toEqual([]);
  });
});
