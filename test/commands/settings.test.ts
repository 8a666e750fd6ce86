import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAssignments } from '../../commands/settings-set.js';
import { KEY, seal } from '../settings/support.js';
import { codeOf } from '../support/errors.js';
import { createServerTable, insertRow } from '../support/rows.js';
import { startRedis, whyNoRedis, type TestRedis } from '../support/servers/redis.js';
import { Workspace } from '../support/workspace.js';

const config = 'database: {url: "$URL"}\n';
const env = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY };
const secretKey = 'auth.oauth.providers.google.client_secret';
const create = (text = config): Promise<Workspace> => Workspace.create('sqlite', text);
const run = (w: Workspace, words: string, options: Parameters<Workspace['run']>[1] = {}) =>
  w.run([...words.split(' '), '--config', 'config.yml'], { env, ...options });
const json = (out: string) => JSON.parse(out) as Record<string, unknown>;

describe('settings get', () => {
  it('prints the bare value and a line break into a pipe', async () => {
    const w = await create();
    await w.run(['settings', 'set', 'operator.name', ' two\nlines ', '--config', 'config.yml'], { env });
    expect(await run(w, 'settings get operator.name')).toMatchObject({
      code: 0,
      out: ' two\nlines \n',
      err: '',
    });
  });

  it('masks a secret in a pipe too, and says how to see it', async () => {
    const w = await create();
    await run(w, `settings set ${secretKey} --stdin`, { stdin: 'hunter2\n' });
    const masked = await run(w, `settings get ${secretKey}`);
    expect([masked.out, masked.err.includes('--reveal')]).toEqual(['********\n', true]);
    expect((await run(w, `settings get ${secretKey} --reveal`)).out).toBe('hunter2\n');
    for (const words of [
      'settings list',
      'settings list --json',
      'settings export',
      `settings explain ${secretKey}`,
    ]) {
      const { out, err } = await run(w, words);
      expect(out + err, words).not.toContain('hunter2');
    }
  });

  it('shows no password of an address, whatever setting it stands in', async () => {
    const w = await create();
    const url = 'https://me:hunter2@llm.example.com/v1';
    const set = await run(w, `settings set timmy.llm_base_url ${url}`);
    expect([set.code, set.err.includes('--stdin')]).toEqual([0, true]);
    const shown = [
      'get timmy.llm_base_url',
      'list',
      'list --json',
      'explain timmy.llm_base_url',
      'export',
      'diff defaults database',
    ];
    for (const words of shown)
      expect((await run(w, `settings ${words}`)).out, words).not.toContain('hunter2');
    expect((await run(w, 'settings get timmy.llm_base_url --reveal')).out).toBe(`${url}\n`);
    await run(w, 'settings export --output out.yml');
    expect((await run(w, 'settings import out.yml')).out).toContain('Nothing to do.');
  });

  it('takes paths of the file, and says of a missing row what the default is', async () => {
    const w = await create();
    const missing = await run(w, 'settings get auth.saml.enabled');
    expect([missing.code, missing.out]).toEqual([1, '']);
    expect(missing.err).toContain('settings/not-stored');
    await run(w, 'settings set features.saml_enabled true');
    expect((await run(w, 'settings get auth.saml.enabled')).out).toBe('true\n');
    expect((await run(w, 'settings get no.such.key')).code).toBe(3);
    expect((await run(w, 'settings get server.port')).code).toBe(4);
  });

  it('says of a row that cannot be decrypted which key it wants', async () => {
    const w = await create();
    await createServerTable('sqlite', w.url, { origin: true });
    await insertRow('sqlite', w.url, {
      key: 'operator.name',
      value: seal('Ann', 'a'.repeat(64), 7),
      origin: 'explicit',
    });
    const found = await run(w, 'settings get operator.name');
    expect([found.code, found.out]).toEqual([5, '']);
    expect(found.err).toContain('context 7');
  });

  it('shows what the server uses', async () => {
    const w = await create(`${config}websocket: {inactivity_timeout_seconds: 400}\n`);
    const name = 'websocket.inactivity_timeout_seconds';
    const effective = async (more = '', variables = {}) =>
      (await run(w, `settings get ${name} --effective${more}`, { env: { ...env, ...variables } })).out;
    expect(await effective()).toBe('400\n');
    expect(await effective('', { TMI_WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS: '500' })).toBe('500\n');
    await run(w, `settings set ${name} 600`);
    expect(await effective()).toBe('600\n');
    expect(json(await effective(' --json'))).toMatchObject({
      settings: [{ value: '600', winner: 'database' }],
    });
    expect((await run(w, `settings get ${name} --server 1.8`)).code).toBe(2);
  });
});

describe('settings set', () => {
  it('warns of a secret on the command line, and not of one from elsewhere', async () => {
    const w = await create();
    const loud = await run(w, `settings set ${secretKey} hunter2`);
    expect([loud.code, loud.err.includes('--stdin')]).toEqual([0, true]);
    expect(loud.out + loud.err).not.toContain('hunter2');
    const quiet = [
      await run(w, `settings set ${secretKey} --stdin`, { stdin: 'one\n' }),
      await run(w, `settings set ${secretKey} --from-env MINE`, { env: { ...env, MINE: 'two' } }),
      await run(w, `settings set ${secretKey} env://MINE`, { env: { ...env, MINE: 'three' } }),
      await run(w, 'settings set ui.default_theme dark'),
    ];
    expect(quiet.map(({ code, err }) => [code, err])).toEqual(quiet.map(() => [0, '']));
    expect((await run(w, `settings get ${secretKey} --reveal`)).out).toBe('three\n');
  });

  it('takes a file as it is but for the last line break, with further settings beside it', async () => {
    const w = await create();
    const pem = '-----BEGIN KEY-----\nabc\n-----END KEY-----\n';
    writeFileSync(join(w.folder, 'key.pem'), `${pem}\n`);
    const done = await run(
      w,
      'settings set auth.saml.providers.okta.sp_private_key --from-file key.pem ui.default_theme=dark',
    );
    expect(done.code).toBe(0);
    expect((await run(w, 'settings get auth.saml.providers.okta.sp_private_key --reveal')).out).toBe(
      `${pem}\n`,
    );
    expect((await run(w, `settings set ${secretKey} --from-file missing`)).code).toBe(1);
    expect((await run(w, `settings set ${secretKey} --from-env MISSING`)).code).toBe(2);
    expect((await run(w, `settings set ${secretKey} --from-env A --stdin`)).code).toBe(2);
  });

  it('reads its words', () => {
    const pairs = (words: string[], elsewhere?: string) =>
      readAssignments(words, elsewhere).map(({ name, text }) => [name, text]);
    expect(pairs(['a.b', 'c=d'])).toEqual([['a.b', 'c=d']]);
    expect(pairs(['a.b=', 'c.d=e=f'])).toEqual([
      ['a.b', ''],
      ['c.d', 'e=f'],
    ]);
    expect(pairs(['a.b=1', 'c.d'], 'x')).toEqual([
      ['a.b', '1'],
      ['c.d', 'x'],
    ]);
    for (const [words, elsewhere] of [
      [['a.b'], undefined],
      [['a.b', 'c.d', 'e.f'], undefined],
      [['=x'], undefined],
      [['a.b', 'c.d'], 'x'],
      [['a.b=1'], 'x'],
    ] as const) {
      expect(codeOf(() => readAssignments(words, elsewhere))).toBe('usage/bad-argument');
    }
  });

  it('never repeats a word that may be a secret', async () => {
    const w = await create();
    for (const words of ['a.b=1 hunter2', 'a.b hunter2 c.d', `${secretKey} --from-env hunter2!`]) {
      const { code, out, err } = await run(w, `settings set ${words}`);
      expect([code, (out + err).includes('hunter2')], words).toEqual([2, false]);
    }
  });

  it('says that a content provider needs a key of the server', async () => {
    const w = await create();
    const words = [
      'enabled=true',
      'client_id=i',
      'auth_url=https://a.example.com',
      'token_url=https://t.example.com',
    ];
    const pairs = words.map((word) => `content_oauth.providers.confluence.${word}`).join(' ');
    const bare = await run(w, `settings set ${pairs}`);
    expect([bare.code, bare.err.includes('content_token_encryption_key')]).toEqual([0, true]);
    const variables = { env: { ...env, TMI_CONTENT_TOKEN_ENCRYPTION_KEY: 'ab'.repeat(32) } };
    expect((await run(w, `settings set ${pairs}`, variables)).err).toBe('');
  });

  it('compares before it sets', async () => {
    const w = await create();
    expect((await run(w, 'settings set ui.default_theme dark --if-match none')).code).toBe(0);
    const refused = await run(w, 'settings set ui.default_theme light --if-match none --json');
    expect(refused.code).toBe(3);
    expect(json(refused.out)).toMatchObject({ kind: 'error', error: { code: 'settings/if-match-failed' } });
    const { settings } = json((await run(w, 'settings get ui.default_theme --json')).out) as {
      settings: { hash: string }[];
    };
    expect((await run(w, `settings unset ui.default_theme --if-match ${settings[0]?.hash}`)).code).toBe(0);
  });

  it('refuses secrets in plain text, and allows them where they may be', async () => {
    const w = await create();
    const words = `settings set ${secretKey} --stdin`;
    const plain = { env: {}, stdin: 'hunter2' };
    expect((await run(w, words, plain)).code).toBe(4);
    expect((await run(w, `${words} --allow-plaintext-secrets`, plain)).code).toBe(0);
    const production = { stdin: 'hunter3', env: { TMI_BUILD_MODE: 'production' } };
    expect((await run(w, `${words} --allow-plaintext-secrets`, production)).code).toBe(4);
  });

  it('writes nothing in a dry run, and says what it would do', async () => {
    const w = await create();
    const { out } = await run(w, 'settings set ui.default_theme dark --dry-run --json');
    expect(json(out)).toMatchObject({
      dryRun: true,
      changes: [{ action: 'insert', key: 'ui.default_theme', after: 'dark' }],
      cache: null,
    });
    expect((await w.rows()).size).toBe(0);
  });
});

describe('settings export and import', () => {
  it('writes a file for its owner only, and never over another', async () => {
    const w = await create();
    await run(w, 'settings set ui.default_theme dark');
    expect((await run(w, 'settings export --output out.yml')).code).toBe(0);
    expect(statSync(join(w.folder, 'out.yml')).mode & 0o777).toBe(0o600);
    expect((await run(w, 'settings export --output out.yml')).code).toBe(4);
    expect((await run(w, 'settings export --output out.yml --overwrite')).code).toBe(0);
  });

  it('needs a reference for its key', async () => {
    const w = await create();
    const bare = await run(w, `settings export --secrets encrypted --key ${'ab'.repeat(32)}`);
    expect([bare.code, bare.err.includes('abab')]).toEqual([2, false]);
    expect((await run(w, 'settings export --secrets encrypted --key env://MISSING')).code).toBe(5);
    expect((await run(w, 'settings export --secrets encrypted')).code).toBe(5);
    expect((await run(w, 'settings export --format env --secrets encrypted --key env://K')).code).toBe(2);
  });

  it('asks before it removes rows, and takes no for an answer', async () => {
    const w = await create();
    await run(w, 'settings set ui.default_theme dark');
    await run(w, 'settings export --output out.yml');
    await run(w, 'settings set upload.max_file_size_mb 5');
    expect((await run(w, 'settings import out.yml --prune', { answers: ['n'] })).code).toBe(4);
    expect((await w.rows()).size).toBe(2);
    expect((await run(w, 'settings import out.yml --prune', { answers: ['y'] })).code).toBe(0);
    expect((await w.rows()).size).toBe(1);
  });

  it('imports all or nothing', async () => {
    const w = await create();
    await run(
      w,
      'settings set ui.default_theme dark upload.max_file_size_mb 5'
        .replace(' dark ', '=dark ')
        .replace(' 5', '=5'),
    );
    await run(w, 'settings export --output out.yml');
    const text = w.text('out.yml').replace('value: "5"', 'value: "five"');
    writeFileSync(join(w.folder, 'out.yml'), text);
    await run(w, 'settings unset ui.default_theme upload.max_file_size_mb');
    const refused = await run(w, 'settings import out.yml');
    expect(refused.code).toBe(3);
    expect(refused.err).toMatch(/out\.yml:\d+:\d+/);
    expect((await w.rows()).size).toBe(0);
  });

  it('refuses a configuration file, and says what imports one', async () => {
    const w = await create();
    const refused = await run(w, 'settings import config.yml');
    expect([refused.code, refused.err.includes('import-legacy')]).toEqual([3, true]);
  });

  it('answers the historical --export-config', async () => {
    const w = await create();
    await run(w, `settings set ${secretKey} --stdin`, { stdin: 'hunter2' });
    const done = await w.run(['--export-config', '-f', 'config.yml', '--output', 'all.yml'], { env });
    expect(json(done.out)).toMatchObject({
      tool: 'tmi-dbtool',
      status: 'success',
      arguments: { export_config: true },
    });
    expect(w.text('all.yml')).toContain('value: "hunter2"');
    await w.run(['--export-config', '-f', 'config.yml', '--output', 'masked.yml', '--no-decrypt'], { env });
    expect(w.text('masked.yml')).not.toContain('hunter2');
    expect((await w.run(['--export-config', '-f', 'config.yml'], { env })).code).toBe(2);
  });
});

describe('settings diff', () => {
  it('compares files, exports, the database and the defaults, with an exit code', async () => {
    const w = await create(
      `${config}ui: {default_theme: dark}\nauth: {oauth: {providers: {google: {client_secret: "env://MINE"}}}}\n`,
    );
    const variables = { env: { ...env, MINE: 'hunter2' } };
    await run(w, 'settings set ui.default_theme dark');
    await run(w, `settings set ${secretKey} --stdin`, { stdin: 'hunter2' });
    expect(await run(w, 'settings diff config.yml database', variables)).toMatchObject({ code: 0 });
    const other = await run(w, 'settings diff config.yml database --json', {
      env: { ...env, MINE: 'hunter3' },
    });
    expect(other.code).toBe(3);
    expect(json(other.out)).toMatchObject({
      differences: [
        { key: secretKey, state: 'differs', a: '********', b: '********', whereA: 'config.yml:3:37' },
      ],
    });
    expect(json((await run(w, 'settings diff config.yml database --json')).out)).toMatchObject({
      differences: [{ state: 'unknown' }],
    });

    await run(w, 'settings export --output out.yml');
    expect((await run(w, 'settings diff out.yml database')).code).toBe(0);
    await run(w, 'settings set ui.default_theme light');
    expect((await run(w, 'settings diff out.yml database')).code).toBe(3);
    expect((await run(w, 'settings diff defaults defaults')).code).toBe(0);
  });
});

it('settings explain --all lists what is written and not used', async () => {
  const w = await create(`${config}websocket: {inactivity_timeout_seconds: 400}\n`);
  const name = 'websocket.inactivity_timeout_seconds';
  expect((await run(w, 'settings explain --all')).out).toContain('Nothing is shadowed');
  await run(w, `settings set ${name} 600`);
  const { out } = await run(w, 'settings explain --all --json');
  expect(json(out)).toMatchObject({ settings: [{ key: name, shadowed: ['file'] }] });
  expect((await run(w, `settings explain ${name}`)).out).toContain('config.yml:2:13');
  expect((await run(w, 'settings explain')).code).toBe(2);
});

it('seed-settings needs neither a file nor a terminal, as in the release phase of Heroku', async () => {
  const w = await Workspace.create('sqlite');
  const variables = { ...env, TMI_DATABASE_URL: w.url };
  const seed = () => w.run(['seed-settings', '--if-empty', '--quiet'], { env: variables });
  expect([await seed(), await seed()]).toMatchObject([
    { code: 0, out: '', err: '' },
    { code: 0, out: '', err: '' },
  ]);
  expect((await w.rows()).size).toBe(59);
  const heroku = await w.run(['seed-settings'], { env: { DATABASE_URL: w.url } });
  expect([heroku.code, heroku.err.includes('TMI_DATABASE_URL')]).toEqual([2, true]);
});

it('seed-settings refuses a prefix that names nothing', async () => {
  const w = await create();
  expect((await run(w, 'seed-settings --only auht')).code).toBe(2);
});

it('settings list filters', async () => {
  const w = await create();
  await run(w, 'seed-settings');
  await run(w, 'settings set ui.default_theme=dark auth.jwt.expiration_seconds=3600');
  await run(w, `settings set ${secretKey} --stdin`, { stdin: 'hunter2' });
  const keys = async (filter: string) =>
    (json((await run(w, `settings list ${filter} --json`)).out)['settings'] as { key: string }[]).map(
      ({ key }) => key,
    );
  expect(await keys('--changed')).toEqual([secretKey, 'ui.default_theme']);
  expect(await keys('--secrets')).toEqual([secretKey]);
  expect(await keys('--origin explicit')).toEqual([
    'auth.jwt.expiration_seconds',
    secretKey,
    'ui.default_theme',
  ]);
  expect(await keys('ui')).toEqual(['ui.default_theme']);
  expect(await keys('--type float')).toEqual(['observability.sampling_rate']);
});

const missing = whyNoRedis();

describe.skipIf(missing !== undefined)(
  `with Redis${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let redis: TestRedis;
    beforeAll(async () => {
      redis = await startRedis();
    });
    afterAll(() => redis.stop());

    it('a write clears the cache of running servers, with a password from a reference', async () => {
      const w = await create(
        `database: {url: "$URL", redis: {host: 127.0.0.1, port: "${redis.port}", password: "env://PASS"}}\n`,
      );
      await redis.client.set('tmi:settings:ui.default_theme', 'old');
      const dry = await run(w, 'settings set ui.default_theme dark --dry-run', {
        env: { ...env, PASS: redis.password },
      });
      expect([dry.code, await redis.client.dbSize()]).toEqual([0, 1]);
      const done = await run(w, 'settings set ui.default_theme dark --json', {
        env: { ...env, PASS: redis.password },
      });
      expect(json(done.out)['cache']).toEqual({
        state: 'cleared',
        redis: `redis://127.0.0.1:${redis.port}/0`,
        keys: 1,
      });
      expect(await redis.client.dbSize()).toBe(0);
    });

    it('a write succeeds when the cache cannot be cleared, and says how long to wait', async () => {
      const w = await create(
        `database: {url: "$URL", redis: {host: 127.0.0.1, port: "${redis.port}", password: "env://PASS"}}\n`,
      );
      const unresolved = await run(w, 'settings set ui.default_theme dark');
      expect([unresolved.code, unresolved.out.includes('60 seconds')]).toEqual([0, true]);
      const wrong = await run(w, 'settings unset ui.default_theme', { env: { ...env, PASS: 'wrong' } });
      expect([wrong.code, wrong.out.includes('60 seconds')]).toEqual([0, true]);
    });
  },
);

it('no file of an export can be read by others while it holds secrets', async () => {
  const w = await create();
  await run(w, `settings set ${secretKey} --stdin`, { stdin: 'hunter2' });
  const done = await run(w, 'settings export --secrets reveal --output open.yml');
  expect(done.err).toContain('plain text');
  expect(statSync(join(w.folder, 'open.yml')).mode & 0o077).toBe(0);
  expect(readFileSync(join(w.folder, 'open.yml'), 'utf8')).toContain('hunter2');
});

it('waits with seeding for a database that is still starting, as long as it was told', async () => {
  const w = await create();
  const begun = performance.now();
  const late = await w.run([
    ...['seed-settings', '--wait', '1', '--config', 'config.yml'],
    ...['--database-url', 'postgres://tmi:pw@127.0.0.1:1/tmi'],
  ]);
  expect(late.code).toBe(6);
  expect(performance.now() - begun).toBeGreaterThan(300);
});
