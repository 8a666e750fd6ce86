import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Database } from '../../src/database/contract.js';
import { connectFresh, queryRows } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { backup, digests, folder, restore } from './library.js';

async function pair(ddl: readonly string[], rows: readonly string[]): Promise<[Database, Database]> {
  const [source, target] = [await connectFresh('sqlite'), await connectFresh('sqlite')];
  for (const { knex } of [source, target]) for (const sql of ddl) await knex.raw(sql);
  for (const sql of rows) await source.knex.raw(sql);
  return [source, target];
}

it('keeps the rows of strict tables, tables without row ids, computed columns and values of any type', async () => {
  const [source, target] = await pair(
    [
      'create table strict_one (id integer primary key, n int, r real, t text, b blob, x any) strict',
      'create table keyed (a text, b int, c blob, primary key (a, b)) without rowid',
      `create table computed (id integer primary key, j json, name text generated always as (j ->> 'name') stored,
         twice int generated always as (id * 2) virtual)`,
      'create table counted (id integer primary key autoincrement, v)',
      'create table plain (id int /* no AUTOINCREMENT */ primary key, v text, n numeric, d decimal(10,2))',
      'create virtual table searched using fts5(body)',
    ],
    [
      `insert into strict_one values (1, 9223372036854775807, 1.5, 'a' || char(0) || 'b', x'00ff', 'x'),
         (2, null, -0.0, '', x'', 7), (3, 0, 9e999, 'ü', null, x'01'), (4, 1, -9e999, null, null, 2.0)`,
      `insert into keyed values ('k', 1, x'00'), ('k', 2, null)`,
      `insert into computed (id, j) values (1, '{"name": "a"}'), (2, null)`,
      `insert into counted values (5, 'a'), (41, 'b')`,
      'delete from counted where id = 41',
      `insert into plain values ('text', x'ff00', '1e400', 0.1), (2, 'v', 12345678901234567890, 1), (null, null, 1e20, 'no')`,
    ],
  );
  const file = join(folder(), 'backup');
  const first = await backup(source, file);
  expect(first.left).toEqual(['searched']);
  await restore(target, file);
  expect(await digests(await backup(target, `${file}-2`))).toEqual(await digests(first));
  for (const sql of [
    `select id, n || '', typeof(r), r || '', hex(t), length(t), hex(b), typeof(x), hex(x) from strict_one`,
    'select a, b, hex(c) from keyed',
    'select id, j, name, twice from computed',
    'select typeof(id), hex(v), typeof(v), typeof(n), n, typeof(d), d from plain',
  ]) {
    expect(await queryRows(target, sql), sql).toEqual(await queryRows(source, sql));
  }
  await target.knex.raw(`insert into counted (v) values ('c')`);
  expect(await queryRows(target, 'select max(id) as id from counted')).toEqual([{ id: 42 }]);
});

it('keeps the text of a point in time, whichever form it has', async () => {
  const [source, target] = await pair(
    ['create table times (id integer primary key, at datetime, made timestamp)'],
    [
      `insert into times values (1, '2026-01-02T10:00:00Z', '2026-01-02 10:00:00+00:00'),
         (2, '2026-01-02T10:00:00.120Z', '2026-01-02T12:00:00+02:00'), (3, 1767348000, 'soon TBDZ'), (4, null, '2026-01-02')`,
    ],
  );
  const file = join(folder(), 'backup');
  const first = await backup(source, file);
  await restore(target, file);
  expect(await digests(await backup(target, `${file}-2`))).toEqual(await digests(first));
  const all = 'select id, at, typeof(at) as kind, made from times';
  expect(await queryRows(target, all)).toEqual(await queryRows(source, all));
});

it('looks for broken foreign keys in the tables that it fills alone', async () => {
  const [source, target] = await pair(
    [
      'create table parents (id integer primary key)',
      'create table children (id integer primary key, parent int references parents)',
      'create table others (id integer primary key, parent int references parents)',
    ],
    ['insert into parents values (1)', 'insert into children values (1, 1)'],
  );
  await target.knex.raw('pragma foreign_keys = off');
  await target.knex.raw('insert into others values (1, 99)');
  await target.knex.raw('pragma foreign_keys = on');
  const file = join(folder(), 'backup');
  await backup(source, file, { selection: { scope: 'tables', names: ['parents', 'children'] } });
  await restore(target, file);
  expect(await queryRows(target, 'select * from children')).toHaveLength(1);
  await backup(source, `${file}-2`, { selection: { scope: 'tables', names: ['children'] } });
  await target.knex.raw('pragma foreign_keys = off');
  await target.knex.raw('delete from parents');
  const error = await failure(restore(target, `${file}-2`, { replace: true }));
  expect([error.code, error.message]).toEqual([
    'backup/broken-foreign-key',
    expect.stringContaining('children -> parents'),
  ]);
});

it('lets triggers rest while rows are loaded, and keeps them', async () => {
  const [source, target] = await pair(
    [
      'create table things (id integer primary key, name text, changes int)',
      'create table log (id integer primary key autoincrement, what text)',
      'create view seen as select name from things',
      `create trigger "after; it" after insert on Things begin
         insert into log (what) values ('is it ' || new.name || '?'); update things set changes = 1; end`,
      `create trigger gone after delete on things begin insert into log (what) values ('gone'); end`,
      `create trigger instead instead of insert on seen begin insert into things (name) values (new.name); end`,
    ],
    [`insert into things (name) values ('a'), ('b')`, `update things set changes = 7`],
  );
  const file = join(folder(), 'backup');
  const first = await backup(source, file);
  const listed = `select name, tbl_name, sql from sqlite_master where type = 'trigger' order by name`;
  const triggers = await queryRows(source, listed);
  await restore(source, file, { replace: true });
  expect(await digests(await backup(source, `${file}-2`))).toEqual(await digests(first));
  expect(await queryRows(source, listed)).toEqual(triggers);
  await restore(target, file);
  expect(await digests(await backup(target, `${file}-3`))).toEqual(await digests(first));
  await target.knex.raw(`insert into seen (name) values ('c')`);
  expect(await queryRows(target, 'select what from log order by id desc limit 1')).toEqual([
    { what: 'is it c?' },
  ]);

  // A restore that is refused leaves them as well.
  await target.knex.raw('drop table log');
  await target.knex.raw(
    'create table log (id integer primary key autoincrement, what text check (what = 1))',
  );
  expect((await failure(restore(target, file, { replace: true }))).code).toBe('database/constraint');
  expect(await queryRows(target, listed)).toEqual(triggers);
  expect(triggers).toHaveLength(3);
});

it('takes rows whose foreign keys SQLite itself cannot check, and names those that it can', async () => {
  const [source] = await pair(
    [
      'create table parents (id integer primary key, n int, code text unique)',
      'create table no_table (x references missing_t(id), y int references parents)',
      'create table no_column (x references parents(nope), y text references parents(code))',
      'create table not_unique (x references parents(n))',
    ],
    [
      'pragma foreign_keys = off',
      `insert into parents values (1, 2, 'c')`,
      'insert into no_table values (5, 1), (6, null)',
      `insert into no_column values (5, 'c'), (6, null)`,
      'insert into not_unique values (3)',
      'pragma foreign_keys = on',
    ],
  );
  const file = join(folder(), 'backup');
  const first = await backup(source, file);
  await restore(source, file, { replace: true });
  expect(await digests(await backup(source, `${file}-2`))).toEqual(await digests(first));

  await source.knex.raw('pragma foreign_keys = off');
  await source.knex.raw('update no_table set y = 9');
  await source.knex.raw(`update no_column set y = 'none'`);
  await source.knex.raw('pragma foreign_keys = on');
  const broken = ['no_column -> parents (no_column_y_fkey)', 'no_table -> parents (no_table_y_fkey)'];
  expect([...(await backup(source, `${file}-3`)).broken].sort()).toEqual(broken);
  expect([...(await restore(source, `${file}-3`, { replace: true })).broken].sort()).toEqual(broken);
});

it('names the table and the column of a number that it would round', async () => {
  const database = await connectFresh('sqlite');
  await database.knex.raw('create table counts (n bigint)');
  const [table] = (await database.transfer.inspect()).tables;
  const columns = table?.columns ?? [];
  await database.transfer.insertRows('counts', columns, [['9223372036854775807'], ['-9223372036854775808']]);
  expect(await queryRows(database, `select typeof(n) as t from counts`)).toEqual([
    { t: 'integer' },
    { t: 'integer' },
  ]);
  for (const text of ['9223372036854775808', '-9223372036854775809']) {
    expect(await failure(database.transfer.insertRows('counts', columns, [[text]]))).toMatchObject({
      code: 'database/constraint',
      message:
        'A whole number of the column n lies outside of -2^63 to 2^63-1, which is what SQLite keeps, at the table counts',
    });
  }
});

it.each([
  ['UTF-8', `cast(x'496e6669726de972' as text)`, '496E6669726DE972'],
  ['UTF-16le', `cast(x'3dd84100' as text)`, '3DD84100'],
  ['UTF-16be', `cast(x'd83d0041' as text)`, 'D83D0041'],
])('keeps texts of a file in %s that are none, to the byte', async (encoding, text, hex) => {
  const [source, target] = await pair(
    [`pragma encoding = '${encoding}'`, 'create table t (id integer primary key, v text, w text)'],
    [
      `insert into t values (1, ${text}, 'plain'), (2, char(65533) || 'ü' || char(128512), 'a' || char(0) || 'b'), (3, ${text}, ${text})`,
    ],
  );
  const file = join(folder(), 'backup');
  const first = await backup(source, file);
  await restore(target, file);
  expect(await digests(await backup(target, `${file}-2`))).toEqual(await digests(first));
  const all = 'select id, hex(cast(v as blob)) as v, hex(cast(w as blob)) as w, typeof(v) as t from t';
  expect(await queryRows(target, all)).toEqual(await queryRows(source, all));
  expect(await queryRows(target, 'select hex(cast(v as blob)) as v, typeof(v) as t from t')).toMatchObject([
    { v: hex, t: 'text' },
    { t: 'text' },
    { v: hex, t: 'text' },
  ]);
  // Another engine cannot hold them, and says so.
  const other = await connectFresh('sqlite');
  await other.knex.raw(`pragma encoding = '${encoding === 'UTF-8' ? 'UTF-16le' : 'UTF-8'}'`);
  await other.knex.raw('create table t (id integer primary key, v text, w text)');
  expect(await failure(restore(other, file))).toMatchObject({ code: 'backup/not-fitting' });
});
