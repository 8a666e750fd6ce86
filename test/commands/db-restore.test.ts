import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';
import { startRedis, whyNoRedis, type TestRedis } from '../support/servers/redis.js';
import { Workspace } from '../support/workspace.js';

const KEY = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const withKey = (key: string): { env: Record<string, string> } => ({
  env: { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: key },
});

/** A database with two tables beside the settings. */
async function workspace(config = 'database: {url: "$URL"}\n'): Promise<Workspace> {
  const w = await Workspace.create('sqlite', config);
  await createServerTable('sqlite', w.url, { origin: true });
  await insertRow('sqlite', w.url, { key: 'timmy.enabled', value: 'true', type: 'bool', origin: 'explicit' });
  await statements(w, 'create table users (id int primary key)', 'create table notes (id int primary key)');
  await statements(w, 'insert into users values (1)', 'insert into notes values (1)');
  return w;
}

const statements = (w: Workspace, ...list: readonly string[]): Promise<void> =>
  withDatabase('sqlite', w.url, async (statement) => {
    for (const sql of list) await statement(sql);
  });

async function ids(w: Workspace, table: string): Promise<unknown[]> {
  let rows: Record<string, unknown>[] = [];
  await withDatabase('sqlite', w.url, async (statement) => {
    rows = await statement(`select id from ${table} order by id`);
  });
  return rows.map(({ id }) => id);
}

const backup = ['db', 'backup', '--config', 'config.yml', '--output', 'b.gz'];
const restore = ['db', 'restore', 'b.gz', '--config', 'config.yml'];
const replace = [...restore, '--replace', '--confirm', 'tmi.db'];
const kept = (w: Workspace): string[] => w.files().filter((name) => name.startsWith('tmi-tmi.db-'));

describe('db restore', () => {
  it('keeps what --replace deletes in a backup, which goes back', async () => {
    const w = await workspace();
    await w.run(backup);
    await statements(w, 'insert into users values (2)');
    const run = await w.run([...replace, '--json']);
    expect(run.code).toBe(0);
    const [file = ''] = kept(w);
    expect(JSON.parse(run.out)).toMatchObject({ backup: { rows: 4, scope: 'all' } });
    expect(await ids(w, 'users')).toEqual([1]);
    const back = [...replace, '--no-backup'];
    back[2] = file;
    expect((await w.run(back)).code).toBe(0);
    expect(await ids(w, 'users')).toEqual([1, 2]);
    expect(kept(w)).toHaveLength(1);
  });

  it('replaces nothing when what it deletes cannot be kept', async () => {
    const w = await workspace();
    await w.run(backup);
    await statements(w, 'insert into users values (2)');
    const run = await w.run([...replace, '--backup-output', 'nowhere/b.gz']);
    expect(run.code).toBe(1);
    expect(run.err).toContain('[backup/cannot-write]');
    expect(await ids(w, 'users')).toEqual([1, 2]);
    const dyno = await w.run(replace, { env: { DYNO: 'run.1' } });
    expect(dyno.code).toBe(4);
    expect(dyno.err).toContain('[backup/ephemeral-disk]');
    expect((await w.run([...replace, '--no-backup'], { env: { DYNO: 'run.1' } })).code).toBe(0);
    expect((await w.run([...replace, '--no-backup', '--backup-output', 'x'])).code).toBe(2);
  });

  it('takes some tables out of a full backup, and leaves the others alone', async () => {
    const w = await workspace();
    await w.run(backup);
    await statements(w, 'update users set id = 7', 'update notes set id = 8');
    const run = await w.run([...replace, '--tables', 'notes', '--json']);
    expect(JSON.parse(run.out)).toMatchObject({
      rows: 1,
      tables: [{ name: 'notes' }],
      backup: { scope: 'tables' },
    });
    expect([await ids(w, 'users'), await ids(w, 'notes')]).toEqual([[7], [1]]);
    const unknown = await w.run([...replace, '--tables', 'notes,nothing']);
    expect(unknown.code).toBe(3);
    expect(unknown.err).toContain('The backup has no table nothing');
    await statements(w, 'delete from system_settings');
    expect((await w.run([...restore, '--settings-only'])).code).toBe(0);
    expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
    expect(await ids(w, 'users')).toEqual([7]);
    expect((await w.run([...restore, '--settings-only', '--tables', 'users'])).code).toBe(2);
  });

  it('names the settings that the configured key cannot open', async () => {
    const w = await workspace();
    expect(
      (await w.run(['settings', 'set', 'ui.default_theme', 'dark', '--config', 'config.yml'], withKey(KEY)))
        .code,
    ).toBe(0);
    await w.run(backup);
    const right = await w.run([...restore, '--dry-run', '--replace'], withKey(KEY));
    expect(right.err).not.toContain('cannot be opened');
    const wrong = await w.run([...replace, '--json'], withKey(OTHER));
    expect(wrong.code).toBe(0);
    expect(wrong.err).toContain('1 setting of the backup cannot be opened');
    expect(wrong.err).toContain('ui.default_theme');
    expect(JSON.parse(wrong.out)).toMatchObject({ unreadable: ['ui.default_theme'] });
  });

  it('says how long a server goes on with what it has read', async () => {
    const w = await workspace();
    await w.run(backup);
    expect((await w.run(replace)).out).toMatch(/60 seconds.*15 minutes/);
  });
});

const missing = whyNoRedis();

describe.skipIf(missing !== undefined)('with Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('clears what servers keep of the tables that were replaced or emptied, and nothing else', async () => {
    const w = await workspace(
      `database: {url: "$URL", redis: {host: 127.0.0.1, port: "${redis.port}", password: "env://PASS"}}\n`,
    );
    const options = { env: { PASS: redis.password } };
    const fill = async (): Promise<void> => {
      for (const key of ['tmi:settings:timmy.enabled', 'tmi:settings:gone', 'cache:user:1', 'session:1'])
        await redis.client.set(key, 'old');
      for (let i = 0; i < 3000; i += 1) await redis.client.set(`cache:threat_model:${i}`, 'old');
    };
    const left = async (): Promise<string[]> => (await redis.client.keys('*')).map(String).sort();
    await w.run(backup, options);
    await fill();
    const run = await w.run([...replace, '--json'], options);
    expect(JSON.parse(run.out)).toMatchObject({ cache: { state: 'cleared', keys: 3003 } });
    expect(await left()).toEqual(['session:1']);
    await fill();
    await w.run([...replace, '--settings-only', '--no-backup'], options);
    expect((await left()).filter((key) => key.startsWith('tmi:'))).toEqual([]);
    expect(await left()).toHaveLength(3002);
    const reset = [
      'db',
      'reset',
      '--config',
      'config.yml',
      '--scope',
      'data',
      '--confirm',
      'tmi.db',
      '--no-backup',
    ];
    expect((await w.run(reset, options)).code).toBe(0);
    expect(await left()).toEqual(['session:1']);
  });
});
