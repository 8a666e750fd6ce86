import { once } from 'node:events';
import { existsSync, symlinkSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { RUN_LOCK, type Database } from '../../src/database/index.js';
import { printed, startChild } from '../support/child.js';
import { connect, freshUrl } from '../support/connection.js';
import { describeEngines } from '../support/database.js';
import { failure } from '../support/errors.js';

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

  it.runIf(engine === 'sqlite')('is not needed in memory', async () => {
    const [one, two] = [await connect('sqlite://:memory:'), await connect('sqlite://:memory:')];
    await one.lock(RUN_LOCK);
    await two.lock(RUN_LOCK);
  });
});
