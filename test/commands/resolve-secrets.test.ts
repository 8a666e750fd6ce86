import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../commands/main.js';
import { FakeIo, type FakeIoOptions } from '../support/io.js';
import { startAws } from '../support/stand-ins/aws.js';
import type { ProviderStandIn } from '../support/stand-ins/provider-stand-in.js';
import { startVault } from '../support/stand-ins/vault.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => join(folder, 'tmi.yml');
const text = (): string => readFileSync(file(), 'utf8');

async function run(args: readonly string[], options: Omit<FakeIoOptions, 'cwd'> = {}) {
  const io = new FakeIo({ ...options, cwd: folder });
  const code = await main(['resolve-secrets', ...args], io);
  return { code, out: io.out, err: io.err, io };
}

const json = (out: string): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;
const errorCode = (out: string): unknown => (json(out)['error'] as { code: string }).code;

const config = `# the production configuration
database:
  url: vault://db # the database
auth:
  jwt:
    secret: "inline-secret"   # change me
server:
  port: "8080"
`;
const env = { TMI_SECRET_DB: 'postgres://app:p4ss@db/tmi' };

describe('resolve-secrets', () => {
  beforeEach(() => writeFileSync(file(), config));

  it('shows every reference and no value', async () => {
    const { code, out, err } = await run(['tmi.yml'], {
      env: { ...env, NATS_URL: 'env://OTHER', OTHER: 'o' },
    });
    expect([code, err]).toEqual([0, '']);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(rows.map((row) => row.slice(0, 6))).toEqual([
      ['KEY', 'WHERE', 'REFERENCE', 'PROVIDER', 'STATE', 'LENGTH'],
      ['database.url', 'tmi.yml:3:3', 'vault://db', 'env', 'resolved', '26'],
      ['NATS_URL', '$NATS_URL', 'env://OTHER', 'variable', 'resolved', '1'],
    ]);
  });

  it('ends with 5 when one fails, and still shows the others', async () => {
    const failing = { ...env, TMI_REDIS_PASSWORD: 'vault://nope', TMI_REDIS_URL: 'vault://' };
    const { code, out, err } = await run(['tmi.yml'], { env: failing });
    expect(code).toBe(5);
    expect(out).toMatch(/database\.url .* resolved/);
    expect(err).toContain('[secrets/no-such-secret]');
    expect(err).toContain('[secrets/malformed-reference]');
    const machine = await run(['tmi.yml', '--json'], { env: failing });
    expect(machine.code).toBe(5);
    expect(machine.err).toBe('');
    const states = (json(machine.out)['references'] as { state: string; error?: { code: string } }[]).map(
      (r) => [r.state, r.error?.code],
    );
    expect(states).toEqual([
      ['resolved', undefined],
      ['failed', 'secrets/no-such-secret'],
      ['failed', 'secrets/malformed-reference'],
    ]);
  });

  it('makes equal fingerprints in every run with a key, which must be a reference', async () => {
    const withKey = { ...env, KEY: 'k'.repeat(32) };
    const args = ['tmi.yml', '--fingerprint-key', 'env://KEY'];
    const [one, two] = [await run(args, { env: withKey }), await run(args, { env: withKey })];
    expect(one.out).toBe(two.out);
    expect((await run(['tmi.yml'], { env: withKey })).out).not.toBe(one.out);
    expect((await run(['tmi.yml', '--fingerprint-key', 'k'.repeat(32)], { env })).code).toBe(2);
  });

  it('checks in silence, and fails on a mistyped reference', async () => {
    expect(await run(['tmi.yml', '--check'], { env })).toMatchObject({ code: 0, out: '', err: '' });
    expect(await run(['tmi.yml', '--check'])).toMatchObject({ code: 5, out: '' });
    const mistyped = await run(['tmi.yml', '--check'], { env: { ...env, TMI_REDIS_PASSWORD: 'valut://x' } });
    expect([mistyped.code, mistyped.out]).toEqual([3, '']);
    expect(mistyped.err).toContain('secrets/suspicious-scheme');
  });

  it.each([
    ['database.url', env.TMI_SECRET_DB],
    ['auth.jwt.secret', 'inline-secret'],
    ['OTHER', 'plain'],
    ['server.port', '8080'],
    ['TMI_DATABASE_URL', env.TMI_SECRET_DB],
    ['TMI_JWT_SECRET', 'inline-secret'],
    ['TMI_SERVER_PORT', '8080'],
  ])('shows the value of %s, and just that', async (key, value) => {
    const { code, out, err } = await run(['tmi.yml', '--show', key], { env: { ...env, OTHER: 'plain' } });
    expect({ code, out, err }).toEqual({ code: 0, out: value, err: '' });
  });

  it('shows the value of a variable that is set, not that of the file below it', async () => {
    const set = { ...env, TMI_JWT_SECRET: 'vault://db' };
    const { code, out } = await run(['tmi.yml', '--show', 'TMI_JWT_SECRET'], { env: set });
    expect([code, out]).toEqual([0, env.TMI_SECRET_DB]);
  });

  it('shows no value that is not there', async () => {
    expect((await run(['tmi.yml', '--show', 'TMI_REDIS_PASSWORD'], { env })).code).toBe(2);
    expect((await run(['tmi.yml', '--show', 'auth.jwt.nothing'], { env })).code).toBe(2);
    expect(await run(['tmi.yml', '--show', 'database.url'])).toMatchObject({ code: 5, out: '' });
  });

  it('shows nothing of a provider that variables define anew, since no server takes it', async () => {
    const entry = '{enabled: true, client_id: id, client_secret: canary}';
    writeFileSync(file(), `auth: {oauth: {providers: {google: ${entry}}}}\n`);
    const show = ['tmi.yml', '--show', 'auth.oauth.providers.google.client_secret'];
    expect(await run(show)).toMatchObject({ code: 0, out: 'canary' });
    const anew = await run(show, { env: { OAUTH_PROVIDERS_GOOGLE_ENABLED: 'true' } });
    expect(anew).toMatchObject({ code: 2, out: '' });
    expect(anew.err).not.toContain('canary');
  });

  it('says on a terminal that the value stays there', async () => {
    const io = new FakeIo({ cwd: folder, env });
    Object.assign(io.stdout, { isTTY: true });
    expect(await main(['resolve-secrets', 'tmi.yml', '--show', 'database.url', '--no-color'], io)).toBe(0);
    expect(io.out).toBe(`${env.TMI_SECRET_DB}\n`);
    expect(io.err).toContain('warning:');
  });

  it('writes the effective environment, with values only when they are asked for', async () => {
    const hidden = await run(['tmi.yml', '--format', 'dotenv'], { env });
    expect(hidden.code).toBe(0);
    expect(parseDotenv(hidden.out)).toEqual({ TMI_DATABASE_URL: 'vault://db', TMI_SERVER_PORT: '8080' });
    const shown = await run(['tmi.yml', '--format', 'dotenv', '--reveal'], { env });
    expect(parseDotenv(shown.out)).toEqual({
      TMI_DATABASE_URL: env.TMI_SECRET_DB,
      TMI_JWT_SECRET: 'inline-secret',
      TMI_SECRETS_PROVIDER: 'env',
      TMI_SERVER_PORT: '8080',
    });
    expect(await run(['tmi.yml', '--format', 'dotenv'])).toMatchObject({ code: 5, out: '' });
  });

  it('renders the file with nothing but its secrets changed', async () => {
    const masked = await run(['tmi.yml', '--render']);
    // What is noted beside a secret, or its reference, may be an older one.
    const out = config
      .replace('"inline-secret"   # change me', '"********"   # ********')
      .replace('# the database', '# ********');
    expect(masked).toMatchObject({ code: 0, out });
    const revealed = await run(['tmi.yml', '--render', '--reveal'], { env });
    expect(revealed.out).toBe(config.replace('vault://db', env.TMI_SECRET_DB));
    expect(await run(['tmi.yml', '--render', '--reveal'])).toMatchObject({ code: 5, out: '' });
  });

  it('lists secrets that ought to be references', async () => {
    const { code, out } = await run(['tmi.yml', '--inventory', '--json']);
    expect(code).toBe(3);
    expect(json(out)['secrets']).toEqual([
      { key: 'auth.jwt.secret', position: { line: 6, column: 5 }, advice: 'lift' },
    ]);
    writeFileSync(file(), 'auth: { jwt: { secret: vault://a } }\n');
    expect((await run(['tmi.yml', '--inventory'])).code).toBe(0);
  });

  it.each([
    [['--check', '--inventory']],
    [['--json', '--format', 'dotenv']],
    [['--json', '--show', 'database.url']],
    [['--reveal']],
    [['--apply']],
    [['--prefix', 'x']],
    [['--config', 'tmi.yml']],
  ])('refuses %j as a mistake on the command line', async (args) => {
    expect(await run(['tmi.yml', ...args], { env })).toMatchObject({ code: 2 });
  });

  it.each([[['--render']], [['--inventory']], [['--lift']]])('needs a file for %j', async (args) => {
    expect((await run(args)).code).toBe(2);
  });
});

const writable: Readonly<
  Record<
    string,
    { start: () => Promise<ProviderStandIn>; shared: string | undefined; prefix: string[]; reference: string }
  >
> = {
  'aws, a secret for each': {
    start: startAws,
    shared: undefined,
    prefix: ['--prefix', 'tmi/prod'],
    reference: 'vault://tmi/prod/auth_jwt_secret',
  },
  'aws, one shared secret': {
    start: startAws,
    shared: 'tmi',
    prefix: [],
    reference: 'vault://auth_jwt_secret',
  },
  'vault, a path for each': {
    start: () => startVault(),
    shared: undefined,
    prefix: ['--prefix', 'secret/tmi'],
    reference: '"vault://secret/tmi/auth_jwt_secret#value"',
  },
  'vault, one shared path': {
    start: () => startVault(),
    shared: 'tmi',
    prefix: [],
    reference: 'vault://auth_jwt_secret',
  },
};

describe.each(Object.entries(writable))('lifting to %s', (_, { start, shared, prefix, reference }) => {
  let standIn: ProviderStandIn;
  let before: string;
  beforeEach(async () => {
    standIn = await start();
    if (shared !== undefined) standIn.shelf.putJson(shared, { other: 'kept' });
    before = `${block()}auth:
  jwt:
    secret: "inline-secret"   # rotated in May
alerting: { webhook_secret: "two\\nlines\\n" }
`;
    writeFileSync(file(), before, { mode: 0o640 });
  });
  afterEach(() => standIn.close());

  const block = (): string =>
    `secrets:\n${Object.entries(standIn.settings(shared))
      .map(([name, value]) => `  ${name}: ${value}\n`)
      .join('')}`;
  const lift = (...args: string[]) =>
    run(['tmi.yml', '--lift', ...prefix, ...args], { env: standIn.environment() });

  it('shows a plan and writes nothing', async () => {
    const { code, out } = await lift('--json');
    expect(code).toBe(0);
    expect(json(out)).toMatchObject({ writable: true, result: null });
    expect((json(out)['entries'] as { action: string }[]).map((e) => e.action)).toEqual(['write', 'write']);
    expect([text(), readdirSync(folder)]).toEqual([before, ['tmi.yml']]);
  });

  it('writes the values, reads them back, and puts references into the file with a backup', async () => {
    const { code, out } = await lift('--apply');
    expect(code).toBe(0);
    expect(out).not.toContain('inline-secret');
    const second = reference.replace('auth_jwt_secret', 'alerting_webhook_secret');
    expect(text()).toBe(before.replace('"inline-secret"', reference).replace('"two\\nlines\\n"', second));
    expect(statSync(file()).mode & 0o777).toBe(0o640);
    const [backup = ''] = readdirSync(folder).filter((name) => name.endsWith('.bak'));
    expect(readFileSync(join(folder, backup), 'utf8')).toBe(before);
    expect(statSync(join(folder, backup)).mode & 0o777).toBe(0o600);
    const shown = await run(['tmi.yml', '--show', 'alerting.webhook_secret'], { env: standIn.environment() });
    expect(shown.out).toBe('two\nlines\n');
    if (shared !== undefined) {
      expect(JSON.parse(String(standIn.shelf.secrets.get(shared)?.at(-1)))).toMatchObject({ other: 'kept' });
    }
  });

  it('finishes what a killed run had begun: values that are there need no writing', async () => {
    await lift('--apply');
    writeFileSync(file(), before);
    const versions = JSON.stringify([...standIn.shelf.secrets]);
    const { code, out } = await lift('--apply', '--json');
    expect([code, (json(out)['result'] as { written: number }).written]).toEqual([0, 0]);
    expect(JSON.stringify([...standIn.shelf.secrets])).toBe(versions);
    expect(text()).not.toContain('inline-secret');
  });

  it('overwrites no other value', async () => {
    await lift('--apply');
    const changed = before.replace('inline-secret', 'another-secret');
    writeFileSync(file(), changed);
    expect((await lift()).code).toBe(3);
    const { code, out } = await lift('--apply', '--json');
    expect([code, errorCode(out)]).toEqual([3, 'secrets/lift-conflict']);
    expect(text()).toBe(changed);
  });
});

describe('lifting', () => {
  it('is refused where the tool cannot write, until the values are there', async () => {
    writeFileSync(file(), config);
    const { code, out } = await run(['tmi.yml', '--lift', '--apply', '--json']);
    expect([code, errorCode(out), text()]).toEqual([5, 'secrets/not-writable', config]);
    const there = { TMI_SECRET_AUTH_JWT_SECRET: 'inline-secret' };
    expect((await run(['tmi.yml', '--lift', '--apply'], { env: there })).code).toBe(0);
    expect(text()).toBe(config.replace('"inline-secret"', 'vault://auth_jwt_secret'));
  });

  it('asks on a terminal, and no changes nothing', async () => {
    writeFileSync(file(), config);
    const there = { TMI_SECRET_AUTH_JWT_SECRET: 'inline-secret' };
    const { code, io } = await run(['tmi.yml', '--lift', '--apply'], { env: there, answers: ['n'] });
    expect([code, io.questions.length, text()]).toEqual([4, 1, config]);
  });

  it('is refused before anything is written when the file cannot be replaced', async () => {
    writeFileSync(file(), config);
    linkSync(file(), join(folder, 'other.yml'));
    const there = { TMI_SECRET_AUTH_JWT_SECRET: 'inline-secret' };
    const { code, out } = await run(['tmi.yml', '--lift', '--apply', '--json'], { env: there });
    expect([code, errorCode(out)]).toEqual([4, 'secrets/cannot-rewrite']);
  });

  it('leaves the provider alone when a value shares its text with another key', async () => {
    const standIn = await startAws();
    try {
      const settings = Object.entries(standIn.settings()).map(([name, value]) => `  ${name}: ${value}\n`);
      writeFileSync(
        file(),
        `secrets:\n${settings.join('')}auth: { jwt: { secret: &s abc } }\nlogging: { log_dir: *s }\n`,
      );
      const { code, out } = await run(['tmi.yml', '--lift', '--apply', '--json'], {
        env: standIn.environment(),
      });
      expect([code, errorCode(out)]).toEqual([4, 'secrets/cannot-rewrite']);
      expect(standIn.shelf.secrets.size).toBe(0);
    } finally {
      await standIn.close();
    }
  });
});
