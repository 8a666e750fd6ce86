import { describe, expect, it } from 'vitest';
import { checkResetGates, performReset, planReset } from '../../src/backup/index.js';
import { stampProduction, isStampedProduction } from '../../src/settings/stamp.js';
import { connect, connectFresh, freshUrl, queryRows } from '../support/connection.js';
import { describeEngines } from '../support/database.js';
import { codeOf, failure } from '../support/errors.js';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';
import { whyMissing } from '../support/servers/index.js';
import { noSignal } from './library.js';
import { createSchema, fillSchema, tables } from './schema.js';

describeEngines((engine) => {
  it('empties every table, whatever its foreign keys say, and keeps the stamp', async () => {
    const url = await freshUrl(engine);
    await createSchema(engine, url);
    await fillSchema(engine, url);
    const database = await connect(url);
    await stampProduction(database);
    const before = await planReset(database, 'data');
    expect(before.tables).toHaveLength(tables.length);
    expect(before.tables.find(({ name }) => name === 'teams')?.rows).toBe(2);

    await performReset(database, 'data', noSignal);
    const after = await planReset(database, 'data');
    expect(after.tables).toHaveLength(tables.length);
    expect(after.tables.every(({ rows }) => rows === 0)).toBe(true);
    expect(await isStampedProduction(database)).toBe(true);
    // Foreign keys are kept again afterwards.
    const orphan = failure(
      Promise.resolve(database.knex('users').insert({ id: 'x', email: 'x', team: 'none' })),
    );
    expect((await orphan).code).toBe('database/constraint');
  });

  it('empties the settings table alone', async () => {
    const url = await freshUrl(engine);
    await createSchema(engine, url);
    await fillSchema(engine, url);
    await createServerTable(engine, url, { origin: true });
    await insertRow(engine, url, { key: 'a', value: 'b' });
    const database = await connect(url);
    expect((await planReset(database, 'settings')).tables).toEqual([{ name: 'system_settings', rows: 1 }]);
    await performReset(database, 'settings', noSignal);
    expect((await planReset(database, 'settings')).tables).toEqual([{ name: 'system_settings', rows: 0 }]);
    expect((await planReset(database, 'data')).tables.find(({ name }) => name === 'users')?.rows).toBe(1);
  });

  it('drops everything, views and circles included, so that the schema can be built again', async () => {
    const url = await freshUrl(engine);
    await createSchema(engine, url);
    await fillSchema(engine, url);
    await withDatabase(engine, url, async (statement) => {
      await statement('create view b_view as select id from users');
      await statement('create view a_view as select id from b_view');
    });
    const database = await connect(url);
    await performReset(database, 'schema', noSignal);
    const plan = await planReset(database, 'schema');
    expect([...plan.tables, ...plan.others]).toEqual([]);
    await database.close();
    await createSchema(engine, url);
    await fillSchema(engine, url);
  });

  it('says that there is no settings table to empty', async () => {
    const database = await connectFresh(engine);
    expect((await failure(planReset(database, 'settings'))).code).toBe('backup/no-such-table');
  });
});

describe.skipIf(whyMissing('postgres'))('a PostgreSQL schema', () => {
  it('loses its types, functions and sequences, and keeps grants and extensions', async () => {
    const database = await connectFresh('postgres');
    for (const sql of [
      'create extension pg_trgm',
      `create type mood as enum ('a', 'b')`,
      'create domain positive as integer check (value > 0)',
      'create sequence alone start 7',
      'create table things (id serial primary key, m mood, p positive)',
      `create function one(t things) returns int language sql as 'select 1'`,
      'create materialized view counted as select count(*) from things',
      'create view over_counted as select * from counted',
      'create schema elsewhere',
      'create table elsewhere.kept (a int)',
      'grant usage on schema public to public',
    ]) {
      await database.knex.raw(sql);
    }
    const grants = await queryRows(
      database,
      `select nspacl::text as acl from pg_namespace where nspname = 'public'`,
    );
    await performReset(database, 'schema', noSignal);
    expect(
      await queryRows(
        database,
        `select typname from pg_type t where typnamespace = 'public'::regnamespace
         and not exists (select from pg_depend d where d.objid = t.oid and d.deptype in ('e', 'i'))`,
      ),
    ).toEqual([]);
    expect(await queryRows(database, `select similarity('a', 'a') as same`)).toEqual([{ same: 1 }]);
    expect(await queryRows(database, 'select count(*)::int as n from elsewhere.kept')).toEqual([{ n: 0 }]);
    expect(
      await queryRows(database, `select nspacl::text as acl from pg_namespace where nspname = 'public'`),
    ).toEqual(grants);
  });

  it('loses objects of every kind that a schema can hold', async () => {
    const database = await connectFresh('postgres');
    for (const sql of [
      `create function same(a int, b int) returns bool language sql immutable as 'select a = b'`,
      `create function order_of(a int, b int) returns int language sql immutable as 'select a - b'`,
      'create operator ~~> (leftarg = int, rightarg = int, function = same, negator = !~~>)',
      'create operator public.@# (rightarg = int, function = abs)',
      'create operator class upside for type int using btree as operator 1 ~~>, function 1 order_of(int, int)',
      'create operator family alone using hash',
      `create type "Tone" as enum ('a', 'b')`,
      `create function tone_number("Tone") returns int language sql immutable as 'select 1'`,
      'create cast ("Tone" as int) with function tone_number("Tone")',
      'create type span as range (subtype = float8)',
      'create type pair as (a int, b int)',
      'create type "Shell"',
      'create aggregate total(int) (sfunc = int4pl, stype = int)',
      `create procedure act() language sql as 'select 1'`,
      `create collation plain from "C"`,
      `create conversion latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8`,
      'create text search dictionary words (template = simple)',
      'create text search configuration english2 (copy = pg_catalog.english)',
      'alter text search configuration english2 alter mapping for asciiword with words',
      `create text search parser parts (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype)`,
      'create text search template shape (lexize = dsimple_lexize)',
      'create table measured (a int, b int)',
      'create statistics related on a, b from measured',
      'create table parted (a int) partition by list (a)',
      'create table parted_1 partition of parted for values in (1)',
      'alter default privileges in schema public grant select on tables to public',
    ]) {
      await database.knex.raw(sql);
    }
    await performReset(database, 'schema', noSignal);
    const left = await queryRows(
      database,
      `select pg_describe_object(classid, objid, 0) as name from pg_depend
       where refclassid = 'pg_namespace'::regclass and refobjid = 'public'::regnamespace and deptype = 'n'`,
    );
    expect(left).toEqual([]);
  });

  it('is left alone when something outside depends on it', async () => {
    const database = await connectFresh('postgres');
    await database.knex.raw('create table things (id int); create schema elsewhere');
    await database.knex.raw('create view elsewhere.looks as select * from things');
    expect((await failure(performReset(database, 'schema', noSignal))).code).toBe(
      'database/referenced-from-outside',
    );
    expect((await planReset(database, 'schema')).tables).toEqual([{ name: 'things', rows: 0 }]);
  });
});

describe('gates', () => {
  const open = { environment: {}, production: undefined, allowProduction: false, backsUp: true };
  it('let an ordinary reset pass', () => {
    expect(() => checkResetGates(open)).not.toThrow();
    expect(() => checkResetGates({ ...open, environment: { TMI_DBTOOL_PROHIBIT_RESET: '0' } })).not.toThrow();
    expect(() => checkResetGates({ ...open, production: 'it is', allowProduction: true })).not.toThrow();
    expect(() => checkResetGates({ ...open, environment: { DYNO: 'run.1' }, backsUp: false })).not.toThrow();
  });

  it.each([
    ['reset/prohibited', { environment: { TMI_DBTOOL_PROHIBIT_RESET: '1' }, allowProduction: true }],
    ['reset/prohibited', { environment: { TMI_DBTOOL_PROHIBIT_RESET: 'yes', DYNO: 'release.1' } }],
    ['reset/release-phase', { environment: { DYNO: 'release.1234' }, allowProduction: true, backsUp: false }],
    ['reset/production', { production: 'it is' }],
    ['backup/ephemeral-disk', { environment: { DYNO: 'run.1' } }],
  ] as const)('%s', (code, circumstances) => {
    expect(codeOf(() => checkResetGates({ ...open, ...circumstances }))).toBe(code);
  });
});
