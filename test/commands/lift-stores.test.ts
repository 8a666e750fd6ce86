import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startAws } from '../support/stand-ins/aws.js';
import type { ProviderStandIn } from '../support/stand-ins/provider-stand-in.js';
import { startVault, type VaultOptions } from '../support/stand-ins/vault.js';
import { Workspace, type Run } from '../support/workspace.js';

// Moving inline secrets to stores in states other than "empty and well".

const SECRET = 'c2VjcmV0LW9mLXRoZS1maWxl';

class Lift {
  private constructor(
    readonly workspace: Workspace,
    readonly standIn: ProviderStandIn,
  ) {}

  static async create(standIn: ProviderStandIn, shared?: string): Promise<Lift> {
    onTestFinished(() => standIn.close());
    const workspace = await Workspace.create('sqlite');
    const block = Object.entries(standIn.settings(shared)).map(([name, text]) => `  ${name}: ${text}`);
    workspace.write(`secrets:\n${block.join('\n')}\nauth:\n  jwt:\n    secret: ${SECRET} # ours\n`);
    return new Lift(workspace, standIn);
  }

  run(...args: string[]): Promise<Run> {
    const env = this.standIn.environment();
    vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    return this.workspace.run(['resolve-secrets', 'config.yml', '--lift', ...args], { env });
  }

  apply(...args: string[]): Promise<Run> {
    return this.run('--apply', '--yes', ...args);
  }

  get reference(): string | undefined {
    return /secret: "?(.*?)"? # ours/.exec(this.workspace.text())?.[1];
  }
}

const vault = (options?: VaultOptions) => startVault(options);

describe('a lift to HashiCorp Vault', () => {
  it('shows the reference that stands in the file afterwards, and has nothing to do the second time', async () => {
    const lift = await Lift.create(await vault());
    const plan = await lift.run('--prefix', 'secret/tmi//');
    expect(plan.out).toContain('vault://secret/tmi/auth_jwt_secret#value');
    const done = await lift.apply('--prefix', 'secret/tmi');
    expect([done.code, done.err]).toEqual([0, '']);
    expect(lift.reference).toBe('vault://secret/tmi/auth_jwt_secret#value');
    expect(lift.standIn.shelf.secrets.get('tmi/auth_jwt_secret')).toEqual([`{"value":"${SECRET}"}`]);
    const again = await lift.apply('--prefix', 'secret/tmi');
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('no secret to move')]);
  });

  it('makes the shared secret that does not exist yet, and says so before', async () => {
    const lift = await Lift.create(await vault(), 'tmi');
    expect((await lift.run()).out).toContain('write; makes the secret that holds it');
    expect((await lift.apply()).code).toBe(0);
    expect(lift.reference).toBe('vault://auth_jwt_secret');
    expect(lift.standIn.shelf.secrets.get('tmi')).toEqual([`{"auth_jwt_secret":"${SECRET}"}`]);
  });

  it.each(['deleted', 'destroyed'])('writes over a version that is %s, and says so before', async (state) => {
    const lift = await Lift.create(await vault(), 'tmi');
    lift.standIn.shelf.put('tmi', '{"old":"1"}', state);
    const plan = await lift.run('--json');
    expect(JSON.parse(plan.out)).toMatchObject({ entries: [{ action: 'write', notes: ['over-deleted'] }] });
    expect((await lift.apply()).code).toBe(0);
    expect(lift.standIn.shelf.secrets.get('tmi')).toEqual([
      '{"old":"1"}',
      state,
      `{"auth_jwt_secret":"${SECRET}"}`,
    ]);
  });

  it('says of version 1 that it has no check-and-set, and keeps its numbers', async () => {
    const lift = await Lift.create(await vault({ engine: 1 }), 'tmi');
    lift.standIn.shelf.put('tmi', '{"n":12345678901234567890,"d":1.10}');
    expect((await lift.run()).out).toContain('no check-and-set');
    expect((await lift.apply()).code).toBe(0);
    expect(lift.standIn.shelf.secrets.get('tmi')?.at(-1)).toBe(
      `{"n":12345678901234567890,"d":1.10,"auth_jwt_secret":"${SECRET}"}`,
    );
  });

  it('replaces no value that appeared between plan and write', async () => {
    const lift = await Lift.create(await vault({ engine: 1 }), 'tmi');
    lift.standIn.shelf.put('tmi', '{"other":"1"}');
    const before = lift.workspace.text();
    let reads = 0;
    const { http } = lift.standIn;
    if (!http) throw new Error('no server');
    http.interfere = ({ path, method }) => {
      if (method === 'GET' && path === '/v1/secret/tmi' && (reads += 1) === 3) {
        lift.standIn.shelf.put('tmi', '{"other":"1","auth_jwt_secret":"somebody else\'s"}');
      }
      return undefined;
    };
    const { code, err } = await lift.apply();
    expect([code, err]).toEqual([5, expect.stringContaining('changed by somebody else')]);
    expect(lift.standIn.shelf.secrets.get('tmi')).toEqual([
      '{"other":"1","auth_jwt_secret":"somebody else\'s"}',
    ]);
    expect(lift.workspace.text()).toBe(before);
  });

  it('waits for a throttled mount, and writes in the version that the mount has', async () => {
    const lift = await Lift.create(await vault({ engine: 1 }), 'tmi');
    lift.standIn.shelf.put('tmi', '{"other":"1"}');
    const { http } = lift.standIn;
    if (!http) throw new Error('no server');
    let troubled = 2;
    const body = { errors: ['request path "x": rate limit quota exceeded'] };
    http.interfere = ({ path }) =>
      path.includes('/mounts/') && troubled-- > 0
        ? { status: 429, body, headers: { 'Retry-After': '0' } }
        : undefined;
    expect((await lift.apply()).code).toBe(0);
    expect(lift.standIn.shelf.secrets.get('tmi')?.at(-1)).toBe(`{"other":"1","auth_jwt_secret":"${SECRET}"}`);
  });
});

describe('a lift to AWS', () => {
  it('makes the shared secret, and keeps the numbers of one that is there', async () => {
    const lift = await Lift.create(await startAws(), 'tmi');
    expect((await lift.run()).out).toContain('makes the secret that holds it; no check-and-set');
    const stored = '{"a":1.10,"b":0.12345678901234567890,"c":1e400}';
    lift.standIn.shelf.put('tmi', stored);
    expect((await lift.apply()).code).toBe(0);
    expect(lift.standIn.shelf.secrets.get('tmi')?.at(-1)).toBe(
      `${stored.slice(0, -1)},"auth_jwt_secret":"${SECRET}"}`,
    );
    const backup = lift.workspace.files().find((name) => name !== 'config.yml') ?? '';
    expect(readFileSync(`${lift.workspace.folder}/${backup}`, 'utf8')).toContain(SECRET);
  });
});

describe('plain http beyond this machine', () => {
  it.each([
    [[], {}, 5],
    [['--allow-plain-http'], {}, 'asked'],
    [[], { TMI_DBTOOL_ALLOW_PLAIN_HTTP: '1' }, 'asked'],
    [[], { TMI_DBTOOL_ALLOW_PLAIN_HTTP: '0' }, 5],
  ] as const)('needs to be allowed: %j %j', async (options, variables, expected) => {
    const workspace = await Workspace.create('sqlite');
    const block =
      'secrets: {provider: vault, vault_address: "http://vault.invalid:8200", vault_path: secret/tmi}\n';
    workspace.write(`${block}auth: {jwt: {secret: "vault://jwt?default=x"}}\n`);
    const { code, err } = await workspace.run(['resolve-secrets', 'config.yml', ...options], {
      env: { VAULT_TOKEN: 'hvs.token', ...variables },
    });
    expect(code).toBe(5);
    // Nobody has this name, so being asked for it is as far as it gets.
    expect(err).toContain(expected === 'asked' ? 'cannot be reached' : 'over plain http');
    const checked = await workspace.run(['validate-config', 'config.yml', '--tier', 'rules'], { env: {} });
    expect(checked.out).toContain('secrets-over-http');
    writeFileSync(`${workspace.folder}/config.yml`, block.replace('http:', 'https:'));
    const quiet = await workspace.run(['validate-config', 'config.yml', '--tier', 'rules'], { env: {} });
    expect(quiet.out).not.toContain('secrets-over-http');
  });
});
