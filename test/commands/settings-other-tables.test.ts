import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEY, OLD_KEY, seal } from '../settings/support.js';
import { describeEngines, type TestEngine } from '../support/database.js';
import { createServerTable, insertRow, type ServerRow } from '../support/rows.js';
import { Workspace, type Run } from '../support/workspace.js';

const config = 'database: {url: "$URL"}\n';
const keyed = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY };
const wrong = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: OLD_KEY };
const create = (engine: TestEngine = 'sqlite', text = config): Promise<Workspace> =>
  Workspace.create(engine, text);
const run = (w: Workspace, words: string, env: Record<string, string> = keyed): Promise<Run> =>
  w.run([...words.split(' '), '--config', 'config.yml'], { env });
const json = (out: string) => JSON.parse(out) as Record<string, unknown>;
const fault = (out: string) =>
  (json(out) as { error: { code: string; diagnostics: Record<string, unknown>[] } }).error;

async function tableOf(w: Workspace, rows: readonly ServerRow[], origin = true): Promise<void> {
  await createServerTable(w.engine, w.url, { origin });
  for (const row of rows) await insertRow(w.engine, w.url, row);
}

describeEngines((engine) => {
  it('stores nothing with a wrong key or none, and says which key the rows want', async () => {
    const w = await create(engine);
    await run(w, 'seed-settings --only ui');
    writeFileSync(
      join(w.folder, 'old.yml'),
      `${config.replace('$URL', w.url)}upload: {max_file_size_mb: 50}\n`,
    );
    await run(w, 'settings export --output out.yml');
    const before = await w.rows();
    const commands = [
      'settings set upload.max_file_size_mb 5',
      'settings set upload.max_file_size_mb 5 --dry-run',
      'settings set ui.default_theme dark',
      'seed-settings',
      'seed-settings --if-empty',
      'import-legacy old.yml --yes --on-conflict overwrite',
    ];
    for (const words of commands) {
      for (const env of [{}, wrong]) {
        const { code, err } = await run(w, words, env);
        expect([code, err.includes('the key of context 1 that was in use at')], words + err).toEqual([
          5,
          true,
        ]);
        expect(err).toContain('TMI_SECRET_SETTINGS_ENCRYPTION_KEY');
      }
    }
    expect(await w.rows()).toEqual(before);
    expect((await run(w, 'settings unset ui.default_theme', {})).code).toBe(0);
    expect((await run(w, 'settings set upload.max_file_size_mb 5', wrong)).code).toBe(0);
    // What takes all rows of the lost key away leaves nothing beside them.
    const imported = 'settings import out.yml --on-conflict overwrite --prune --yes';
    expect((await run(w, imported, {})).code).toBe(0);
  });

  it('copies a table of another server as it is, warned by the export', async () => {
    const [from, to] = [await create(engine), await create(engine)];
    await tableOf(from, [
      { key: 'ui.default_theme', value: 'dark', origin: 'explicit' },
      { key: 'other.note', value: 'x', type: 'text', origin: 'seeded' },
      { key: 'other.wait', value: '5m', type: 'duration', origin: null },
      { key: 'logging.level', value: 'debug', origin: 'explicit' },
      { key: 'auth.jwt.secret', value: 'hunter2-hunter2', origin: 'explicit' },
      { key: 'a key with spaces', value: '1', type: 'int', origin: 'explicit' },
      { key: 'tab\tand\u0007bell', value: '1', origin: 'explicit' },
      { key: 'reencrypt', value: '1', origin: 'explicit' },
      { key: 'Upload.Max_File_Size_MB', value: 'ten', type: 'text', origin: 'explicit' },
    ]);
    const exported = await run(from, 'settings export --secrets reveal --output out.yml');
    expect(exported.code).toBe(0);
    expect(exported.err).toContain('only with --allow-unknown');
    expect(exported.err).toContain('only with --allow-invalid');
    writeFileSync(join(to.folder, 'in.yml'), readFileSync(join(from.folder, 'out.yml')));

    const refused = await run(to, 'settings import in.yml --json');
    expect(refused.code).toBe(3);
    expect(fault(refused.out).diagnostics).toHaveLength(8);
    expect((await run(to, 'settings import in.yml --allow-unknown')).code).toBe(3);
    const imported = 'settings import in.yml --allow-unknown --allow-invalid';
    expect(await run(to, imported)).toMatchObject({ code: 0 });
    expect((await run(to, imported)).out).toContain('Nothing to do.');
    expect((await run(to, 'settings diff in.yml database')).code).toBe(0);
    expect((await run(from, 'settings diff out.yml database')).code).toBe(0);
    expect((await run(to, 'settings digest')).out).toBe((await run(from, 'settings digest')).out);
    const facts = async (w: Workspace) =>
      [...(await w.rows()).values()].map((row) => ({ ...row, value: '' }));
    expect(await facts(to)).toEqual(await facts(from));
  });

  it('says of a table without a column for the origin what it cannot keep', async () => {
    const w = await create(engine, `${config}websocket: {inactivity_timeout_seconds: 400}\n`);
    const key = 'websocket.inactivity_timeout_seconds';
    await tableOf(w, [{ key, value: '300', type: 'int' }], false);
    const set = await run(w, `settings set ${key} 300`);
    expect(set).toMatchObject({ code: 0 });
    expect(set.err).toContain('no origin column');
    expect(set.out).toContain(`still wins (${key})`);
    expect(json((await run(w, `settings set ${key} 300 --json`)).out)).toMatchObject({
      hasOrigin: false,
      unmarked: [key],
    });
    expect(json((await run(w, `settings set ${key} 301 --json`)).out)).toMatchObject({ unmarked: [] });
    for (const words of ['seed-settings --only ui', 'settings export', `settings explain ${key}`]) {
      expect((await run(w, words)).err, words).toContain('no origin column');
    }
  });
});

it('tells the first of many rows with one fault, and how many more there are', async () => {
  const keys = ['operator.name', 'operator.contact', 'ui.default_theme', 'a.b', 'c.d'];
  const w = await Workspace.create('sqlite', config);
  await tableOf(
    w,
    keys.map((key) => ({ key, value: seal('x', OLD_KEY), origin: 'explicit' as const })),
  );
  const { err } = await run(w, 'settings list');
  expect(err.match(/^warning: .*context 1/gm)).toHaveLength(3);
  expect(err).toContain('and 2 more rows like these [settings/cannot-decrypt]');
  const all = json((await run(w, 'settings list --json')).out) as { settings: { problem: object | null }[] };
  expect(all.settings.filter(({ problem }) => problem !== null)).toHaveLength(5);
  expect((await run(w, 'db status')).out).toContain('and 2 more');
});

describe('a row that cannot be decrypted', () => {
  const key = 'websocket.inactivity_timeout_seconds';
  const create400 = async (origin: 'seeded' | 'explicit'): Promise<Workspace> => {
    const w = await create('sqlite', `${config}websocket: {inactivity_timeout_seconds: 400}\n`);
    await tableOf(w, [{ key, value: seal('600', OLD_KEY), type: 'int', origin }]);
    return w;
  };

  it('leaves the effective value open: no answer of file or default', async () => {
    const w = await create400('explicit');
    const bare = await run(w, `settings get ${key} --effective`);
    expect([bare.code, bare.out]).toEqual([5, '']);
    expect(bare.err).toContain('the key of context 1');
    const data = await run(w, `settings get ${key} --effective --json`);
    expect(data.code).toBe(5);
    expect(json(data.out)).toMatchObject({
      settings: [{ key, value: null }],
      diagnostics: [{ code: 'settings/cannot-decrypt', key }],
    });
  });

  it('does not matter where a file outranks it', async () => {
    const w = await create400('seeded');
    expect(await run(w, `settings get ${key} --effective`)).toMatchObject({ code: 0, out: '400\n' });
  });

  it('is shown by explain, which gives no verdict', async () => {
    const w = await create400('explicit');
    await insertRow('sqlite', w.url, { key: 'operator.name', value: seal('Ann', OLD_KEY), origin: 'seeded' });
    const { code, out, err } = await run(w, `settings explain ${key}`);
    expect([code, err.split('\n')]).toMatchObject([5, { length: 2 }]);
    expect(out).toMatch(/database +unreadable/);
    expect(out).toContain('documented: not known');
    expect(err).toContain('the key of context 1');
  });

  it('is one JSON document with its problem', async () => {
    const w = await create400('explicit');
    const { code, out } = await run(w, `settings get ${key} --json`);
    expect(code).toBe(5);
    expect(json(out)).toMatchObject({ settings: [{ problem: { code: 'settings/cannot-decrypt' } }] });
  });
});

describe('settings get --effective', () => {
  const key = 'websocket.inactivity_timeout_seconds';

  it('warns of a variable that is no value', async () => {
    const w = await create();
    const env = { ...keyed, TMI_WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS: 'soon' };
    const { code, out, err } = await run(w, `settings get ${key} --effective`, env);
    expect([code, out]).toEqual([0, '300\n']);
    expect(err).toContain('TMI_WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS is not valid');
    expect((await run(w, 'settings get ui.default_theme --effective', env)).err).toBe('');
  });

  it('prints no row that is no value, and says so', async () => {
    const w = await create();
    const scopes = 'auth.oauth.providers.google.scopes';
    await tableOf(w, [
      { key: scopes, value: 'notjson', type: 'json', origin: 'explicit' },
      { key: 'auth.oauth.client_callback_allowlist', value: '{"a":1}', type: 'json', origin: 'explicit' },
      { key, value: seal('600', OLD_KEY), type: 'int', origin: 'explicit' },
    ]);
    const { code, out, err } = await run(w, `settings get ${scopes} --effective`);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain(`The row ${scopes} is not valid: expected a list`);
    expect(err).toContain(`tmi-dbtool settings set ${scopes} VALUE`);
    const data = await run(w, `settings get ${scopes} --effective --json`);
    expect(data.code).toBe(3);
    expect(json(data.out)).toMatchObject({
      settings: [{ key: scopes, value: null, winner: 'database' }],
      diagnostics: [{ code: 'settings/invalid-value', key: scopes }],
    });
    const both = await run(w, `settings get ${scopes} ${key} --effective`);
    expect([both.code, both.err]).toEqual([5, expect.stringContaining(`The row ${scopes} is not valid`)]);
    const explained = await run(w, `settings explain ${scopes}`);
    expect(explained.code).toBe(3);
    expect(explained.out).toContain('documented: not known');
    expect((await run(w, 'settings list')).err).toContain(
      'auth.oauth.client_callback_allowlist is not valid: expected a list of texts',
    );
  });

  it('takes a row without a value for none', async () => {
    const w = await create();
    await tableOf(w, [{ key, value: '', type: 'int', origin: 'explicit' }]);
    expect((await run(w, `settings get ${key} --effective`)).out).toBe('300\n');
    expect((await run(w, 'settings list --changed --json')).out).not.toContain(key);
  });
});

it('an import passes over no row without a value, and finds no conflict in it', async () => {
  const w = await create('sqlite', `${config}websocket: {inactivity_timeout_seconds: 400}\n`);
  const key = 'websocket.inactivity_timeout_seconds';
  await tableOf(w, [{ key, value: '', type: 'int', origin: 'explicit' }]);
  const { code, out } = await w.import(['--yes', '--json'], { env: {} });
  expect([code, (json(out) as { proof: { differences: unknown[] } }).proof.differences]).toEqual([0, []]);
  expect(await w.values()).toEqual({ [key]: '400' });
});

describe('a single fault', () => {
  it.each([
    ['settings set no.such.key 1', 'no.such.key', 3],
    ['settings set upload.max_file_size_mb x', 'upload.max_file_size_mb', 3],
    ['settings set server.port 1', 'server.port', 4],
    ['settings unset no.such.key', 'no.such.key', 3],
    ['settings get ui.default_theme', 'ui.default_theme', 1],
    ['settings explain no.such.key', 'no.such.key', 3],
    ['settings set ui.default_theme dark --if-match 0', 'ui.default_theme', 3],
    ['settings set ui.default_theme=dark ui.default_theme=light', 'ui.default_theme', 3],
  ])('of %s has its key in JSON, and is said once', async (words, key, exit) => {
    const w = await create();
    const { code, out } = await run(w, `${words} --json`);
    expect(code).toBe(exit);
    expect(fault(out).diagnostics).toMatchObject([{ key, code: fault(out).code }]);
    const { err } = await run(w, words);
    expect(err.match(/\[settings\//g)).toHaveLength(1);
  });
});

it('suggests the key for one in capitals', async () => {
  const w = await create();
  expect((await run(w, 'settings get OPERATOR.NAME')).err).toContain('Did you mean operator.name?');
});

it('refuses options of which one would be passed over', async () => {
  const w = await create();
  for (const words of ['settings export --format yaml --json', 'settings explain --all ui.default_theme']) {
    const { code, out } = await run(w, `${words} --json`);
    expect([code, fault(out).code], words).toEqual([2, 'usage/conflicting-options']);
  }
  expect((await run(w, 'settings export --format json --json')).code).toBe(0);
});

it('refuses an import before it reaches the database where a column is too short', async () => {
  const w = await create();
  await run(w, 'settings set ui.default_theme dark');
  await run(w, 'settings export --output out.yml');
  const text = w.text('out.yml').replace('modified_by: null', `modified_by: "${'x'.repeat(37)}"`);
  writeFileSync(join(w.folder, 'out.yml'), text);
  const { code, out } = await run(w, 'settings import out.yml --dry-run --json');
  expect(code).toBe(3);
  expect(fault(out).diagnostics).toMatchObject([{ key: 'ui.default_theme', position: { line: 7 } }]);
});

it('names the setting of an export that no digest can be made of', async () => {
  const w = await create();
  const key = 'auth.oauth.providers.google.client_secret';
  await w.run(['settings', 'set', key, '--stdin', '--config', 'config.yml'], {
    env: keyed,
    stdin: 'hunter2',
  });
  await run(w, 'settings export --output out.yml');
  const { code, out } = await run(w, 'settings digest out.yml --json');
  expect(code).toBe(3);
  expect(fault(out).diagnostics).toMatchObject([{ key, file: 'out.yml', position: { line: 7 } }]);
});
