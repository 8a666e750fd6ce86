import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectDatabase, RUN_LOCK } from '../../src/database/index.js';
import { SecretValue } from '../../src/values/index.js';
import { describeEngines } from '../support/database.js';
import { carryOut, prepareImport } from '../support/import-library.js';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';
import { whyMissing } from '../support/servers/index.js';
import { Workspace } from '../support/workspace.js';
import {
  derivedKey,
  encrypted,
  openEnvelope,
  plain,
  sampleAfter,
  sampleRows,
  sampleText,
  snapshot,
} from './sample.js';

const now = new Date('2026-11-21T07:45:00.250Z');
const backup = 'config.yml.20261121-074500.bak';
const receipt = 'config.yml.20261121-074500.receipt.json';
const mode = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

describeEngines((engine) => {
  const sample = (): Promise<Workspace> => Workspace.create(engine, sampleText);

  it('moves what the file states into rows and cuts it from the file', async () => {
    const w = await sample();
    const before = w.text();
    const { code, err } = await w.import(plain, { now });
    expect({ code, err }).toEqual({ code: 0, err: '' });

    const rows = await w.rows();
    expect([...rows.keys()].sort()).toEqual(sampleRows.map(([key]) => key).sort());
    for (const [key, value, type] of sampleRows) {
      expect(rows.get(key), key).toMatchObject({
        value,
        setting_type: type,
        origin: key === derivedKey ? 'seeded' : 'explicit',
        modified_by: null,
        modified_at: now.getTime(),
      });
      expect(rows.get(key)?.description, key).toBeTruthy();
    }
    expect(w.text()).toBe(sampleAfter.replace('$URL', w.url));
    expect(mode(w.file)).toBe('640');
    expect(w.files()).toEqual(['config.yml', backup, receipt]);
    expect(w.text(backup)).toBe(before);
    expect([mode(join(w.folder, backup)), mode(join(w.folder, receipt))]).toEqual(['600', '600']);
  });

  it('changes nothing the second time', async () => {
    const w = await sample();
    await w.import(plain);
    const after = await snapshot(w);
    const second = await w.import(plain, { now: new Date('2027-01-01T00:00:00Z') });
    expect(second.code).toBe(0);
    expect(second.out).toContain('Nothing to do');
    expect(await snapshot(w)).toEqual(after);
  });

  it('never writes over a backup or receipt that exists', async () => {
    const w = await sample();
    writeFileSync(join(w.folder, backup), 'mine');
    await w.import(plain, { now });
    expect(w.text(backup)).toBe('mine');
    expect(w.files()).toContain('config.yml.20261121-074501.bak');
    expect(w.files()).toContain('config.yml.20261121-074501.receipt.json');
  });

  it('needs few round trips for a hundred settings, the creation of the table included', async () => {
    const providers = Array.from(
      { length: 20 },
      (_, i) => `      p${i}: {enabled: false, client_id: c${i}, name: n${i}, icon: i, scopes: [a]}\n`,
    ).join('');
    const w = await Workspace.create(
      engine,
      `database: {url: "$URL"}\nauth:\n  oauth:\n    providers:\n${providers}`,
    );
    const prepared = await prepareImport({ file: w.file, url: w.url });
    await carryOut(prepared);
    expect((await w.rows()).size).toBe(100);
    // Four of them are the receipt's: the table is looked at and made, the receipt written and completed.
    // MySQL and MariaDB answer once more whether the session is as it was set up.
    expect(prepared.database.roundTrips).toBeLessThanOrEqual(engine === 'mysql' ? 13 : 12);
  });

  it('puts bytes, mode and rows back on undo', async () => {
    const w = await sample();
    await createServerTable(engine, w.url, { origin: true });
    await insertRow(engine, w.url, { key: 'timmy.enabled', value: 'false', type: 'bool', origin: 'seeded' });
    await insertRow(engine, w.url, {
      key: 'server.ratelimit_public_rpm',
      value: '60',
      type: 'int',
      origin: null,
      modifiedBy: '7b1d1c3e-0000-4000-8000-000000000001',
    });
    await insertRow(engine, w.url, { key: 'somebody.elses', value: 'x', origin: 'odd' });
    const before = (await snapshot(w)) as { files: object; rows: object };
    expect((await w.import(plain)).code).toBe(0);
    const undone = await w.run(['import-legacy', '--undo', w.receipt(), '--database-url', w.url]);
    expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: '' });
    const after = (await snapshot(w)) as { files: Record<string, string>; rows: object };
    expect(after.rows).toEqual(before.rows);
    expect(after.files['config.yml']).toBe((before.files as Record<string, string>)['config.yml']);
    expect(mode(w.file)).toBe('640');

    const again = await w.run(['import-legacy', '--undo', w.receipt()]);
    expect(again.code).toBe(4);
    expect(again.err).toContain('[legacy/cannot-undo]');
    // What was undone can be imported again.
    expect((await w.import(plain, { now: new Date('2027-01-01T00:00:00Z') })).code).toBe(0);
  });

  it('refuses to undo when the file was changed since', async () => {
    const w = await sample();
    await w.import(plain);
    writeFileSync(w.file, `${w.text()}# mine\n`);
    const after = await snapshot(w);
    const { code, err } = await w.run(['import-legacy', '--undo', w.receipt()]);
    expect({ code, err }).toEqual({
      code: 4,
      err: expect.stringContaining('[legacy/cannot-undo]') as string,
    });
    expect(await snapshot(w)).toEqual(after);
  });

  it('refuses to undo when a row was changed since', async () => {
    const w = await sample();
    await w.import(plain);
    await withDatabase(engine, w.url, (statement) =>
      statement("UPDATE system_settings SET value = 'false' WHERE setting_key = 'timmy.enabled'"),
    );
    const after = await snapshot(w);
    const { code, err } = await w.run(['import-legacy', '--undo', w.receipt()]);
    expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining('timmy.enabled') as string });
    expect(await snapshot(w)).toEqual(after);
  });

  it('works on tables of servers before 1.8.22, which have no origin', async () => {
    const w = await sample();
    await createServerTable(engine, w.url, { origin: false });
    // The default: nobody chose it. Another value: somebody did, and here the file agrees with it.
    await insertRow(engine, w.url, { key: 'timmy.enabled', value: 'false', type: 'bool' });
    await insertRow(engine, w.url, { key: 'server.ratelimit_public_rpm', value: '60', type: 'int' });
    const before = await w.rows();
    const { code, out, err } = await w.import(plain);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('no origin column');
    const rows = await w.rows();
    expect(rows.get('timmy.enabled')).toMatchObject({ value: 'true' });
    expect(rows.get('timmy.enabled')).not.toHaveProperty('origin');
    expect(rows.get('server.ratelimit_public_rpm')).toEqual(before.get('server.ratelimit_public_rpm'));
    expect(w.text()).toBe(sampleAfter.replace('$URL', w.url));

    const after = await snapshot(w);
    expect((await w.import(plain)).out).toContain('Nothing to do');
    expect(await snapshot(w)).toEqual(after);
    expect((await w.run(['import-legacy', '--undo', w.receipt()])).code).toBe(0);
    expect(await w.rows()).toEqual(before);
  });

  it('replaces seeded rows and those without an origin, and leaves what it does not touch', async () => {
    const w = await sample();
    await createServerTable(engine, w.url, { origin: true });
    await insertRow(engine, w.url, { key: 'timmy.enabled', value: 'false', type: 'bool', origin: 'seeded' });
    await insertRow(engine, w.url, {
      key: 'auth.jwt.expiration_seconds',
      value: '3600',
      type: 'int',
      origin: null,
    });
    await insertRow(engine, w.url, { key: derivedKey, value: '60', type: 'int', origin: 'seeded' });
    await insertRow(engine, w.url, {
      key: 'observability.sampling_rate',
      value: '0.25',
      type: 'float',
      origin: 'seeded',
    });
    await insertRow(engine, w.url, { key: 'ui.default_theme', value: 'dark', origin: 'explicit' });
    const before = await w.rows();
    expect((await w.import(plain, { now })).code).toBe(0);
    const rows = await w.rows();
    expect(rows.get('timmy.enabled')).toMatchObject({
      value: 'true',
      origin: 'explicit',
      modified_at: now.getTime(),
    });
    expect(rows.get('auth.jwt.expiration_seconds')).toMatchObject({ value: '7200', origin: 'explicit' });
    expect(rows.get(derivedKey)).toMatchObject({ value: '120', origin: 'seeded' });
    // Only the origin changes, so time and author stay.
    expect(rows.get('observability.sampling_rate')).toEqual({
      ...before.get('observability.sampling_rate'),
      origin: 'explicit',
    });
    expect(rows.get('ui.default_theme')).toEqual(before.get('ui.default_theme'));
  });

  it('stops at a row that somebody set until it is told what to do', async () => {
    const w = await sample();
    await createServerTable(engine, w.url, { origin: true });
    await insertRow(engine, w.url, {
      key: 'server.ratelimit_public_rpm',
      value: '90',
      type: 'int',
      origin: 'explicit',
    });
    await insertRow(engine, w.url, { key: 'timmy.llm_api_key', value: 'CANARY-row', origin: 'explicit' });
    const before = await snapshot(w);
    const stopped = await w.import(plain);
    expect(stopped.code).toBe(3);
    expect(stopped.err).toContain('[legacy/conflict]');
    expect(stopped.err).toContain('config.yml:5:3');
    expect(stopped.err).toContain('timmy.llm_api_key');
    expect(stopped.err + stopped.out).not.toContain('CANARY');
    expect(await snapshot(w)).toEqual(before);

    expect((await w.import([...plain, '--on-conflict', 'keep', '--no-backup'])).code).toBe(0);
    expect((await w.values())['server.ratelimit_public_rpm']).toBe('90');
    expect(w.text()).toBe(sampleAfter.replace('$URL', w.url));

    w.write(sampleText);
    expect((await w.import([...plain, '--on-conflict', 'overwrite', '--no-backup'])).code).toBe(0);
    expect(await w.values()).toMatchObject({
      'server.ratelimit_public_rpm': '60',
      'timmy.llm_api_key': 'CANARY-llm',
    });
  });

  it('encrypts every row once a key is configured, so that a server can read it', async () => {
    const w = await sample();
    expect((await w.import([], { env: encrypted, now })).code).toBe(0);
    const rows = await w.rows();
    for (const [key, value] of sampleRows) {
      const stored = rows.get(key)?.value ?? '';
      expect(stored, key).toMatch(/^ENC:v1:1:\d+:/);
      expect(openEnvelope(stored), key).toEqual({
        context: '1',
        seconds: Math.floor(now.getTime() / 1000),
        text: value,
      });
    }
    const after = await snapshot(w);
    expect((await w.import([], { env: encrypted })).out).toContain('Nothing to do');
    expect(await snapshot(w)).toEqual(after);
    expect((await w.run(['import-legacy', '--undo', w.receipt()], { env: encrypted })).code).toBe(0);
    expect((await w.rows()).size).toBe(0);
    expect(w.text()).toBe(sampleText.replace('$URL', w.url));
  });

  it('meets a run that holds the lock with exit code 7', async () => {
    const w = await sample();
    const other = await connectDatabase({ url: new SecretValue(w.url) });
    await other.lock(RUN_LOCK);
    const before = await snapshot(w);
    const dry = await w.import([...plain, '--dry-run']);
    expect(dry).toMatchObject({ code: 7, err: expect.stringContaining('[database/locked]') as string });
    expect(dry.out).toContain('timmy.enabled');
    const { code, err } = await w.import(plain);
    expect({ code, err }).toEqual({ code: 7, err: expect.stringContaining('[database/locked]') as string });
    expect(await snapshot(w)).toEqual(before);
    await other.close();
    expect((await w.import(plain)).code).toBe(0);
  });

  it('writes nothing in a dry run, and says what it would do', async () => {
    const w = await sample();
    const before = await snapshot(w);
    const { code, out } = await w.import(['--dry-run', ...plain]);
    expect(code).toBe(0);
    expect(out).toMatch(/^5 +moves +server\.ratelimit_public_rpm/m);
    expect(out).toContain('-  ratelimit_public_rpm: 60');
    expect(out).not.toContain('CANARY');
    expect(await snapshot(w)).toEqual(before);
    const exists = await withDatabase(engine, w.url, (statement) =>
      statement('SELECT * FROM system_settings').then(
        () => true,
        () => false,
      ),
    );
    expect(exists).toBe(false);
  });

  it('rolls everything back when the database does not keep what was written', async () => {
    const w = await sample();
    await createServerTable(engine, w.url, { origin: true });
    const body = {
      sqlite: `CREATE TRIGGER t AFTER INSERT ON system_settings WHEN NEW.setting_key = 'timmy.enabled'
        BEGIN UPDATE system_settings SET value = 'false' WHERE setting_key = 'timmy.enabled'; END`,
      postgres: `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.setting_key = 'timmy.enabled' THEN NEW.value := 'false'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER t BEFORE INSERT ON system_settings FOR EACH ROW EXECUTE FUNCTION f()`,
      mysql: `CREATE TRIGGER t BEFORE INSERT ON system_settings FOR EACH ROW
        SET NEW.value = IF(NEW.setting_key = 'timmy.enabled', 'false', NEW.value)`,
      mssql: `CREATE TRIGGER t ON system_settings AFTER INSERT AS
        UPDATE system_settings SET value = 'false' WHERE setting_key = 'timmy.enabled'`,
      oracle: `CREATE TRIGGER t BEFORE INSERT ON system_settings FOR EACH ROW
        BEGIN IF :NEW.setting_key = 'timmy.enabled' THEN :NEW.value := 'false'; END IF; END;`,
    }[engine];
    await withDatabase(engine, w.url, (statement) => statement(body));
    const before = await snapshot(w);
    const { code, err } = await w.import(plain);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('[settings/read-back-mismatch]') as string,
    });
    expect(await snapshot(w)).toEqual(before);
  });
});

it.skipIf(whyMissing('mysql'))(
  'finds rows whatever the case of their keys where the database does',
  async () => {
    const w = await Workspace.create('mysql', sampleText);
    await createServerTable('mysql', w.url, { origin: true });
    await insertRow('mysql', w.url, { key: 'Timmy.Enabled', value: 'false', type: 'bool', origin: 'seeded' });
    await insertRow('mysql', w.url, {
      key: 'SERVER.ratelimit_public_rpm',
      value: '60',
      type: 'int',
      origin: 'explicit',
    });
    const before = await w.rows();
    const { code, err } = await w.import(plain);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const after = await w.rows();
    expect(after.get('Timmy.Enabled')).toMatchObject({ value: 'true', origin: 'explicit' });
    expect(after.size).toBe(sampleRows.length);
    expect((await w.run(['import-legacy', '--undo', w.receipt()])).code).toBe(0);
    expect(await w.rows()).toEqual(before);
  },
);

it('completes the receipt, and leaves the file as private as it was', async () => {
  const w = await Workspace.create('sqlite', sampleText);
  chmodSync(w.file, 0o600);
  await w.import(plain);
  expect(mode(w.file)).toBe('600');
  expect(JSON.parse(readFileSync(w.receipt(), 'utf8'))).toMatchObject({ status: 'complete' });
});
