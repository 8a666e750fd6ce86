import { generateIdentity, identityToRecipient } from 'age-encryption';
import { copyFileSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeEngines, type TestEngine } from '../support/database.js';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';
import { Workspace, type Run } from '../support/workspace.js';

const key = '0123456789abcdef'.repeat(4);
const at = ['--config', 'config.yml'];
const json = (run: Run): Record<string, unknown> => JSON.parse(run.out) as Record<string, unknown>;

async function workspace(engine: TestEngine = 'sqlite'): Promise<Workspace> {
  const w = await Workspace.create(engine, 'database: {url: "$URL"}\n');
  await createServerTable(engine, w.url, { origin: true });
  await insertRow(engine, w.url, { key: 'timmy.enabled', value: 'true', type: 'bool', origin: 'explicit' });
  await withDatabase(engine, w.url, async (statement) => {
    await statement('create table users (id varchar(36) primary key, email varchar(255))');
    await statement(`insert into users values ('u1', 'a@example.com')`);
  });
  return w;
}

describeEngines((engine) => {
  it('backs up, verifies, compares, rehearses and restores', async () => {
    const w = await workspace(engine);
    const backup = await w.run(['db', 'backup', ...at, '--output', 'b.gz', '--json']);
    expect(backup.code).toBe(0);
    expect(json(backup)).toMatchObject({
      kind: 'db-backup',
      rows: 2,
      encrypted: false,
      file: join(w.folder, 'b.gz'),
    });

    const good = await w.run(['db', 'verify', 'b.gz', ...at, '--against', '--rehearse', '--json']);
    expect(good.code).toBe(0);
    expect(json(good)['comparison']).toEqual([
      { name: 'system_settings', state: 'same', rows: { backup: 1, database: 1 } },
      { name: 'users', state: 'same', rows: { backup: 1, database: 1 } },
    ]);

    await withDatabase(engine, w.url, (statement) => statement(`update users set email = 'b'`));
    const differs = await w.run(['db', 'verify', 'b.gz', ...at, '--against', '--json']);
    expect(differs.code).toBe(3);
    expect(json(differs)['comparison']).toContainEqual(
      expect.objectContaining({ name: 'users', state: 'differs' }),
    );

    const refused = await w.run(['db', 'restore', 'b.gz', ...at]);
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('[backup/not-empty]');
    const unnamed = await w.run(['db', 'restore', 'b.gz', ...at, '--replace', '--yes']);
    expect(unnamed.err).toContain('[backup/not-confirmed]');
    const name = w.databaseName;
    const dry = await w.run(['db', 'restore', 'b.gz', ...at, '--replace', '--dry-run', '--json']);
    expect(dry.code).toBe(0);
    expect((await w.run(['db', 'verify', 'b.gz', ...at, '--against'])).code).toBe(3);
    const restored = await w.run(['db', 'restore', 'b.gz', ...at, '--replace', '--confirm', name, '--json']);
    expect(restored.code).toBe(0);
    expect((await w.run(['db', 'verify', 'b.gz', ...at, '--against'])).code).toBe(0);
  });

  it('shows the database and what needs attention', async () => {
    const w = await workspace(engine);
    const status = json(await w.run(['db', 'status', ...at, '--json']));
    expect(status).toMatchObject({
      kind: 'db-status',
      locked: false,
      production: false,
      tables: [
        { name: 'system_settings', rows: 1 },
        { name: 'users', rows: 1 },
      ],
      settings: {
        explicit: 1,
        // The test's table has no constraint; SQLite's never has one.
        deviations: engine === 'sqlite' ? [] : ['the constraint chk_system_settings_origin is missing'],
      },
    });
    expect((await w.run(['db', 'status', ...at])).out).toContain('users');
  });
});

describe('db backup', () => {
  it('takes its name from the database and the time', async () => {
    const w = await workspace();
    expect((await w.run(['db', 'backup', ...at])).code).toBe(0);
    expect(w.files()).toContain('tmi-tmi.db-20261121-074500.jsonl.gz');
    const again = await w.run(['db', 'backup', ...at]);
    expect(again.code).toBe(4);
    expect(again.err).toContain('[backup/output-exists]');
    expect((await w.run(['db', 'backup', ...at, '--overwrite'])).code).toBe(0);
  });

  it('makes no backup of nothing: a misspelt file is an empty database', async () => {
    const w = await workspace();
    const run = await w.run([
      'db',
      'backup',
      '--database-url',
      `sqlite://${w.folder}/tni.db`,
      '--output',
      'x.gz',
    ]);
    expect(run.code).toBe(3);
    expect(run.err).toContain('[backup/no-such-table]');
    expect(w.files()).toEqual(['config.yml']);
  });

  it('writes to a pipe, and verifies from one', async () => {
    const w = await workspace();
    const run = await w.run(['db', 'backup', ...at, '--output', '-']);
    expect(run.code).toBe(0);
    expect(run.out).toBe('');
    const verified = await w.run(['db', 'verify', '-', '--json'], { stdin: Buffer.concat(run.io.binary) });
    expect(json(verified)).toMatchObject({ rows: 2 });
  });

  it('holds the tables that were asked for', async () => {
    const w = await workspace();
    await w.run(['db', 'backup', ...at, '--settings-only', '--output', 's.gz']);
    expect(json(await w.run(['db', 'verify', 's.gz', '--json']))).toMatchObject({
      scope: 'settings',
      rows: 1,
    });
    await w.run(['db', 'backup', ...at, '--tables', 'USERS', '--output', 'u.gz']);
    expect(json(await w.run(['db', 'verify', 'u.gz', '--json']))).toMatchObject({ scope: 'tables', rows: 1 });
    const missing = await w.run(['db', 'backup', ...at, '--tables', 'users,nobody', '--output', 'x.gz']);
    expect(missing.code).toBe(3);
    expect(missing.err).toContain('[backup/no-such-table]');
    expect(w.exists('x.gz')).toBe(false);
  });

  it('takes no list without names for a wish', async () => {
    const w = await workspace();
    const run = await w.run(['db', 'backup', ...at, '--output', 'b.gz', '--tables', ' , ']);
    expect(run.code).toBe(2);
    expect(run.err).toContain('Give the names of tables');
    expect(w.files()).toEqual(['config.yml']);
  });

  it('writes through a symbolic link, and replaces nothing that is no file', async () => {
    const w = await workspace();
    mkdirSync(join(w.folder, 'kept'));
    writeFileSync(join(w.folder, 'kept/old.gz'), 'old');
    symlinkSync('kept/old.gz', join(w.folder, 'b.gz'));
    const over = await w.run(['db', 'backup', ...at, '--output', 'b.gz', '--overwrite']);
    expect(over.code).toBe(0);
    expect(lstatSync(join(w.folder, 'b.gz')).isSymbolicLink()).toBe(true);
    expect((await w.run(['db', 'verify', 'kept/old.gz'])).code).toBe(0);
    const folder = await w.run(['db', 'backup', ...at, '--output', 'kept', '--overwrite']);
    expect(folder.code).toBe(4);
    expect(folder.err).toContain('kept is no regular file');
    expect(readdirSync(join(w.folder, 'kept'))).toEqual(['old.gz']);
  });

  it('encrypts for recipients, of which only an identity can be asked', async () => {
    const w = await workspace();
    const identity = await generateIdentity();
    const recipient = await identityToRecipient(identity);
    writeFileSync(
      join(w.folder, 'keys.pub'),
      `# ours\n${await identityToRecipient(await generateIdentity())}\n`,
    );
    const args = ['--recipient', recipient, '--recipients-file', 'keys.pub', '--output', 'e', '--json'];
    const made = await w.run(['db', 'backup', ...at, ...args]);
    expect(JSON.parse(made.out)).toMatchObject({ encrypted: true, recipients: 2 });
    const said = await w.run(['db', 'backup', ...at, '--recipient', recipient]);
    expect(said.out).toContain("read back; not that a recipient's identity opens it");
    expect(said.out).toContain('.jsonl.gz.age (');

    const without = await w.run(['db', 'verify', 'e']);
    expect(without.code).toBe(5);
    expect(without.err).toContain('not verifiable here');
    const env = { ID: identity, OTHER: await generateIdentity() };
    const open = ['--identity', 'env://ID'];
    expect((await w.run(['db', 'verify', 'e', ...open, '--rehearse'], { env })).code).toBe(0);
    expect((await w.run(['db', 'verify', 'e', '--identity', 'env://OTHER'], { env })).code).toBe(5);
    expect(
      (await w.run(['db', 'restore', 'e', ...at, ...open, '--dry-run', '--replace'], { env })).code,
    ).toBe(0);
    const inline = await w.run(['db', 'verify', 'e', '--identity', identity]);
    expect(inline.code).toBe(2);
    expect(inline.out + inline.err).not.toContain(identity);
  });

  it('encrypts with a passphrase behind a reference', async () => {
    const w = await workspace();
    const env = { PASS: 'open sesame' };
    const open = ['--passphrase', 'env://PASS'];
    const made = await w.run(['db', 'backup', ...at, ...open, '--output', 'e'], { env });
    expect(made.code).toBe(0);
    expect(made.out).toContain('yes, read back\n');
    expect((await w.run(['db', 'verify', 'e'])).err).toContain('--passphrase');
    expect((await w.run(['db', 'verify', 'e', ...open], { env })).code).toBe(0);
    expect((await w.run(['db', 'verify', 'e', ...open], { env: { PASS: 'x' } })).code).toBe(5);
    const both = await w.run(['db', 'backup', ...at, ...open, '--recipient', 'age1x', '--output', 'f'], {
      env,
    });
    expect(both.code).toBe(2);
  });

  it('fails loudly where a timer still has --key, and writes nothing', async () => {
    const w = await workspace();
    for (const command of [
      ['db', 'backup', '--output', 'e'],
      ['db', 'reset', '--scope', 'data', '--confirm', 'tmi.db'],
    ]) {
      const run = await w.run([...command, ...at, '--key', 'env://BACKUP_KEY'], { env: { BACKUP_KEY: key } });
      expect(run.code).toBe(2);
      expect(run.err).toContain('--recipient');
      expect(run.out + run.err).not.toContain(key);
    }
    expect(readdirSync(w.folder)).not.toContain('e');
    expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
  });

  it('takes no file in the open in place of an encrypted one, unless told', async () => {
    const w = await workspace();
    await w.run(['db', 'backup', ...at, '--output', 'plain']);
    const env = { BACKUP_KEY: key, ID: await generateIdentity() };
    for (const open of [
      ['--key', 'env://BACKUP_KEY'],
      ['--identity', 'env://ID'],
    ]) {
      const run = await w.run(['db', 'verify', 'plain', ...open], { env });
      expect(run.code).toBe(5);
      expect(run.err).toContain('--accept-unencrypted');
      expect((await w.run(['db', 'verify', 'plain', ...open, '--accept-unencrypted'], { env })).code).toBe(0);
    }
  });

  it('is refused, damaged, before anything is touched', async () => {
    const w = await workspace();
    await w.run(['db', 'backup', ...at, '--output', 'b.gz']);
    copyFileSync(join(w.folder, 'b.gz'), join(w.folder, 'd.gz'));
    writeFileSync(join(w.folder, 'd.gz'), w.text('b.gz').slice(0, 100));
    const run = await w.run(['db', 'restore', 'd.gz', ...at, '--replace', '--confirm', 'tmi.db']);
    expect(run.code).toBe(3);
    expect(run.err).toContain('[backup/damaged]');
    expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
  });

  it('says everything that keeps it out of a database at once', async () => {
    const w = await workspace();
    await w.run(['db', 'backup', ...at, '--output', 'b.gz']);
    await withDatabase('sqlite', w.url, async (statement) => {
      await statement('drop table system_settings');
      await statement('alter table users drop column email');
      await statement(`alter table users add column age int not null default 1`);
    });
    const run = await w.run(['db', 'restore', 'b.gz', ...at, '--replace', '--json']);
    expect(run.code).toBe(3);
    const { error } = json(run) as { error: { code: string; diagnostics: unknown[] } };
    expect(error.code).toBe('backup/not-fitting');
    expect(error.diagnostics).toHaveLength(2);
  });
});

describe('db restore -', () => {
  const leftovers = (path: string): string[] => readdirSync(path);

  it('restores from a pipe, and keeps nothing of it', async () => {
    const w = await workspace();
    const { io } = await w.run(['db', 'backup', ...at, '--output', '-']);
    const stdin = Buffer.concat(io.binary);
    const spool = join(w.folder, 'spool');
    mkdirSync(spool);
    const env = { TMPDIR: spool };
    await withDatabase('sqlite', w.url, (statement) => statement(`update users set email = 'b'`));
    const full = await w.run(['db', 'restore', '-', ...at], { stdin, env });
    expect(full.err).toContain('[backup/not-empty]');
    // Nobody can be asked: standard input is the backup.
    const unnamed = await w.run(['db', 'restore', '-', ...at, '--replace'], { stdin, env });
    expect(unnamed.err).toContain('[backup/not-confirmed]');
    const args = ['db', 'restore', '-', ...at, '--replace', '--confirm', 'tmi.db', '--json'];
    const restored = await w.run(args, { stdin, env });
    expect(json(restored)).toMatchObject({ kind: 'db-restore', rows: 2, dryRun: false });
    const verified = await w.run(['db', 'verify', '-', '--rehearse', '--against', ...at, '--json'], {
      stdin,
      env,
    });
    expect(verified.code).toBe(0);
    expect(leftovers(spool)).toEqual([]);
  });

  it.each([
    ['nothing arrives', Buffer.alloc(0), 'backup/damaged'],
    ['something else arrives', Buffer.from('<html>404</html>'), 'backup/damaged'],
  ])('changes nothing when %s', async (_, stdin, code) => {
    const w = await workspace();
    const run = await w.run(['db', 'restore', '-', ...at, '--replace', '--confirm', 'tmi.db'], { stdin });
    expect(run.err).toContain(`[${code}]`);
    expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
  });

  it('says where it could not be kept', async () => {
    const w = await workspace();
    const { io } = await w.run(['db', 'backup', ...at, '--output', '-']);
    const run = await w.run(['db', 'restore', '-', ...at], {
      stdin: Buffer.concat(io.binary),
      env: { TMPDIR: join(w.folder, 'nowhere') },
    });
    expect(run.code).toBe(1);
    expect(run.err).toContain('[backup/cannot-write]');
    expect(run.err).toContain('TMPDIR');
  });
});
