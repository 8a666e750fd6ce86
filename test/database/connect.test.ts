import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { connect, connectFresh, freshUrl, queryRows } from '../support/connection.js';
import { describeEngines, type TestEngine } from '../support/database.js';
import { failure } from '../support/errors.js';

/** How the engine tells the session's time zone. */
const zoneQuery: Record<TestEngine, string | undefined> = {
  sqlite: undefined,
  postgres: "select current_setting('TimeZone') as zone",
  mysql: 'select @@session.time_zone as zone',
  // A session has no zone: its times say theirs.
  mssql: undefined,
  oracle: 'select sessiontimezone as zone from dual',
};

describeEngines((engine) => {
  it('names its target without secrets', async () => {
    const url = await freshUrl(engine);
    const database = await connect(url);
    expect(database.target.engine).toBe(engine);
    expect(url).toContain(database.target.database);
    for (const shown of [database.describe(), inspect(database, { depth: 10 }), JSON.stringify(database)]) {
      expect(shown).not.toMatch(/test-p(@|%40)ss/);
    }
  });

  it('works in UTC', async () => {
    const query = zoneQuery[engine];
    const database = await connectFresh(engine);
    const zones = query === undefined ? [{ zone: 'UTC' }] : await queryRows(database, query);
    expect(['UTC', '+00:00']).toContain(zones[0]?.['zone']);
  });

  it('finds no table where there is none, and goes on', async () => {
    const database = await connectFresh(engine);
    expect(await database.readTable('nothing')).toBeUndefined();
    await database.transaction(async (session) => {
      expect(await session.readTable('nothing')).toBeUndefined();
      const [row] = await queryRows(session, `select 1 as one${engine === 'oracle' ? ' from dual' : ''}`);
      expect(Number(row?.['one'])).toBe(1);
    });
  });

  it('reads the columns of an empty table', async () => {
    const database = await connectFresh(engine);
    await database.knex.raw('create table things (a int, b varchar(9))');
    const empty = { columns: ['a', 'b'], rows: [] };
    expect(await database.readTable('things')).toEqual(empty);
    await database.transaction(async (session) => {
      expect(await session.readTable('things', { forUpdate: true })).toEqual(empty);
    });
  });

  it('tells a row of NULLs from an empty table', async () => {
    const database = await connectFresh(engine);
    await database.knex.raw('create table things (a int, b varchar(9))');
    await database.knex.raw('insert into things values (null, null)');
    expect((await database.readTable('things'))?.rows).toEqual([{ a: null, b: null }]);
  });

  it('commits what resolves and rolls back what rejects', async () => {
    const database = await connectFresh(engine);
    await database.knex.raw('create table things (a int)');
    const answer = await database.transaction(async ({ knex }) => {
      await knex('things').insert({ a: 1 });
      return 'done';
    });
    expect(answer).toBe('done');
    const fault = new Error('changed my mind');
    await expect(
      database.transaction(async ({ knex }) => {
        await knex('things').insert({ a: 2 });
        throw fault;
      }),
    ).rejects.toBe(fault);
    const rows = (await database.readTable('things'))?.rows ?? [];
    expect(rows.map((row) => Number(row['a']))).toEqual([1]);
    expect(database.inTransaction).toBe(false);
  });

  it('sends statements of the database itself into the open transaction', async () => {
    const database = await connectFresh(engine);
    await database.knex.raw('create table things (a int)');
    await database
      .transaction(async () => {
        await database.knex('things').insert({ a: 1 });
        throw new Error('back');
      })
      .catch(() => undefined);
    expect((await database.readTable('things'))?.rows).toEqual([]);
  });

  it('refuses a transaction inside of a transaction', async () => {
    const database = await connectFresh(engine);
    const error = await failure(database.transaction(() => database.transaction(async () => undefined)));
    expect(error.code).toBe('internal/unexpected');
  });

  it('counts and reports statements without their values', async () => {
    const seen: string[] = [];
    const database = await connect(await freshUrl(engine), { onQuery: (sql) => seen.push(sql) });
    const before = database.roundTrips;
    expect(before).toBe(seen.length);
    await database.knex.raw('create table things (a varchar(20))');
    await database.transaction(({ knex }) => knex('things').insert({ a: 'hush-hush' }));
    // There a transaction begins by itself.
    const begin = engine === 'oracle' ? [] : ['begin'];
    // There the settings of the session are read back by themselves; PostgreSQL's travel with other statements.
    const check = engine === 'mysql' ? ['select'] : [];
    const words = ['create', ...begin, ...check, 'insert', 'commit'];
    expect(database.roundTrips - before).toBe(words.length);
    expect(seen.slice(before).map((sql) => sql.split(/[ ;]/)[0]?.toLowerCase())).toEqual(words);
    expect(seen.join()).not.toContain('hush-hush');
  });

  it('keeps values out of the errors of statements', async () => {
    const database = await connectFresh(engine);
    await database.knex.raw('create table things (a varchar(20) primary key)');
    await database.knex('things').insert({ a: 'hush-hush' });
    const error = await failure(Promise.resolve(database.knex('things').insert({ a: 'hush-hush' })));
    expect(error.code).toBe('database/constraint');
    // The first word of what is named; which of constraint, table and column depends on the engine.
    expect(error.message).toMatch(/: (constraint|table) "[^"]+"/);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('hush-hush');
    expect(error.message).toContain(database.target.database);
  });

  it('has a code for statements that are refused for other reasons', async () => {
    const database = await connectFresh(engine);
    expect((await failure(Promise.resolve(database.knex.raw('selekt 1')))).code).toBe(
      'database/statement-failed',
    );
  });
});
