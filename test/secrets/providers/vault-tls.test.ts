import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSecrets, sourceOf } from '../../support/provider-suite.js';
import { startVault, type VaultStandIn } from '../../support/stand-ins/vault.js';

// Vault over TLS, with a certificate of a private authority.

const tls = 'fixtures/database/tls';
const CA = `${process.cwd()}/${tls}/ca.crt`;
const CERT = `${process.cwd()}/${tls}/server.crt`;
const KEY = `${process.cwd()}/${tls}/server.key`;

let standIn: VaultStandIn;
let front: Server;
let folder: string;
let port: number;
let handshakes = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-tls-'));
  standIn = await startVault();
  standIn.shelf.putJson('app', { password: 'p1' });
  front = createServer(
    { cert: readFileSync(CERT), key: readFileSync(KEY), ca: readFileSync(CA) },
    (request, response) => {
      const { method, url, headers } = request;
      const forward = httpRequest(`${standIn.http?.url ?? ''}${url ?? ''}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      request.pipe(forward);
    },
  );
  front.on('secureConnection', () => (handshakes += 1));
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  port = (front.address() as AddressInfo).port;
});
afterAll(async () => {
  front.closeAllConnections();
  front.close();
  await standIn.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  handshakes = 0;
});
afterEach(() => vi.unstubAllEnvs());

async function outcome(environment: Record<string, string>, host = 'localhost') {
  const secrets = await openSecrets(standIn, {
    environment: { ...standIn.environment(), ...environment },
    settings: { vault_address: `https://${host}:${port}` },
  });
  try {
    const [result] = await secrets.tryResolve([sourceOf('vault://secret/app#password')]);
    if (result && 'value' in result) return result.value.reveal();
    return result?.state === 'failed' ? `${result.fault.reason}. ${result.fault.hint ?? ''}` : '';
  } finally {
    await secrets.close();
  }
}

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('a private authority', () => {
  it('is trusted when VAULT_CACERT, VAULT_CACERT_BYTES or VAULT_CAPATH names it', async () => {
    expect(await outcome({ VAULT_CACERT: CA })).toBe('p1');
    expect(await outcome({ VAULT_CACERT_BYTES: readFileSync(CA, 'utf8') })).toBe('p1');
    file('notes.txt', 'no certificate');
    file('authority.pem', readFileSync(CA, 'utf8'));
    expect(await outcome({ VAULT_CAPATH: folder })).toBe('p1');
  });

  it('is not trusted by itself, and the hint says where to name it', async () => {
    const text = await outcome({});
    expect(text).toMatch(/cannot be reached \((UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/);
    expect(text).toContain('VAULT_CACERT or VAULT_CAPATH');
    expect(await outcome({ VAULT_SKIP_VERIFY: 'true' })).toBe('p1');
  });

  it.each(['no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'is not found in a file of %j, which is refused',
    async (text) => {
      expect(await outcome({ VAULT_CACERT: file('bad.pem', text) })).toContain('holds no certificate');
    },
  );

  it.each(['VAULT_CACERT', 'VAULT_CACERT_BYTES', 'VAULT_CAPATH'])(
    'is missed where %s should lead to it, by that name',
    async (variable) => {
      const empty = mkdtempSync(join(folder, 'empty-'));
      const values: Record<string, string> = {
        VAULT_CACERT: file('no.pem', 'none'),
        VAULT_CACERT_BYTES: 'none',
        VAULT_CAPATH: empty,
      };
      const by = variable === 'VAULT_CAPATH' ? `the folder ${empty} of VAULT_CAPATH` : variable;
      expect(await outcome({ [variable]: values[variable] ?? '' })).toBe(
        `${by} holds no certificate that can be read. It takes certificates of authorities in PEM: -----BEGIN CERTIFICATE-----`,
      );
    },
  );

  it('is not found in a file or a folder that is not there', async () => {
    expect(await outcome({ VAULT_CACERT: '/nonexistent' })).toContain('VAULT_CACERT cannot be read');
    expect(await outcome({ VAULT_CAPATH: '/nonexistent' })).toContain('VAULT_CAPATH cannot be read');
  });
});

describe('the name of the server', () => {
  it('must be that of its certificate, unless VAULT_TLS_SERVER_NAME says which', async () => {
    const text = await outcome({ VAULT_CACERT: CA, VAULT_TLS_SERVER_NAME: 'other.example' });
    expect(text).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(text).toContain('VAULT_TLS_SERVER_NAME');
    expect(await outcome({ VAULT_CACERT: CA, VAULT_TLS_SERVER_NAME: 'localhost' })).toBe('p1');
  });
});

describe('a certificate of the client', () => {
  const demand = (isDemanded: boolean) => {
    // For connections from now on; those that are kept were made without.
    front.setSecureContext({ cert: readFileSync(CERT), key: readFileSync(KEY), ca: readFileSync(CA) });
    Object.assign(front, { requestCert: isDemanded, rejectUnauthorized: isDemanded });
  };
  const pem = (options: { cipher?: string; passphrase?: string } = {}) =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      ...options,
    }) as string;
  beforeEach(() => demand(true));
  afterEach(() => demand(false));
  const asked = (cert: string | undefined, key: string | undefined) =>
    outcome({
      VAULT_CACERT: CA,
      ...(cert === undefined ? {} : { VAULT_CLIENT_CERT: cert }),
      ...(key === undefined ? {} : { VAULT_CLIENT_KEY: key }),
    });

  it('is shown to a server that demands one, which takes nobody without', async () => {
    expect(await asked(CERT, KEY)).toBe('p1');
    const without = await asked(undefined, undefined);
    expect(without).toContain('cannot be reached (ERR_SSL_');
    expect(without).toContain('demands one. Name a certificate that it takes in VAULT_CLIENT_CERT');
  });

  it('is taken from one file with its key', async () => {
    const both = file('both.pem', readFileSync(KEY, 'utf8') + readFileSync(CERT, 'utf8'));
    expect(await asked(both, both)).toBe('p1');
  });

  it('needs its key, and the key its certificate', async () => {
    expect(await asked(CERT, undefined)).toContain('VAULT_CLIENT_CERT is set without VAULT_CLIENT_KEY');
    expect(await asked(undefined, KEY)).toContain('VAULT_CLIENT_KEY is set without VAULT_CLIENT_CERT');
    expect(handshakes).toBe(0);
  });

  it('is found in its file, and the key in its own, before the server is asked', async () => {
    expect(await asked(KEY, KEY)).toContain('VAULT_CLIENT_CERT holds no certificate');
    expect(await asked(file('cut.pem', readFileSync(CERT, 'utf8').slice(0, 300)), KEY)).toContain(
      'VAULT_CLIENT_CERT holds no certificate',
    );
    expect(await asked(CERT, CERT)).toContain('VAULT_CLIENT_KEY holds no private key');
    const locked = file('locked.pem', pem({ cipher: 'aes-256-cbc', passphrase: 'p' }));
    expect(await asked(CERT, locked)).toContain('is encrypted');
    expect(await asked(CERT, '/nonexistent')).toContain('VAULT_CLIENT_KEY cannot be read');
    expect(handshakes).toBe(0);
  });

  it('belongs to the key', async () => {
    const text = await asked(CERT, file('other.pem', pem()));
    expect(text).toContain('does not belong to the certificate');
    expect(handshakes).toBe(0);
  });
});

it('says so when the server does not speak TLS, and takes no address that ends in /v1', async () => {
  const secrets = await openSecrets(standIn, {
    settings: { vault_address: (standIn.http?.url ?? '').replace('http:', 'https:') },
  });
  const [plain] = await secrets.tryResolve([sourceOf('vault://secret/app?default=x#password')]);
  expect(plain).toMatchObject({ state: 'failed', fault: { code: 'secrets/unreachable' } });
  await secrets.close();
  const twice = await openSecrets(standIn, { settings: { vault_address: `${standIn.http?.url ?? ''}/v1/` } });
  const [result] = await twice.tryResolve([sourceOf('vault://secret/app?default=x#password')]);
  expect(result).toMatchObject({ state: 'failed', fault: { code: 'secrets/provider-not-configured' } });
  await twice.close();
});

it.each([
  ['secrets.vault_address', { file: true, variables: [] }],
  ['VAULT_ADDR', { file: false, variables: ['VAULT_ADDR'] }],
  ['TMI_VAULT_ADDRESS', { file: true, variables: ['TMI_VAULT_ADDRESS', 'VAULT_ADDR'] }],
] as const)('names %s where that states the address', async (by, { file, variables }) => {
  const wrong = `${standIn.http?.url ?? ''}/v1`;
  const secrets = await openSecrets(standIn, {
    // The layers are put together before the provider is made.
    settings: { vault_address: file ? wrong : '' },
    environment: {
      ...standIn.environment(),
      VAULT_ADDR: '',
      ...Object.fromEntries(variables.map((name) => [name, wrong])),
    },
  });
  const [result] = await secrets.tryResolve([sourceOf('vault://secret/app#password')]);
  expect(result).toMatchObject({
    fault: { message: expect.stringContaining(`${by} ends in /v1`) as unknown },
  });
  await secrets.close();
});

it('takes no address that holds what does not show', async () => {
  const secrets = await openSecrets(standIn, {
    settings: { vault_address: '' },
    environment: { ...standIn.environment(), VAULT_ADDR: `${standIn.http?.url ?? ''}\r` },
  });
  const [result] = await secrets.tryResolve([sourceOf('vault://secret/app#password')]);
  expect(result).toMatchObject({
    fault: { message: expect.stringContaining('VAULT_ADDR ends with a carriage return') as unknown },
  });
  await secrets.close();
});

it('says what is missing in a vault_path that is a mount', async () => {
  const before = standIn.paths().length;
  const secrets = await openSecrets(standIn, { settings: { vault_path: 'secret' } });
  const [result] = await secrets.tryResolve([sourceOf('vault://jwt?default=x')]);
  expect(result).toMatchObject({
    fault: { code: 'secrets/provider-not-configured', hint: 'Write it like secret/tmi.' },
  });
  await secrets.close();
  expect(standIn.paths()).toHaveLength(before);
});

describe('connections', () => {
  const paths = (count: number) => Array.from({ length: count }, (_, i) => `secret/s${i}`);
  const open = (concurrency: number) =>
    openSecrets(standIn, {
      environment: { ...standIn.environment(), VAULT_CACERT: CA },
      settings: { vault_address: `https://localhost:${port}` },
      timeouts: { concurrency, totalMs: 60_000 },
    });

  it('are kept: one for many requests that follow each other', async () => {
    const secrets = await open(8);
    for (const path of paths(10)) {
      const [result] = await secrets.tryResolve([sourceOf(`vault://${path}?default=d#x`)]);
      expect(result?.state).toBe('default');
    }
    await secrets.close();
    expect(handshakes).toBe(1);
  });

  it('are as many as requests under way at once, for 500 references', async () => {
    const secrets = await open(8);
    const sources = paths(500).map((path) => sourceOf(`vault://${path}?default=d#x`, path));
    const results = await secrets.tryResolve(sources);
    await secrets.close();
    expect(results.filter(({ state }) => state === 'default')).toHaveLength(500);
    expect(handshakes).toBeLessThanOrEqual(8);
  }, 60_000);
});
