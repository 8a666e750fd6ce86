import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bootstrap, type BootstrapOptions, type Server } from '../../src/bootstrap.js';
import { ToolError } from '../../src/errors/index.js';
import { seedSet } from '../../src/registry/index.js';
import { SecretValue } from '../../src/values/index.js';
import { connect, freshUrl } from '../support/connection.js';
import { describeEngines, type TestEngine } from '../support/database.js';
import { createServerTable, insertRow, readRows } from '../support/rows.js';

const CANARY = 'CANARY-jwt-secret-0123456789abcdef0123456789';
const KEY = 'c0ffee'.padEnd(64, '0');

function folderWith(config: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-bootstrap-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'config.yml'), config);
  return folder;
}

const fileFor = (url: string, rest = ''): string =>
  `server:\n  port: "8443"\n  read_timeout: 30s\ndatabase:\n  url: ${url}\nauth:\n  build_mode: dev\n  jwt:\n    secret: env://JWT\n${rest}`;

async function start(config: string, options: Partial<BootstrapOptions> = {}): Promise<Server> {
  const server = await bootstrap({
    file: 'config.yml',
    cwd: folderWith(config),
    ...options,
    env: { JWT: CANARY, ...options.env },
  });
  onTestFinished(() => server.close());
  return server;
}

async function refusal(config: string, options: Partial<BootstrapOptions> = {}): Promise<ToolError> {
  return start(config, options).then(
    () => expect.fail('It started.'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ToolError);
      return error as ToolError;
    },
  );
}

/** Lets a minute pass for the settings' cache. */
function minuteLater(): void {
  const later = performance.now() + 60_001;
  vi.spyOn(performance, 'now').mockReturnValue(later);
  onTestFinished(() => void vi.restoreAllMocks());
}

describe('configuration', () => {
  it('is typed, nested as the file, and frozen throughout', async () => {
    const { config } = await start(fileFor(await freshUrl('sqlite')), {
      env: { TMI_LOG_LEVEL: 'warn', TMI_SERVER_READ_TIMEOUT: '' },
    });
    expect(config.server.port).toBe('8443');
    expect(config.server.read_timeout).toBe(30_000);
    expect(config.server.tls_enabled).toBe(false);
    expect(config.database.connection_pool.max_open_conns).toBe(10);
    expect(config.logging.level).toBe('warn');
    expect(config.auth.jwt.secret).toBeInstanceOf(SecretValue);
    expect(config.auth.jwt.secret.reveal()).toBe(CANARY);
    expect(config.database.redis.password).toBeUndefined();
    expect(() => ((config.server as { port: string }).port = '1')).toThrow(TypeError);
    expect(Object.isFrozen(config.database.connection_pool)).toBe(true);
    expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain(CANARY);
  });

  it('refuses options of another type as such', async () => {
    const env = {};
    const given: [unknown, string][] = [
      [undefined, 'an object of options, and was given undefined'],
      [{}, 'the environment as env'],
      [{ env: undefined }, 'the environment as env'],
      [{ env: null }, 'the environment as env, such as process.env, and was given null'],
      [{ env: { TMI_SERVER_PORT: 8080 } }, 'a text as env.TMI_SERVER_PORT, and was given number'],
      [{ env, file: 5 }, 'the name of a file'],
      [{ env, cwd: [] }, 'the name of a folder as cwd, and was given a list'],
      [{ env, seed: 'always' }, 'wants first-boot or never'],
      [{ env, server: 1.8 }, 'wants documented or 1.8'],
    ];
    for (const [options, message] of given) {
      await expect(bootstrap(options as BootstrapOptions), message).rejects.toMatchObject({
        name: 'ToolError',
        code: 'usage/bad-argument',
        message: expect.stringContaining(message) as string,
      });
    }
  });

  it('comes from the environment alone when there is no file', async () => {
    const server = await bootstrap({
      env: {
        TMI_DATABASE_URL: await freshUrl('sqlite'),
        TMI_JWT_SECRET: CANARY,
        TMI_BUILD_MODE: 'dev',
        PORT: '5000',
      },
    });
    onTestFinished(() => server.close());
    expect(server.config.server.port).toBe('5000');
  });

  it('refuses with every fault at once, and writes nothing', async () => {
    const url = await freshUrl('sqlite');
    const error = await refusal(
      `server:\n  port: ""\n  read_timeout: soon\ndatabase:\n  url: ${url}\nauth:\n  build_mode: dev\n  jwt:\n    secret: env://MISSING\n`,
    );
    expect(error.code).toBe('bootstrap/refused');
    const places = error.diagnostics.map(({ key, position }) => [key, position?.line]);
    expect(places).toEqual([
      ['server.port', 2],
      ['server.read_timeout', 3],
      ['auth.jwt.secret', 9],
    ]);
    const database = await connect(url, { readOnly: true });
    expect(await database.readTable('system_settings')).toBeUndefined();
  });

  it('refuses a vault reference in the secrets block', async () => {
    const url = await freshUrl('sqlite');
    const error = await refusal(fileFor(url, 'secrets:\n  provider: vault\n  vault_token: vault://token\n'));
    expect(error.diagnostics.map(({ key }) => key)).toContain('secrets.vault_token');
  });

  it('warns of drift without refusing, and names no secret', async () => {
    const { warnings } = await start(
      fileFor(await freshUrl('sqlite'), 'websocket:\n  inactivity_timeout_seconds: 60\n'),
    );
    const drift = warnings.filter(({ rule }) => rule === 'drift');
    expect(drift.map(({ key, position }) => [key, position?.line])).toEqual([
      ['websocket.inactivity_timeout_seconds', 11],
    ]);
    expect(JSON.stringify(warnings)).not.toContain(CANARY);
  });
});

describeEngines((engine: TestEngine) => {
  it('makes and seeds the table on the first boot only', async () => {
    const url = await freshUrl(engine);
    const first = await start(fileFor(url));
    expect(first.seeded).toBe(seedSet().length);
    const rows = await readRows(engine, url);
    expect([...rows.values()].map((row) => row.origin)).toEqual(Array(rows.size).fill('seeded'));
    const second = await start(fileFor(url));
    expect(second.seeded).toBe(0);
    expect(await readRows(engine, url)).toEqual(rows);
  });

  it('seeds once when several servers start together', async () => {
    const url = await freshUrl(engine);
    const servers = await Promise.all([1, 2, 3].map(() => start(fileFor(url))));
    expect(servers.reduce((sum, { seeded }) => sum + seeded, 0)).toBe(seedSet().length);
  });

  it('never touches a table that holds rows', async () => {
    const url = await freshUrl(engine);
    await createServerTable(engine, url, { origin: true });
    await insertRow(engine, url, { key: 'websocket.inactivity_timeout_seconds', value: '77', type: 'int' });
    expect((await start(fileFor(url))).seeded).toBe(0);
    expect((await readRows(engine, url)).size).toBe(1);
  });

  it('answers by precedence: explicit row, variable, file, seeded row, default', async () => {
    const url = await freshUrl(engine);
    await createServerTable(engine, url, { origin: true });
    const row = (key: string, value: string, type: string, origin: string) =>
      insertRow(engine, url, { key, value, type, origin });
    await row('websocket.inactivity_timeout_seconds', '77', 'int', 'explicit');
    await row('operator.name', 'row', 'string', 'seeded');
    await row('operator.contact', 'row', 'string', 'seeded');
    await row('operator.jurisdiction', 'row', 'string', 'seeded');
    const { settings } = await start(
      fileFor(
        url,
        'websocket:\n  inactivity_timeout_seconds: 60\noperator:\n  name: file\n  contact: file\n',
      ),
      { env: { TMI_OPERATOR_NAME: 'variable' } },
    );
    expect(await settings.number('websocket.inactivity_timeout_seconds')).toBe(77);
    expect(await settings.string('operator.name')).toBe('variable');
    expect(await settings.string('operator.contact')).toBe('file');
    expect(await settings.string('operator.jurisdiction')).toBe('row');
    expect(await settings.number('upload.max_file_size_mb')).toBe(10);
    expect(await settings.winner('operator.contact')).toBe('file');
    expect(await settings.winner('upload.max_file_size_mb')).toBe('default');
  });
});

describe('settings', () => {
  async function serverWith(rows: readonly (readonly [string, string, string])[], env = {}) {
    const url = await freshUrl('sqlite');
    await createServerTable('sqlite', url, { origin: true });
    for (const [key, value, type] of rows) {
      await insertRow('sqlite', url, { key, value, type, origin: 'explicit' });
    }
    return { url, ...(await start(fileFor(url), { env })) };
  }

  it('keeps what it read for a minute, then asks again in the background', async () => {
    const { url, settings } = await serverWith([['websocket.inactivity_timeout_seconds', '77', 'int']]);
    const key = 'websocket.inactivity_timeout_seconds';
    expect(await settings.number(key)).toBe(77);
    const database = await connect(url);
    await database.knex('system_settings').where({ setting_key: key }).update({ value: '78' });
    expect(await settings.number(key)).toBe(77);
    minuteLater();
    // Nobody waits for the reading that this starts.
    expect(await settings.number(key)).toBe(77);
    await vi.waitFor(async () => expect(await settings.number(key)).toBe(78));
    await database.knex('system_settings').where({ setting_key: key }).update({ value: '79' });
    settings.invalidate();
    expect(await settings.number(key)).toBe(79);
  });

  it('goes on with the values of before when the database is away, and says so', async () => {
    const onStale = vi.fn();
    const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-bootstrap-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { settings } = await start(fileFor(`sqlite://${join(folder, 'tmi.db')}`), { onStale });
    expect(await settings.number('upload.max_file_size_mb')).toBe(10);
    writeFileSync(
      join(folder, 'tmi.db'),
      'this is no database, and long enough to be refused as one'.repeat(9),
    );
    minuteLater();
    expect(await settings.number('upload.max_file_size_mb')).toBe(10);
    await vi.waitFor(() => expect(onStale).toHaveBeenCalledOnce());
    expect(await settings.number('upload.max_file_size_mb')).toBe(10);
    expect(onStale.mock.calls[0]?.[0]).toBeInstanceOf(ToolError);
  });

  it('takes a table that is gone for a fault, and not for an empty one', async () => {
    const onStale = vi.fn();
    const url = await freshUrl('sqlite');
    await createServerTable('sqlite', url, { origin: true });
    const key = 'upload.max_file_size_mb';
    await insertRow('sqlite', url, { key, value: '700', type: 'int', origin: 'explicit' });
    const { settings } = await start(fileFor(url), { onStale });
    expect(await settings.number(key)).toBe(700);
    const database = await connect(url);
    await database.knex.schema.renameTable('system_settings', 'gone');
    settings.invalidate();
    expect(await settings.number(key)).toBe(700);
    expect(onStale.mock.calls).toMatchObject([[{ code: 'database/no-such-table' }]]);
    await database.knex.schema.renameTable('gone', 'system_settings');
    await database.knex('system_settings').update({ value: '701' });
    settings.invalidate();
    expect(await settings.number(key)).toBe(701);
    // Gone before anything was read, there is nothing to go on with.
    const late = await start(fileFor(url));
    await database.knex.schema.renameTable('system_settings', 'gone');
    await expect(late.settings.number(key)).rejects.toMatchObject({ code: 'database/no-such-table' });
  });

  it('warns when it may not make the table, and there is none', async () => {
    const url = await freshUrl('sqlite');
    const { settings, warnings, seeded } = await start(fileFor(url), { seed: 'never' });
    expect(seeded).toBe(0);
    const missing = warnings.filter(({ rule }) => rule === 'settings-table-missing');
    expect(missing).toMatchObject([{ severity: 'warning', key: 'database.url', position: { line: 5 } }]);
    expect(missing[0]?.message).toContain('has no table system_settings');
    expect(await settings.number('upload.max_file_size_mb')).toBe(10);
    await createServerTable('sqlite', url, { origin: true });
    settings.invalidate();
    expect(await settings.number('upload.max_file_size_mb')).toBe(10);
    expect((await start(fileFor(url), { seed: 'never' })).warnings).toEqual(
      warnings.filter((warning) => !missing.includes(warning)),
    );
  });

  it('starts while the database is away when it need not write, and says so', async () => {
    const url = 'postgres://tmi:CANARY-password@127.0.0.1:1/tmi';
    const { warnings } = await start(fileFor(url), { seed: 'never' });
    expect(warnings.map(({ rule }) => rule)).toContain('database-unreachable');
    expect(JSON.stringify(warnings)).not.toContain('CANARY');
  });

  it('does not start without the key of its rows, and says which one they want', async () => {
    const url = await freshUrl('sqlite');
    await start(fileFor(url), { env: { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY } });
    for (const env of [{}, { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'ab'.repeat(32) }]) {
      const error = await refusal(fileFor(url), { env });
      expect([error.code, error.exitCode]).toEqual(['settings/cannot-decrypt', 5]);
      expect(error.message).toContain('the key of context 1');
      expect(error.hint).toContain('TMI_SECRET_SETTINGS_ENCRYPTION_KEY');
    }
  });

  it('opens encrypted values, and never falls back when a key is missing', async () => {
    const env = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY };
    const url = await freshUrl('sqlite');
    const first = await start(fileFor(url), { env });
    expect(await first.settings.number('upload.max_file_size_mb')).toBe(10);
    const keyless = await start(fileFor(url), { seed: 'never' });
    await expect(keyless.settings.number('session.timeout_minutes')).rejects.toMatchObject({
      code: 'settings/cannot-decrypt',
    });
    await expect(keyless.settings.number('upload.max_file_size_mb')).rejects.toMatchObject({
      code: 'settings/cannot-decrypt',
    });
  });

  it('refuses to start with a malformed encryption key', async () => {
    const error = await refusal(fileFor(await freshUrl('sqlite')), {
      env: { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'short' },
    });
    expect(error.code).toBe('bootstrap/refused');
  });

  it('gives secrets as SecretValue only, resolved where they are references', async () => {
    const url = await freshUrl('sqlite');
    const { settings } = await start(
      fileFor(url, 'timmy:\n  llm_api_key: env://LLM\n  text_embedding_api_key: env://NOT_SET\n'),
      { env: { LLM: 'CANARY-llm' } },
    );
    const secret = await settings.secret('timmy.llm_api_key');
    expect(String(secret)).not.toContain('CANARY');
    expect(secret?.reveal()).toBe('CANARY-llm');
    await expect(settings.string('timmy.llm_api_key')).rejects.toMatchObject({
      code: 'bootstrap/wrong-type',
    });
    await expect(settings.secret('timmy.text_embedding_api_key')).rejects.toMatchObject({
      code: 'secrets/unresolved',
    });
    await expect(settings.secret('operator.name')).rejects.toMatchObject({ code: 'bootstrap/wrong-type' });
  });

  it('does not pass over a provider whose row it cannot read', async () => {
    const { settings } = await serverWith(
      [
        ['auth.oauth.providers.google.enabled', 'ENC:v1:1:1:damaged', 'bool'],
        ['ui.default_theme', 'dark', 'string'],
      ],
      { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY },
    );
    await expect(settings.providers('oauth')).rejects.toMatchObject({ code: 'settings/cannot-decrypt' });
    expect(await settings.providers('saml')).toEqual([]);
    expect(await settings.string('ui.default_theme')).toBe('dark');
  });

  it('lists providers and reads their fields', async () => {
    const entry = 'auth.oauth.providers.google';
    const { settings } = await serverWith(
      [
        [`${entry}.enabled`, 'true', 'bool'],
        [`${entry}.scopes`, '["openid","email"]', 'json'],
        [`${entry}.client_secret`, 'env://NOT-A-REFERENCE', 'string'],
        ['auth.oauth.providers.github.enabled', 'false', 'bool'],
      ],
      {},
    );
    expect(await settings.providers('oauth')).toEqual([
      { id: 'github', enabled: false },
      { id: 'google', enabled: true },
    ]);
    const scopes = await settings.list(`${entry}.scopes`);
    expect(scopes).toEqual(['openid', 'email']);
    expect(Object.isFrozen(scopes)).toBe(true);
    expect((await settings.secret(`${entry}.client_secret`))?.reveal()).toBe('env://NOT-A-REFERENCE');
    expect(await settings.string(`${entry}.client_id`)).toBeUndefined();
  });

  it('refuses a row that is no value of its type, whatever the type', async () => {
    const entry = 'auth.oauth.providers.google';
    const { settings } = await serverWith([
      [`${entry}.scopes`, 'openid, email', 'json'],
      [`${entry}.additional_params`, '["prompt"]', 'json'],
      [`${entry}.userinfo`, '[{"claims":{}}]', 'json'],
      [`${entry}.enabled`, 'TRUE', 'bool'],
      ['auth.oauth.client_callback_allowlist', '{"a":"b"}', 'json'],
      ['administrators', '["ann"]', 'json'],
      ['auth.jwt.expiration_seconds', '1h', 'int'],
      ['features.saml_enabled', 'yes', 'bool'],
      ['observability.sampling_rate', 'half', 'float'],
      ['content_extractors.wall_clock_budget', '30', 'string'],
    ]);
    const asked: Record<string, () => Promise<unknown>> = {
      [`${entry}.scopes`]: () => settings.list(`${entry}.scopes`),
      [`${entry}.additional_params`]: () => settings.map(`${entry}.additional_params`),
      [`${entry}.userinfo`]: () => settings.userinfo(`${entry}.userinfo`),
      [`${entry}.enabled`]: () => settings.boolean(`${entry}.enabled`),
      'auth.oauth.client_callback_allowlist': () => settings.list('auth.oauth.client_callback_allowlist'),
      administrators: () => settings.administrators(),
      'auth.jwt.expiration_seconds': () => settings.number('auth.jwt.expiration_seconds'),
      'features.saml_enabled': () => settings.boolean('features.saml_enabled'),
      'observability.sampling_rate': () => settings.number('observability.sampling_rate'),
      'content_extractors.wall_clock_budget': () => settings.duration('content_extractors.wall_clock_budget'),
    };
    for (const [key, ask] of Object.entries(asked)) {
      await expect(ask(), key).rejects.toMatchObject({
        code: 'settings/invalid-value',
        hint: `Set it again: tmi-dbtool settings set ${key} VALUE`,
      });
    }
    // What follows from such a row is not the default in disguise.
    await expect(settings.number('session.timeout_minutes')).rejects.toMatchObject({
      code: 'settings/invalid-value',
      message: expect.stringContaining('auth.jwt.expiration_seconds') as string,
    });
    expect(await settings.winner(`${entry}.scopes`)).toBe('row');
  });

  it('reads spellings that servers read too', async () => {
    const { settings } = await serverWith([
      ['auth.oauth.client_callback_allowlist', '[ "https://a.example.com/*" ]', 'json'],
      ['upload.max_file_size_mb', '+7', 'int'],
      ['features.saml_enabled', 'T', 'bool'],
      ['content_extractors.wall_clock_budget', '90s', 'string'],
    ]);
    expect(await settings.list('auth.oauth.client_callback_allowlist')).toEqual(['https://a.example.com/*']);
    expect(await settings.number('upload.max_file_size_mb')).toBe(7);
    expect(await settings.boolean('features.saml_enabled')).toBe(true);
    expect(await settings.duration('content_extractors.wall_clock_budget')).toBe(90_000);
  });

  it('refuses names and kinds of another type as such', async () => {
    const { settings } = await serverWith([]);
    for (const key of [undefined, 5, null, {}] as unknown as string[]) {
      await expect(settings.string(key)).rejects.toMatchObject({ code: 'usage/bad-argument' });
      await expect(settings.secret(key)).rejects.toMatchObject({ code: 'usage/bad-argument' });
      await expect(settings.winner(key)).rejects.toMatchObject({ code: 'usage/bad-argument' });
    }
    await expect(settings.providers('nonsense' as 'oauth')).rejects.toMatchObject({
      code: 'usage/bad-argument',
      message: expect.stringContaining('oauth or saml or content_oauth') as string,
    });
  });

  it('teaches about names that are wrong', async () => {
    const { settings } = await serverWith([['upload.max_file_size_mb', 'many', 'int']]);
    await expect(settings.number('websocket.inactivity_timeout_second')).rejects.toMatchObject({
      code: 'settings/unknown-key',
      hint: expect.stringContaining('websocket.inactivity_timeout_seconds') as string,
    });
    await expect(settings.string('server.port')).rejects.toMatchObject({ code: 'settings/bootstrap-key' });
    await expect(settings.boolean('operator.name')).rejects.toMatchObject({ code: 'bootstrap/wrong-type' });
    await expect(settings.number('upload.max_file_size_mb')).rejects.toMatchObject({
      code: 'settings/invalid-value',
    });
    settings.close();
    await expect(settings.string('operator.name')).rejects.toMatchObject({ code: 'bootstrap/closed' });
  });
});
