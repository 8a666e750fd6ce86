import { join } from 'node:path';
import { expect, it } from 'vitest';
import { performReset, planReset } from '../../../src/backup/index.js';
import { backup, digests, folder, noSignal, restore } from '../../backup/library.js';
import { createSchema, fillSchema } from '../../backup/schema.js';
import { connect, freshUrl } from '../../support/connection.js';
import { failure } from '../../support/errors.js';
import { World } from './world.js';

/** Tables of every kind of column with keys in a circle, in the types of the engine. */
const schema = `
  create table teams (id nvarchar(36) primary key, name nvarchar(255) not null,
    owner nvarchar(36) references users (id), parent nvarchar(36) references teams (id));
  create table users (id nvarchar(36) primary key, email nvarchar(255) not null, team nvarchar(36) references teams (id));
  create table audit_log (id integer primary key autoincrement, who nvarchar(36) references users (id), what nvarchar(2147483647));
  create table [Odd "Name] ([the key] nvarchar(36) primary key, [from] nvarchar(255));
  create table every_type (id nvarchar(36) primary key, an_int int, a_big bigint, a_score float, a_single real, a_flag bit,
    a_name nvarchar(255), a_text nvarchar(2147483647), some_bytes varbinary(2147483647), an_instant datetimeoffset,
    a_day date, a_clock time, some_json nvarchar(max) check (isjson(some_json) = 1))`;

const names = ['teams', 'users', 'audit_log', 'Odd "Name', 'every_type'];

it('carries rows from another engine and back, with equal digests', async () => {
  const [source, again] = [await freshUrl('sqlite'), await freshUrl('sqlite')];
  await createSchema('sqlite', source);
  await fillSchema('sqlite', source);
  await createSchema('sqlite', again);
  const w = await World.start();
  w.database.define(schema);
  const path = folder();
  const selection = { scope: 'tables', names } as const;

  const first = await backup(await connect(source), join(path, 'first'), { selection });
  await restore(await connect(w.url), join(path, 'first'));
  expect(w.rows('select * from every_type order by id')).toHaveLength(4);
  expect(w.rows(`select owner from teams where id = 't1'`)).toEqual([{ owner: 'u1' }]);
  const second = await backup(await connect(w.url), join(path, 'second'), { selection });
  expect(second.unconfirmed).toEqual([]);
  expect(await digests(second)).toEqual(await digests(first));

  const last = await connect(again);
  await restore(last, join(path, 'second'));
  expect(await digests(await backup(last, join(path, 'third'), { selection }))).toEqual(await digests(first));

  // A number that was given out once is not given out again.
  expect(w.rows(`select seq from sqlite_sequence where name = 'audit_log'`)).toEqual([{ seq: 5 }]);
});

it('loads in one transaction with keys at rest, which are checked at its end', async () => {
  const source = await freshUrl('sqlite');
  await createSchema('sqlite', source);
  await fillSchema('sqlite', source);
  const file = join(folder(), 'backup');
  await backup(await connect(source), file, { selection: { scope: 'tables', names } });
  const w = await World.start();
  w.database.define(schema);
  await restore(await connect(w.url), file);
  const sent = w.server.statements.map(({ sql }) => sql);
  const at = (pattern: RegExp): number => sent.findIndex((sql) => pattern.test(sql));
  const order = [
    /^set transaction isolation level read committed; begin transaction$/,
    /\[dbo\]\.\[teams\] with \(tablockx, holdlock\)/,
    /alter table \[dbo\]\.\[teams\] nocheck constraint/,
    /insert into \[dbo\]\.\[teams\]/,
    /^dbcc checkident \(N'\[dbo\]\.\[audit_log\]', reseed, 5\)/,
    /alter table \[dbo\]\.\[teams\] with check check constraint/,
    /^commit transaction$/,
  ].map(at);
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  const insert = w.server.statements.find(({ sql }) => sql.includes('insert into [dbo].[every_type]'));
  // Integers and decimals as text, doubles and bytes as themselves, times with their zone.
  expect(Object.values(insert?.parameters ?? {})).toEqual(
    expect.arrayContaining([
      '9223372036854775807',
      0.1,
      Buffer.from([0, 1, 255]),
      '2025-03-01 10:20:30.123456 +00:00',
      '23:59:59.999999',
      '1',
    ]),
  );
});

it('keeps nothing of a restore that is cut', async () => {
  const source = await freshUrl('sqlite');
  await createSchema('sqlite', source);
  await fillSchema('sqlite', source);
  const file = join(folder(), 'backup');
  await backup(await connect(source), file, { selection: { scope: 'tables', names } });
  const w = await World.start({
    before: ({ sql }) => (sql.includes('insert into [dbo].[users]') ? 'cut' : undefined),
  });
  w.database.define(schema);
  const error = await failure(restore(await connect(w.url), file));
  expect(error).toMatchObject({ code: 'database/connection-lost', exitCode: 6 });
  expect(w.rows('select * from teams')).toEqual([]);
});

it('streams a large table in batches, and sees one state of it', async () => {
  const w = await World.start();
  w.database.direct.exec(
    `create table numbers (id int primary key, filler nvarchar(200));
     insert into numbers with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000)
       select i, printf('%0200d', i) from n`,
  );
  const batches: number[] = [];
  const database = await connect(w.url);
  await database.snapshot(async (session) => {
    const { tables } = await session.transfer.inspect();
    const [numbers] = tables;
    if (!numbers) throw new Error('No table.');
    for await (const rows of session.transfer.readRows(numbers)) batches.push(rows.length);
  });
  expect(batches.reduce((sum, size) => sum + size, 0)).toBe(20_000);
  expect(Math.max(...batches)).toBeLessThanOrEqual(2000);
  expect(w.server.statements.map(({ sql }) => sql.split('\n')[0])).toEqual(
    expect.arrayContaining(['begin transaction', 'select [id], [filler] from [dbo].[numbers]']),
  );
});

it('knows the unique keys of a table, without those of some rows and of expressions', async () => {
  const w = await World.start();
  w.database.direct
    .exec(`create table people (id nvarchar(36) primary key, a nvarchar(9), b nvarchar(9), unique (b, a), unique (a));
    create unique index some on people (b) where a is not null`);
  expect(await (await connect(w.url)).transfer.uniqueKeys(['people', 'others'])).toEqual(
    expect.arrayContaining([
      { table: 'people', columns: ['b', 'a'] },
      { table: 'people', columns: ['a'] },
    ]),
  );
  expect(await (await connect(w.url)).transfer.uniqueKeys(['others'])).toEqual([]);
});

it('names the triggers that guard rows against deletion', async () => {
  const w = await World.start();
  w.database.direct.exec('create table audit (id int primary key); insert into audit values (1)');
  const text = "create trigger g on audit instead of delete as throw 50000, 'append-only', 1";
  w.database.guards.push({ table: 'audit', name: 'g', text });
  const { history } = await planReset(await connect(w.url), 'data', { backsUp: false });
  expect(history).toEqual([{ table: 'audit', triggers: ['g'], switchOff: [], rows: 1, unsaved: 1 }]);
});

it('makes no backup, and empties no table, of which a policy or a mask shows some alone', async () => {
  const w = await World.start();
  w.database.direct.exec(
    `create table tenants (id int primary key); insert into tenants values (1);
     create table users (id int primary key, email nvarchar(50)); insert into users values (1, 'x')`,
  );
  const database = await connect(w.url);
  const file = join(folder(), 'backup');
  await backup(database, `${file}-before`);
  w.database.filters.push({ table: 'tenants', name: 'by_tenant', kind: 'policy' });
  w.database.filters.push({ table: 'users', name: 'email', kind: 'mask' });
  for (const work of [
    () => backup(database, file),
    () => performReset(database, 'data', noSignal),
    () => restore(database, `${file}-before`, { replace: true }),
  ]) {
    const error = await failure(work());
    expect(error).toMatchObject({
      code: 'database/permission',
      exitCode: 1,
      message: 'The database shows this user not all of what is in tenants, users',
    });
    expect(error.diagnostics.map(({ message }) => message)).toEqual([
      'tenants: the policy by_tenant',
      'users: the mask of email',
    ]);
    expect(error.hint).toContain('UNMASK');
  }
  expect(w.rows('select * from users')).toHaveLength(1);
  // What binds another table is no reason.
  w.database.filters.splice(0, 1);
  await backup(database, `${file}-tenants`, { selection: { scope: 'tables', names: ['tenants'] } });
});

it('says that there may be more than a user without VIEW DEFINITION sees', async () => {
  const w = await World.start();
  w.database.direct.exec('create table t (id int primary key)');
  const database = await connect(w.url);
  expect((await backup(database, join(folder(), 'backup'))).left).toEqual([]);
  w.database.denied.add('VIEW DEFINITION');
  expect((await backup(database, join(folder(), 'backup'))).left).toEqual([
    expect.stringMatching(/^tables, and policies that hide rows, which the database user may not see/),
  ]);
});

it('refuses a state whose tables were made again meanwhile, which the engine keeps no versions of', async () => {
  const w = await World.start();
  w.database.direct.exec('create table numbers (id int primary key); insert into numbers values (1)');
  const database = await connect(w.url);
  const again = database.snapshot(async ({ transfer }) => {
    await transfer.inspect();
    w.database.direct.exec('drop table numbers; create table numbers (id int primary key, more int)');
  });
  expect(await failure(again)).toMatchObject({ code: 'backup/changed', exitCode: 1 });
  expect(database.inTransaction).toBe(false);
});

it('goes on with the connection when a reader leaves early', async () => {
  const w = await World.start();
  w.database.direct.exec(
    `create table numbers (id int primary key, filler nvarchar(200));
     insert into numbers with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000)
       select i, printf('%0200d', i) from n`,
  );
  const database = await connect(w.url);
  const { tables } = await database.transfer.inspect();
  const [numbers] = tables;
  if (!numbers) throw new Error('No table.');
  for await (const rows of database.transfer.readRows(numbers)) {
    expect(rows.length).toBeGreaterThan(0);
    break;
  }
  expect(await database.transfer.countRows(numbers)).toBe(20_000);
});

it('gives up rows that nobody reads any more when something else is asked', async () => {
  const w = await World.start();
  w.database.direct.exec(
    `create table numbers (id int primary key, filler nvarchar(200));
     insert into numbers with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000)
       select i, printf('%0200d', i) from n`,
  );
  const database = await connect(w.url);
  const { tables } = await database.transfer.inspect();
  const [numbers] = tables;
  if (!numbers) throw new Error('No table.');
  const left = database.transfer.readRows(numbers)[Symbol.asyncIterator]();
  expect((await left.next()).done).toBe(false);
  expect(await database.knex.raw('select 1 as one')).toEqual([{ one: 1 }]);
  await expect(
    (async () => {
      while (!(await left.next()).done);
    })(),
  ).rejects.toMatchObject({ code: 'database/connection-lost' });
});
