import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { performReset } from '../../src/backup/index.js';
import type { Database } from '../../src/database/contract.js';
import { connect, connectFresh, freshUrl, queryRows } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { needsLogins, whyMissing } from '../support/servers/index.js';
import { backup, digests, folder, noSignal, restore } from './library.js';

/** Two databases with the same tables, the first with rows. */
async function pair(ddl: readonly string[], rows: readonly string[]): Promise<[Database, Database]> {
  const [source, target] = [await connectFresh('postgres'), await connectFresh('postgres')];
  for (const { knex } of [source, target]) for (const sql of ddl) await knex.raw(sql);
  for (const sql of rows) await source.knex.raw(sql);
  return [source, target];
}

/** Backs up, restores, backs up again. @returns both summaries, whose digests must be equal */
async function thereAndAgain(source: Database, target: Database): Promise<string> {
  const file = join(folder(), 'backup');
  const first = await backup(source, file);
  await restore(target, file);
  expect(await digests(await backup(target, `${file}-2`))).toEqual(await digests(first));
  return file;
}

const names = ({ tables }: { tables: readonly { name: string; rows: number }[] }): Record<string, number> =>
  Object.fromEntries(tables.map(({ name, rows }) => [name, rows]));

describe.skipIf(whyMissing('postgres'))('PostgreSQL', () => {
  it('says that large objects are not in it, which columns of numbers point at', async () => {
    const database = await connectFresh('postgres');
    await database.knex.raw('create table files (id int primary key, content oid)');
    expect((await backup(database, join(folder(), 'backup'))).left).toEqual([]);
    await database.knex.raw(`insert into files values (1, lo_from_bytea(0, '\\\\x00ff'))`);
    expect((await backup(database, join(folder(), 'backup'))).left).toEqual(['large objects']);
  });

  it('takes rows of a table that others inherit from once, and leaves its heirs alone', async () => {
    const [source, target] = await pair(
      [
        'create table parents (id int primary key, a text)',
        'create table children (b text) inherits (parents)',
        'create table grandchildren (c text) inherits (children)',
      ],
      [
        `insert into parents values (1, 'p')`,
        `insert into children values (2, 'c', 'b'), (3, 'c', 'b')`,
        `insert into grandchildren values (4, 'g', 'b', 'c')`,
      ],
    );
    const file = await thereAndAgain(source, target);
    expect(names(await backup(source, `${file}-3`))).toEqual({ parents: 1, children: 2, grandchildren: 1 });

    // One table alone: neither the rows of its heirs stand in the way, nor are they taken away.
    const one = join(folder(), 'parents');
    await backup(source, one, { selection: { scope: 'tables', names: ['parents'] } });
    await target.knex.raw(`update only parents set a = 'other'`);
    await restore(target, one, { replace: true });
    const rows = await queryRows(
      target,
      'select tableoid::regclass::text as t, id, a from parents order by id',
    );
    expect(rows.map(({ t, a }) => [t, a])).toEqual([
      ['parents', 'p'],
      ['children', 'c'],
      ['children', 'c'],
      ['grandchildren', 'g'],
    ]);
    await target.knex.raw('delete from only parents');
    await restore(target, one);
  });

  it('takes a partitioned table as one, with its foreign keys in circles and its triggers at rest', async () => {
    const [source, target] = await pair(
      [
        'create table parted (id int, year int, other int, note text, primary key (id, year)) partition by list (year)',
        'create table parted_1 partition of parted for values in (2024)',
        'create table parted_2 partition of parted default partition by range (id)',
        'create table parted_2_a partition of parted_2 default',
        'create table single (id int primary key, parted_id int, parted_year int)',
        'alter table single add foreign key (parted_id, parted_year) references parted (id, year)',
        'alter table parted add foreign key (other) references single (id)',
        `create function shout() returns trigger language plpgsql as $$ begin new.note = 'x'; return new; end $$`,
        'create trigger on_all before insert on parted for each row execute function shout()',
        'create trigger on_one before insert on parted_1 for each row execute function shout()',
        'alter table parted_1 enable always trigger on_one',
        'alter table parted_1 disable trigger on_all',
      ],
      [
        'alter table parted disable trigger user',
        'alter table parted_1 disable trigger user',
        `insert into parted values (1, 2024, null, 'a'), (2, 2025, null, 'b'), (3, 2026, null, 'c')`,
        'insert into single values (7, 2, 2025)',
        'update parted set other = 7 where id = 1',
      ],
    );
    const file = await thereAndAgain(source, target);
    expect(names(await backup(source, `${file}-3`))).toEqual({ parted: 3, single: 1 });
    const fires = `select tgrelid::regclass::text || ' ' || tgname || ' ' || tgenabled::text as t from pg_trigger
      where not tgisinternal order by 1`;
    expect((await queryRows(target, fires)).map(({ t }) => t)).toEqual([
      'parted on_all O',
      'parted_1 on_all D',
      'parted_1 on_one A',
      'parted_2 on_all O',
      'parted_2_a on_all O',
    ]);
    const deferrable = await queryRows(target, 'select 1 from pg_constraint where condeferrable');
    expect(deferrable).toEqual([]);
    await restore(target, file, { replace: true });
    expect(
      (await failure(Promise.resolve(target.knex('single').insert({ id: 8, parted_id: 9, parted_year: 9 }))))
        .code,
    ).toBe('database/constraint');
    await performReset(target, 'data', noSignal);
    expect(await queryRows(target, 'select 1 from parted')).toEqual([]);
    await performReset(target, 'schema', noSignal);
  });

  it('keeps values of types that are made of others', async () => {
    const [source, target] = await pair(
      [
        `create type mood as enum ('sad', 'so "happy"')`,
        'create type point3 as (x int, y text, m mood)',
        'create type span as range (subtype = timestamptz)',
        'create domain small as int check (value < 100)',
        'create domain smaller as small check (value < 10)',
        'create domain stamp as timestamptz(3)',
        'create domain tags as text[]',
        `create unlogged table made (
           id int generated by default as identity primary key, low smaller, at stamp, t tags, m mood, p point3,
           moods mood[], points point3[], boxes box[], spans span, many int4multirange, bytes bytea[], times timestamptz[],
           halves int2vector, c "char", x xml, j json[], v varbit, b bit(3)[], path path, obj regclass,
           twice int generated always as (low * 2) stored)`,
        'create table nothing ()',
        'create table computed (one int generated always as (1) stored)',
      ],
      [
        `insert into made (low, at, t, m, p, moods, points, boxes, spans, many, bytes, times, halves, c, x, j, v, b, path, obj)
         values (7, '2025-01-01 00:00:00.123Z', '{a,"b,c"}', 'so "happy"', '(1,"a, ""b"" \\ c",sad)', '{sad,NULL,"so \\"happy\\""}',
           array[row(1, 'x,"y"', 'sad'), null]::point3[], array['((1,2),(3,4))', '((5,6),(7,8))']::box[],
           '["2025-01-01 00:00:00Z",)', '{[1,3),[5,8)}', array['\\x00ff'::bytea, ''], array['2025-01-01 00:00:00+02'::timestamptz],
           '1 2 3', 'x', '<a>ü</a>text', array['{"a": "b,\\"c"}'::json], b'1011', array[b'101'], '((1,2),(3,4))', 'made')`,
        `insert into made (low, p, t) values (null, '(,"",)', '[2:3]={a,b}'), (1, null, '{}')`,
        'insert into nothing default values',
        'insert into nothing default values',
        'insert into computed default values',
      ],
    );
    await thereAndAgain(source, target);
    const rows = 'select made::text from made order by id';
    expect(await queryRows(target, rows)).toEqual(await queryRows(source, rows));
    expect(await queryRows(target, 'select count(*)::int as n from nothing')).toEqual([{ n: 2 }]);
    expect(await queryRows(target, 'select one from computed')).toEqual([{ one: 1 }]);
    const { tables } = await target.transfer.inspect();
    await performReset(target, 'schema', noSignal);
    const kinds = new Map(
      tables.find(({ name }) => name === 'made')?.columns.map(({ name, kind }) => [name, kind]),
    );
    expect([kinds.get('low'), kinds.get('at'), kinds.get('t'), kinds.get('boxes')]).toEqual([
      'integer',
      'timestamp',
      'array',
      'text',
    ]);
  });

  it('goes on with sequences that count down, in steps, or are used up', async () => {
    const [source, target] = await pair(
      [
        'create sequence down increment -5 minvalue -100 maxvalue -1',
        'create sequence used maxvalue 2',
        'create sequence fresh start 10',
        'create table counted (id int generated always as identity (increment by 10 start with 1000))',
      ],
      [
        `select nextval('down') from generate_series(1, 4)`,
        `select nextval('used') from generate_series(1, 2)`,
        'insert into counted default values',
      ],
    );
    await target.knex.raw(`select setval('fresh', 500)`);
    const file = await thereAndAgain(source, target);
    await restore(target, file, { replace: true });
    const next = async (name: string): Promise<unknown> =>
      (await queryRows(target, `select nextval('${name}')::int as n`))[0]?.['n'];
    expect([await next('down'), await next('fresh')]).toEqual([-21, 501]);
    expect((await failure(next('used'))).code).toBe('database/constraint');
    await target.knex.raw('insert into counted default values');
    expect(await queryRows(target, 'select id from counted order by 1')).toEqual([
      { id: 1000 },
      { id: 1010 },
    ]);
  });

  it('refuses to take the rows that a policy shows for all rows', async (context) => {
    needsLogins('postgres', context);
    const url = await freshUrl('postgres');
    const owner = await connect(url);
    for (const sql of [
      'create table secretive (id int, who text)',
      `insert into secretive values (1, 'tmi_reader'), (2, 'somebody')`,
      'alter table secretive enable row level security',
      'create policy own on secretive using (who = current_user)',
      `do $$ begin create role tmi_reader login password 'reader'; exception when duplicate_object then null; end $$`,
      'grant select on secretive to tmi_reader',
    ]) {
      await owner.knex.raw(sql);
    }
    const asReader = Object.assign(new URL(url), { username: 'tmi_reader', password: 'reader' });
    const reader = await connect(asReader.href);
    expect(await queryRows(reader, 'select id from secretive')).toEqual([{ id: 1 }]);
    const error = await failure(backup(reader, join(folder(), 'backup')));
    expect([error.code, error.hint]).toEqual(['database/permission', expect.stringContaining('BYPASSRLS')]);
    // Whoever owns the table sees all of it.
    expect((await backup(owner, join(folder(), 'backup'))).rows).toBe(2);
  });

  it('takes rows with NULL in a column that a server of release 18 calls NOT NULL without having looked', async (context) => {
    const database = await connectFresh('postgres');
    const [version] = await queryRows(
      database,
      `select current_setting('server_version_num')::int as number`,
    );
    if (Number(version?.['number']) < 180000) context.skip();
    await database.knex.raw('create table t (id int primary key, name text, born timestamptz, ref uuid)');
    await database.knex.raw('insert into t values (1, null, null, null)');
    for (const column of ['name', 'born', 'ref']) {
      await database.knex.raw(`alter table t add constraint ${column}_there not null ${column} not valid`);
    }
    const [table] = (await database.transfer.inspect()).tables;
    expect(table?.columns.map(({ nullable }) => nullable)).toEqual([false, true, true, true]);
    expect((await backup(database, join(folder(), 'backup'))).rows).toBe(1);
  });

  it('reads values in one form, whatever the database prefers', async (context) => {
    needsLogins('postgres', context);
    const url = await freshUrl('postgres');
    const name = new URL(url).pathname.slice(1);
    const setUp = await connect(url);
    await setUp.knex.raw('create table t (b bytea, f double precision, i interval, d date, at timestamptz)');
    await setUp.knex.raw(
      `insert into t values ('\\x00ff5c', 0.1::float8 + 0.2, '1 day -00:00:01.5', '2025-02-01', '2025-02-01 00:00:00Z')`,
    );
    const before = await backup(setUp, join(folder(), 'backup'));
    for (const setting of [
      `bytea_output = 'escape'`,
      'extra_float_digits = -10',
      `intervalstyle = 'iso_8601'`,
      `datestyle = 'SQL, DMY'`,
      `timezone = 'Asia/Tokyo'`,
      `statement_timeout = '20s'`,
      `idle_in_transaction_session_timeout = '20s'`,
    ]) {
      await setUp.knex.raw(`alter database ${name} set ${setting}`);
    }
    const database = await connect(url);
    const after = await backup(database, join(folder(), 'backup'));
    expect(await digests(after)).toEqual(await digests(before));
    // Long work has no limits of a role that is meant for short requests.
    const limits = `select current_setting('statement_timeout') as a,
      current_setting('idle_in_transaction_session_timeout') as b`;
    const none = { a: '0', b: '0' };
    expect(await database.snapshot((session) => queryRows(session, limits))).toEqual([none]);
    expect(await database.load([], [], (session) => queryRows(session, limits))).toEqual([none]);
    expect(await queryRows(database, limits)).toEqual([{ a: '20s', b: '20s' }]);
  });
});
