import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../src/database/contract.js';
import { connect, freshUrl, queryRows } from '../support/connection.js';
import { whyMissing } from '../support/servers/index.js';
import { startPgbouncer, whyNoPooler } from '../support/servers/pgbouncer.js';
import { backup, folder } from './library.js';

/* PostgreSQL adds up the rows' hashes in a second session beside the reading, where it lets that one see the same state. */

const ROWS = 2000;
/** How a sum of rows and those of columns begin: the latter are asked for where the former differ. */
const ofRows = /^select sum\(\('x' \|\| encode/;
const ofColumns = /^select array\[/;

async function world(url: string): Promise<Database> {
  const database = await connect(url);
  onTestFinished(() => database.close());
  await database.knex.raw('create table a (id int primary key, v text not null)');
  await database.knex.raw(
    `insert into a select n, md5(n::text) || repeat('x', 300) from generate_series(1, ${ROWS}) n`,
  );
  return database;
}

/** A listener that tells of statements and may do something before one is sent. */
function heard(database: Database): string[] {
  const statements: string[] = [];
  database.onQuery((sql) => statements.push(sql));
  return statements;
}

describe.skipIf(whyMissing('postgres'))('the sum of a second session', () => {
  it('is of the state that is read, whatever others have written since', async () => {
    const url = await freshUrl('postgres');
    const database = await world(url);
    const other = await connect(url);
    onTestFinished(() => other.close());
    const statements = heard(database);
    let written: Promise<unknown> | undefined;
    // Once the locks are taken and the snapshot stands, and before the other session sees anything.
    database.onQuery((sql) => {
      if (/pg_is_in_recovery/.test(sql))
        written ??= Promise.resolve(other.knex('a').delete().where('id', '>', 10));
    });
    const { knex } = database;
    const blocked = knex.client as { openConnection: () => Promise<unknown> };
    const open = blocked.openConnection.bind(blocked);
    blocked.openConnection = async () => {
      await written;
      return open();
    };
    const { rows } = await backup(database, join(folder(), 'b.tmidb'));
    expect(await queryRows(other, 'select count(*)::int as n from a')).toEqual([{ n: 10 }]);
    expect(rows).toBe(ROWS);
    expect(statements.some((sql) => sql.includes('set transaction snapshot'))).toBe(true);
    // Of rows once, and of columns never: the two sums were the same.
    expect(statements.filter((sql) => ofRows.test(sql))).toHaveLength(1);
    expect(statements.filter((sql) => ofColumns.test(sql))).toEqual([]);
  });

  it('is asked of the first where the server takes no second one', async () => {
    const url = new URL(await freshUrl('postgres'));
    const admin = await world(url.href);
    const role = `one_${url.pathname.slice(1)}`;
    await admin.knex.raw(`create role "${role}" login password 'x' connection limit 1`);
    await admin.knex.raw(`grant select on a to "${role}"`);
    const own = new URL(url);
    own.username = role;
    own.password = 'x';
    const database = await connect(own.href);
    onTestFinished(() => database.close());
    const statements = heard(database);
    const { rows } = await backup(database, join(folder(), 'b.tmidb'));
    expect(rows).toBe(ROWS);
    expect(statements.some((sql) => sql.includes('set transaction snapshot'))).toBe(false);
    expect(statements.filter((sql) => ofRows.test(sql))).toHaveLength(1);
  });

  it.skipIf(whyNoPooler())('is asked of the first where a pooler has no second one left', async () => {
    const url = await freshUrl('postgres');
    await world(url);
    const pooler = await startPgbouncer(url, { poolSize: 1 });
    onTestFinished(() => pooler.stop());
    const database = await connect(pooler.url);
    onTestFinished(() => database.close());
    const statements = heard(database);
    const { rows } = await backup(database, join(folder(), 'b.tmidb'));
    expect(rows).toBe(ROWS);
    // The second was waited for, and not until the pooler itself gave up and said so.
    expect(statements.some((sql) => sql.includes('set transaction snapshot'))).toBe(true);
    expect(pooler.log()).not.toContain('query_wait_timeout');
    expect(statements.filter((sql) => ofRows.test(sql))).toHaveLength(1);
  });

  it('is asked of the first where somebody waits for a table, behind whom the second would wait', async () => {
    const url = await freshUrl('postgres');
    const database = await world(url);
    const [other, witness] = [await connect(url), await connect(url)];
    onTestFinished(async () => {
      await other.close();
      await witness.close();
    });
    let dropped: Promise<unknown> | undefined;
    const blocked = database.knex.client as { openConnection: () => Promise<unknown> };
    const open = blocked.openConnection.bind(blocked);
    blocked.openConnection = async () => {
      dropped = Promise.resolve(other.knex.raw('truncate a'));
      const waits = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      while ((await queryRows(witness, waits)).length === 0) await new Promise(setImmediate);
      return open();
    };
    const { rows } = await backup(database, join(folder(), 'b.tmidb'));
    expect(rows).toBe(ROWS);
    await dropped;
    expect(await queryRows(other, 'select count(*)::int as n from a')).toEqual([{ n: 0 }]);
  });

  it('is asked of the first where the second is cut off', async () => {
    const url = await freshUrl('postgres');
    const database = await world(url);
    const statements = heard(database);
    const blocked = database.knex.client as {
      openConnection: () => Promise<{ connection: { stream: { destroy(): void } } }>;
    };
    const open = blocked.openConnection.bind(blocked);
    database.onQuery((sql) => {
      if (ofRows.test(sql)) cut?.connection.stream.destroy();
      cut = undefined;
    });
    let cut: Awaited<ReturnType<typeof open>> | undefined;
    blocked.openConnection = async () => {
      const connection = await open();
      database.onQuery((sql) => {
        if (sql.includes('set transaction snapshot')) cut = connection;
      });
      return connection;
    };
    const { rows } = await backup(database, join(folder(), 'b.tmidb'));
    expect(rows).toBe(ROWS);
    expect(statements.filter((sql) => ofRows.test(sql))).toHaveLength(2);
  });

  it('is asked for before the first keeps itself busy, and of one table after the other', async () => {
    const url = await freshUrl('postgres');
    const database = await world(url);
    await database.knex.raw('create table b as select * from a where id < 10');
    const statements = heard(database);
    const { unconfirmed } = await backup(database, join(folder(), 'b.tmidb'));
    expect(unconfirmed).toEqual([]);
    const keys = statements.findIndex((sql) => sql.includes('with domains as'));
    expect(keys).toBeGreaterThan(0);
    expect(statements.findIndex((sql) => ofRows.test(sql))).toBeLessThan(keys);
    const sums = statements.filter((sql) => ofRows.test(sql));
    expect(sums.map((sql) => /from only "(\w)"/.exec(sql)?.[1])).toEqual(['a', 'b']);
  });

  it('is asked of the first for every table whose turn has not come when the second is cut off', async () => {
    const url = await freshUrl('postgres');
    const database = await world(url);
    await database.knex.raw('create table b as select * from a where id < 10');
    const statements = heard(database);
    const blocked = database.knex.client as {
      openConnection: () => Promise<{ connection: { stream: { destroy(): void } } }>;
    };
    const open = blocked.openConnection.bind(blocked);
    let second: Awaited<ReturnType<typeof open>> | undefined;
    blocked.openConnection = async () => (second = await open());
    database.onQuery((sql) => {
      if (ofRows.test(sql)) second?.connection.stream.destroy();
    });
    const { rows, unconfirmed } = await backup(database, join(folder(), 'b.tmidb'));
    expect([rows, unconfirmed]).toEqual([ROWS + 9, []]);
    expect(
      statements.filter((sql) => sql.includes('from only "b"') && ofRows.test(sql)).length,
    ).toBeGreaterThan(0);
    expect(statements.filter((sql) => ofColumns.test(sql))).toEqual([]);
  });

  it('leaves no session behind', async () => {
    const url = await freshUrl('postgres');
    const database = await world(url);
    await backup(database, join(folder(), 'b.tmidb'));
    const sessions = `select count(*)::int as n from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend'`;
    await expect.poll(() => queryRows(database, sessions), { timeout: 20_000 }).toEqual([{ n: 1 }]);
  });
});
