import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import {
  configuredEnvironment,
  createSecrets,
  readConfigured,
  resolveEnvironment,
  type EffectiveEnvironment,
} from '../../src/secrets/index.js';
import { failure } from '../support/errors.js';

const yaml = `
server: { port: "9000", cors: { allowed_origins: ["https://a.example.com", "https://b.example.com"] } }
database: { url: vault://db }
auth:
  jwt: { secret: inline-secret, expiration_seconds: 3600 }
  oauth:
    providers:
      corp-login:
        enabled: true
        client_id: id
        client_secret: vault://corp
        scopes: [openid, email]
        authorization_url: https://login.example.com/auth
        token_url: https://login.example.com/token
        additional_params: { prompt: consent }
        userinfo:
          - { url: https://login.example.com/me, claims: { subject_claim: sub } }
          - { url: https://login.example.com/more, claims: {} }
      switched-off: { enabled: false, client_secret: vault://missing }
content_oauth:
  providers:
    google_drive: { enabled: true, client_id: x, required_scopes: [a, b] }
administrators:
  - { provider: google, email: ann@example.com, subject_type: user }
`;

const provider = { TMI_SECRET_DB: 'postgres://u:p@db/tmi', TMI_SECRET_CORP: 'corp-secret' };

const configured = (text: string, environment: Record<string, string>) =>
  readConfigured(parseYaml(Buffer.from(text), 'tmi.yml'), environment);

async function resolved(
  text: string,
  environment: Record<string, string>,
  options?: Parameters<typeof resolveEnvironment>[2],
): Promise<EffectiveEnvironment> {
  const secrets = await createSecrets({ secretsBlock: {}, environment, baseDirectory: '/' });
  return resolveEnvironment(configured(text, environment), secrets, options);
}

const asVariables = ({ variables }: EffectiveEnvironment): Record<string, string> =>
  Object.fromEntries(variables.map(({ name, value }) => [name, value.reveal()]));

describe('the effective environment', () => {
  it('makes a server without a file see every value of the file', async () => {
    const environment = await resolved(yaml, provider);
    expect(environment.left).toEqual([]);
    const layer = readEnvironment(asVariables(environment));
    const expected = configured(
      yaml.replace('vault://db', provider.TMI_SECRET_DB).replace('vault://corp', provider.TMI_SECRET_CORP),
      {},
    ).fileLayer.values;
    for (const { key, text } of expected.values()) {
      if (key.path === 'administrators') expect(`[${layer.administrator ?? ''}]`).toBe(text);
      else if (!key.path.includes('switched-off'))
        expect([key.path, layer.values.get(key.key)?.text]).toEqual([key.path, text]);
    }
  });

  it('needs no provider any more: its settings and secrets are left out, the encryption key is in', async () => {
    const environment = {
      ...provider,
      TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'k'.repeat(64),
      TMI_VAULT_TOKEN: 'env://TOKEN',
      TOKEN: 'token',
    };
    const effective = await resolved(yaml, environment);
    const variables = asVariables(effective);
    expect(variables['TMI_SECRETS_PROVIDER']).toBe('env');
    expect(variables['TMI_SECRET_SETTINGS_ENCRYPTION_KEY']).toBe('k'.repeat(64));
    expect(Object.keys(variables)).not.toContain('TMI_SECRET_DB');
    expect(Object.keys(variables)).not.toContain('TMI_VAULT_TOKEN');
    expect(effective.unset).toEqual(['TMI_VAULT_TOKEN']);
  });

  it('takes the environment before the file, and a provider of it as a whole', async () => {
    const environment = {
      ...provider,
      TMI_SERVER_PORT: '1',
      OAUTH_PROVIDERS_CORP_LOGIN_ENABLED: 'true',
      OAUTH_PROVIDERS_CORP_LOGIN_CLIENT_ID: 'other',
    };
    const variables = asVariables(await resolved(yaml, environment));
    expect(variables['TMI_SERVER_PORT']).toBe('1');
    expect(Object.keys(variables).filter((n) => n.startsWith('OAUTH_PROVIDERS_CORP'))).toEqual([
      'OAUTH_PROVIDERS_CORP_LOGIN_CLIENT_ID',
      'OAUTH_PROVIDERS_CORP_LOGIN_ENABLED',
    ]);
  });

  it('gives the port of the platform its own name', async () => {
    const variables = asVariables(await resolved('{}', { PORT: '5000' }));
    expect(variables['TMI_SERVER_PORT']).toBe('5000');
  });

  it('leaves out an optional reference that leads to nothing, and says that it must not be set', async () => {
    const environment = { TMI_REDIS_PASSWORD: 'vault://none?optional=true' };
    const effective = await resolved('{}', environment);
    expect(Object.keys(asVariables(effective))).toEqual(['TMI_SECRETS_PROVIDER']);
    expect(effective.unset).toEqual(['TMI_REDIS_PASSWORD']);
  });

  it('says what no variable can carry', async () => {
    const text = `
server: { cors: { allowed_origins: ["https://a.example.com,b"] } }
administrators:
  - { provider: google, email: ann@example.com, subject_type: user }
  - { provider: google, email: bob@example.com, subject_type: user }
`;
    const effective = await resolved(text, {});
    expect(effective.left.map(({ code, key }) => [code, key])).toEqual([
      ['secrets/not-expressible', 'server.cors.allowed_origins'],
      ['secrets/not-expressible', 'administrators'],
    ]);
    expect(effective.left[0]).toEqual({
      code: 'secrets/not-expressible',
      severity: 'warning',
      message:
        'server.cors.allowed_origins cannot be given as a variable: the server would read another value',
      key: 'server.cors.allowed_origins',
      file: 'tmi.yml',
      position: { line: 2, column: 19 },
    });
  });

  it('says so of a value that is empty where the default is not, and of a second administrator', async () => {
    const text = `
logging: { level: "" }
administrators: [{ provider: google, email: ann@example.com, subject_type: user }]
`;
    const environment = { TMI_ADMIN_PROVIDER: 'google', TMI_ADMIN_EMAIL: 'bob@example.com' };
    const { left } = await resolved(text, environment);
    expect(left.map(({ message }) => message)).toEqual([
      'logging.level cannot be given as a variable: an empty variable counts as not set',
      'administrators cannot be given as a variable: the environment already names one administrator, and can name no other',
    ]);
  });

  it('fails with every reference that has no value', async () => {
    const error = await failure(resolved(yaml, {}));
    expect(error.code).toBe('secrets/unresolved');
    expect(error.diagnostics.map(({ key }) => key)).toEqual([
      'database.url',
      'auth.oauth.providers.corp-login.client_secret',
    ]);
  });

  it('refuses a value that no variable can hold, without showing it', async () => {
    const environment = { TMI_JWT_SECRET: 'vault://jwt', TMI_SECRET_JWT: 'with\0nul' };
    const error = await failure(resolved('{}', environment));
    expect(error.code).toBe('secrets/not-expressible');
    expect(JSON.stringify(error)).not.toContain('with');
    expect(error.diagnostics).toEqual([
      {
        code: 'secrets/not-expressible',
        severity: 'error',
        message: 'the value for TMI_JWT_SECRET holds a NUL character, which no variable can hold',
        key: 'auth.jwt.secret',
        variable: 'TMI_JWT_SECRET',
      },
    ]);
  });

  it('is the references of the environment alone for a worker', async () => {
    const environment = {
      NATS_URL: 'vault://nats',
      TMI_SECRET_NATS: 'nats://u:p@host',
      TMI_SERVER_PORT: '1',
      TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'k'.repeat(64),
    };
    const variables = asVariables(await resolved('{}', environment, { referencesOnly: true }));
    expect(variables).toEqual({ NATS_URL: 'nats://u:p@host' });
  });
});

describe('the environment as it is configured', () => {
  it('keeps references and what leads to the provider', () => {
    const environment = { ...provider, TMI_VAULT_TOKEN: 'env://TOKEN' };
    const { variables } = configuredEnvironment(configured(yaml, environment));
    const facts = new Map(variables.map((v) => [v.name, v]));
    expect(facts.get('TMI_DATABASE_URL')?.reference).toBe('vault://db');
    expect(facts.get('TMI_VAULT_TOKEN')?.reference).toBe('env://TOKEN');
    expect(facts.get('TMI_JWT_SECRET')).toMatchObject({ secret: true, reference: undefined });
    expect(facts.get('TMI_SECRET_DB')).toMatchObject({ secret: true });
    expect(facts.get('TMI_SERVER_PORT')).toMatchObject({ secret: false });
  });

  it('takes an address of a file for itself where no secret stands, beside references of the same file', () => {
    const text = 'logging: { log_dir: "file:///var/log" }\ndatabase: { url: vault://db }';
    const { variables } = configuredEnvironment(configured(text, {}));
    expect(variables.map(({ name, reference, secret }) => [name, reference, secret])).toEqual([
      ['TMI_DATABASE_URL', 'vault://db', true],
      ['TMI_LOG_DIR', undefined, false],
    ]);
  });
});
