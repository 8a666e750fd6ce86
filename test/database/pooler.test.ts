import { createServer, connect as dial, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { RUN_LOCK } from '../../src/database/index.js';
import { connect, freshUrl, queryRows, withQuery } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { testServer, whyMissing } from '../support/servers/index.js';
import { startPgbouncer, whyNoPooler, type Pooler } from '../support/servers/pgbouncer.js';

const missing = whyMissing('postgres') ?? whyNoPooler();
const suite = missing === undefined ? describe : describe.skip;

/** A session of its own, past the pooler. */
async function direct(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end();
  }
}

suite(
  `PostgreSQL behind a pooler by transaction${missing === undefined ? '' : `, skipped: ${missing}`}`,
  () => {
    let pooler: Pooler;
    let narrow: Pooler;
    let strict: Pooler;
    beforeAll(async () => {
      const { url } = await testServer('postgres');
      [pooler, narrow, strict] = await Promise.all([
        startPgbouncer(url),
        startPgbouncer(url, { poolSize: 2 }),
        startPgbouncer(url, { strict: true }),
      ]);
    });
    afterAll(() => Promise.all([pooler, narrow, strict].map((one) => one.stop())));

    const through = (url: string, { url: by }: Pooler = pooler): string =>
      Object.assign(new URL(url), { port: new URL(by).port }).href;

    async function twoSchemas(): Promise<string> {
      const url = await freshUrl('postgres');
      await direct(
        url,
        'create schema app',
        'create table public.keepme (id int)',
        'create table app.t (id int)',
      );
      return url;
    }
    const tables = async (url: string): Promise<unknown[]> =>
      (
        await direct(
          url,
          `select schemaname || '.' || tablename as name from pg_tables
        where schemaname in ('public', 'app') order by 1`,
        )
      ).map((row) => (row as { name: string }).name);

    it.each(['search_path=app', 'options=-c%20search_path%3Dapp', 'options=--search-path%3Dapp'])(
      'drops the schema of %s and no other',
      async (query) => {
        const url = await twoSchemas();
        const database = await connect(withQuery(through(url), query));
        await database.lock(RUN_LOCK);
        await database.dropAll();
        expect(await tables(url)).toEqual(['public.keepme']);
      },
    );

    it('logs in where the pooler refuses what it cannot pass on, since nothing has to be said at the login', async () => {
      const url = await twoSchemas();
      const database = await connect(withQuery(through(url, strict), 'options=-c%20search_path%3Dapp'));
      expect((await database.transfer.inspect()).schema).toBe('app');
      const error = await connect(withQuery(through(url, strict), 'options=-c%20geqo%3Doff')).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({
        code: 'database/unreachable',
        hint: expect.stringContaining('options') as string,
      });
    });

    it('is not led astray by what another client left in the session', async () => {
      const url = await twoSchemas();
      const other = new pg.Client({ connectionString: through(url, narrow) });
      await other.connect();
      onTestFinished(() => other.end());
      // Every session of the pool, held at once and then left behind changed.
      const second = new pg.Client({ connectionString: through(url, narrow) });
      await second.connect();
      onTestFinished(() => second.end());
      for (const client of [other, second]) await client.query('begin');
      for (const client of [other, second]) {
        await client.query(
          `set search_path = app; set time zone 'Asia/Tokyo'; set statement_timeout = '77s'; set datestyle = 'SQL, DMY'; commit`,
        );
      }
      const database = await connect(through(url, narrow));
      const query = `select current_schema() as schema, current_setting('TimeZone') as zone,
      current_setting('statement_timeout') as limit, now()::text as now, current_setting('transaction_isolation') as level`;
      const expected = {
        schema: 'public',
        zone: 'UTC',
        limit: '0',
        now: expect.stringMatching(/^\d{4}-.*\+00$/) as string,
      };
      expect(await queryRows(database, query)).toMatchObject([{ ...expected, level: 'read committed' }]);
      await database.transaction(async (session) => {
        expect(await queryRows(session, query)).toMatchObject([{ ...expected, level: 'read committed' }]);
      });
      await database.snapshot(async (session) => {
        expect(await queryRows(session, query)).toMatchObject([{ ...expected, level: 'repeatable read' }]);
      });
      // Nor does it leave anything behind itself.
      await other.query('begin');
      await second.query('begin');
      for (const client of [other, second]) {
        const { rows } = await client.query<{ limit: string }>(
          `select current_setting('statement_timeout') as limit`,
        );
        expect(rows).toEqual([{ limit: '77s' }]);
        await client.query('rollback');
      }
    });

    it('keeps the lock for the length of the run, and leaves none in the pool', async () => {
      const url = await twoSchemas();
      const one = await connect(through(url));
      await one.lock(RUN_LOCK);
      for (let turn = 0; turn < 3; turn += 1) {
        const two = await connect(through(url));
        expect(await two.isLocked(RUN_LOCK)).toBe(true);
        expect((await failure(two.lock(RUN_LOCK))).code).toBe('database/locked');
        await one.transaction(() => Promise.resolve());
      }
      await one.close();
      const next = await connect(through(url));
      await expect.poll(() => next.isLocked(RUN_LOCK)).toBe(false);
      await next.lock(RUN_LOCK);
    });

    it('commits nothing after the lock is lost', async () => {
      const url = await twoSchemas();
      const database = await connect(through(url));
      await database.lock(RUN_LOCK);
      const error = await failure(
        database.transaction(async ({ knex }) => {
          await knex.raw('insert into keepme values (7)');
          await direct(
            url,
            `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database =
             (select oid from pg_database where datname = current_database())`,
          );
          const held = `select 1 from pg_locks where locktype = 'advisory' and database =
          (select oid from pg_database where datname = current_database())`;
          await expect.poll(() => direct(url, held)).toEqual([]);
          for (let turn = 0; turn < 20; turn += 1) await knex.raw('select 1');
        }),
      );
      expect(error.code).toBe('database/connection-lost');
      expect(await direct(url, 'select * from keepme')).toEqual([]);
    });
  },
);

describe.skipIf(whyMissing('postgres') !== undefined)('PostgreSQL, settings of the session', () => {
  it('stops where the server does not do what it is told', async () => {
    const url = await freshUrl('postgres');
    const target = new URL(url);
    const [port, host] = [Number(target.port), target.hostname];
    // A line that says GMT wherever the tool says UTC.
    const server = createServer((near) => {
      const far = dial(port, host);
      near.on('data', (chunk) =>
        far.write(
          Buffer.from(chunk.toString('latin1').replace("TimeZone to E'UTC'", "TimeZone to E'GMT'"), 'latin1'),
        ),
      );
      far.pipe(near);
      for (const socket of [near, far])
        socket.on('error', () => undefined).on('close', () => (near.destroy(), far.destroy()));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    target.port = String((server.address() as AddressInfo).port);
    target.searchParams.set('sslmode', 'disable');
    const database = await connect(target.href);
    for (const work of [
      () => Promise.resolve(database.knex.raw('select 1')),
      () => database.transaction(() => Promise.resolve()),
      () => database.snapshot(() => Promise.resolve()),
      () => database.lock(RUN_LOCK),
    ]) {
      expect(await failure(work())).toMatchObject({ code: 'database/unreachable', exitCode: 6 });
    }
  });

  it('goes on with another session where one ended while it was idle, and nothing depended on it', async () => {
    const url = await freshUrl('postgres');
    await direct(
      url,
      `do $$ begin execute format('alter database %I set idle_session_timeout = %L', current_database(), '1500ms'); end $$`,
    );
    const database = await connect(url);
    await database.lock(RUN_LOCK);
    const idle = `select 1 from pg_stat_activity where datname = current_database() and state = 'idle'`;
    await expect.poll(() => direct(url, idle), { timeout: 20_000 }).toEqual([]);
    expect(await queryRows(database, 'select 1 as one')).toEqual([{ one: 1 }]);
    await database.transaction(() => Promise.resolve());
  });

  it('states the isolation itself, whatever the role prefers', async () => {
    const url = await freshUrl('postgres');
    await direct(
      url,
      `do $$ begin execute format('alter database %I set default_transaction_isolation = serializable', current_database()); end $$`,
    );
    const database = await connect(url);
    const query = `select current_setting('transaction_isolation') as level`;
    expect(await queryRows(database, query)).toEqual([{ level: 'read committed' }]);
    await database.transaction(async (session) => {
      expect(await queryRows(session, query)).toEqual([{ level: 'read committed' }]);
    });
  });

  it('writes nothing where the URL says so', async () => {
    const database = await connect(withQuery(await freshUrl('postgres'), 'default_transaction_read_only=on'));
    expect((await failure(Promise.resolve(database.knex.raw('create table t (a int)')))).code).toBe(
      'database/read-only',
    );
    const error = await failure(
      database.transaction(async ({ knex }) => void (await knex.raw('create table t (a int)'))),
    );
    expect(error.code).toBe('database/read-only');
    expect(error.hint).toContain('default_transaction_read_only');
  });
});

describe.skipIf(whyMissing('postgres') !== undefined)('target_session_attrs', () => {
  it.each(['any', 'prefer-standby', 'read-write', 'primary'])('takes a primary for %s', async (word) => {
    const database = await connect(withQuery(await freshUrl('postgres'), `target_session_attrs=${word}`));
    expect(await queryRows(database, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it.each([
    ['standby', 'database/unreachable'],
    ['read-only', 'database/unreachable'],
    ['readwrite', 'database/invalid-url'],
  ])('refuses a primary for %s', async (word, code) => {
    const url = withQuery(await freshUrl('postgres'), `target_session_attrs=${word}`);
    expect((await failure(connect(url))).code).toBe(code);
  });
});
