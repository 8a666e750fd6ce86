import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changeSettings } from '../../src/settings/change.js';
import { planReencrypt } from '../../src/settings/reencrypt.js';
import { planSeed } from '../../src/settings/seed.js';
import { planSet } from '../../src/settings/set.js';
import type { SettingsTable } from '../../src/settings/store.js';
import { cipherOf, KEY, now, OLD_KEY, seal, unseal } from '../settings/support.js';
import { connect } from '../support/connection.js';
import { describeEngines, type TestEngine } from '../support/database.js';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';
import { Workspace } from '../support/workspace.js';

const config = 'database: {url: "$URL"}\n';
const keyed = { env: { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY } };
const rotating = {
  env: { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY, TMI_SECRET_SETTINGS_ENCRYPTION_PREVIOUS_KEY: OLD_KEY },
};
const exportKey = { EXPORT_KEY: 'ab'.repeat(32) };
const base = ['--config', 'config.yml'];
const secretKey = 'auth.oauth.providers.google.client_secret';
const author = 'b1b2b3b4-0000-4000-8000-000000000000';
const serverTime = Date.parse('2025-03-01T10:20:30.125Z');

const create = (engine: TestEngine): Promise<Workspace> => Workspace.create(engine, config);

/** Runs a command that has to succeed, and gives what it printed as data. */
async function ok(w: Workspace, args: readonly string[], env: Record<string, string> = keyed.env) {
  const run = await w.run([...args, ...base], { env });
  expect(run.err + (run.code === 0 ? '' : run.out), args.join(' ')).not.toContain('error:');
  expect(run.code).toBe(0);
  return run;
}

/** A table as a server may have left it: mixed encryption, a NULL origin, unknown rows, broken values. */
async function mixedTable(w: Workspace): Promise<void> {
  await createServerTable(w.engine, w.url, { origin: true });
  const rows = [
    { key: 'ui.default_theme', value: 'dark', origin: 'explicit', modifiedBy: author },
    { key: secretKey, value: seal('hunter2', KEY), origin: 'explicit' },
    { key: 'operator.name', value: seal('Ann ü😀', OLD_KEY), origin: null },
    { key: 'timmy.text_embedding_api_key', value: 'plain-secret', origin: 'explicit' },
    { key: 'custom.row', value: 'whatever', origin: 'seeded' },
    { key: 'upload.max_file_size_mb', value: 'ten', type: 'int', origin: 'seeded' },
  ];
  for (const row of rows) await insertRow(w.engine, w.url, row);
}

describeEngines((engine) => {
  it('seeds what is missing, twice the same, in a number of round trips that does not grow', async () => {
    const w = await create(engine);
    await ok(w, ['seed-settings', '--only', 'ui']);
    expect(await w.values()).toMatchObject({
      'ui.default_theme': expect.stringMatching(/^ENC:v1:1:/) as string,
    });
    await ok(w, ['settings', 'set', 'ui.default_theme', 'dark']);
    await ok(w, ['seed-settings']);
    const rows = await w.rows();
    expect(rows.size).toBe(59);
    expect([...rows.values()].filter(({ origin }) => origin === 'seeded')).toHaveLength(58);
    expect(unseal(rows.get('ui.default_theme')?.value ?? '', KEY)).toBe('dark');
    await ok(w, ['seed-settings']);
    await ok(w, ['seed-settings', '--if-empty']);
    expect(await w.rows()).toEqual(rows);
  });

  it('makes as many round trips for one seed as for all of them', async () => {
    const trips = async (only: string | undefined): Promise<number> => {
      const w = await create(engine);
      const database = await connect(w.url);
      const before = database.roundTrips;
      await changeSettings({
        database,
        plan: (table) => planSeed(contextFor(table), { ifEmpty: false, only }),
        existing: 'keep',
        signal: new AbortController().signal,
      });
      return database.roundTrips - before;
    };
    const [one, all] = [await trips('ui'), await trips(undefined)];
    expect(all).toBe(one);
    expect(all).toBeLessThanOrEqual(10);
  });

  it('shows nothing and changes nothing in a dry run', async () => {
    const w = await create(engine);
    const run = await ok(w, ['seed-settings', '--dry-run', '--json']);
    expect((JSON.parse(run.out) as { changes: unknown[] }).changes).toHaveLength(59);
    expect((await w.rows()).size).toBe(0);
  });

  it('seeds once when two seeds run at once', async () => {
    const w = await create(engine);
    const runs = await Promise.all([1, 2].map(() => w.run(['seed-settings', ...base], keyed)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect((await w.rows()).size).toBe(59);
    expect(runs.filter(({ out }) => out.includes('59 insert'))).toHaveLength(1);
  });

  it('lets one of two sets through that expect the same row', async () => {
    const w = await create(engine);
    await ok(w, ['settings', 'set', 'ui.default_theme', 'auto']);
    const { out } = await ok(w, ['settings', 'get', 'ui.default_theme', '--json']);
    const hash = (JSON.parse(out) as { settings: { hash: string }[] }).settings[0]?.hash ?? '';
    const set = (value: string) =>
      w.run(['settings', 'set', 'ui.default_theme', value, '--if-match', hash, ...base], {
        ...keyed,
        now: new Date('2026-12-01T00:00:00Z'),
      });
    const codes = (await Promise.all([set('dark'), set('light')])).map(({ code }) => code);
    expect(codes.sort()).toEqual([0, 3]);
  });

  it('lets both of two sets through that expect nothing', async () => {
    const w = await create(engine);
    const keys = ['ui.default_theme=dark', 'upload.max_file_size_mb=5'];
    const runs = await Promise.all(keys.map((pair) => w.run(['settings', 'set', pair, ...base], keyed)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect((await w.rows()).size).toBe(2);
  });

  it('loses nothing when a set runs during a re-encryption', async () => {
    const w = await create(engine);
    await ok(w, ['seed-settings'], { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: OLD_KEY });
    const [rotation, set] = await Promise.all([
      w.run(['settings', 'reencrypt', ...base], rotating),
      w.run(['settings', 'set', 'ui.default_theme', 'dark', ...base], rotating),
    ]);
    expect([rotation.code, set.code]).toEqual([0, 0]);
    const rows = await w.rows();
    for (const { value } of rows.values()) expect(() => unseal(value, KEY)).not.toThrow();
    expect(unseal(rows.get('ui.default_theme')?.value ?? '', KEY)).toBe('dark');
    expect(rows.get('ui.default_theme')?.origin).toBe('explicit');
  });

  it('sets all or none, in one transaction', async () => {
    const w = await create(engine);
    await ok(w, ['settings', 'set', 'ui.default_theme', 'dark']);
    const before = await w.rows();
    const run = await w.run(['settings', 'set', 'ui.default_theme=light', 'server.port=1', ...base], keyed);
    expect(run.code).toBe(4);
    expect(await w.rows()).toEqual(before);
    await ok(w, ['settings', 'unset', 'ui.default_theme']);
    expect((await w.rows()).size).toBe(0);
  });

  it('re-encrypts a mixed table: origin, time and author stay, and --verify agrees', async () => {
    const w = await create(engine);
    await mixedTable(w);
    const before = await w.rows();
    const verify = () => w.run(['settings', 'reencrypt', '--verify', '--json', ...base], rotating);
    expect((await verify()).code).toBe(3);
    await ok(w, ['settings', 'reencrypt', '--dry-run'], rotating.env);
    expect(await w.rows()).toEqual(before);

    await ok(w, ['settings', 'reencrypt'], rotating.env);
    expect((await verify()).code).toBe(0);
    const after = await w.rows();
    expect([...after.values()].map((row) => ({ ...row, value: '' }))).toEqual(
      [...before.values()].map((row) => ({ ...row, value: '' })),
    );
    expect(unseal(after.get('operator.name')?.value ?? '', KEY)).toBe('Ann ü😀');
    expect(after.get(secretKey)?.value).toBe(before.get(secretKey)?.value);
  });

  it('re-encrypts nothing when one row wants another key', async () => {
    const w = await create(engine);
    await mixedTable(w);
    const before = await w.rows();
    const run = await w.run(['settings', 'reencrypt', ...base], keyed);
    expect([run.code, run.err.includes('operator.name')]).toEqual([5, true]);
    expect(await w.rows()).toEqual(before);
  });

  it('shows the rows of such a table, with what is wrong with each', async () => {
    const w = await create(engine);
    await mixedTable(w);
    const { out } = await ok(w, ['settings', 'list', '--json']);
    const { settings } = JSON.parse(out) as { settings: Record<string, unknown>[] };
    const facts = settings.map(({ key, value, origin, encryption, known, problem }) => [
      key,
      value,
      origin,
      encryption,
      known,
      (problem as { code: string } | null)?.code ?? null,
    ]);
    expect(facts).toEqual([
      [secretKey, '********', 'explicit', 'current', true, null],
      ['custom.row', 'whatever', 'seeded', 'nothing', false, null],
      ['operator.name', null, 'seeded', 'unreadable', true, 'settings/cannot-decrypt'],
      ['timmy.text_embedding_api_key', '********', 'explicit', 'nothing', true, null],
      ['ui.default_theme', 'dark', 'explicit', 'nothing', true, null],
      ['upload.max_file_size_mb', 'ten', 'seeded', 'nothing', true, 'settings/invalid-value'],
    ]);
  });

  it('works on a table without a column for the origin', async () => {
    const w = await create(engine);
    await createServerTable(engine, w.url, { origin: false });
    await insertRow(engine, w.url, { key: 'ui.default_theme', value: 'dark' });
    await ok(w, ['seed-settings', '--only', 'ui']);
    await ok(w, ['settings', 'set', 'upload.max_file_size_mb', '5']);
    const rows = await w.rows();
    expect([...rows.keys()]).toEqual(['ui.default_theme', 'upload.max_file_size_mb']);
    expect(rows.get('ui.default_theme')).toMatchObject({ value: 'dark', modified_at: serverTime });
    const { out } = await ok(w, ['settings', 'list', '--origin', 'explicit', '--json']);
    expect((JSON.parse(out) as { settings: unknown[] }).settings).toHaveLength(2);
    await ok(w, ['settings', 'reencrypt']);
    await ok(w, ['settings', 'unset', 'ui.default_theme', 'upload.max_file_size_mb']);
    expect((await w.rows()).size).toBe(0);
  });

  it('keeps columns that it does not know', async () => {
    const w = await create(engine);
    await mixedTable(w);
    await withDatabase(engine, w.url, (sql) => sql('ALTER TABLE system_settings ADD note varchar(20)'));
    await withDatabase(engine, w.url, (sql) => sql("UPDATE system_settings SET note = 'mine'"));
    await ok(w, ['settings', 'set', 'ui.default_theme', 'light'], rotating.env);
    expect((await w.rows()).get('ui.default_theme')).toMatchObject({ note: 'mine', modified_by: null });
  });

  it('carries all settings to another engine, equal by digest, and finds nothing to do the second time', async () => {
    const [from, to] = [await create(engine), await create('sqlite')];
    await mixedTable(from);
    const exported = [
      'settings',
      'export',
      '--secrets',
      'encrypted',
      '--key',
      'env://EXPORT_KEY',
      '--output',
      'out.yml',
    ];
    await ok(from, exported, { ...rotating.env, ...exportKey });
    const text = readFileSync(join(from.folder, 'out.yml'), 'utf8');
    expect(text).not.toMatch(/hunter2|plain-secret/);
    writeFileSync(join(to.folder, 'in.yml'), text);

    const imported = [
      'settings',
      'import',
      'in.yml',
      '--key',
      'env://EXPORT_KEY',
      '--allow-unknown',
      '--allow-invalid',
    ];
    await ok(to, imported, { ...keyed.env, ...exportKey });
    const digests = await Promise.all([
      ok(from, ['settings', 'digest'], rotating.env),
      ok(to, ['settings', 'digest']),
      ok(to, ['settings', 'digest', 'in.yml', '--key', 'env://EXPORT_KEY'], { ...keyed.env, ...exportKey }),
    ]);
    expect(new Set(digests.map(({ out }) => out)).size).toBe(1);

    const [a, b] = [await from.rows(), await to.rows()];
    const facts = (rows: typeof a) =>
      [...rows.values()].map((row) => ({ ...row, value: '', description: row.description ?? '' }));
    expect(facts(b)).toEqual(facts(a));
    expect((await ok(to, imported, { ...keyed.env, ...exportKey })).out).toContain('Nothing to do.');
  });

  it('brings such an export back into the engine', async () => {
    const [from, to] = [await create('sqlite'), await create(engine)];
    await mixedTable(from);
    await ok(
      from,
      ['settings', 'export', '--format', 'json', '--secrets', 'reveal', '--output', 'out.json'],
      rotating.env,
    );
    writeFileSync(join(to.folder, 'in.json'), readFileSync(join(from.folder, 'out.json')));
    await ok(to, ['seed-settings']);
    const imported = [
      'settings',
      'import',
      'in.json',
      '--allow-unknown',
      '--allow-invalid',
      '--prune',
      '--on-conflict',
      'overwrite',
    ];
    await ok(to, imported);
    expect((await ok(to, imported)).out).toContain('Nothing to do.');
    expect((await ok(to, ['settings', 'digest'])).out).toBe(
      (await ok(from, ['settings', 'digest'], rotating.env)).out,
    );
    expect((await ok(to, ['settings', 'diff', 'in.json', 'database'])).out).toContain('agree');
  });

  it('plans from the table as it stands when its turn comes, so that no change is lost', async () => {
    const w = await create(engine);
    const key = 'upload.max_file_size_mb';
    await ok(w, ['settings', 'set', key, '1']);
    const addOne = async (): Promise<void> => {
      const database = await connect(w.url);
      await changeSettings({
        database,
        plan: (table) => {
          const value = Number(unseal(table.get(key)?.stored ?? '', KEY));
          return planSet([{ name: key, text: String(value + 1) }], contextFor(table), {
            allowUnknown: false,
          });
        },
        signal: new AbortController().signal,
      });
      await database.close();
    };
    await Promise.all([addOne(), addOne(), addOne(), addOne()]);
    expect(unseal((await w.rows()).get(key)?.value ?? '', KEY)).toBe('5');
  });

  it('waits for a run that holds the lock, and gives up in the end', async () => {
    const w = await create(engine);
    await ok(w, ['seed-settings', '--only', 'ui']);
    const [holder, waiter] = [await connect(w.url), await connect(w.url)];
    await holder.lock('tmi-dbtool');
    const started = Date.now();
    const work = changeSettings({
      database: waiter,
      plan: (table) => planReencrypt(contextFor(table)),
      signal: new AbortController().signal,
      lockWaitMs: 300,
    });
    await expect(work).rejects.toMatchObject({ code: 'database/locked' });
    expect(Date.now() - started).toBeGreaterThanOrEqual(300);
  });
});

function contextFor(table: SettingsTable) {
  const allowed = { production: false, allowPlaintextSecrets: false };
  return { table, cipher: cipherOf(KEY), capabilities: { caseInsensitiveKeys: false }, now, ...allowed };
}
