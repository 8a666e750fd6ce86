import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadEncryptionKeys, type Secrets } from '../../../src/secrets/index.js';
import { SecretValue } from '../../../src/values/secret-value.js';
import { failure } from '../../support/errors.js';
import { expectNoLeak, openSecrets, sourceOf } from '../../support/provider-suite.js';
import {
  KUBERNETES,
  NARROW_TOKEN,
  ROLE,
  startVault,
  type VaultOptions,
  type VaultStandIn,
} from '../../support/stand-ins/vault.js';

let standIn: VaultStandIn;
let secrets: Secrets;

async function open(
  options: VaultOptions,
  environment?: Record<string, string>,
  settings?: Record<string, string>,
) {
  standIn = await startVault(options);
  standIn.shelf.putJson('app', { password: 'p1' });
  secrets = await openSecrets(standIn, {
    ...(environment ? { environment } : {}),
    ...(settings ? { settings } : {}),
  });
}

async function outcome(text: string): Promise<string> {
  const [result] = await secrets.tryResolve([sourceOf(text)]);
  expectNoLeak(result, standIn);
  if (result && 'value' in result) return result.value.reveal();
  return result?.state === 'failed' ? result.fault.code : String(result?.state);
}

/** Reason and hint of a reference that fails. */
async function reasonOf(text: string): Promise<string> {
  const [result] = await secrets.tryResolve([sourceOf(text)]);
  expectNoLeak(result, standIn);
  return result?.state === 'failed'
    ? `${result.fault.reason}. ${result.fault.hint ?? ''}`
    : String(result?.state);
}

const count = (path: string): number => standIn.paths().filter((p) => p === path).length;

afterEach(async () => {
  await secrets.close();
  await standIn.close();
  vi.unstubAllEnvs();
});

describe('KV engines', () => {
  it.each([1, 2] as const)('reads version %i', async (engine) => {
    await open({ engine });
    expect(await outcome('vault://secret/app#password')).toBe('p1');
    expect(await outcome('vault://secret/nothing#password')).toBe('secrets/no-such-secret');
  });

  it.each([1, 2] as const)(
    'guesses no mount that the server does not name, for version %i',
    async (engine) => {
      await open({ engine, rights: [] }, { VAULT_TOKEN: NARROW_TOKEN });
      for (const text of ['vault://secret/app?default=x#password', 'vault://elsewhere/app?optional=true#p']) {
        expect(await outcome(text)).toBe('secrets/refused');
      }
      // Asked once more, and nothing else.
      expect(standIn.paths()).toEqual([
        ...Array<string>(2).fill('/v1/sys/internal/ui/mounts/secret/app'),
        ...Array<string>(2).fill('/v1/sys/internal/ui/mounts/elsewhere/app'),
      ]);
    },
  );

  it('needs no other right than to read the secret', async () => {
    await open({ engine: 2, rights: ['secret/data/app'] }, { VAULT_TOKEN: NARROW_TOKEN });
    expect(await outcome('vault://secret/app#password')).toBe('p1');
    expect(await outcome('vault://secret/other?default=x#password')).toBe('secrets/refused');
  });

  it('knows mounts of several segments, beside each other', async () => {
    await open({ mounts: { 'team/a/kv': 2, 'team/b': 1 } });
    standIn.shelf.putJson('team/a/kv/x', { f: 'a' });
    standIn.shelf.putJson('team/b/x', { f: 'b' });
    const texts = ['vault://team/a/kv/x#f', 'vault://team/b/x#f', 'vault://team/b/y?default=none#f'];
    const results = await secrets.tryResolve(texts.map((text) => sourceOf(text, text)));
    expect(results.map((r) => ('value' in r ? r.value.reveal() : r.state))).toEqual(['a', 'b', 'none']);
  });

  it('takes paths as the API of version 2 writes them', async () => {
    await open({ engine: 2 });
    expect(await outcome('vault://secret/data/app#password')).toBe('p1');
  });

  it('has no versions in version 1', async () => {
    await open({ engine: 1 });
    expect(await outcome('vault://secret/app?version=1#password')).toBe('secrets/no-such-version');
  });

  it.each(['deleted', 'destroyed'])('forgives only that a named version was %s', async (state) => {
    await open({ engine: 2 });
    standIn.shelf.put('app', JSON.stringify({ password: 'p1' }), state);
    expect(await outcome('vault://secret/app#password')).toBe('secrets/no-such-version');
    expect(await outcome('vault://secret/app?default=x#password')).toBe('secrets/no-such-version');
    expect(await outcome('vault://secret/app?version=2&default=x#password')).toBe('x');
    expect(await outcome('vault://secret/app?version=9&default=x#password')).toBe('x');
    expect(await outcome('vault://secret/app?version=1#password')).toBe('p1');
  });

  it.each(['deleted', 'destroyed'])('takes no key for unset when its document is %s', async (state) => {
    await open({ engine: 2 }, undefined, { vault_path: 'secret/app' });
    standIn.shelf.put('app', JSON.stringify({ settings_encryption_key: 'k' }), state);
    const error = await failure(loadEncryptionKeys(secrets));
    expect(error).toMatchObject({ code: 'secrets/unresolved', exitCode: 5 });
    expect(await outcome('vault://password?default=x')).toBe('secrets/no-such-version');
  });

  it('asks for the mount once, however many secrets there are', async () => {
    await open({ engine: 2 });
    const texts = ['a', 'b', 'c'].map((name) => `vault://secret/${name}#x`);
    await secrets.tryResolve(texts.map((text) => sourceOf(text, text)));
    expect(standIn.paths().filter((path) => path.includes('/sys/'))).toHaveLength(1);
  });

  it('needs a field where there are several', async () => {
    await open({ engine: 2 });
    standIn.shelf.putJson('two', { a: '1', b: '2' });
    expect(await outcome('vault://secret/two')).toBe('secrets/no-such-field');
    expect(await outcome('vault://secret/app')).toBe('p1');
  });

  it('knows without vault_path of no place for a name without a slash, and does not call that missing', async () => {
    await open({ engine: 2 });
    expect(await outcome('vault://app')).toBe('secrets/provider-not-configured');
    expect(await outcome('vault://app?optional=true')).toBe('secrets/provider-not-configured');
    const error = await failure(loadEncryptionKeys(secrets));
    expect([error.code, error.diagnostics[0]?.code]).toEqual([
      'secrets/unresolved',
      'secrets/provider-not-configured',
    ]);
    expect(error.diagnostics[0]?.hint).toContain('TMI_VAULT_PATH');
  });

  it('reads numbers and flags as they were written, or not at all', async () => {
    await open({ engine: 2 });
    standIn.shelf.put(
      'app',
      '{"n": 42, "b": true, "o": {"x": 1}, "long": 12345678901234567890, "f": 1.10, "z": null}',
    );
    expect(await outcome('vault://secret/app#n')).toBe('42');
    expect(await outcome('vault://secret/app#b')).toBe('true');
    expect(await outcome('vault://secret/app#o')).toBe('{"x":1}');
    expect(await outcome('vault://secret/app#long')).toBe('secrets/unreadable');
    expect(await outcome('vault://secret/app#f')).toBe('secrets/unreadable');
    expect(await outcome('vault://secret/app#z')).toBe('secrets/empty');
    expect(await outcome('vault://secret/app#__proto__')).toBe('secrets/no-such-field');
  });
});

describe('login', () => {
  const token = '/v1/auth/approle/login';

  it('uses AppRole, once for all secrets', async () => {
    await open({}, { VAULT_ROLE_ID: ROLE.role_id, VAULT_SECRET_ID: ROLE.secret_id });
    const texts = ['vault://secret/app#password', 'vault://secret/app2#x', 'vault://secret/app3#x'];
    const [first] = await secrets.tryResolve(texts.map((text) => sourceOf(text, text)));
    expect(first?.state).toBe('resolved');
    expect(standIn.paths().filter((path) => path === token)).toHaveLength(1);
  });

  const appRole = { VAULT_ROLE_ID: ROLE.role_id, VAULT_SECRET_ID: ROLE.secret_id };

  it('says that the login was refused, and tries it once for a hundred references', async () => {
    await open({}, { VAULT_ROLE_ID: ROLE.role_id, VAULT_SECRET_ID: 'wrong-secret-id' });
    const texts = Array.from({ length: 100 }, (_, i) => `vault://secret/app${i}?default=x#password`);
    const results = await secrets.tryResolve(texts.map((text) => sourceOf(text, text)));
    expect(new Set(results.map((r) => r.state))).toEqual(new Set(['failed']));
    expect(await outcome('vault://secret/app?default=x#password')).toBe('secrets/refused');
    expect(await reasonOf('vault://secret/app#password')).toContain('refuses the login at auth/approle');
    expect(count(token)).toBe(1);
  });

  it('tries a login again that met a moment of trouble, and says that it was the login when that lasts', async () => {
    await open({}, appRole);
    const { http } = standIn;
    let troubled = 2;
    if (http) http.interfere = ({ path }) => (path === token && troubled-- > 0 ? 'cut' : undefined);
    expect(await outcome('vault://secret/app#password')).toBe('p1');
    expect(count(token)).toBe(3);
    await secrets.close();
    secrets = await openSecrets(standIn, { environment: appRole });
    standIn.state = 'sealed';
    expect(await reasonOf('vault://secret/app?default=x#password')).toContain(
      'the login at auth/approle failed: HashiCorp Vault is sealed',
    );
  });

  it('renews a token that is used up once, and then says so', async () => {
    await open({ loginUses: 3 }, appRole);
    // The mount and two secrets; then two more with the second token, whose third use is the mount's.
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      expect(await outcome(`vault://secret/${name}?default=none#x`)).toBe('none');
    }
    expect(count(token)).toBe(2);
    expect(await outcome('vault://secret/f?default=none#x')).toBe('secrets/refused');
    expect(await reasonOf('vault://secret/f#x')).toContain('does not know the token of the login');
    expect(count(token)).toBe(2);
  });

  it('renews a token that has run out once for all that ask at the same time', async () => {
    await open({}, appRole);
    expect(await outcome('vault://secret/app#password')).toBe('p1');
    standIn.expireLogins();
    const texts = Array.from({ length: 20 }, (_, i) => `vault://secret/s${i}?default=none#x`);
    const results = await secrets.tryResolve(texts.map((text) => sourceOf(text, text)));
    expect(new Set(results.map((r) => r.state))).toEqual(new Set(['default']));
    expect(count(token)).toBe(2);
  });

  it('gives back what it got, and nothing that it was given', async () => {
    await open({}, appRole);
    expect(await outcome('vault://secret/app#password')).toBe('p1');
    expect(standIn.loginTokens.size).toBe(1);
    await secrets.close();
    expect(standIn.loginTokens.size).toBe(0);
    secrets = await openSecrets(standIn);
    expect(await outcome('vault://secret/app#password')).toBe('p1');
    await secrets.close();
    expect(count('/v1/auth/token/revoke-self')).toBe(1);
  });

  it('gives it back after a signal, and a login that was under way too', async () => {
    const controller = new AbortController();
    await open({});
    await secrets.close();
    secrets = await openSecrets(standIn, { environment: appRole, signal: controller.signal });
    const { http } = standIn;
    if (http) {
      http.interfere = ({ path }) => {
        if (path === token) controller.abort();
        return undefined;
      };
    }
    expect(await failure(secrets.resolve([sourceOf('vault://secret/app#password')]))).toMatchObject({
      code: 'internal/interrupted',
    });
    await secrets.close();
    expect(count(token)).toBe(1);
    expect(count('/v1/auth/token/revoke-self')).toBe(1);
    expect(standIn.loginTokens.size).toBe(0);
  });

  it('tells a token that is not known from one that may not', async () => {
    await open({ rights: ['secret/data/app'] }, { VAULT_TOKEN: 'hvs.expired' });
    expect(await reasonOf('vault://secret/app#password')).toContain('does not know the token of VAULT_TOKEN');
    await secrets.close();
    secrets = await openSecrets(standIn, { environment: { VAULT_TOKEN: NARROW_TOKEN } });
    const denied = await reasonOf('vault://secret/other#password');
    expect(denied).toContain('refuses to read secret secret/other');
    expect(denied).toContain('Grant the identity the right to read');
  });

  it.each([
    ['not initialised', 'is not initialised'],
    ['sealed', 'is sealed'],
    ['standby', 'is a standby node'],
  ] as const)('asks a server that is %s for its reason', async (state, words) => {
    await open({});
    standIn.state = state;
    expect(await outcome('vault://secret/app?default=x#password')).toBe('secrets/unreachable');
    expect(await reasonOf('vault://secret/app#password')).toContain(words);
    expect(count('/v1/sys/health')).toBe(1);
  });

  it('uses the service account of a pod', async () => {
    const { mkdtemp, writeFile } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    const file = `${await mkdtemp(`${tmpdir()}/pod-`)}/token`;
    await writeFile(file, `${KUBERNETES.jwt}\n`);
    await open({}, { VAULT_KUBERNETES_ROLE: KUBERNETES.role, VAULT_KUBERNETES_TOKEN_FILE: file });
    expect(await outcome('vault://secret/app#password')).toBe('p1');
  });

  it('has no credentials when the service account token is not there', async () => {
    await open(
      {},
      { VAULT_KUBERNETES_ROLE: KUBERNETES.role, VAULT_KUBERNETES_TOKEN_FILE: '/nonexistent/token' },
    );
    expect(await outcome('vault://secret/app#password')).toBe('secrets/no-credentials');
  });

  it('prefers the token of the configuration', async () => {
    await open({}, { VAULT_TOKEN: 'hvs.stand-in-token' }, { vault_token: 'hvs.another' });
    expect(await outcome('vault://secret/app#password')).toBe('secrets/refused');
  });

  it('sends the namespace', async () => {
    await open({ namespace: 'team/a' });
    expect(await outcome('vault://secret/app#password')).toBe('p1');
    await secrets.close();
    secrets = await openSecrets(standIn, {
      environment: { VAULT_TOKEN: 'hvs.stand-in-token', VAULT_NAMESPACE: '//team/a//' },
    });
    expect(await outcome('vault://secret/app#password')).toBe('p1');
    await secrets.close();
    secrets = await openSecrets(standIn, {
      environment: { VAULT_TOKEN: 'hvs.stand-in-token', VAULT_NAMESPACE: 'b' },
    });
    expect(await outcome('vault://secret/app?default=x#password')).toBe('secrets/provider-not-configured');
    expect(await reasonOf('vault://secret/app#password')).toContain('has no namespace b');
  });
});

describe('writing', () => {
  it('keeps the fields of version 1', async () => {
    await open({ engine: 1 }, undefined, { vault_path: 'secret/app' });
    const reference = await secrets.write('extra', new SecretValue('x'));
    expect(await outcome(reference)).toBe('x');
    expect(await outcome('vault://password')).toBe('p1');
  });

  it('refuses when somebody else wrote meanwhile', async () => {
    await open({ engine: 2 }, undefined, { vault_path: 'secret/app' });
    const [one, two] = await Promise.allSettled([
      secrets.write('a', new SecretValue('1')),
      secrets.write('b', new SecretValue('2')),
    ]);
    expect([one.status, two.status].sort()).toEqual(['fulfilled', 'rejected']);
    const lost = one.status === 'rejected' ? one : two;
    expect(lost).toMatchObject({ reason: { code: 'secrets/refused' } });
    expect(String((lost as PromiseRejectedResult).reason)).toContain('changed by somebody else');
  });

  it('replaces no other value when it may not', async () => {
    for (const engine of [1, 2] as const) {
      await open({ engine }, undefined, { vault_path: 'secret/app' });
      const write = (value: string) => secrets.write('a', new SecretValue(value), { replace: false });
      await write('1');
      await write('1');
      expect(await failure(write('2'))).toMatchObject({ code: 'secrets/refused' });
      expect(await outcome('vault://a')).toBe('1');
      expect(standIn.http?.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
      await secrets.close();
      await standIn.close();
    }
    await open({});
  });

  it('says which numbers it cannot write back in version 2, which rounds them', async () => {
    await open({ engine: 2 }, undefined, { vault_path: 'secret/app' });
    for (const number of ['12345678901234567890', '0.12345678901234567890']) {
      standIn.shelf.put('app', `{"n": ${number}}`);
      expect(await failure(secrets.write('a', new SecretValue('1')))).toMatchObject({
        code: 'secrets/unreadable',
      });
    }
  });

  it('keeps the text of every number in version 1', async () => {
    await open({ engine: 1 }, undefined, { vault_path: 'secret/app' });
    standIn.shelf.put('app', '{"n":12345678901234567890,"d":1.10,"x":0.12345678901234567890,"e":1e400}');
    await secrets.write('a', new SecretValue('1'));
    expect(standIn.shelf.secrets.get('app')?.at(-1)).toBe(
      '{"n":12345678901234567890,"d":1.10,"x":0.12345678901234567890,"e":1e400,"a":"1"}',
    );
    expect(await outcome('vault://d')).toBe('1.10');
  });

  it.each(['deleted', 'destroyed'])('writes over a version that is %s, as a new one', async (state) => {
    await open({ engine: 2 }, undefined, { vault_path: 'secret/app' });
    standIn.shelf.put('app', '{"old":"1"}', state);
    expect((await secrets.writeTarget('a')).notes).toEqual(['over-deleted']);
    await secrets.write('a', new SecretValue('1'));
    expect(standIn.shelf.secrets.get('app')).toEqual(['{"old":"1"}', state, '{"a":"1"}']);
  });

  it('says what is to be known about a write', async () => {
    await open({ engine: 1 }, undefined, { vault_path: 'secret/app' });
    expect(await secrets.writeTarget('a')).toEqual({ reference: 'vault://a', notes: ['no-check-and-set'] });
    await secrets.close();
    await standIn.close();
    await open({ engine: 2 }, undefined, { vault_path: 'secret/none' });
    expect(await secrets.writeTarget('a')).toEqual({ reference: 'vault://a', notes: ['new-document'] });
    await secrets.close();
    await standIn.close();
    await open({ engine: 2 });
    expect(await secrets.writeTarget('secret/a')).toEqual({
      reference: 'vault://secret/a#value',
      notes: [],
    });
  });

  it('says write when a write is refused, and calls an engine that is being upgraded that', async () => {
    await open({ rights: ['secret/data/app'] }, { VAULT_TOKEN: NARROW_TOKEN }, { vault_path: 'secret/app' });
    const refused = await failure(secrets.write('a', new SecretValue('1')));
    expect(refused.message).toContain('refuses to write secret secret/app');
    await secrets.close();
    await standIn.close();
    await open({}, undefined, { vault_path: 'secret/app' });
    standIn.state = 'upgrading';
    expect(await reasonOf('vault://a?default=x')).toContain(
      'making the KV engine of secret secret/app a versioned',
    );
    const upgrading = await failure(secrets.write('a', new SecretValue('1')));
    expect(upgrading.message).toContain('a versioned one');
  });

  it('asks for the mount again before it believes what it wrote', async () => {
    await open({ engine: 2 }, undefined, { vault_path: 'secret/app' });
    await secrets.write('a', new SecretValue('1'));
    const before = standIn.paths().filter((path) => path.includes('/sys/internal/')).length;
    expect(await outcome('vault://a')).toBe('1');
    expect(standIn.paths().filter((path) => path.includes('/sys/internal/'))).toHaveLength(before + 1);
  });

  it('takes no success in the words of the other version of the engine for one', async () => {
    await open({ engine: 2 }, undefined, { vault_path: 'secret/app' });
    const { http } = standIn;
    if (http) http.interfere = ({ method }) => (method === 'POST' ? { status: 204, body: '' } : undefined);
    expect(await failure(secrets.write('a', new SecretValue('1')))).toMatchObject({
      code: 'secrets/unreachable',
    });
  });

  it('takes a 400 for a change by somebody else only when the server says so', async () => {
    await open({ engine: 2 }, undefined, { vault_path: 'secret/app' });
    const { http } = standIn;
    const body = { errors: ['no data provided'] };
    if (http) http.interfere = ({ method }) => (method === 'POST' ? { status: 400, body } : undefined);
    const error = await failure(secrets.write('a', new SecretValue('1')));
    expect(error.message).not.toContain('somebody else');
    expect(error.message).toContain('does not take the request to write');
  });
});
