import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Binary, finished } from '../support/binary.js';
import { freshUrl } from '../support/connection.js';
import { describeServers } from '../support/database.js';
import { openFrozenLine } from '../support/frozen-line.js';
import type { ServerEngine } from '../support/servers/index.js';
import { withDatabase } from '../support/rows.js';

let binary: Binary;
beforeAll(async () => void (binary = await Binary.create()));
afterAll(() => binary.dispose());

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-stop-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Holds the table `t` so that nobody can drop it, until the test is over. */
async function hold(engine: ServerEngine, url: string): Promise<void> {
  if (engine === 'postgres') {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    onTestFinished(() => client.end());
    await client.query('begin; select * from t');
    return;
  }
  const connection = await mysql.createConnection(url);
  onTestFinished(() => connection.end());
  await connection.query('begin');
  await connection.query('select * from t');
}

const tablesOf: Partial<Record<ServerEngine, string>> = {
  postgres: `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  mysql: `select table_name as name from information_schema.tables where table_schema = database() order by 1`,
};
const waitingOf: Partial<Record<ServerEngine, string>> = {
  postgres: `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  mysql: `select 1 from information_schema.processlist where state like 'Waiting for table metadata lock%' and db = database()`,
};

describeServers((engine) => {
  const tables = tablesOf[engine];
  const waiting = waitingOf[engine];
  if (tables === undefined || waiting === undefined) return;

  const rows = (url: string, sql: string): Promise<readonly unknown[]> =>
    withDatabase(engine, url, (statement) => statement(sql));

  async function prepare(): Promise<string> {
    const url = await freshUrl(engine);
    await withDatabase(engine, url, async (statement) => {
      await statement('create table t (id int primary key)');
    });
    return url;
  }

  const reset = (url: string): string[] => {
    const name = new URL(url).pathname.slice(1);
    const words = ['db', 'reset', '--scope', 'schema', '--no-backup', '--confirm', name];
    return [...words, '--database-url', url, '--non-interactive'];
  };

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('a reset that waits for a lock obeys %s, says so, and drops nothing', async (signal, code) => {
    const url = await prepare();
    await hold(engine, url);
    const child = binary.start(reset(url), {}, folder());
    const end = finished(child);
    await expect.poll(() => rows(url, waiting), { timeout: 20_000 }).toHaveLength(1);
    child.kill(signal);
    const { code: ended, err } = await end;
    expect(ended, err).toBe(code);
    expect(err).toContain(`${signal}: stopping at the next safe point`);
    expect(err).toContain('internal/interrupted');
    // The server was told too: nobody waits for the lock any more, to drop the table later.
    await expect.poll(() => rows(url, waiting)).toEqual([]);
    expect(await rows(url, tables)).toHaveLength(1);
  });

  it('ends at once with the second signal', async () => {
    const url = await prepare();
    const line = await openFrozenLine(url, 4);
    onTestFinished(() => line.close());
    const child = binary.start(reset(line.url), {}, folder());
    onTestFinished(() => void child.kill('SIGKILL'));
    let err = '';
    child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    await line.frozen;
    child.kill('SIGTERM');
    await expect.poll(() => err).toContain('stopping');
    const again = setInterval(() => child.kill('SIGINT'), 120);
    const [code] = (await once(child, 'exit')) as [number | null];
    clearInterval(again);
    // Where the first one was obeyed in the meantime, that is as well.
    expect([130, 143]).toContain(code);
  });
});
