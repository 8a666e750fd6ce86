import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ToolError } from '../../src/errors/index.js';
import { connect, freshUrl, queryRows } from '../support/connection.js';
import { until } from '../support/until.js';
import { describeEngines, type TestEngine } from '../support/database.js';
import { withDatabase } from '../support/rows.js';
import { backup, folder, restore } from './library.js';

const ROWS = 5000;

/** A backup of `ROWS` rows, and a database with the same table and one row of its own. */
async function prepare(engine: TestEngine, own: boolean): Promise<{ file: string; to: string }> {
  const [from, to] = [await freshUrl(engine), await freshUrl(engine)];
  for (const url of [from, to]) {
    await withDatabase(engine, url, (statement) =>
      statement('create table numbers (id integer primary key, who varchar(20))'),
    );
  }
  const source = await connect(from);
  for (let start = 0; start < ROWS; start += 500) {
    await source
      .knex('numbers')
      .insert(Array.from({ length: 500 }, (_, index) => ({ id: start + index, who: 'backup' })));
  }
  if (own)
    await withDatabase(engine, to, (statement) => statement(`insert into numbers values (-1, 'before')`));
  const file = join(folder(), 'backup');
  await backup(source, file);
  return { file, to };
}

async function counts(url: string): Promise<Record<string, number>> {
  const rows = await queryRows(await connect(url), 'select who, count(*) as n from numbers group by who');
  return Object.fromEntries(rows.map(({ who, n }) => [String(who), Number(n)]));
}

describeEngines((engine) => {
  it('restores one after the other when two begin at once', async () => {
    const { file, to } = await prepare(engine, true);
    const both = [await connect(to), await connect(to)];
    await Promise.all(
      both.map(async (database) => {
        await restore(database, file, { replace: true });
        // The lock ends with the connection.
        await database.close();
      }),
    );
    expect(await counts(to)).toEqual({ backup: ROWS });
  });

  it('lets one of two through that expect an empty database', async () => {
    const { file, to } = await prepare(engine, false);
    const both = [await connect(to), await connect(to)];
    const ends = await Promise.all(
      both.map(async (database) => {
        const end = await restore(database, file).then(
          () => 'restored',
          (error: unknown) => (error as ToolError).code,
        );
        await database.close();
        return end;
      }),
    );
    expect(ends.sort()).toEqual(['backup/not-empty', 'restored']);
    expect(await counts(to)).toEqual({ backup: ROWS });
  });

  it('keeps all of a restore and all that a server writes after it', async () => {
    const { file, to } = await prepare(engine, true);
    const server = await connect(to);
    if (engine === 'sqlite') await server.knex.raw('pragma busy_timeout = 20');
    const stored: number[] = [];
    let stopped = false;
    const writes = (async (): Promise<void> => {
      for (let id = 1_000_000; !stopped; id += 1) {
        const done = await server
          .knex('numbers')
          .insert({ id, who: 'server' })
          .then(
            () => true,
            () => false,
          );
        if (done) stored.push(id);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const database = await connect(to);
    let committed = Infinity;
    await restore(database, file, {
      replace: true,
      onStep: (step) => {
        if (step === 'commit') committed = stored.length;
      },
    });
    const restoredAt = stored.length;
    await until(() => stored.length > restoredAt);
    stopped = true;
    await writes;
    // What was written before went with the old rows; what waited, or came after, is there.
    const { backup: restored, before, server: after = 0 } = await counts(to);
    expect([restored, before]).toEqual([ROWS, undefined]);
    expect(after).toBeGreaterThan(0);
    expect(after).toBeGreaterThanOrEqual(stored.length - committed - 1);
    expect(after).toBeLessThanOrEqual(stored.length);
  });
});
