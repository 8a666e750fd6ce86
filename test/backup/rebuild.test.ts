import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MANY_ROWS } from '../../src/database/dialects/postgres/rebuild.js';
import type { Database } from '../../src/database/contract.js';
import { connectFresh, queryRows } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { whyMissing } from '../support/servers/index.js';
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

/** Everything about indexes and constraints that the catalogue can say, in its order. */
async function definitions(database: Database): Promise<unknown> {
  const indexes = await queryRows(
    database,
    `select pg_get_indexdef(i.oid) as definition, obj_description(i.oid, 'pg_class') as comment, i.reloptions::text as options,
       x.indisclustered as clustered, x.indisvalid as valid,
       (select string_agg(coalesce(a.attstattarget, -1)::text, ',' order by a.attnum) from pg_attribute a where a.attrelid = i.oid) as statistics
     from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
     where t.relname in ('things', 'owners') order by i.relname`,
  );
  const constraints = await queryRows(
    database,
    `select conrelid::regclass::text as tab, conname as name, pg_get_constraintdef(oid) as definition, convalidated as valid,
       condeferrable as deferrable, condeferred as deferred, obj_description(oid, 'pg_constraint') as comment
     from pg_constraint where conrelid in ('things'::regclass, 'owners'::regclass) order by 1, 2`,
  );
  return { indexes, constraints };
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
const numbers = async (database: Database, names: readonly string[]): Promise<unknown> =>
  (
    await queryRows(
      database,
      `select relname, oid::text from pg_class where relname like 'things%' order by 1`,
    )
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
