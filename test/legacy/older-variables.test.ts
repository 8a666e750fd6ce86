import { describe, expect, it } from 'vitest';
import { describeEngines } from '../support/database.js';
import { whyMissing } from '../support/servers/index.js';
import { Workspace, type Run } from '../support/workspace.js';

const block = `operator: {name: A}
logging: {level: info}
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
    ['LOG_LEVEL', 'debug', 'logging.level'],
    ['OAUTH_PROVIDERS_CORP_CLIENT_ID', 'other', 'auth.oauth.providers.corp.client_id'],
    ['OAUTH_PROVIDERS_CORP_CLIENT_SECRET', 'CANARY', 'auth.oauth.providers.corp.client_secret'],
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
    ['OAUTH_PROVIDERS_CORP_ENABLED', '1'],
    ['LOG_LEVEL', 'info'],
    ['OPERATOR_NAME', ''],
  ])('do not stop it when they agree: %s=%s', async (name, text) => {
    const { code, err } = await stopped({ [name]: text });
    expect(code, err).toBe(0);
  });

  it('are not asked about twice where a row that somebody set agrees with the file', async () => {
    const w = await Workspace.create('sqlite', 'operator: {name: A}\ndatabase: {url: $URL}\n');
    const env = { OPERATOR_NAME: 'B' };
    await w.import(['--shadowed', 'file', '--no-rewrite'], { env });
    const { code, err } = await w.import([], { env });
    expect(code, err).toBe(0);
  });
});

const stated = `# who runs it
operator:
  name: A # of the file
  contact: ""
auth:
  build_mode: test
  jwt: {expiration_seconds: 600}
  oauth:
    providers:
      corp:
        enabled: true
        client_id: file-id
        client_secret: ""
database: {url: $URL}
`;
const said = {
  OPERATOR_NAME: 'B',
  OPERATOR_CONTACT: 'b@example.org',
  JWT_EXPIRATION_SECONDS: '900',
  OAUTH_PROVIDERS_CORP_CLIENT_ID: 'env-id',
  OAUTH_PROVIDERS_CORP_CLIENT_SECRET: 'CANARY-secret',
};
const env = ['--shadowed', 'env', '--allow-plaintext-secrets'];

interface Document {
  readonly proof: {
    readonly differences: readonly unknown[];
    readonly chosen: readonly { key: string; before?: string; after?: string }[];
  };
  readonly shadows: readonly { path: string; variable: string; choice: string }[];
}
const documentOf = ({ out }: Run): Document => JSON.parse(out) as Document;

describeEngines((engine) => {
  it('stores what they say with --shadowed env, proves it as chosen, and puts the file back', async () => {
    const w = await Workspace.create(engine, stated);
    const before = w.text();
    const run = await w.import([...env, '--json'], { env: said });
    expect(run.code, run.out).toBe(0);
    expect(run.out + run.err).not.toContain('CANARY');
    expect(await w.values()).toMatchObject({
      'operator.name': 'B',
      'operator.contact': 'b@example.org',
      'auth.jwt.expiration_seconds': '900',
      'session.timeout_minutes': '15',
      'auth.oauth.providers.corp.enabled': 'true',
      'auth.oauth.providers.corp.client_id': 'env-id',
      'auth.oauth.providers.corp.client_secret': 'CANARY-secret',
    });
    expect(w.text()).toBe(`# who runs it\nauth:\n  build_mode: test\ndatabase: {url: ${w.url}}\n`);

    const { proof, shadows } = documentOf(run);
    expect(proof.differences).toEqual([]);
    expect(proof.chosen).toContainEqual({ key: 'operator.name', before: 'A', after: 'B' });
    expect(proof.chosen).toContainEqual({ key: 'auth.jwt.expiration_seconds', before: '600', after: '900' });
    expect(shadows.map(({ variable, choice }) => [variable, choice]).sort()).toEqual(
      Object.keys(said)
        .sort()
        .map((name) => [name, 'env']),
    );

    const again = await w.import(env, { env: said });
    expect([again.code, again.out], again.err).toEqual([0, expect.stringContaining('Nothing to do')]);
    const undone = await w.run(['import-legacy', '--undo', w.receipt()]);
    expect(undone.code, undone.err).toBe(0);
    expect(w.text()).toBe(before);
    expect(await w.values()).toEqual({});
  });

  it('takes what server 1.8 reads from rows, and refuses what it reads only from the file', async () => {
    const w = await Workspace.create(engine, 'operator: {name: A}\ndatabase: {url: $URL}\n');
    const done = await w.import([...env, '--server', '1.8'], { env: { OPERATOR_NAME: 'B' } });
    expect(done.code, done.err).toBe(0);
    expect((await w.values())['operator.name']).toBe('B');

    const stuck = await Workspace.create(engine, stated);
    const before = stuck.text();
    const run = await stuck.import([...env, '--server', '1.8'], { env: said });
    expect([run.code, run.err], run.err).toEqual([3, expect.stringContaining('[legacy/shadowed]')]);
    expect(run.err).toContain(
      'auth.jwt.expiration_seconds was overridden by the variable JWT_EXPIRATION_SECONDS, which cannot be taken: a Go server 1.8 reads the setting from its file only',
    );
    expect(run.err).toContain('set TMI_JWT_EXPIRATION_SECONDS to it');
    expect(run.err).not.toContain('operator.name was');
    expect(stuck.text()).toBe(before);
  });
});

describe('what cannot be taken', () => {
  it.each([
    ['logging: {level: info}', { LOG_LEVEL: 'debug' }, [], 'the setting stays in the file'],
    [
      'server: {base_url: "https://a.example"}',
      { SERVER_BASE_URL: 'https://b.example' },
      ['--server', '1.8'],
      'at start',
    ],
    [
      'auth: {jwt: {expiration_seconds: 600}}',
      { JWT_EXPIRATION_SECONDS: 'soon' },
      [],
      'no server takes such a value',
    ],
    [
      'auth: {oauth: {providers: {corp: {client_id: a}}}}',
      { OAUTH_PROVIDERS_CORP_CLIENT_ID: 'b' },
      ['--no-rewrite'],
      'the file stays as it is',
    ],
  ])('says why: %s', async (text, variables, args, why) => {
    const w = await Workspace.create('sqlite', `${text}\ndatabase: {url: $URL}\n`);
    const before = w.text();
    const run = await w.import([...env, ...args], { env: variables });
    expect([run.code, run.err], run.err).toEqual([3, expect.stringContaining('which cannot be taken')]);
    expect(run.err).toContain(why);
    expect(run.err).toContain('--shadowed file');
    expect(w.text()).toBe(before);
  });
});

describe.skipIf(whyMissing('postgres') !== undefined)('a block whose parts variables override', () => {
  /** The address of a real server, in parts, of which the file has another host and no password. */
  async function ofBlock() {
    const w = await Workspace.create('postgres');
    const url = new URL(w.url);
    const part = (text: string): string => decodeURIComponent(text);
    w.write(
      `operator: {name: A}\ndatabase:\n  postgres:\n    host: db.file.invalid\n    user: ${part(url.username)}\n    database: ${url.pathname.slice(1)}\n`,
    );
    const variables = {
      POSTGRES_HOST: url.hostname,
      POSTGRES_PORT: url.port === '' ? '5432' : url.port,
      ...(url.password === '' ? {} : { POSTGRES_PASSWORD: part(url.password) }),
      POSTGRES_SSLMODE: 'disable',
    };
    return { w, variables };
  }

  it('asks before it connects, and imports into the database that the variables name', async () => {
    const { w, variables } = await ofBlock();
    const before = w.text();
    const asked = await w.import([], { env: variables });
    expect([asked.code, asked.err], asked.err).toEqual([3, expect.stringContaining('[legacy/shadowed]')]);
    expect(asked.err).toContain('database.postgres.host was overridden by the variable POSTGRES_HOST');

    const done = await w.import(['--shadowed', 'env', '--json'], { env: variables });
    expect(done.code, done.out + done.err).toBe(0);
    expect(await w.values()).toMatchObject({ 'operator.name': 'A' });
    expect(w.text()).toContain(`@${variables.POSTGRES_HOST}:${variables.POSTGRES_PORT}/`);
    expect(w.text()).toContain('?sslmode=disable');
    expect(w.text()).not.toContain('db.file.invalid');
    expect(documentOf(done).proof.differences).toEqual([]);

    const undone = await w.run(['import-legacy', '--undo', w.receipt()]);
    expect(undone.code, undone.err).toBe(0);
    expect(w.text()).toBe(before);
  });

  it('refuses a part of which no address can be made, by its variable', async () => {
    const w = await Workspace.create('sqlite', block);
    const run = await w.import([...plain, '--shadowed', 'env'], { env: { POSTGRES_PORT: 'CANARY' } });
    expect([run.code, run.err], run.err).toEqual([3, expect.stringContaining('POSTGRES_PORT is not valid')]);
    expect(run.err).not.toContain('CANARY');
  });
});
