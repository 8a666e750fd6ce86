import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { RUN_LOCK } from '../../src/database/index.js';
import { cipherOf, KEY, OLD_KEY } from '../settings/support.js';
import { ChildCli, type ChildRun } from '../support/cli.js';
import { connect } from '../support/connection.js';
import { createServerTable, insertRow, withDatabase } from '../support/rows.js';
import { needsLogins, testServer } from '../support/servers/index.js';
import { Workspace, type Run } from '../support/workspace.js';

// A dry run is held against the run itself, under users that lack one right at a time: both end alike, and after the
// statements that the dry run prints were typed, both end well.

const PASSWORD = 'Zq8-CANARY-restricted';
const text = 'database: {url: "$URL"}\nauth: {build_mode: test}\noperator:\n  name: Ann\n';

/** Further blocks of a file, in the form that YAML shares with JSON. */
const yamlOf = (blocks: object): string =>
  Object.entries(blocks)
    .map(([name, block]) => `${name}: ${JSON.stringify(block)}\n`)
    .join('');

/** A user who is nobody here. */
const STRANGER = 65_534;

type Engine = 'postgres' | 'mysql';

interface Right {
  readonly name: string;
  readonly grant: (user: string, database: string) => string;
}

const postgres = (name: string, on: string): Right => ({
  name,
  grant: (user) => `grant ${name} on ${on} to ${user}`,
});
const mysql = (name: string, on: string): Right => ({
  name: `${name} on ${on}`,
  grant: (user, database) => `grant ${name} on ${database}.${on} to ${user}`,
});

/** All that a run needs, where the settings are there and where they are not. */
const rights: Readonly<Record<Engine, Readonly<Record<'there' | 'missing', readonly Right[]>>>> = {
  postgres: {
    there: [
      postgres('usage', 'schema public'),
      postgres('create', 'schema public'),
      ...['select', 'insert', 'update', 'delete'].map((right) => postgres(right, 'table system_settings')),
    ],
    missing: [postgres('usage', 'schema public'), postgres('create', 'schema public')],
  },
  mysql: {
    there: [
      mysql('create', '*'),
      ...['select', 'insert', 'update', 'delete'].map((right) => mysql(right, 'system_settings')),
      mysql('select', 'tmi_schema_versions'),
      mysql('select', 'tmi_dbtool_stamp'),
      ...['select', 'insert', 'update', 'delete'].map((right) => mysql(right, 'tmi_dbtool_receipts')),
    ],
    missing: ['create', 'select', 'insert', 'update', 'delete'].map((right) => mysql(right, '*')),
  },
};

/** Tables on which rights can only be given once they are there. */
const further = ['tmi_schema_versions', 'tmi_dbtool_stamp', 'tmi_dbtool_receipts'];

async function restricted(engine: Engine, isThere: boolean, given: readonly Right[]): Promise<Case> {
  const w = await Workspace.create(engine);
  const url = new URL(w.url);
  const user = `restricted_${randomBytes(4).toString('hex')}`;
  const account = engine === 'postgres' ? user : `${user}@'%'`;
  const admin = (sql: string): Promise<unknown> => withDatabase(engine, w.url, (statement) => statement(sql));
  if (isThere) await createServerTable(engine, w.url, { origin: true });
  if (engine === 'postgres') {
    await admin(`create user ${user} password '${PASSWORD}'`);
    await admin('revoke all on schema public from public');
  } else {
    await admin(`create user ${account} identified by '${PASSWORD}'`);
    if (isThere) await makeOthers(admin);
  }
  onTestFinished(async () => {
    const server = (await testServer(engine)).url;
    if (engine === 'postgres') await admin(`drop owned by ${user}`).catch(() => undefined);
    await withDatabase(engine, server, (statement) => statement(`drop user ${account}`)).catch(
      () => undefined,
    );
  });
  for (const right of given) await admin(right.grant(account, url.pathname.slice(1)));
  const own = new URL(w.url);
  own.username = user;
  own.password = PASSWORD;
  w.write(text.replace('$URL', own.href));
  return { w, admin, user };
}

/** As they look in the database of a server that the tool has worked for. */
async function makeOthers(admin: (sql: string) => Promise<unknown>): Promise<void> {
  const [versions, stamp, receipts] = further;
  await admin(`create table ${versions} (id varchar(32) primary key)`);
  await admin(`create table ${stamp} (name varchar(64) primary key, value varchar(64) not null)`);
  await admin(
    `create table ${receipts} (id varchar(64) primary key, created_at varchar(32) not null, status varchar(16) not null, receipt longtext not null)`,
  );
}

interface Case {
  readonly w: Workspace;
  readonly user: string;
  readonly admin: (sql: string) => Promise<unknown>;
}

interface Finding {
  readonly code: string;
  readonly hint?: string;
}

/** What would stop the run, by the JSON of its dry run. */
function stopsOf({ out }: Pick<Run, 'out'>): readonly Finding[] {
  const document = JSON.parse(out.trim() === '' ? '{}' : out) as {
    error?: Finding & { diagnostics?: readonly Finding[] };
  };
  const { error } = document;
  if (!error) return [];
  return error.diagnostics && error.diagnostics.length > 0 ? error.diagnostics : [error];
}

const notesOf = ({ out }: Run): readonly string[] => (JSON.parse(out) as { notes: string[] }).notes;

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
