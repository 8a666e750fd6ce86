import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../commands/main.js';
import { exitCodes } from '../../src/errors/index.js';
import { SettingsCipher } from '../../src/settings/cipher.js';
import { createSettingsTable, readSettings, writeSettings } from '../../src/settings/store.js';
import type { RowWrite } from '../../src/settings/row.js';
import { SecretValue } from '../../src/values/index.js';
import { connect, freshUrl } from '../support/connection.js';
import { describeEngines } from '../support/database.js';
import { fakeRedis } from '../support/fake-redis.js';
import { FakeIo } from '../support/io.js';
import { tlsFixture } from '../support/servers/process.js';

const SECRET = 'q8vN2xLpR7tKzW4mYc9HsB3dGfJ6aQeU';
const KEY = 'ab'.repeat(32);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-online-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Found {
  readonly code: number;
  readonly out: string;
  readonly rules: readonly string[];
  readonly keys: (rule: string) => readonly (string | undefined)[];
}

type Env = Readonly<Record<string, string>>;

async function check(args: readonly string[], env: Env, text?: string, now = new Date()): Promise<Found> {
  if (text !== undefined) writeFileSync(join(folder, 'config.yml'), text);
  const io = new FakeIo({ cwd: folder, env, now });
  const files = text === undefined ? [] : ['config.yml'];
  const code = await main(['validate-config', ...files, ...args, '--json'], io);
  const { findings } = JSON.parse(io.out) as { findings: { rule: string; key?: string; severity: string }[] };
  return {
    code,
    out: io.out,
    rules: findings.filter(({ severity }) => severity !== 'info').map(({ rule }) => rule),
    keys: (rule) => findings.filter((finding) => finding.rule === rule).map(({ key }) => key),
  };
}

const server: Env = { TMI_DATABASE_URL: 'sqlite://./tmi.db', TMI_BUILD_MODE: 'dev', TMI_JWT_SECRET: SECRET };

describe('--resolve', () => {
  it('looks at what references lead to', async () => {
    const env = { ...server, TMI_JWT_SECRET: 'vault://tmi/jwt', TMI_SECRET_TMI_JWT: 'short' };
    expect((await check([], env)).rules).toEqual([]);
    const { rules, out } = await check(['--resolve', '--profile', 'production'], env);
    expect(rules).toContain('jwt-secret-short');
    expect(out).not.toContain('"short"');
  });

  it('ends with 5 when only a reference is wrong, and with 3 when the configuration is', async () => {
    const env = { ...server, TMI_JWT_SECRET: 'env://NOT_SET' };
    expect(await check(['--resolve'], env)).toMatchObject({ code: 5, rules: ['reference-unresolved'] });
    const worse = await check(['--resolve'], { ...env, TMI_SERVER_PORT: 'none' });
    expect(worse.code).toBe(3);
    expect(worse.rules).toEqual(expect.arrayContaining(['reference-unresolved', 'invalid-variable']));
  });

  it('says when the provider cannot be asked, and when a key is malformed', async () => {
    const text = 'secrets:\n  vault_token: env://NO_TOKEN\n';
    expect((await check(['--resolve'], server, text)).rules).toContain('secrets-unavailable');
    const env = { ...server, TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'tooshort' };
    expect(await check(['--resolve'], env)).toMatchObject({ code: 5, rules: ['encryption-key-invalid'] });
  });

  it('can be asked for alone', async () => {
    const env = { TMI_JWT_SECRET: 'env://NOT_SET' };
    expect((await check(['--tier', 'secrets'], env)).rules).toEqual(['reference-unresolved']);
  });
});

describe('--connect: Redis', () => {
  it('answers, refuses the password, or is not there', async () => {
    const env = { ...server, TMI_REDIS_HOST: '127.0.0.1' };
    const port = String(await fakeRedis({ password: 'hunter2' }));
    const only = ['--connect', '--rule', 'redis-unreachable'];
    expect(
      (await check(only, { ...env, TMI_REDIS_PORT: port, TMI_REDIS_PASSWORD: 'hunter2' })).rules,
    ).toEqual([]);
    const refused = await check(only, { ...env, TMI_REDIS_PORT: port, TMI_REDIS_PASSWORD: 'other-word' });
    expect(refused).toMatchObject({ code: 6, rules: ['redis-unreachable'] });
    expect(exitCodes.database.meaning).toContain('Redis');
    expect(refused.out).toContain('refused the password');
    expect(refused.out).not.toContain('other-word');
    expect(await check(only, { ...env, TMI_REDIS_PORT: '1' })).toMatchObject({
      code: 6,
      rules: ['redis-unreachable'],
    });
    expect(
      (await check(only, { ...env, TMI_REDIS_URL: `redis://:hunter2@127.0.0.1:${port}` })).rules,
    ).toEqual([]);
  });
});

describe('--connect: Redis over TLS', () => {
  const only = ['--connect', '--rule', 'redis-unreachable,redis-certificate-unverified'];
  const found = (out: string) =>
    (JSON.parse(out) as { findings: { message: string; hint: string }[] }).findings[0];
  const urlOf = (port: number): Env => ({ ...server, TMI_REDIS_URL: `rediss://:hunter2@localhost:${port}` });

  it.each([
    ['self-signed', 'is self-signed', 'NODE_EXTRA_CA_CERTS=/path/redis.pem'],
    ['of an authority of its own', 'an authority that is not known here', 'NODE_EXTRA_CA_CERTS=/path/ca.pem'],
  ])('warns of a certificate that is %s, and sends no password', async (kind, reason, hint) => {
    certificate('redis', 10);
    const own = { cert: join(folder, 'redis.crt'), key: join(folder, 'redis.key') };
    const fixture = { cert: tlsFixture('server.crt'), key: tlsFixture('server.key') };
    const heard: string[] = [];
    const tls = kind === 'self-signed' ? own : fixture;
    const port = await fakeRedis({ password: 'hunter2', tls, heard: (text) => heard.push(text) });
    const { code, rules, out } = await check(only, urlOf(port));
    expect([code, rules]).toEqual([0, ['redis-certificate-unverified']]);
    expect(found(out)?.message).toContain(`rediss://localhost:${port} answers, and its certificate is`);
    expect(found(out)?.message).toContain(reason);
    expect(found(out)?.hint).toContain(hint);
    expect(heard).toEqual(['PING\r\n']);
    const ignored = await check(['--connect', '--ignore', 'redis-certificate-unverified'], urlOf(port));
    expect(ignored.rules.filter((rule) => rule.startsWith('redis'))).toEqual([]);
  });

  it('is unreachable when what answers there is no Redis', async () => {
    certificate('redis', 10);
    const tls = { cert: join(folder, 'redis.crt'), key: join(folder, 'redis.key') };
    const port = await fakeRedis({ tls, answer: 'HTTP/1.1 400 Bad Request\r\n\r\n' });
    const { code, rules, out } = await check(only, urlOf(port));
    expect([code, rules]).toEqual([6, ['redis-unreachable']]);
    expect(found(out)?.message).toContain('is self-signed');
  });

  it('says which of the two ports was taken for the other', async () => {
    certificate('redis', 10);
    const plain = await check(only, urlOf(await fakeRedis({ answer: '-ERR\r\n' })));
    expect([plain.code, plain.rules]).toEqual([6, ['redis-unreachable']]);
    expect(found(plain.out)?.message).toContain('the TLS handshake failed');
    const tls = { cert: join(folder, 'redis.crt'), key: join(folder, 'redis.key') };
    const url = `redis://:hunter2@localhost:${await fakeRedis({ tls })}`;
    const secure = await check(only, { ...server, TMI_REDIS_URL: url });
    expect(found(secure.out)?.hint).toContain('wants rediss://');
  });
});

function certificate(name: string, days: number): void {
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)];
  const subject = [
    '-days',
    String(days),
    '-subj',
    '/CN=tmi.example.com',
    '-addext',
    'subjectAltName=DNS:tmi.example.com',
  ];
  execFileSync('openssl', [...args, ...files, ...subject], { stdio: 'ignore' });
}

describe('--connect: TLS files', () => {
  const tls = (cert: string, key: string, name = 'tmi.example.com') =>
    `server:\n  tls_enabled: true\n  tls_cert_file: ${cert}\n  tls_key_file: ${key}\n  tls_subject_name: ${name}\n`;
  const rules = [
    'tls-file-unreadable',
    'tls-files-mismatch',
    'tls-certificate-name',
    'tls-certificate-expired',
  ];
  const only = ['--connect', '--rule', rules.join(',')];

  it('load, belong together, carry the name and are valid', async () => {
    certificate('good', 100);
    certificate('other', 100);
    expect((await check(only, {}, tls('good.crt', 'good.key'))).rules).toEqual([]);
    expect((await check(only, {}, tls('good.crt', 'other.key'))).rules).toEqual(['tls-files-mismatch']);
    expect((await check(only, {}, tls('good.crt', 'good.key', 'other.example.com'))).rules).toEqual([
      'tls-certificate-name',
    ]);
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    const good = tls('good.crt', 'good.key');
    for (const [days, code] of [
      [60, 0],
      [80, 0],
      [101, 0],
      [-2, 0],
    ] as const) {
      const found = await check(only, {}, good, inDays(days));
      expect({ days, code: found.code, rules: found.rules }).toEqual({
        days,
        code,
        rules: days === 60 ? [] : ['tls-certificate-expired'],
      });
    }
    expect((await check(only, {}, tls('gone.crt', 'good.crt'))).rules).toEqual([
      'tls-file-unreadable',
      'tls-file-unreadable',
    ]);
  });
});

describeEngines((engine) => {
  const row = (key: string, stored: string, extra: Partial<RowWrite> = {}): RowWrite => ({
    key,
    stored,
    type: 'string',
    description: null,
    modifiedAt: new Date('2026-01-01T00:00:00Z'),
    modifiedBy: null,
    origin: 'explicit',
    ...extra,
  });

  async function databaseWith(writes: readonly RowWrite[]): Promise<Env> {
    const url = await freshUrl(engine);
    const database = await connect(url);
    await createSettingsTable(database);
    await writeSettings(database, await readSettings(database), writes);
    return { ...server, TMI_DATABASE_URL: url, TMI_REDIS_PORT: String(await fakeRedis()) };
  }

  describe('--connect: database', () => {
    it('is reached, and a missing table is named', async () => {
      const url = await freshUrl(engine);
      const env = { ...server, TMI_DATABASE_URL: url, TMI_REDIS_PORT: String(await fakeRedis()) };
      const { rules, keys, code, out } = await check(['--connect'], env);
      expect(out).toMatch(/Connected to .*, version \d+\./);
      expect(rules).toEqual(['settings-table-missing']);
      expect(keys('database-reached')).toEqual(['database.url']);
      expect(code).toBe(0);
    });

    it('finds what is wrong in the rows', async () => {
      const sealed = SettingsCipher.from({ current: new SecretValue('cd'.repeat(32)) }).seal('x', new Date());
      const env = await databaseWith([
        row('timmy.llm_model', 'gpt-4o'),
        row('timmy.llm_provider', 'openai', { origin: 'seeded' }),
        row('timmy.llm_api_key', 'hunter2-plain'),
        row('timmy.rerank_api_key', sealed),
        row('websocket.inactivity_timeout_seconds', '5', { type: 'int' }),
        row('auth.oauth.client_callback_allowlist', '["nonsense"]', { type: 'json' }),
        row('content_oauth.providers.confluence.required_scopes', '{"a":"b"}', { type: 'json' }),
        row('zebra.stripes', '12'),
        row('auth.oauth.providers.google.enabled', 'true', { type: 'bool' }),
        row('auth.oauth.providers.google.client_id', 'abc'),
      ]);
      const { keys, out, code } = await check(['--connect', '--profile', 'development'], {
        ...env,
        TMI_TIMMY_LLM_MODEL: 'another',
        TMI_TIMMY_LLM_PROVIDER: 'anthropic',
        TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY,
        OAUTH_PROVIDERS_GOOGLE_ENABLED: 'true',
      });
      expect(keys('row-against-variable')).toEqual(['timmy.llm_model']);
      expect(keys('row-seeded-differs')).toEqual(['timmy.llm_provider']);
      expect(keys('row-plain-secret')).toEqual(['timmy.llm_api_key']);
      expect(keys('row-undecryptable')).toEqual(['timmy.rerank_api_key']);
      expect(keys('row-invalid')).toEqual([
        'auth.oauth.client_callback_allowlist',
        'content_oauth.providers.confluence.required_scopes',
        'websocket.inactivity_timeout_seconds',
      ]);
      expect(keys('row-unknown-key')).toEqual(['zebra.stripes']);
      expect(keys('row-provider-incomplete')).toEqual([
        'auth.oauth.providers.google.authorization_url',
        'auth.oauth.providers.google.token_url',
        'auth.oauth.providers.google.userinfo',
      ]);
      expect(keys('row-provider-hidden')).toEqual(['auth.oauth.providers.google']);
      expect(out).not.toContain('hunter2');
      expect(code).toBe(3);
    });

    it('finds the provider that an empty entry hides, and that variables hide', async () => {
      const env = await databaseWith([
        row('auth.oauth.providers.google.name', 'G'),
        row('auth.saml.providers.okta.name', 'O'),
      ]);
      const { keys } = await check(
        ['--connect'],
        { ...env, SAML_PROVIDERS_OKTA_ENABLED: 'true' },
        'auth: {oauth: {providers: {google: }}}\n',
      );
      expect(keys('row-provider-hidden')).toEqual([
        'auth.oauth.providers.google',
        'auth.saml.providers.okta',
      ]);
    });

    it('finds nothing in good rows', async () => {
      const cipher = SettingsCipher.from({ current: new SecretValue(KEY) });
      const env = await databaseWith([
        row('timmy.llm_model', cipher.seal('gpt-4o', new Date())),
        row('timmy.llm_api_key', cipher.seal('secret', new Date())),
        row('websocket.inactivity_timeout_seconds', '300', { type: 'int' }),
      ]);
      const found = await check(['--connect'], { ...env, TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY });
      expect(found.rules).toEqual([]);
      expect(found.code).toBe(0);
    });
  });
});

describe('--connect: no database', () => {
  it('ends with 6', async () => {
    const env = {
      ...server,
      TMI_DATABASE_URL: 'postgres://tmi:hunter2@127.0.0.1:1/tmi',
      TMI_REDIS_PORT: String(await fakeRedis()),
    };
    const { code, rules, out } = await check(['--connect'], env);
    expect({ code, rules }).toEqual({ code: 6, rules: ['database-unreachable'] });
    expect(out).not.toContain('hunter2');
  });
});
