import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/yaml/parse.js';
import {
  configuredReferences,
  createFingerprint,
  createSecrets,
  inlineSecrets,
  readConfigured,
  reportReferences,
  type Configured,
} from '../../src/secrets/index.js';
import { inlineSecretSources } from '../../src/secrets/configured.js';
import { SecretValue } from '../../src/values/index.js';
import { codeOf } from '../support/errors.js';

const configured = (yaml: string, environment: Record<string, string> = {}): Configured =>
  readConfigured(parseYaml(Buffer.from(yaml), 'tmi.yml'), environment);

const found = (yaml: string, environment: Record<string, string> = {}) =>
  configuredReferences(configured(yaml, environment)).map(({ source, overriddenBy }) => [
    source.key,
    source.origin.variable ?? source.origin.position?.line,
    overriddenBy,
  ]);

describe('the references of a configuration', () => {
  it('are those of settings, the secrets block, providers and unknown keys, with their places', () => {
    const yaml = `
secrets:
  vault_token: env://TOKEN
auth:
  jwt: { secret: vault://jwt }
  oauth:
    providers:
      google: { client_secret: "file:///run/secrets/google" }
mistyped:
  password: vault://p
`;
    expect(found(yaml)).toEqual([
      ['secrets.vault_token', 3, undefined],
      ['auth.jwt.secret', 5, undefined],
      ['auth.oauth.providers.google.client_secret', 8, undefined],
      ['mistyped.password', 10, undefined],
    ]);
  });

  it('are those of any variable, but not the secrets of the env provider', () => {
    const environment = {
      TMI_JWT_SECRET: 'env://JWT',
      NATS_URL: 'vault://nats',
      TMI_SECRET_A: 'vault://b',
      HOMEPAGE: 'file:///index.html',
      TMI_REDIS_PASSWORD: 'file:///run/redis',
    };
    expect(found('{}', environment)).toEqual([
      ['NATS_URL', 'NATS_URL', undefined],
      ['auth.jwt.secret', 'TMI_JWT_SECRET', undefined],
      ['database.redis.password', 'TMI_REDIS_PASSWORD', undefined],
    ]);
  });

  it('takes file:// for an address where no secret stands', () => {
    expect(found('logging: { log_dir: "file:///var/log" }\nother: "file:///x"')).toEqual([]);
  });

  it('are found under names of earlier releases', () => {
    expect(found('secrets: { vault: { token: env://T } }')).toEqual([['secrets.vault_token', 1, undefined]]);
  });

  it('say which variable overrides them, a provider as a whole', () => {
    const yaml =
      'auth: { jwt: { secret: vault://a }, oauth: { providers: { x-y: { client_secret: vault://b } } } }';
    const environment = { TMI_JWT_SECRET: 'inline', OAUTH_PROVIDERS_X_Y_ENABLED: 'true' };
    expect(found(yaml, environment)).toEqual([
      ['auth.jwt.secret', 1, 'TMI_JWT_SECRET'],
      ['auth.oauth.providers.x-y.client_secret', 1, 'OAUTH_PROVIDERS_X_Y_ENABLED'],
    ]);
  });
});

describe('the report', () => {
  const yaml = `
auth: { jwt: { secret: vault://jwt } }
database: { url: "vault://none?optional=true", redis: { url: vault://, password: "vault://none?default=fallback" } }
alerting: { webhook_secret: env://NOPE }
content_token_encryption_key: vault://jwt
`;
  const open = (environment: Record<string, string>) =>
    createSecrets({ secretsBlock: {}, environment, baseDirectory: '/' });

  it('tells state, length and provider of each, and nothing of overridden ones', async () => {
    const environment = { TMI_SECRET_JWT: 'gehöt🔑', TMI_ALERTING_WEBHOOK_SECRET: 'inline' };
    const { reports } = await reportReferences(
      configuredReferences(configured(yaml, environment)),
      await open(environment),
    );
    const byKey = Object.fromEntries(
      reports.map((r) => [r.key, [r.state, r.provider, r.length, r.fault?.code]]),
    );
    expect(byKey).toEqual({
      'auth.jwt.secret': ['resolved', 'env', 6, undefined],
      'database.url': ['absent', 'env', undefined, undefined],
      'database.redis.url': ['failed', undefined, undefined, 'secrets/malformed-reference'],
      'database.redis.password': ['default', 'env', 8, undefined],
      'alerting.webhook_secret': ['overridden', 'variable', undefined, undefined],
      content_token_encryption_key: ['resolved', 'env', 6, undefined],
    });
    const prints = new Map(reports.map((r) => [r.key, r.fingerprint]));
    expect(prints.get('auth.jwt.secret')).toMatch(/^[0-9a-f]{12}$/);
    expect(prints.get('auth.jwt.secret')).toBe(prints.get('content_token_encryption_key'));
    expect(JSON.stringify(reports)).not.toMatch(/gehöt|fallback/);
  });
});

describe('fingerprints', () => {
  const secret = new SecretValue('secret');
  const key = new SecretValue('0123456789abcdef');

  it('are the same in every run with a key, and good for one run without', () => {
    expect(createFingerprint(key)(secret)).toBe(createFingerprint(key)(secret));
    expect(createFingerprint(key)(secret)).not.toBe(createFingerprint(key)(new SecretValue('other')));
    expect(createFingerprint()(secret)).not.toBe(createFingerprint()(secret));
  });

  it('refuse a key that could be guessed', () => {
    expect(codeOf(() => createFingerprint(new SecretValue('short')))).toBe('secrets/weak-fingerprint-key');
  });
});

describe('the inventory', () => {
  const advice = (yaml: string) =>
    inlineSecrets(configured(yaml)).map(({ key, advice, position }) => [key, advice, position.line]);

  it('says of each inline secret where it belongs', () => {
    expect(
      advice(`
auth:
  jwt: { secret: inline }
  oauth: { providers: { google: { client_secret: inline } } }
secrets: { vault_token: inline }
old_password: inline
`),
    ).toEqual([
      ['auth.jwt.secret', 'lift', 3],
      ['auth.oauth.providers.google.client_secret', 'import', 4],
      ['secrets.vault_token', 'local', 5],
      ['old_password', 'check', 6],
    ]);
  });

  it.each([
    ['auth: { jwt: { secret: vault://a } }', 'a reference'],
    ['auth: { jwt: { secret: "" } }', 'nothing'],
    ['server: { tls_key_file: /etc/key.pem }', 'the path of a file'],
    ['database: { url: "postgres://app@db.example.com/tmi" }', 'an address without a password'],
    ['database: { url: "sqlite:///var/lib/tmi.db" }', 'the address of a file'],
  ])('leaves out %s', (yaml) => {
    expect(advice(yaml)).toEqual([]);
  });

  it.each(['postgres://app:p%40ss@db/tmi', 'sqlserver://db?user=sa&password=x', 'postgres://a:b@c@db/tmi'])(
    'takes %s for one with a password',
    (url) => {
      expect(advice(`database: { url: "${url}" }`)).toEqual([['database.url', 'lift', 1]]);
    },
  );
});

describe('what is looked at for mistyped references', () => {
  it('is every inline secret of file and environment, and no other value', () => {
    const yaml = `
auth: { jwt: { secret: inline, expiration_seconds: 60 } }
database: { url: vault://db, redis: { host: valut://no-secret, password: "" } }
`;
    const environment = { TMI_ALERTING_WEBHOOK_SECRET: 'valut://x', TMI_SERVER_PORT: '1' };
    expect(inlineSecretSources(configured(yaml, environment)).map(({ key, text }) => [key, text])).toEqual([
      ['auth.jwt.secret', 'inline'],
      ['alerting.webhook_secret', 'valut://x'],
    ]);
  });
});
