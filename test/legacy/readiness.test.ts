import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { RUN_LOCK } from '../../src/database/index.js';
import { cipherOf, KEY, OLD_KEY } from '../settings/support.js';
import { ChildCli, type ChildRun } from '../support/cli.js';
import { connect } from '../support/connection.js';
import { createServerTable, insertRow } from '../support/rows.js';
import { needsLogins } from '../support/servers/index.js';
import { Workspace } from '../support/workspace.js';
import { notesOf, PASSWORD, restricted, rights, stopsOf, text } from './restricted.js';

// A dry run is held against the run itself, under users that lack one right at a time: both end alike, and after the
// statements that the dry run prints were typed, both end well.

/** Further blocks of a file, in the form that YAML shares with JSON. */
const yamlOf = (blocks: object): string =>
  Object.entries(blocks)
    .map(([name, block]) => `${name}: ${JSON.stringify(block)}\n`)
    .join('');

/** A user who is nobody here. */
const STRANGER = 65_534;

const dry = ['--dry-run', '--json', '--server', 'documented'];

describe.each(['postgres', 'mysql'] as const)('%s', (engine) => {
  beforeEach((context) => needsLogins(engine, context));

  describe.each(['there', 'missing'] as const)('with a settings table that is %s', (state) => {
    const all = rights[engine][state];

    it('needs no more than these rights', async () => {
      const { w } = await restricted(engine, state === 'there', all);
      expect((await w.import(['--dry-run', '--json'])).code).toBe(0);
      expect((await w.import()).code).toBe(0);
    });

    it.each(all.map((right) => [right.name, right] as const))(
      'says what comes of lacking %s',
      async (_, lacking) => {
        const given = all.filter((right) => right !== lacking);
        const { w, admin } = await restricted(engine, state === 'there', given);
        const planned = await w.import(['--dry-run', '--json']);
        const stops = stopsOf(planned);
        const real = await w.import(['--json']);
        expect({ code: planned.code, stops: stops.length > 0 }).toEqual({
          code: real.code,
          stops: real.code !== 0,
        });
        expect(planned.out + planned.err).not.toContain(PASSWORD);
        if (stops.length === 0) return;
        const [first] = stopsOf(real);
        if (first && first.code !== 'database/no-such-table')
          expect(stops.map(({ code }) => code)).toContain(first.code);
        for (const { hint = '' } of stops) {
          expect(hint).toMatch(/^GRANT .*;$/);
          await admin(hint.slice(0, -1));
        }
        expect((await w.import(['--dry-run', '--json'])).code).toBe(0);
        expect((await w.import()).code).toBe(0);
      },
    );

    it('names everything in one go where there is no right at all', async () => {
      const { w, admin } = await restricted(engine, state === 'there', []);
      const planned = await w.import(dry);
      const real = await w.import();
      expect(planned.code).toBe(real.code);
      expect(planned.code).not.toBe(0);
      if (planned.code === 6) return;
      expect(stopsOf(planned).length).toBeGreaterThan(1);
      for (const { hint = '' } of stopsOf(planned)) await admin(hint.slice(0, -1));
      expect((await w.import(dry)).code).toBe(0);
      expect((await w.import(['--server', 'documented'])).code).toBe(0);
    });
  });

  it('says what else will be missing: the receipt in the database, and an undo', async () => {
    const given = rights[engine].there.filter(
      ({ name }) => !/^(create|delete)\b/.test(name) && !name.includes('receipts'),
    );
    const { w, admin } = await restricted(engine, true, given);
    if (engine === 'mysql') await admin('drop table tmi_dbtool_receipts');
    const planned = await w.import(['--dry-run', '--json']);
    expect(planned.code).toBe(0);
    const notes = notesOf(planned).join('\n');
    expect(notes).toContain('the receipt will be on the disk alone');
    expect(notes).toMatch(/An undo of this import could not delete its rows.*GRANT DELETE ON /);
    expect((await w.import()).code).toBe(0);
    expect((await w.import(['--undo', w.receipt()])).code).not.toBe(0);
  });

  it('says before anything is written that an import without a file would leave no way back', async () => {
    const given = rights[engine].there.filter(
      ({ name }) => !/^create\b/.test(name) && !name.includes('receipts'),
    );
    const { w, admin } = await restricted(engine, true, given);
    const url = /url: "(.*?)"/.exec(w.text())?.[1] ?? '';
    if (engine === 'mysql') await admin('drop table tmi_dbtool_receipts');
    const env = { TMI_DATABASE_URL: url, TMI_OPERATOR_NAME: 'Ann' };
    const words = ['import-legacy', '--from-env', '--verbose'];
    const planned = await w.run([...words, '--dry-run', '--json'], { env });
    expect(planned.code).toBe(0);
    const [note] = notesOf(planned).filter((each) => each.includes('cannot undo this import'));
    const real = await w.run(words, { env });
    expect(real.code).toBe(0);
    const lines = real.err.split('\n');
    const warned = lines.findIndex((line) => line.includes('cannot undo this import'));
    expect(warned).toBeGreaterThanOrEqual(0);
    expect(warned).toBeLessThan(lines.findIndex((line) => line.includes('write')));
    // With what the note says the next one has a way back.
    for (const [, grant = ''] of (note ?? '').matchAll(/(GRANT [^;]*);/g)) await admin(grant);
    const more = { env: { ...env, TMI_OPERATOR_CONTACT: 'x' } };
    const next = await w.run(words, more);
    expect({ code: next.code, err: next.err }).toEqual({
      code: 0,
      err: expect.not.stringContaining('cannot undo this import') as string,
    });
    expect((await w.run(['import-legacy', '--undo', 'last', '--yes'], more)).code).toBe(0);
  });

  it('knows that a run which only takes known rows out of the file holds them, and needs a right to do so', async () => {
    const given = rights[engine].there.filter(({ name }) => !/^(?:create|insert|update|delete)\b/.test(name));
    const { w, admin, user } = await restricted(engine, true, given);
    await insertRow(engine, w.url, { key: 'operator.name', value: 'Ann', origin: 'explicit' });
    const planned = await w.import(['--dry-run', '--json']);
    const real = await w.import(['--json']);
    expect(planned.code).toBe(real.code);
    // MariaDB keeps rows from other writers for whoever may read them.
    if (engine === 'mysql' && real.code === 0) return;
    expect(stopsOf(real).map(({ code }) => code)).toEqual(['database/permission']);
    expect(stopsOf(planned).map(({ hint = '' }) => hint)).toEqual([
      expect.stringMatching(/^GRANT UPDATE ON .*system_settings/),
    ]);
    expect(planned.out).toContain(user);
    for (const { hint = '' } of stopsOf(planned)) await admin(hint.slice(0, -1));
    expect((await w.import(['--dry-run', '--json'])).code).toBe(0);
    expect((await w.import()).code).toBe(0);
  });

  it('asks for the right to delete where rows of a provider come to light that are to go', async () => {
    const given = rights[engine].there.filter(({ name }) => !/^delete\b/.test(name));
    const { w, admin } = await restricted(engine, true, given);
    const provider = 'auth: {build_mode: test, oauth: {providers: {google: {enabled: false}}}}';
    w.write(w.text().replace('auth: {build_mode: test}', provider));
    await insertRow(engine, w.url, {
      key: 'auth.oauth.providers.google.icon',
      value: 'x',
      origin: 'explicit',
    });
    const overwrites = ['--on-conflict', 'overwrite'];
    const planned = await w.import([...overwrites, '--dry-run', '--json']);
    const real = await w.import([...overwrites, '--json']);
    expect({ planned: planned.code, codes: stopsOf(real).map(({ code }) => code) }).toEqual({
      planned: real.code,
      codes: ['database/permission'],
    });
    expect(stopsOf(planned).map(({ hint = '' }) => hint)).toEqual([
      expect.stringMatching(/^GRANT DELETE ON .*system_settings/),
    ]);
    for (const { hint = '' } of stopsOf(planned)) await admin(hint.slice(0, -1));
    expect((await w.import([...overwrites, '--dry-run', '--json'])).code).toBe(0);
    expect((await w.import(overwrites)).code).toBe(0);
  });

  it('needs no right on the tables that tell the server where it is named', async () => {
    const given = rights[engine].there.filter(({ name }) => !/tmi_(?:schema|dbtool_stamp)/.test(name));
    const { w } = await restricted(engine, true, given);
    expect((await w.import(dry)).code).toBe(0);
    expect((await w.import(['--server', 'documented'])).code).toBe(0);
  });

  it('says that the stamp of production cannot be left, and asks for no receipt where none is wanted', async () => {
    const given = rights[engine].there.filter(
      ({ name }) => !/^create\b/.test(name) && !/tmi_dbtool_receipts|delete/.test(name),
    );
    const { w, admin } = await restricted(engine, true, given);
    if (engine === 'mysql') await admin('drop table tmi_dbtool_receipts');
    w.write(w.text().replace('{build_mode: test}', '{build_mode: production}'));
    const planned = await w.import(['--dry-run', '--json', '--no-backup']);
    expect(planned.code).toBe(0);
    const notes = notesOf(planned).filter((note) => /GRANT/.test(note));
    expect(notes).toEqual([expect.stringMatching(/cannot be stamped as one of production.*GRANT \w+ ON /)]);
    for (const [, grant = ''] of (notes[0] ?? '').matchAll(/(GRANT [^;]*);/g)) await admin(grant);
    expect(notesOf(await w.import(['--dry-run', '--json', '--no-backup'])).join()).not.toContain('GRANT');
  });

  it('asks in as many round trips however much there is to do', async () => {
    const w = await Workspace.create(engine, text);
    const database = await connect(w.url);
    const need = { table: 'system_settings', rows: ['select'] as const, holds: false, makes: true };
    const counts: number[] = [];
    for (const needs of [[need], [need, { ...need, table: 'a' }, { ...need, table: 'b' }]]) {
      const before = database.roundTrips;
      await database.missingRights(needs);
      counts.push(database.roundTrips - before);
    }
    expect(counts[0]).toBe(counts[1]);
    expect(counts[0]).toBeLessThanOrEqual(2);
  });
});

describe('sqlite', () => {
  // The file alone, its folder alone, and both.
  it.each([
    [true, false],
    [false, true],
    [true, true],
  ])(
    'says which of file (%s) and folder (%s) may not be written, as the run does',
    // Each builds the program and starts it four times.
    { timeout: 120_000 },
    async (ofFile, ofFolder) => {
      const cli = await ChildCli.create();
      onTestFinished(() => cli.dispose());
      const w = await Workspace.create('sqlite', text);
      await createServerTable('sqlite', w.url, { origin: true });
      const file = w.url.replace('sqlite://', '');
      chmodSync(dirname(file), 0o755);
      chmodSync(file, 0o644);
      for (const path of [w.folder, w.file]) chownSync(path, STRANGER, STRANGER);
      if (!ofFile) chownSync(file, STRANGER, STRANGER);
      if (!ofFolder) chownSync(dirname(file), STRANGER, STRANGER);
      const args = ['import-legacy', 'config.yml', '--json'];
      const run = (...more: string[]): Promise<ChildRun> =>
        cli.run({ args: [...args, ...more], cwd: w.folder, env: {}, now: '2026-11-21T07:45:00Z' }, STRANGER);
      const planned = await run('--dry-run');
      const real = await run();
      expect(planned.code).toBe(real.code);
      const hints = stopsOf(planned).map(({ hint = '' }) => /chmod u\+w (\S+)/.exec(hint)?.[1]);
      expect(hints.sort()).toEqual([...(ofFolder ? [dirname(file)] : []), ...(ofFile ? [file] : [])]);
      for (const path of [dirname(file), file]) chownSync(path, STRANGER, STRANGER);
      expect((await run('--dry-run')).code).toBe(0);
      expect((await run()).code).toBe(0);
    },
  );

  it('says that there is no room for the files, and how much they need', async () => {
    const w = await Workspace.create('sqlite');
    const folder = join(w.folder, 'small');
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', folder]);
    onTestFinished(() => void execFileSync('umount', ['-l', folder]));
    writeFileSync(join(folder, 'big.yml'), `${text.replace('$URL', w.url)}# ${'x'.repeat(70_000)}\n`);
    const words = ['import-legacy', 'small/big.yml'];
    const planned = await w.run([...words, '--dry-run', '--json']);
    const real = await w.run(words);
    expect(planned.code).toBe(real.code);
    const [stop] = stopsOf(planned);
    expect(stop).toMatchObject({
      code: 'config/cannot-write-file',
      hint: expect.stringContaining('--output') as string,
    });
    expect(planned.out).toMatch(/need \d+ bytes in \S+small, where \d+ are free/);
    expect((await w.run([...words, '--no-rewrite', '--dry-run'])).code).toBe(0);
    expect((await w.run([...words, '--no-rewrite'])).code).toBe(0);
  });

  // Four blocks of a file's text and more, so that each file that is left counts.
  it.each([
    ['the receipt and the backup', 'config', [], 3],
    ['the output where it goes', 'out', ['--output', 'small/out.yml'], 1],
  ] as const)('counts %s', async (_, kind, more, copies) => {
    const w = await Workspace.create('sqlite');
    const folder = join(w.folder, 'small');
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]);
    onTestFinished(() => void execFileSync('umount', ['-l', folder]));
    const name = kind === 'out' ? 'config.yml' : 'small/config.yml';
    // The receipt keeps the row that is replaced, which is as long as the file.
    const long = 'x'.repeat(20_000);
    await createServerTable('sqlite', w.url, { origin: true });
    await insertRow('sqlite', w.url, { key: 'operator.name', value: long, origin: 'explicit' });
    const size = 24_000;
    writeFileSync(join(w.folder, name), `${text.replace('$URL', w.url)}# ${'x'.repeat(size)}\n`);
    const words = ['import-legacy', name, '--on-conflict', 'overwrite', ...more];
    const free = (): number => statfsSync(folder).bavail * 4096;
    const filler = openSync(join(folder, 'filler'), 'w');
    onTestFinished(() => closeSync(filler));
    const fill = (left: number): void => {
      ftruncateSync(filler, 0);
      writeSync(filler, Buffer.alloc(free() - left), 0, undefined, 0);
    };
    // Room for all but one of the files, and then for each of them.
    fill(copies * 24_576 - 8192);
    const planned = await w.run([...words, '--dry-run', '--json']);
    expect(stopsOf(planned)).toMatchObject([{ code: 'config/cannot-write-file' }]);
    expect(planned.code).toBe((await w.run(words)).code);
    fill(copies * 28_672);
    expect(stopsOf(await w.run([...words, '--dry-run', '--json']))).toEqual([]);
    expect((await w.run(words)).code).toBe(0);
  });

  it('counts the rows where the database is a file', async () => {
    const w = await Workspace.create('sqlite');
    const folder = join(w.folder, 'small');
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]);
    onTestFinished(() => void execFileSync('umount', ['-l', folder]));
    const url = `sqlite://${join(folder, 'tmi.db')}`;
    await createServerTable('sqlite', url, { origin: true });
    w.write(
      `database: {url: "${url}"}\nauth: {build_mode: test}\noperator:\n  name: ${'x'.repeat(300_000)}\n`,
    );
    const planned = await w.import(['--dry-run', '--json']);
    expect(stopsOf(planned).map(({ code }) => code)).toEqual(['config/cannot-write-file']);
    expect(planned.out).toContain(`bytes in ${folder}`);
    expect((await w.import()).code).not.toBe(0);
  });

  it('says that a secret in plain text cannot go into a receipt, which stops an import of a file alone', async () => {
    const w = await Workspace.create('sqlite', `${text}timmy: {llm_api_key: new}\n`);
    await createServerTable('sqlite', w.url, { origin: true });
    await insertRow('sqlite', w.url, { key: 'timmy.llm_api_key', value: 'CANARY-old', origin: 'explicit' });
    const words = ['--allow-plaintext-secrets', '--on-conflict', 'overwrite'];
    const planned = await w.import([...words, '--dry-run', '--json']);
    const real = await w.import([...words, '--json']);
    expect(stopsOf(planned).map(({ code }) => code)).toEqual(['legacy/secret-not-undoable']);
    expect(stopsOf(real).map(({ code }) => code)).toEqual(['legacy/secret-not-undoable']);
    expect(planned.code).toBe(real.code);
    // The environment has no file beside which a receipt could be: it is imported, and told that nothing takes it back.
    const env = { TMI_DATABASE_URL: w.url, TMI_TIMMY_LLM_API_KEY: 'new' };
    const dryEnv = await w.run(['import-legacy', '--from-env', ...words, '--dry-run', '--json'], { env });
    expect(notesOf(dryEnv).join('\n')).toMatch(
      /the tool cannot undo this import.*timmy\.llm_api_key holds a secret/,
    );
    const realEnv = await w.run(['import-legacy', '--from-env', ...words], { env });
    expect([dryEnv.code, realEnv.code]).toEqual([0, 0]);
    expect(realEnv.err).toContain('the tool cannot undo this import');
    expect(planned.out + dryEnv.out + realEnv.err).not.toContain('CANARY');
  });

  it('names a key that opens nothing, a folder and a lock together, with the exit code of the first', async () => {
    const w = await Workspace.create('sqlite', text);
    await createServerTable('sqlite', w.url, { origin: true });
    await insertRow('sqlite', w.url, {
      key: 'operator.contact',
      value: cipherOf(OLD_KEY).seal('x', new Date()),
      origin: 'explicit',
    });
    const other = await connect(w.url);
    await other.lock(RUN_LOCK);
    linkSync(w.file, join(w.folder, 'second.yml'));
    const env = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY };
    const planned = await w.import(['--dry-run', '--json'], { env });
    expect(
      stopsOf(planned)
        .map(({ code }) => code)
        .sort(),
    ).toEqual(['database/locked', 'legacy/cannot-rewrite-here', 'settings/cannot-decrypt']);
    expect(planned.code).toBe((await w.import([], { env })).code);
  });

  // Nothing can be planned then, and all the same everything else is found.
  it.each([
    [
      'a malformed key',
      {},
      { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'short' },
      'settings/encryption-key-invalid',
    ],
    [
      'a store that cannot be reached',
      {
        secrets: {
          provider: 'vault',
          vault_address: 'http://127.0.0.1:9',
          vault_path: 'secret/tmi',
          vault_token: 'CANARY-token',
        },
      },
      {},
      'secrets/unreachable',
    ],
    [
      'a value that no server takes',
      { websocket: { inactivity_timeout_seconds: 'soon' } },
      {},
      'config/invalid-value',
    ],
  ] as const)('names what else would stop the run beside %s', async (_, more, env, code) => {
    const w = await Workspace.create('sqlite', text + yamlOf(more));
    await createServerTable('sqlite', w.url, { origin: true });
    const other = await connect(w.url);
    await other.lock(RUN_LOCK);
    linkSync(w.file, join(w.folder, 'second.yml'));
    const planned = await w.import(['--dry-run', '--json'], { env });
    const codes = stopsOf(planned).map((stop) => stop.code);
    expect(codes.sort()).toEqual([code, 'database/locked', 'legacy/cannot-rewrite-here'].sort());
    expect(planned.code).toBe((await w.import([], { env })).code);
    expect(planned.out + planned.err).not.toContain('CANARY');
  });

  it('names a database that cannot be had beside a key that is none, and once a store that ends both', async () => {
    const w = await Workspace.create('sqlite', text.replace('$URL', 'sqlite:///nowhere/at/all/tmi.db'));
    const env = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'short' };
    const codes = stopsOf(await w.import(['--dry-run', '--json'], { env })).map(({ code }) => code);
    expect(codes.sort()).toEqual(['database/no-such-database', 'settings/encryption-key-invalid']);
    w.write('database: {url: "vault://tmi/url"}\nsecrets: {provider: nobody}\noperator: {name: Ann}\n');
    expect(stopsOf(await w.import(['--dry-run', '--json']))).toMatchObject([
      { code: 'secrets/provider-not-configured' },
    ]);
  });
});
