import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RUN_LOCK, type Database } from '../../src/database/index.js';
import { bundle } from '../support/bundle.js';
import { printed, startChild } from '../support/child.js';
import { connect, freshUrl, queryRows } from '../support/connection.js';
import { describeEngines } from '../support/database.js';
import { failure } from '../support/errors.js';
import type { Contended } from '../support/lock-contender.js';
import { whyMissing } from '../support/servers/index.js';

/** Servers notice a killed process a moment later. */
async function lockSoon(database: Database): Promise<void> {
  await vi.waitFor(() => database.lock(RUN_LOCK), { timeout: 5000, interval: 20 });
}

describeEngines((engine) => {
  it('lets one of two connections in', async () => {
    const url = await freshUrl(engine);
    const [one, two] = [await connect(url), await connect(url)];
    await one.lock(RUN_LOCK);
    const error = await failure(two.lock(RUN_LOCK));
    expect(error.code).toBe('database/locked');
    expect(error.exitCode).toBe(7);
    expect(error.message).toContain(two.target.database);
    await two.lock('another-name');
  });

  it('is free after a clean close', async () => {
    const url = await freshUrl(engine);
    const one = await connect(url);
    await one.lock(RUN_LOCK);
    await one.close();
    const two = await connect(url);
    await lockSoon(two);
  });

  it('may be taken twice by its holder', async () => {
    const database = await connect(await freshUrl(engine));
    await database.lock(RUN_LOCK);
    await database.lock(RUN_LOCK);
  });

  it('leaves other databases of the server alone', async () => {
    const [one, two] = [await connect(await freshUrl(engine)), await connect(await freshUrl(engine))];
    await one.lock(RUN_LOCK);
    await two.lock(RUN_LOCK);
  });

  it('lets its holder and others read and write', async () => {
    const url = await freshUrl(engine);
    const [one, two] = [await connect(url), await connect(url)];
    await one.lock(RUN_LOCK);
    await one.knex.raw('create table things (a int)');
    await two.knex('things').insert({ a: 1 });
    expect((await one.readTable('things'))?.rows).toEqual([{ a: 1 }]);
  });

  it('ends with a process that is killed', async () => {
    const url = await freshUrl(engine);
    const child = await startChild('test/support/lock-holder.ts', [url]);
    await printed(child, 'locked');
    const database = await connect(url);
    expect((await failure(database.lock(RUN_LOCK))).code).toBe('database/locked');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await lockSoon(database);
  });

  it.runIf(engine === 'sqlite')(
    'meets at one lock whatever link names the file, and leaves no file behind',
    async () => {
      const url = await freshUrl('sqlite');
      const path = url.slice('sqlite://'.length);
      const one = await connect(url);
      await one.lock(RUN_LOCK);
      symlinkSync(path, `${path}-link`);
      const two = await connect(`${url}-link`);
      expect((await failure(two.lock(RUN_LOCK))).code).toBe('database/locked');
      expect(existsSync(`${path}-tmi-dbtool-lock`)).toBe(true);
      await one.close();
      expect(existsSync(`${path}-tmi-dbtool-lock`)).toBe(false);
    },
  );

  it.runIf(engine === 'sqlite')(
    'is held by one of many who take it, ask for it and give it up at once, and is no fault for any of them',
    async () => {
      const path = (await freshUrl('sqlite')).slice('sqlite://'.length);
      const program = await bundle('test/support/lock-contender.ts');
      onTestFinished(() => program.dispose());
      const contended = await Promise.all(
        [1, 2, 3].map(async () => {
          const { stdout } = await promisify(execFile)(process.execPath, [program.file, path, '1000', '3']);
          return JSON.parse(stdout) as Contended;
        }),
      );
      for (const { held, refused, faults } of contended) {
        expect(faults).toEqual([]);
        expect(held).toBeGreaterThan(0);
        expect(held + refused).toBe(1000);
      }
      expect(contended.reduce((all, { refused }) => all + refused, 0)).toBeGreaterThan(0);
      expect(readdirSync(dirname(path)).filter((name) => name.includes('contended'))).toEqual([]);
    },
  );

  it.runIf(engine === 'sqlite')('is not needed in memory', async () => {
    const [one, two] = [await connect('sqlite://:memory:'), await connect('sqlite://:memory:')];
    await one.lock(RUN_LOCK);
    await two.lock(RUN_LOCK);
  });
});

describe.skipIf(whyMissing('postgres'))('the session that is opened for a lock to come', () => {
  const sessions = `select count(*)::int as n from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend'`;

  it('holds the lock, and ends with the connection', async () => {
    const url = await freshUrl('postgres');
    const [one, two] = [await connect(url), await connect(url)];
    one.prepareLock();
    await expect.poll(() => queryRows(two, sessions)).toEqual([{ n: 3 }]);
    await one.lock(RUN_LOCK);
    expect(await queryRows(two, sessions)).toEqual([{ n: 3 }]);
    expect((await failure(two.lock(RUN_LOCK))).code).toBe('database/locked');
    await one.close();
    await lockSoon(two);
  });

  it('ends with the connection where no lock was taken', async () => {
    const url = await freshUrl('postgres');
    const [one, two] = [await connect(url), await connect(url)];
    one.prepareLock();
    await expect.poll(() => queryRows(two, sessions)).toEqual([{ n: 3 }]);
    await one.close();
    await expect.poll(() => queryRows(two, sessions), { timeout: 20_000 }).toEqual([{ n: 1 }]);
  });

  it('is replaced where it has ended meanwhile', async () => {
    const url = await freshUrl('postgres');
    const [one, two] = [await connect(url), await connect(url)];
    const { knex } = one;
    const client = knex.client as { openConnection(): Promise<{ on(name: 'end', call: () => void): void }> };
    const open = client.openConnection.bind(client);
    let ended: Promise<void> | undefined;
    client.openConnection = async () => {
      const connection = await open();
      ended = new Promise((resolve) => connection.on('end', resolve));
      return connection;
    };
    one.prepareLock();
    await expect.poll(() => queryRows(two, sessions)).toEqual([{ n: 3 }]);
    client.openConnection = open;
    const others = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
      and pid <> pg_backend_pid() and query = ''`;
    await queryRows(two, others);
    await ended;
    await one.lock(RUN_LOCK);
    expect((await failure(two.lock(RUN_LOCK))).code).toBe('database/locked');
  });
});
