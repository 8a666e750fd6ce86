import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { performReset } from '../../src/backup/index.js';
import type { Database } from '../../src/database/contract.js';
import { connectFresh, queryRows } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { whyMissing } from '../support/servers/index.js';
import { backup, folder, noSignal, restore } from './library.js';

async function filled(statements: readonly string[]): Promise<Database> {
  const database = await connectFresh('postgres');
  for (const sql of statements) await database.knex.raw(sql);
  return database;
}

describe.skipIf(whyMissing('postgres'))('PostgreSQL with more than one schema', () => {
  it('keeps the rows of a partition whose table lies in another schema, once, and drops it', async () => {
    const database = await filled([
      'create schema arch',
      'create table arch.root (id int, k int) partition by list (k)',
      'create table root_1 partition of arch.root for values in (1)',
      'create table root_2 partition of arch.root for values in (2) partition by list (id)',
      'create table root_2_1 partition of root_2 for values in (1)',
      'insert into arch.root values (1, 1), (2, 1), (1, 2)',
    ]);
    const file = join(folder(), 'backup');
    const rows = 'select id, k from arch.root order by k, id';
    const before = await queryRows(database, rows);
    const { tables } = await backup(database, file);
    expect(tables.map((table) => [table.name, table.rows])).toEqual([
      ['root_1', 2],
      ['root_2', 1],
    ]);
    await performReset(database, 'data', noSignal);
    expect(await queryRows(database, rows)).toEqual([]);
    await restore(database, file);
    expect(await queryRows(database, rows)).toEqual(before);
    await performReset(database, 'schema', noSignal);
    expect(await queryRows(database, rows)).toEqual([]);
    expect((await database.transfer.inspect()).tables).toEqual([]);
  });

  it('replaces rows that a key of another schema points at, and never leaves it pointing nowhere', async () => {
    const database = await filled([
      'create table a (id int primary key)',
      'insert into a values (1)',
      'create schema x',
      'create table x.b (a int constraint to_a references public.a)',
      'insert into x.b values (1)',
    ]);
    const file = join(folder(), 'backup');
    await backup(database, file);
    await restore(database, file, { replace: true });
    expect(await queryRows(database, 'select id from a')).toEqual([{ id: 1 }]);
    await expect(database.knex.raw('insert into x.b values (2)')).rejects.toThrow();

    const refused = await failure(performReset(database, 'data', noSignal));
    expect([refused.code, refused.message]).toEqual([
      'backup/depends',
      expect.stringContaining('to_a of x.b'),
    ]);
    expect(await queryRows(database, 'select id from a')).toEqual([{ id: 1 }]);
    expect((await failure(performReset(database, 'schema', noSignal))).code).toBe(
      'database/referenced-from-outside',
    );
    await database.knex.raw('delete from x.b');
    await performReset(database, 'data', noSignal);
    expect(await queryRows(database, 'select id from a')).toEqual([]);
    await expect(database.knex.raw('insert into x.b values (2)')).rejects.toThrow();
  });

  it('goes on with sequences that no column owns, or that another table owns, also for some tables', async () => {
    const ddl = [
      'create sequence alone',
      'create table owner (id serial primary key)',
      `create table user_of (id int primary key default nextval('owner_id_seq'), n int default nextval('alone'))`,
    ];
    const source = await filled([
      ...ddl,
      'insert into user_of default values',
      'insert into user_of default values',
    ]);
    const target = await filled(ddl);
    const file = join(folder(), 'backup');
    await backup(source, file, { selection: { scope: 'tables', names: ['user_of'] } });
    await restore(target, file);
    await target.knex.raw('insert into user_of default values');
    expect(await queryRows(target, 'select id, n from user_of where id > 2')).toEqual([{ id: 3, n: 3 }]);
  });
});

describe('SQLite', () => {
  it('makes full-text indexes over other tables anew', async () => {
    const [source, target] = [await connectFresh('sqlite'), await connectFresh('sqlite')];
    for (const { knex } of [source, target]) {
      for (const sql of [
        'create table docs (id integer primary key, body text)',
        `create virtual table docs_fts using fts5 (body, content='docs', content_rowid='id')`,
        'create trigger ai after insert on docs begin insert into docs_fts (rowid, body) values (new.id, new.body); end',
        `create trigger ad after delete on docs begin
           insert into docs_fts (docs_fts, rowid, body) values ('delete', old.id, old.body); end`,
      ])
        await knex.raw(sql);
    }
    await source.knex.raw(`insert into docs values (1, 'hello world')`);
    await target.knex.raw(`insert into docs values (7, 'old words')`);
    const file = join(folder(), 'backup');
    await backup(source, file);
    await restore(target, file, { replace: true });
    const found = (word: string): Promise<unknown> =>
      queryRows(target, `select rowid as id from docs_fts where docs_fts match '${word}'`);
    expect(await found('hello')).toEqual([{ id: 1 }]);
    expect(await found('old')).toEqual([]);
    await target.knex.raw('delete from docs where id = 1');
    await target.knex.raw(`insert into docs_fts (docs_fts, rank) values ('integrity-check', 1)`);
    await performReset(target, 'data', noSignal);
    expect(await found('hello')).toEqual([]);
  });
});
