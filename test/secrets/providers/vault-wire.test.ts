import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadEncryptionKeys, type Secrets } from '../../../src/secrets/index.js';
import { SecretValue } from '../../../src/values/secret-value.js';
import { failure } from '../../support/errors.js';
import { expectNoLeak, openSecrets, sourceOf } from '../../support/provider-suite.js';
import {
  KUBERNETES,
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

afterEach(async () => {
  await secrets.close();
  await standIn.close();
  vi.unstubAllEnvs();
});

describe('KV engines', () => {
  it.each([
    [1, false],
    [1, true],
    [2, false],
    [2, true],
  ] as const)('reads version %i, with mounts kept secret: %s', async (engine, silentMounts) => {
    await open({ engine, silentMounts });
    expect(await outcome('vault://secret/app#password')).toBe('p1');
    expect(await outcome('vault://secret/nothing#password')).toBe('secrets/no-such-secret');
    expect(await outcome('vault://elsewhere/app#password')).toBe('secrets/refused');
  });

  it('takes paths as the API of version 2 writes them', async () => {
    await open({ engine: 2 });
    expect(await outcome('vault://secret/data/app#password')).toBe('p1');
  });

  it('has no versions in version 1', async () => {
    await open({ engine: 1 });
    expect(await outcome('vault://secret/app?version=1#password')).toBe('secrets/no-such-version');
  });

  it('says that a version was deleted', async () => {
    await open({ engine: 2 });
    standIn.shelf.put('app', JSON.stringify({ password: 'p1' }), 'deleted');
    expect(await outcome('vault://secret/app#password')).toBe('secrets/no-such-version');
    expect(await outcome('vault://secret/app?version=1#password')).toBe('p1');
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

  it('says that the login was refused', async () => {
    await open({}, { VAULT_ROLE_ID: ROLE.role_id, VAULT_SECRET_ID: 'wrong-secret-id' });
    expect(await outcome('vault://secret/app#password')).toBe('secrets/refused');
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
      environment: { VAULT_TOKEN: 'hvs.stand-in-token', VAULT_NAMESPACE: 'b' },
    });
    expect(await outcome('vault://secret/app#password')).toBe('secrets/refused');
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
  });

  it('does not change numbers that it cannot write back', async () => {
    await open({ engine: 2 }, undefined, { vault_path: 'secret/app' });
    standIn.shelf.put('app', '{"n": 12345678901234567890}');
    await expect(secrets.write('a', new SecretValue('1'))).rejects.toMatchObject({
      code: 'secrets/unreadable',
    });
  });
});
