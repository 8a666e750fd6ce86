import { describe, expect, it } from 'vitest';
import { Workspace } from '../support/workspace.js';

const block = `operator: {name: A}
auth:
  build_mode: test
  jwt: {expiration_seconds: 600}
  oauth: {providers: {corp: {enabled: true, client_id: file-id}}}
database:
  postgres: {host: db.file, port: "5432", user: u, password: CANARY, database: d}
`;
const plain = ['--allow-plaintext-secrets', '--dry-run'];

async function stopped(env: Record<string, string>, ...args: string[]) {
  const w = await Workspace.create('sqlite', block);
  return w.import([...plain, '--database-url', w.url, '--other-database', ...args], { env });
}

describe('variables under older names that disagree with the file', () => {
  it.each([
    ['POSTGRES_HOST', 'db.internal', 'database.postgres.host'],
    ['POSTGRES_SSLMODE', 'require', 'database.postgres.sslmode'],
    ['OPERATOR_NAME', 'B', 'operator.name'],
    ['JWT_EXPIRATION_SECONDS', '900', 'auth.jwt.expiration_seconds'],
    ['OAUTH_PROVIDERS_CORP_CLIENT_ID', 'other', 'auth.oauth.providers.corp.client_id'],
    ['OAUTH_PROVIDERS_CORP_ENABLED', 'false', 'auth.oauth.providers.corp.enabled'],
  ])('stop the run: %s=%s', async (name, text, key) => {
    const { code, err } = await stopped({ [name]: text });
    expect([code, err], err).toEqual([3, expect.stringContaining('[legacy/shadowed]')]);
    expect(err).toContain(`${key} was overridden by the variable ${name}`);
    expect(err).toContain('--shadowed file');
    expect(err).not.toContain('CANARY');
    const chosen = await stopped({ [name]: text }, '--shadowed', 'file');
    expect(chosen.code, chosen.err).toBe(0);
  });

  it.each([
    ['POSTGRES_HOST', 'db.file'],
    ['JWT_EXPIRATION_SECONDS', '600'],
    ['OAUTH_PROVIDERS_CORP_CLIENT_ID', 'file-id'],
    ['OPERATOR_NAME', ''],
  ])('do not stop it when they agree: %s=%s', async (name, text) => {
    const { code, err } = await stopped({ [name]: text });
    expect(code, err).toBe(0);
  });
});
