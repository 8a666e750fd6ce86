import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Secrets } from '../../../../src/secrets/index.js';
import { SecretValue } from '../../../../src/values/secret-value.js';
import { failure } from '../../../support/errors.js';
import { expectNoLeak, openSecrets, sourceOf } from '../../../support/provider-suite.js';
import { ROLE, startVault, type VaultOptions, type VaultStandIn } from '../../../support/stand-ins/vault.js';
import type { Answer, Interference, Received } from '../../../support/stand-ins/http-stand-in.js';

// What HashiCorp Vault is asked, and which of its answers is taken for what.

let standIn: VaultStandIn;
let secrets: Secrets;

async function open(
  options: VaultOptions = {},
  settings: Record<string, string> = {},
  environment?: Record<string, string>,
): Promise<void> {
  standIn = await startVault(options);
  standIn.shelf.putJson('app', { password: 'p1' });
  secrets = await openSecrets(standIn, { settings, ...(environment ? { environment } : {}) });
}

/** The server answers requests of some kind in these words. */
function say(answer: Interference, to: (request: Received) => boolean): void {
  if (standIn.http) standIn.http.interfere = (request) => (to(request) ? answer : undefined);
}

const isMount = ({ path }: Received) => path.includes('/sys/internal/');
const isSecret = ({ path }: Received) => path.startsWith('/v1/secret/');

/** The value of a reference, or code and reason of its fault. */
async function outcome(text: string): Promise<string> {
  const [result] = await secrets.tryResolve([sourceOf(text)]);
  expectNoLeak(result, standIn);
  if (result && 'value' in result) return result.value.reveal();
  return result?.state === 'failed'
    ? `${result.fault.code}: ${result.fault.reason}. ${result.fault.hint ?? ''}`
    : String(result?.state);
}

afterEach(async () => {
  await secrets.close();
  await standIn.close();
  vi.unstubAllEnvs();
});

describe('the mount of a path', () => {
  const mountIs = (facts: object) =>
    say({ status: 200, body: { data: { path: 'team/kv/', type: 'kv', options: null, ...facts } } }, isMount);

  it.each([
    [{ options: { version: '2' } }, '/v1/team/kv/data/x'],
    [{ options: { version: '1' } }, '/v1/team/kv/x'],
    [{ options: { version: '' } }, '/v1/team/kv/x'],
    [{ options: { version: null } }, '/v1/team/kv/x'],
    [{ options: {} }, '/v1/team/kv/x'],
    [{ options: null }, '/v1/team/kv/x'],
    // The name of the first engine in servers of before there were versions.
    [{ type: 'generic' }, '/v1/team/kv/x'],
    [{ path: 'team/kv' }, '/v1/team/kv/x'],
  ])('%j is asked at %s', async (facts, path) => {
    await open({ mounts: { 'team/kv': 1 } });
    mountIs(facts);
    await outcome('vault://team/kv/x#f');
    expect(standIn.paths().slice(1)).toEqual([path]);
  });

  it.each([
    [{ options: { version: '3' } }, 'secrets/unreadable: HashiCorp Vault keeps it in a version of KV'],
    [
      { type: 'pki' },
      'secrets/provider-not-configured: team/kv in HashiCorp Vault holds no secrets of the KV engine. Name a path of a KV mount.',
    ],
    [{ path: 'other/' }, 'secrets/unreachable: '],
    [{ path: 7 }, 'secrets/unreachable: '],
    [{ type: null }, 'secrets/unreachable: '],
  ])('%j is none that can be read', async (facts, words) => {
    await open();
    mountIs(facts);
    expect(await outcome('vault://team/kv/x?default=taken#f')).toContain(words);
    expect(standIn.paths().every((path) => path.includes('/sys/'))).toBe(true);
  });

  it('alone is no secret', async () => {
    await open({ mounts: { 'team/kv': 2 } });
    expect(await outcome('vault://team/kv?default=taken#f')).toBe(
      'secrets/provider-not-configured: team/kv is a mount of HashiCorp Vault, and the path of the secret in it is missing. Write it like team/kv/tmi.',
    );
  });

  it.each(['secret/app', '/secret/app', 'secret/app/', '//secret/app//'])(
    'is found in a vault_path of %s',
    async (vault_path) => {
      await open({}, { vault_path });
      expect(await outcome('vault://password')).toBe('p1');
      expect(standIn.paths()).toEqual(['/v1/sys/internal/ui/mounts/secret/app', '/v1/secret/data/app']);
    },
  );

  it('is all that a vault_path may not be, whatever its slashes', async () => {
    await open({}, { vault_path: '//secret//' });
    expect(await outcome('vault://password')).toBe(
      'secrets/provider-not-configured: secrets.vault_path is secret, which is a mount without the path of a secret in it. Write it like secret/tmi.',
    );
  });
});

describe('a version', () => {
  it.each(['0', '01', 'x', '1.5', '-1', '1x', 'x1', '12345678901'])(
    'is a whole number from 1, which %s is not, so nobody is asked for it',
    async (version) => {
      await open();
      expect(await outcome(`vault://secret/app?version=${version}#password`)).toContain(
        'secrets/no-such-version: versions of secret secret/app are whole numbers from 1',
      );
      expect(standIn.paths().filter((path) => path.startsWith('/v1/secret/'))).toEqual([]);
    },
  );
});

describe('an answer of version 2', () => {
  const gone = { version: 2, deletion_time: '2026-01-01T00:00:00Z', destroyed: false };
  const answer = (status: number, data: unknown): Answer => ({ status, body: { data } });

  it.each([
    ['deleted', answer(404, { data: null, metadata: gone }), 'secrets/no-such-version'],
    ['deleted, without data', answer(404, { metadata: gone }), 'secrets/no-such-version'],
    [
      'destroyed',
      answer(404, { data: null, metadata: { ...gone, destroyed: true } }),
      'secrets/no-such-version',
    ],
    ['another status', answer(500, { data: null, metadata: gone }), 'secrets/unreachable'],
    ['a success without data', answer(200, { data: null, metadata: gone }), 'secrets/unreachable'],
    ['data that is no map', answer(200, { data: 'x', metadata: gone }), 'secrets/unreachable'],
    ['data that is not there', answer(404, { data: { a: '1' }, metadata: gone }), 'secrets/unreachable'],
    ['no metadata', answer(200, { data: { password: 'x' } }), 'secrets/unreachable'],
    ['no version', answer(200, { data: { password: 'x' }, metadata: {} }), 'secrets/unreachable'],
    [
      'a version that is a text',
      answer(200, { data: { password: 'x' }, metadata: { version: '2' } }),
      'secrets/unreachable',
    ],
    ['a secret', answer(200, { data: { password: 'x' }, metadata: gone }), 'x'],
  ])('%s', async (_, said, expected) => {
    await open();
    say(said, isSecret);
    expect((await outcome('vault://secret/app?default=taken#password')).split(':')[0]).toBe(expected);
  });
});

describe('a request', () => {
  it('says what its body is, and that it is none that a browser was talked into', async () => {
    await open({}, { vault_path: 'secret/app' });
    await secrets.write('a', new SecretValue('1'));
    const headers = standIn.http?.received.map(({ method, headers }) => [
      method,
      headers['content-type'],
      headers['x-vault-request'],
    ]);
    expect(headers?.at(-1)).toEqual(['POST', 'application/json', 'true']);
    expect(headers?.slice(0, -1)).toEqual(Array(2).fill(['GET', undefined, 'true']));
  });

  it('whose new token is not known either says which one that is', async () => {
    await open({}, {}, { VAULT_ROLE_ID: ROLE.role_id, VAULT_SECRET_ID: ROLE.secret_id });
    say({ status: 403, body: { errors: ['permission denied'] } }, isSecret);
    expect(await outcome('vault://secret/app?default=taken#password')).toContain(
      'secrets/refused: HashiCorp Vault does not know the token of the login',
    );
    expect(standIn.paths().filter((path) => path.endsWith('/login'))).toHaveLength(2);
  });

  it.each([
    ['of nobody', { message: 'no' }, 'and not in the words of this service'],
    ['without a body', '', 'and not in the words of this service'],
    [
      'of a server that found another version',
      { errors: ['check-and-set parameter did not match the current version'] },
      'was changed by somebody else meanwhile',
    ],
    [
      'of a server with more to say',
      { errors: ['one', 'check-and-set parameter required for this call'] },
      'was changed by somebody else meanwhile',
    ],
    ['of a server that does not understand', { errors: [] }, 'does not take the request to write'],
  ])('to write that gets a 400 %s', async (_, body, words) => {
    await open({}, { vault_path: 'secret/app' });
    say({ status: 400, body }, ({ method }) => method === 'POST');
    const error = await failure(secrets.write('a', new SecretValue('1')));
    expect(error.message).toContain(words);
  });
});
