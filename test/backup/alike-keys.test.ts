import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AlikeKeys, TableKeys } from '../../src/backup/alike-keys.js';
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

/** Rows of a table with an `id`, `a` and `b`, what makes some of these unique, and what MariaDB is to take for one. */
const uniques: readonly (readonly [what: string, made: string, key: string, rows: readonly string[]])[] = [
  ...pairs.map(
    (pair) => ['a constraint', 'unique (a)', 'a', pair.map((value) => `${text(value)}, null`)] as const,
  ),
  ['an index', 'index (a)', 'a', [`'Ann', null`, `'ann', null`]],
  ['two texts', 'unique (a, b)', '(a, b)', [`'Ann', 'x'`, `'ann', 'X '`]],
  ['two texts, one of them another', 'unique (a, b)', '(a, b)', [`'Ann', 'x'`, `'ann', 'y'`]],
  ['two texts of which one is NULL', 'unique (a, b)', '(a, b)', [`'Ann', null`, `'ann', null`]],
  ['texts in another order', 'index (b, a)', '(b, a)', [`'É', 'x'`, `'é', 'X'`]],
];

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

  it.skipIf(whyMissing('mysql') ?? whyMissing('postgres'))(
    'are named in a backup of PostgreSQL for every unique key, wherever MariaDB takes two for one',
    async () => {
      const mariadb = await connect(await freshUrl('mysql'));
      for (const [index, [what, made, key, rows]] of uniques.entries()) {
        const url = await freshUrl('postgres');
        const table = `u${index}`;
        const columnsOf = made.replace(/^\w+ /, '');
        const values = rows.map((row, id) => `(${id}, ${row})`).join(', ');
        await withDatabase('postgres', url, async (statement) => {
          const constraint = made.startsWith('unique') ? `, ${made}` : '';
          await statement(
            `create table ${table} (id int primary key, a varchar(40), b varchar(40)${constraint})`,
          );
          if (constraint === '') await statement(`create unique index on ${table} ${columnsOf}`);
          await statement(`insert into ${table} values ${values}`);
        });
        await queryRows(
          mariadb,
          `create table ${table} (id int primary key, a varchar(40), b varchar(40), unique key ${columnsOf})
             character set utf8mb4 collate utf8mb4_unicode_ci`,
        );
        const insert = queryRows(mariadb, `insert into ${table} values ${values}`);
        const refused = await insert.then(
          () => false,
          () => true,
        );
        const { elsewhere } = await backup(await connect(url), join(folder(), 'backup'));
        const named = `${table}.${key}: keys that differ in case, accents or blanks at their end alone, which are one key where those do not count`;
        expect([what, rows, elsewhere]).toEqual([what, rows, refused ? [named] : []]);
      }
    },
  );

  it('are asked of every key of a table, and a share of them is remembered', () => {
    const three = ['id', 'a', 'b'].map(
      (name): ColumnFacts => ({ name, kind: name === 'id' ? 'integer' : 'text' }) as unknown as ColumnFacts,
    );
    const after = (most: number, ...rows: readonly (readonly [string, string | null])[]): string[] => {
      const keys = new TableKeys('t', three, [['id'], ['a'], ['b'], ['id']], most);
      // One half by their lines' bytes, the other by their values.
      for (const [index, [a, b]] of rows.entries()) {
        const row = [index, a, b];
        keys.add({ lines: Buffer.from(`${JSON.stringify(row)}\n`), ...(index === 0 ? {} : { rows: [row] }) });
      }
      return keys.texts().map((line) => line.replace(/keys differ.*first/, '…'));
    };
    const both = ['t.a: keys that', 't.b: keys that'].map(
      (start) => expect.stringContaining(start) as string,
    );
    expect(after(4, ['X', 'Y'], ['x', 'y'])).toEqual(both);
    expect(after(4, ['X', 'Y'], ['x', null])).toEqual(both.slice(0, 1));
    const unseen = ['t.a', 't.b'].map((key) => `${key}: whether … 1 rows only`);
    expect(after(2, ['X', 'Y'], ['x', 'y'])).toEqual(unseen);
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
