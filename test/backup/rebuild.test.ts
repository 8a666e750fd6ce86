import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MANY_ROWS } from '../../src/database/dialects/postgres/rebuild.js';
import type { Database } from '../../src/database/contract.js';
import { connect, connectFresh, freshUrl, queryRows } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { needsLogins, whyMissing } from '../support/servers/index.js';
import { backup, digests, folder, restore } from './library.js';

const schema = [
  `create extension if not exists pg_trgm`,
  'create table owners (id int primary key, name text not null, constraint owners_name unique (name))',
  `create table things (id int primary key, owner int not null, twin int, parent int, body text, doc jsonb, at timestamptz,
     constraint things_owner foreign key (owner) references owners (id) on update cascade on delete restrict,
     constraint things_parent foreign key (parent) references things (id))`,
  `create index things_owner_at on things (owner, at desc nulls last) include (id)`,
  `create index "things ?odd" on things (lower(body)) where body is not null and body <> '?'`,
  'create index things_doc on things using gin (doc jsonb_path_ops)',
  'create index things_trgm on things using gin (body gin_trgm_ops) with (fastupdate = off)',
  'create unique index things_unique on things (id, owner)',
  'create index things_clustered on things (at)',
  'alter table things cluster on things_clustered',
  'create statistics things_statistics on owner, at from things',
  'create index things_expression on things ((id + 1), owner)',
  'alter index things_expression alter column 1 set statistics 200',
  `comment on index things_owner_at is 'it''s for lists'`,
  `comment on constraint things_owner on things is 'a % of \\ owners'`,
];

/** A table that no other points at, with keys of every kind, and one for each reason why a key stays. */
const keys = [
  `create table leaves (id int, part int not null, a int, b text, c int, d int, e int, f int,
     constraint "leaves ?pkey" primary key (id, part),
     constraint leaves_full unique (part) with (fillfactor = 60),
     constraint leaves_a unique nulls not distinct (a) include (b),
     constraint leaves_b unique (b) deferrable,
     constraint leaves_seen unique (c),
     constraint leaves_twin unique (d),
     constraint leaves_identity unique (part, a),
     constraint leaves_apart exclude using btree (f with =))`,
  'create unique index leaves_own on leaves (e)',
  'alter table leaves add constraint leaves_to_twin foreign key (e) references leaves (d)',
  'alter table leaves alter a set not null',
  'alter table leaves replica identity using index leaves_identity',
  `comment on constraint "leaves ?pkey" on leaves is 'it''s ?'`,
  `comment on index "leaves ?pkey" is '\\ below'`,
  // Knows the other columns by the key that it is grouped by.
  'create table grown (id int constraint grown_pkey primary key, a text)',
  'create view by_key as select id, a from grown group by id',
  'create table parents (id int constraint parents_pkey primary key)',
  'create table children (also int) inherits (parents)',
];

/** Everything about indexes and constraints that the catalogue can say, in its order. */
async function definitions(database: Database, tables = ['things', 'owners']): Promise<unknown> {
  const named = tables.map((table) => `'${table}'`).join(', ');
  const indexes = await queryRows(
    database,
    `select pg_get_indexdef(i.oid) as definition, obj_description(i.oid, 'pg_class') as comment, i.reloptions::text as options,
       x.indisclustered as clustered, x.indisvalid as valid,
       (select string_agg(coalesce(a.attstattarget, -1)::text, ',' order by a.attnum) from pg_attribute a where a.attrelid = i.oid) as statistics
     from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
     where t.relname = any (array[${named}]) order by i.relname`,
  );
  const constraints = await queryRows(
    database,
    `select conrelid::regclass::text as tab, conname as name, pg_get_constraintdef(oid) as definition, convalidated as valid,
       condeferrable as deferrable, condeferred as deferred, obj_description(oid, 'pg_constraint') as comment
     from pg_constraint where conrelid::regclass::text = any (array[${named}]) order by 1, 2`,
  );
  const columns = await queryRows(
    database,
    `select attrelid::regclass::text as tab, attname as name, attnotnull as needed from pg_attribute
     where attrelid::regclass::text = any (array[${named}]) order by 1, 2`,
  );
  return { indexes, constraints, columns };
}

async function made(rows: number): Promise<Database> {
  const database = await connectFresh('postgres');
  for (const statement of schema) await database.knex.raw(statement.replaceAll('?', '\\?'));
  await database.knex.raw(`insert into owners select n, 'owner ' || n from generate_series(1, 100) n`);
  await database.knex.raw(
    `insert into things select n, 1 + n % 100, nullif(n % 101, 0) + case when n = 9 then 500 else 0 end, nullif(n / 2, 0), 'body ' || n, jsonb_build_object('n', n), now()
     from generate_series(1, ${rows}) n`,
  );
  // The row 9 points nowhere, as rows do that were there before their key.
  await database.knex.raw(
    'alter table things add constraint things_old foreign key (twin) references owners (id) not valid',
  );
  return database;
}

/** Object numbers: what was not made anew keeps its own. */
const numbers = async (database: Database, names: readonly string[]): Promise<Record<string, unknown>[]> =>
  (
    await queryRows(database, `select relname, oid::text from pg_class where relkind = 'i' order by 1`)
  ).filter((row) => names.includes(row['relname'] as string));

describe.skipIf(whyMissing('postgres'))('a large table of PostgreSQL', () => {
  it('comes back with every index and key as it was', async () => {
    const source = await made(MANY_ROWS);
    const file = join(folder(), 'backup');
    const first = await backup(source, file);
    const before = await definitions(source);
    const kept = ['things_clustered', 'things_expression', 'things_unique', 'things_pkey'];
    const keptBefore = await numbers(source, kept);
    const rebuiltBefore = await numbers(source, ['things_owner_at']);
    await restore(source, file, { replace: true });
    expect(await definitions(source)).toEqual(before);
    // It was the way through the rebuilding that was taken, and not for what a definition does not tell.
    expect(await numbers(source, ['things_owner_at'])).not.toEqual(rebuiltBefore);
    expect(await numbers(source, kept)).toEqual(keptBefore);
    expect(await digests(await backup(source, `${file}-2`))).toEqual(await digests(first));
  });

  it('comes back with its primary key and unique constraints, made anew where nothing counts on them', async () => {
    const database = await connectFresh('postgres');
    for (const statement of keys) await database.knex.raw(statement.replaceAll('?', '\\?'));
    await database.knex.raw(
      `insert into leaves select n, n, n, 'b' || n, n, n, n, n from generate_series(1, ${MANY_ROWS}) n`,
    );
    await database.knex.raw(`insert into grown select n, 'a' from generate_series(1, ${MANY_ROWS}) n`);
    await database.knex.raw(`insert into parents select n from generate_series(1, ${MANY_ROWS}) n`);
    const file = join(folder(), 'backup');
    const first = await backup(database, file);
    const tables = ['leaves', 'grown', 'parents', 'children'];
    const before = await definitions(database, tables);
    const made = ['leaves ?pkey', 'leaves_a', 'leaves_seen'];
    const kept = ['leaves_b', 'leaves_twin', 'leaves_identity', 'leaves_apart', 'leaves_own', 'leaves_full'];
    const [madeBefore, keptBefore] = [
      await numbers(database, made),
      await numbers(database, [...kept, 'grown_pkey', 'parents_pkey']),
    ];
    await restore(database, file, { replace: true });
    expect(await definitions(database, tables)).toEqual(before);
    expect(await numbers(database, [...kept, 'grown_pkey', 'parents_pkey'])).toEqual(keptBefore);
    for (const [index, row] of (await numbers(database, made)).entries())
      expect(row).not.toEqual(madeBefore[index]);
    expect(madeBefore).toHaveLength(made.length);
    expect(keptBefore).toHaveLength(kept.length + 2);
    expect(await digests(await backup(database, `${file}-2`))).toEqual(await digests(first));
  });

  it('keeps a backup out that has a key twice, and says which', async () => {
    const source = await connectFresh('postgres');
    await source.knex.raw('create table leaves (id int, part int)');
    await source.knex.raw(
      `insert into leaves select n, n from generate_series(1, ${MANY_ROWS}) n union all select 7, 0`,
    );
    const file = join(folder(), 'backup');
    await backup(source, file);
    const target = await connectFresh('postgres');
    await target.knex.raw('create table leaves (id int primary key, part int)');
    const before = await definitions(target, ['leaves']);
    const error = await failure(restore(target, file, { replace: true }));
    expect(error).toMatchObject({ code: 'database/constraint', exitCode: 1 });
    expect(error.message).toContain('leaves_pkey');
    expect(await definitions(target, ['leaves'])).toEqual(before);
    expect(await queryRows(target, 'select count(*)::int as rows from leaves')).toEqual([{ rows: 0 }]);
  });

  it('is loaded index by index where its owner may make none in its schema', async (context) => {
    needsLogins('postgres', context);
    const fresh = await freshUrl('postgres');
    const database = await connect(fresh);
    await database.knex.raw('create schema closed');
    await database.knex.raw('create table closed.leaves (id int primary key, a int)');
    await database.knex.raw('create index leaves_a on closed.leaves (a)');
    await database.knex.raw(`insert into closed.leaves select n, n from generate_series(1, ${MANY_ROWS}) n`);
    const owner = `owner_${randomBytes(4).toString('hex')}`;
    await database.knex.raw(`create role ${owner} login password 'x'`);
    onTestFinished(async () => {
      await database.knex.raw(`drop owned by ${owner} cascade`);
      await database.knex.raw(`drop role ${owner}`);
    });
    await database.knex.raw(`alter table closed.leaves owner to ${owner}`);
    await database.knex.raw(`grant usage on schema closed to ${owner}`);
    const url = Object.assign(new URL(fresh), { username: owner, password: 'x' });
    url.searchParams.set('search_path', 'closed');
    const own = await connect(url.href);
    const file = join(folder(), 'backup');
    const first = await backup(own, file);
    const before = await numbers(database, ['leaves_pkey', 'leaves_a']);
    await restore(own, file, { replace: true });
    expect(await numbers(database, ['leaves_pkey', 'leaves_a'])).toEqual(before);
    expect(await digests(await backup(own, `${file}-2`))).toEqual(await digests(first));
  });

  it('is loaded row by row where a check waits for the end of the transaction', async () => {
    const source = await made(MANY_ROWS);
    await source.knex.raw('alter table things drop constraint things_old');
    await source.knex.raw('update things set twin = 1 where twin > 100 or twin is null');
    await source.knex.raw(
      'alter table things add constraint things_late foreign key (twin) references owners (id) deferrable initially deferred',
    );
    const file = join(folder(), 'backup');
    await backup(source, file);
    const before = await definitions(source);
    const indexes = await numbers(source, ['things_owner_at']);
    await restore(source, file, { replace: true });
    expect(await definitions(source)).toEqual(before);
    expect(await numbers(source, ['things_owner_at'])).toEqual(indexes);
  });

  it('keeps a backup out whose rows point nowhere, and stays as it was', async () => {
    const source = await made(MANY_ROWS);
    await source.knex.raw('alter table things drop constraint things_owner');
    await source.knex.raw('update things set owner = 1000 where id = 7');
    const file = join(folder(), 'backup');
    await backup(source, file);
    const target = await made(10);
    const before = await definitions(target);
    const error = await failure(restore(target, file, { replace: true }));
    expect(error.code).toBe('database/constraint');
    expect(error.message).toContain('things');
    expect(await definitions(target)).toEqual(before);
    expect(await queryRows(target, 'select count(*)::int as rows from things')).toEqual([{ rows: 10 }]);
  });

  it('is left as it stands where somebody listens for changes of the schema', async () => {
    const source = await made(MANY_ROWS);
    await source.knex.raw(
      `create function seen() returns event_trigger language plpgsql as $$ begin raise exception 'no changes here'; end $$`,
    );
    const file = join(folder(), 'backup');
    await backup(source, file);
    await source.knex.raw('alter table things drop constraint things_parent, drop constraint things_old');
    await source.knex.raw(`create event trigger listener on ddl_command_start execute function seen()`);
    await restore(source, file, { replace: true });
    expect(await queryRows(source, 'select count(*)::int as rows from things')).toEqual([
      { rows: MANY_ROWS },
    ]);
  });
});
