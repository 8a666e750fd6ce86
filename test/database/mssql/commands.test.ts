import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RUN_LOCK } from '../../../src/database/index.js';
import { derivedKey, plain, sampleAfter, sampleRows, sampleText } from '../../legacy/sample.js';
import { KEY, OLD_KEY } from '../../settings/support.js';
import { connect } from '../../support/connection.js';
import { World } from './world.js';

const now = new Date('2026-11-21T07:45:00.250Z');
const config = 'database: {url: "$URL"}\n';
const base = ['--config', 'config.yml'];
const keyed = { env: { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY } };

it('imports a file, once and not again, and undoes it', async () => {
  const w = await World.start();
  w.write(sampleText);
  const planned = await w.run(['import-legacy', 'config.yml', '--dry-run', ...plain]);
  expect({ code: planned.code, err: planned.err }).toEqual({ code: 0, err: '' });
  expect(w.rows(`select name from sqlite_master`)).toEqual([]);

  const { code, err } = await w.run(['import-legacy', 'config.yml', ...plain], { now });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const rows = w.rows();
  expect(rows.map((row) => [row['setting_key'], row['value'], row['setting_type']])).toEqual(
    [...sampleRows].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  for (const row of rows) {
    expect(row).toMatchObject({
      modified_at: '2026-11-21 07:45:00.2500000 +00:00',
      modified_by: null,
      origin: row['setting_key'] === derivedKey ? 'seeded' : 'explicit',
    });
  }
  expect(w.text()).toBe(sampleAfter);

  const again = await w.run(['import-legacy', 'config.yml', ...plain]);
  expect(again.code).toBe(0);
  expect(w.rows()).toEqual(rows);
  expect(w.text()).toBe(sampleAfter);

  const receipt = w.files().find((name) => name.endsWith('.receipt.json')) ?? '';
  expect((await w.run(['import-legacy', '--undo', receipt])).code).toBe(0);
  expect(w.rows()).toEqual([]);
  expect(w.text()).toBe(sampleText);
});

it('sends the same few statements whatever an import moves', async () => {
  const w = await World.start();
  w.write(config);
  expect((await w.run(['settings', 'set', 'ui.default_theme', 'dark', ...base])).code).toBe(0);
  w.write(sampleText);
  const before = w.server.statements.length;
  expect((await w.run(['import-legacy', 'config.yml', ...plain])).code).toBe(0);
  const sent = w.server.statements.slice(before).map(({ sql }) => sql.split(/\s/)[0]);
  // Rows, receipt and its mark: one statement for each, whatever their number.
  expect(sent.length, sent.join(' ')).toBeLessThanOrEqual(15);
  expect(sent.filter((word) => word === 'merge')).toHaveLength(3);
});

it('seeds, sets, reads, exports, imports and encrypts anew', async () => {
  const w = await World.start();
  w.write(config);
  const ok = async (args: readonly string[], env: Record<string, string> = keyed.env) => {
    const run = await w.run([...args, ...base], { env });
    expect({ code: run.code, err: run.err }, args.join(' ')).toMatchObject({ code: 0 });
    return run;
  };
  await ok(['seed-settings']);
  expect(w.rows()).toHaveLength(59);
  expect(w.rows().every((row) => /^ENC:v1:1:/.test(String(row['value'])))).toBe(true);
  await ok(['settings', 'set', 'operator.name', "O'Brien ü😀 [x] ? @p0"]);
  expect((await ok(['settings', 'get', 'operator.name'])).out).toContain("O'Brien ü😀 [x] ? @p0");
  await ok(['settings', 'export', '--output', 'settings.json']);
  await ok(['settings', 'unset', 'operator.name']);
  expect(w.rows()).toHaveLength(59);
  await ok(['settings', 'import', 'settings.json']);
  expect((await ok(['settings', 'get', 'operator.name'])).out).toContain("O'Brien ü😀 [x] ? @p0");
  // Keys are one whatever their case, as under the usual collation.
  w.database.direct.exec(
    `update system_settings set setting_key = 'UI.Default_Theme' where setting_key = 'ui.default_theme'`,
  );
  await ok(['settings', 'set', 'ui.default_theme', 'dark']);
  expect(w.rows()).toHaveLength(60);
  const before = w.rows();
  await ok(['settings', 'reencrypt'], {
    TMI_SECRET_SETTINGS_ENCRYPTION_KEY: OLD_KEY,
    TMI_SECRET_SETTINGS_ENCRYPTION_PREVIOUS_KEY: KEY,
  });
  const after = w.rows();
  expect(after.map((row) => row['modified_at'])).toEqual(before.map((row) => row['modified_at']));
  expect(after.some((row, index) => row['value'] === before[index]?.['value'])).toBe(false);
});

it('shows the database, its tables and how the connection is encrypted', async () => {
  const w = await World.start();
  w.write(config);
  await w.run(['settings', 'set', 'ui.default_theme', 'dark', ...base]);
  const status = await w.run(['db', 'status', ...base, '--json']);
  expect(status.json()).toMatchObject({
    kind: 'db-status',
    locked: false,
    tables: [{ name: 'system_settings', rows: 1 }],
    settings: { explicit: 1, deviations: [] },
  });
  expect(status.out).toContain('TLSv1.2');
  expect(status.out).toContain('16.0.1000.6');
});

it('resets what the schema holds, after a backup', async () => {
  const w = await World.start();
  w.write(config);
  await w.run(['settings', 'set', 'ui.default_theme', 'dark', ...base]);
  w.database.direct.exec(
    'create table users (id nvarchar(36) primary key); create view v as select * from users',
  );
  const reset = await w.run(['db', 'reset', '--scope', 'schema', '--confirm', 'tmi', ...base], { now });
  expect({ code: reset.code, err: reset.err }).toMatchObject({ code: 0 });
  expect(w.rows(`select name from sqlite_master where name in ('users', 'v', 'system_settings')`)).toEqual(
    [],
  );
  const backup = w.files().find((name) => name !== 'config.yml') ?? '';
  expect((await w.run(['db', 'verify', join(w.folder, backup)])).code).toBe(0);
});

it('empties every table in whatever order, and remembers a production database', async () => {
  const w = await World.start();
  w.write('database: {url: "$URL"}\nauth: {build_mode: production}\n');
  w.database.direct.exec(`
    create table teams (id nvarchar(36) primary key, owner nvarchar(36) references users (id));
    create table users (id nvarchar(36) primary key, team nvarchar(36) references teams (id));
    insert into users values ('u', null); insert into teams values ('t', 'u'); update users set team = 't'`);
  const args = ['db', 'reset', '--scope', 'data', '--confirm', 'tmi', ...base];
  const refused = await w.run(args);
  expect(refused.code).toBe(4);
  expect(w.rows('select id from users')).toEqual([{ id: 'u' }]);
  const reset = await w.run([...args, '--allow-production'], { now });
  expect({ code: reset.code, err: reset.err }).toMatchObject({ code: 0 });
  for (const table of ['users', 'teams']) expect(w.rows(`select * from ${table}`)).toEqual([]);
  w.write(config);
  const again = await w.run(args);
  expect(again.code).toBe(4);
  expect(again.err).toContain('production');
});

it('restores what was lost', async () => {
  const w = await World.start();
  w.write(config);
  await w.run(['settings', 'set', 'ui.default_theme', 'dark', ...base]);
  w.database.direct.exec(`create table users (id nvarchar(36) primary key, email nvarchar(255));
    insert into users values ('u1', 'a@example.com')`);
  expect((await w.run(['db', 'backup', ...base, '--output', 'b.gz'])).code).toBe(0);
  const compared = ['db', 'verify', 'b.gz', ...base, '--against', '--rehearse'];
  expect((await w.run(compared)).code).toBe(0);
  w.database.direct.exec(`update users set email = 'b'; delete from system_settings`);
  expect((await w.run(compared)).code).toBe(3);
  const restored = await w.run(['db', 'restore', 'b.gz', ...base, '--replace', '--confirm', 'tmi']);
  expect({ code: restored.code, err: restored.err }).toMatchObject({ code: 0 });
  expect(w.rows('select email from users')).toEqual([{ email: 'a@example.com' }]);
  expect((await w.run(compared)).code).toBe(0);
});

it('meets a run that is at work', async () => {
  const w = await World.start();
  w.write(config);
  await w.run(['settings', 'set', 'ui.default_theme', 'dark', ...base]);
  const other = await connect(w.url);
  await other.lock(RUN_LOCK);
  const status = await w.run(['db', 'status', ...base, '--json']);
  expect(status.json()).toMatchObject({ locked: true });
  w.write(sampleText);
  const refused = await w.run(['import-legacy', 'config.yml', ...plain]);
  expect(refused.code).toBe(7);
  expect(w.text()).toBe(sampleText);
});
