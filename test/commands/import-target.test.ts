import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { snapshot } from '../legacy/sample.js';
import { freshUrl } from '../support/connection.js';
import { describeEngines } from '../support/database.js';
import { readRows, withDatabase } from '../support/rows.js';
import { needsLogins, testServer, whyMissing } from '../support/servers/index.js';
import { Workspace, type Run } from '../support/workspace.js';

const text = 'database: {url: "$URL"}\nauth: {build_mode: test}\noperator:\n  name: Ann\n';
const stored = { 'operator.name': 'Ann' };

async function two(): Promise<{ w: Workspace; elsewhere: string }> {
  return { w: await Workspace.create('sqlite', text), elsewhere: await freshUrl('sqlite') };
}

async function keysIn(url: string): Promise<string[]> {
  return [...(await readRows('sqlite', url).catch(() => new Map<string, unknown>())).keys()];
}

describe('--database-url that leads elsewhere than the file', () => {
  it.each([[[]], [['--dry-run']], [['--json']]])(
    'stops the run, and shows both, with %j',
    async (further) => {
      const { w, elsewhere } = await two();
      const before = await snapshot(w);
      const { code, out, err } = await w.import(['--database-url', elsewhere, ...further]);
      expect(code).toBe(4);
      expect(out + err).toContain('legacy/wrong-database');
      for (const part of [w.url, elsewhere, 'config.yml:1:12', '--other-database'])
        expect(out + err).toContain(part);
      expect(await snapshot(w)).toEqual(before);
      expect(await keysIn(elsewhere)).toEqual([]);
    },
  );

  it('goes on when that is meant, and says what it means', async () => {
    const { w, elsewhere } = await two();
    const { code, out } = await w.import(['--database-url', elsewhere, '--other-database']);
    expect(code).toBe(0);
    expect(await keysIn(elsewhere)).toEqual(['operator.name']);
    expect(out.trimEnd().split('\n').at(-1)).toContain('sees nothing of what is stored');
  });

  it('is compared with the variable where one outranks the file', async () => {
    const { w, elsewhere } = await two();
    const env = { TMI_DATABASE_URL: elsewhere };
    const refused = await w.import(['--database-url', w.url], { env });
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('TMI_DATABASE_URL names');
    expect((await w.import(['--database-url', elsewhere], { env })).code).toBe(0);
  });

  it('stops where nobody can tell where the file leads', async () => {
    const w = await Workspace.create('sqlite', text.replace('$URL', 'env://NOT_SET'));
    const { code, err } = await w.import(['--database-url', w.url]);
    expect(code).toBe(4);
    expect(err).toContain('leads to nothing that could be compared');
    expect((await w.import(['--database-url', w.url, '--other-database'])).code).toBe(0);
  });

  it('is as good as the file where the file names none, or the same one in other words', async () => {
    const none = await Workspace.create('sqlite', 'operator: {name: Ann}\nauth: {build_mode: test}\n');
    expect((await none.import(['--database-url', none.url])).code).toBe(0);
    const { w } = await two();
    const folder = w.url.replace('sqlite://', '').replace('/tmi.db', '');
    expect((await w.import(['--database-url', `sqlite://${folder}/./tmi.db?x=1`])).code).toBe(0);
    expect(await w.values()).toEqual(stored);
  });

  it('needs --database-url to be allowed', async () => {
    const { w } = await two();
    expect((await w.import(['--other-database'])).code).toBe(2);
  });
});

it('notes a variable that leads elsewhere than the file, last of all, and proves under its condition', async () => {
  const { w, elsewhere } = await two();
  const { code, out } = await w.import([], { env: { TMI_DATABASE_URL: elsewhere } });
  expect(code).toBe(0);
  expect(await keysIn(elsewhere)).toEqual(['operator.name']);
  expect(out).toContain(
    'no unwanted difference, for a server that is started with the same TMI_DATABASE_URL',
  );
  const last = out.trimEnd().split('\n').at(-1);
  for (const part of ['TMI_DATABASE_URL', elsewhere, w.url]) expect(last).toContain(part);
});

it.each([[['import-legacy', 'config.yml']], [['--import-legacy', '-f', 'config.yml']]])(
  'notes that the imported file names another database than --config, of which its server sees nothing, with %j',
  async (command) => {
    const { w, elsewhere } = await two();
    writeFileSync(join(w.folder, 'boot.yml'), `database: {url: "${elsewhere}"}\n`);
    const { code, out, err } = await w.run([...command, '--config', 'boot.yml']);
    expect(code, err).toBe(0);
    expect(await keysIn(elsewhere)).toEqual(['operator.name']);
    const last = (out + err).split('\n').findLast((line) => line.includes('sees nothing'));
    for (const part of [elsewhere, 'boot.yml:1:12', `config.yml:1:12 names ${w.url}`])
      expect(last).toContain(part);
    writeFileSync(join(w.folder, 'boot.yml'), `database: {url: "${w.url}"}\n`);
    const same = await w.run([...command, '--config', 'boot.yml', '--dry-run']);
    expect(same.out).not.toContain('sees nothing');
  },
);

it('lets either file name the database in the historical form', async () => {
  const { w, elsewhere } = await two();
  const third = await freshUrl('sqlite');
  writeFileSync(join(w.folder, 'boot.yml'), `database: {url: "${elsewhere}"}\n`);
  const run = (url: string) =>
    w.run([
      '--import-legacy',
      '--config',
      'boot.yml',
      '-f',
      'config.yml',
      '--database-url',
      url,
      '--dry-run',
    ]);
  expect((await run(w.url)).code).toBe(0);
  expect((await run(elsewhere)).code).toBe(0);
  expect((await run(third)).code).toBe(4);
  // Today's form takes the configuration at its word.
  const today = ['import-legacy', '--config', 'boot.yml', 'config.yml', '--dry-run', '--database-url'];
  expect((await w.run([...today, elsewhere])).code).toBe(0);
  expect((await w.run([...today, w.url])).code).toBe(4);
});

it('says that no server has used the database so far', async () => {
  const { w } = await two();
  const missing = await w.import(['--dry-run']);
  expect(missing.out).toMatch(/note: The file .*tmi\.db does not exist; .* this is not its database/);
  await withDatabase('sqlite', w.url, (sql) => sql('CREATE TABLE other (x int)'));
  const foreign = await w.import(['--dry-run']);
  expect(foreign.out).toContain('has none of the tables of a TMI server');
  await withDatabase('sqlite', w.url, (sql) => sql('CREATE TABLE threat_models (id varchar(36))'));
  expect((await w.import(['--dry-run'])).out).not.toContain('not its database');
});

describeEngines((engine) => {
  it('tells two databases of one server apart, and asks the server where addresses differ', async () => {
    const w = await Workspace.create(engine, text);
    const other = await freshUrl(engine);
    expect((await w.import(['--dry-run'])).out).toContain('this is not its database');
    const refused = await w.import(['--database-url', other, '--dry-run']);
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('[legacy/wrong-database]');
    expect((await w.import(['--database-url', w.url, '--dry-run'])).code).toBe(0);
    if (engine !== 'postgres' && engine !== 'mysql') return;
    if (engine === 'postgres') {
      await withDatabase(engine, w.url, (sql) => sql('create schema other'));
      const inSchema = (name: string): string =>
        `${w.url}${w.url.includes('?') ? '&' : '?'}search_path=${name}`;
      const elsewhere = await w.import(['--database-url', inSchema('other'), '--dry-run']);
      expect({ code: elsewhere.code, err: elsewhere.err }).toEqual({
        code: 4,
        err: expect.stringMatching(/\(search_path other\)[^]*\[legacy\/wrong-database\]/) as string,
      });
      expect((await w.import(['--database-url', inSchema('public'), '--dry-run'])).code).toBe(0);
    }
    const { socket } = await testServer(engine);
    if (socket === undefined) return;
    // Another address of the same server: the addresses do not tell, the server does.
    const bySocket = (url: string): string => {
      const { username, password, port, pathname, protocol } = new URL(url);
      const query = engine === 'postgres' ? `host=${socket}&port=${port}` : `socket=${socket}`;
      return `${protocol}//${username}:${password}@${engine === 'postgres' ? '' : 'localhost'}${pathname}?${query}`;
    };
    const again = await w.import(['--database-url', bySocket(w.url), '--dry-run']);
    expect(again.code, again.err).toBe(0);
    expect((await w.import(['--database-url', bySocket(other), '--dry-run'])).code).toBe(4);
  });
});

it('sees that a role is led to another schema of the same database', async (context) => {
  if (whyMissing('postgres') !== undefined) context.skip('no PostgreSQL');
  needsLogins('postgres', context);
  const w = await Workspace.create('postgres', text);
  const role = `led_${randomBytes(4).toString('hex')}`;
  const admin = (sql: string): Promise<unknown> => withDatabase('postgres', w.url, (run) => run(sql));
  await admin(`create role ${role} login password 'secret'`);
  onTestFinished(async () => {
    await admin(`drop owned by ${role}`);
    await admin(`drop role ${role}`);
  });
  await admin('create schema other');
  await admin(`grant usage on schema other to ${role}`);
  const asRole = new URL(w.url);
  asRole.username = role;
  asRole.password = 'secret';
  const run = (): Promise<Run> => w.import(['--database-url', asRole.href, '--dry-run', '--json']);
  const noted = (): Promise<Run> => w.import(['--dry-run'], { env: { TMI_DATABASE_URL: asRole.href } });
  // Another user of the same tables is no other database.
  expect((await run()).err).not.toContain('wrong-database');
  expect((await noted()).out).not.toContain('is started with the same TMI_DATABASE_URL');
  await admin(`alter role ${role} set search_path = other`);
  const refused = await run();
  expect(refused.code).toBe(4);
  expect(refused.out).toContain('legacy/wrong-database');
  expect(refused.out).toContain('where its user is led to another schema');
  expect((await noted()).out).toContain('is started with the same TMI_DATABASE_URL');
});
