import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { settings } from '../../src/registry/index.js';

const texts = (env: Record<string, string>) =>
  Object.fromEntries([...readEnvironment(env).values].map(([key, { text }]) => [key, text]));
const faults = (env: Record<string, string>) =>
  readEnvironment(env).diagnostics.map(({ code, variable, key }) => [code, variable, key]);

describe('readEnvironment', () => {
  it('reads a variable to each setting that has one', () => {
    const named = settings.filter((setting) => setting.env !== null && setting.type === 'string');
    const plain = named.filter((setting) => setting.limits === undefined);
    const env = Object.fromEntries(
      plain.map((setting) => [setting.env as string, `value of ${setting.env}`]),
    );
    const { values, diagnostics } = readEnvironment(env);
    expect(diagnostics).toEqual([]);
    expect(values.size).toBe(plain.length);
    expect(values.get('operator.name')).toMatchObject({
      text: 'value of TMI_OPERATOR_NAME',
      written: { layer: 'environment', variable: 'TMI_OPERATOR_NAME' },
    });
  });

  it('counts an empty variable as unset, and knows no others', () => {
    expect(texts({ TMI_LOG_LEVEL: '', LOGGING_LEVEL: 'warn', PATH: '/bin', TMI_NO_SUCH: 'x' })).toEqual({});
  });

  it('reads truth values, numbers and durations as the server does', () => {
    expect(
      texts({
        TMI_COOKIE_ENABLED: 'T',
        TMI_COOKIE_SECURE: '0',
        TMI_JWT_EXPIRATION_SECONDS: '+7200',
        TMI_OTEL_SAMPLING_RATE: '0.50',
        TMI_CONTENT_EXTRACTORS_WALL_CLOCK_BUDGET: '60s',
      }),
    ).toEqual({
      'auth.cookie.enabled': 'true',
      'auth.cookie.secure': 'false',
      'auth.jwt.expiration_seconds': '7200',
      'observability.sampling_rate': '0.5',
      'content_extractors.wall_clock_budget': '1m0s',
    });
  });

  const wrong = {
    TMI_COOKIE_ENABLED: 'yes',
    TMI_JWT_EXPIRATION_SECONDS: '1_000',
    TMI_SERVER_PORT: '99999',
    TMI_BUILD_MODE: 'staging',
    TMI_OAUTH_CLIENT_CALLBACK_ALLOWLIST: 'https://a.example.com/*,a.example.com',
  };

  it('reports what the server would not take, all of it', () => {
    expect(faults(wrong)).toEqual([
      ['config/invalid-variable', 'TMI_SERVER_PORT', 'server.port'],
      ['config/invalid-variable', 'TMI_JWT_EXPIRATION_SECONDS', 'auth.jwt.expiration_seconds'],
      ['config/invalid-variable', 'TMI_COOKIE_ENABLED', 'auth.cookie.enabled'],
    ]);
  });

  it('keeps what servers take although it is not what is documented, and says so', () => {
    const { values, doubts } = readEnvironment(wrong);
    expect(doubts.map(({ code, key, severity }) => [code, key, severity])).toEqual([
      ['config/invalid-variable', 'auth.oauth.client_callback_allowlist', 'warning'],
      ['config/doubtful-value', 'auth.build_mode', 'warning'],
    ]);
    expect(values.get('auth.build_mode')?.text).toBe('staging');
    expect(values.get('auth.oauth.client_callback_allowlist')?.text).toBe(
      '["https://a.example.com/*","a.example.com"]',
    );
  });

  it('separates lists by commas, trims them, drops what is empty, and warns of JSON', () => {
    expect(texts({ TMI_TRUSTED_PROXIES: ' 10.0.0.0/8 ,, 192.168.0.1,' })).toEqual({
      'server.trusted_proxies': '["10.0.0.0/8","192.168.0.1"]',
    });
    // The server starts with it, and has one odd item.
    const json = readEnvironment({ TMI_TRUSTED_PROXIES: '["10.0.0.1"]' });
    expect(json.doubts.map(({ code, key }) => [code, key])).toEqual([
      ['config/invalid-variable', 'server.trusted_proxies'],
    ]);
    expect(json.values.get('server.trusted_proxies')?.text).toBe('["[\\"10.0.0.1\\"]"]');
  });

  it('never says a value', () => {
    const env = {
      TMI_COOKIE_ENABLED: 'CANARY-1',
      TMI_SERVER_PORT: 'CANARY-2',
      TMI_ADMIN_PROVIDER: 'CANARY-3',
    };
    const { diagnostics } = readEnvironment(env);
    expect(diagnostics).toHaveLength(3);
    expect(JSON.stringify(diagnostics)).not.toContain('CANARY');
  });
});

describe('PORT', () => {
  it('is the port of the server unless its own variable is set', () => {
    expect(readEnvironment({ PORT: '5000' }).values.get('server.port')).toMatchObject({
      text: '5000',
      written: { variable: 'PORT' },
    });
    expect(texts({ PORT: '5000', TMI_SERVER_PORT: '' })).toEqual({ 'server.port': '5000' });
    expect(texts({ PORT: '5000', TMI_SERVER_PORT: '8443' })).toEqual({ 'server.port': '8443' });
  });

  it('is checked like any other', () => {
    expect(faults({ PORT: 'http' })).toEqual([['config/invalid-variable', 'PORT', 'server.port']]);
    expect(faults({ PORT: 'http', TMI_SERVER_PORT: '8443' })).toEqual([]);
  });
});

describe('TMI_ADMIN_*', () => {
  const administrator = (env: Record<string, string>) => readEnvironment(env).administrator;

  it('adds one administrator, a user unless told otherwise, with its fields in order', () => {
    expect(administrator({ TMI_ADMIN_EMAIL: 'ann@example.com', TMI_ADMIN_PROVIDER: 'google' })).toBe(
      '{"provider":"google","email":"ann@example.com","subject_type":"user"}',
    );
    expect(
      administrator({
        TMI_ADMIN_SUBJECT_TYPE: 'group',
        TMI_ADMIN_GROUP_NAME: 'admins',
        TMI_ADMIN_PROVIDER: 'okta',
        TMI_ADMIN_EMAIL: '',
      }),
    ).toBe('{"provider":"okta","group_name":"admins","subject_type":"group"}');
  });

  it('is nobody without a provider', () => {
    expect(readEnvironment({ TMI_ADMIN_EMAIL: 'ann@example.com' })).toMatchObject({
      administrator: undefined,
      diagnostics: [],
    });
  });

  it('reports what makes no administrator', () => {
    const env = { TMI_ADMIN_PROVIDER: 'google', TMI_ADMIN_GROUP_NAME: 'admins' };
    expect(administrator(env)).toBeUndefined();
    expect(faults(env)).toEqual([['config/invalid-variable', 'TMI_ADMIN_PROVIDER', 'administrators']]);
  });
});
