import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHttp, type Answer, type Received } from './http-stand-in.js';
import { CANARY, Shelf, type ProviderStandIn } from './provider-stand-in.js';

const VAULT = 'ocid1.vault.oc1.standin';
const FINGERPRINT = '11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00';
const KEY_ID = `ocid1.tenancy.oc1..t/ocid1.user.oc1..u/${FINGERPRINT}`;

const failure = (status: number, code: string): Answer => ({
  status,
  body: { code, message: `A message of the service ${CANARY}` },
});

const makeKeys = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
/** Made once: it takes longer than most tests. */
let keys: ReturnType<typeof makeKeys> | undefined;

/** OCI's secret retrieval service; requests carry an RSA signature over their headers. */
export async function startOci(): Promise<ProviderStandIn> {
  const shelf = new Shelf();
  const { privateKey, publicKey } = (keys ??= makeKeys());
  const home = await mkdtemp(join(tmpdir(), 'oci-stand-in-'));
  await writeFile(join(home, 'key.pem'), privateKey, { mode: 0o600 });
  const profile = {
    tenancy: 'ocid1.tenancy.oc1..t',
    user: 'ocid1.user.oc1..u',
    fingerprint: FINGERPRINT,
    region: 'eu-frankfurt-1',
    key_file: join(home, 'key.pem'),
  };
  const lines = Object.entries(profile).map(([key, value]) => `${key}=${value}`);
  await writeFile(join(home, 'config'), `[DEFAULT]\n${lines.join('\n')}\n`);

  let trouble: ReturnType<Shelf['nextTrouble']>;
  const http = await startHttp(
    (request) => {
      if (!isSigned(request, publicKey)) return failure(401, 'NotAuthenticated');
      if (trouble === 'throttled') return failure(429, 'TooManyRequests');
      if (trouble === 'broken') return failure(500, 'InternalServerError');
      if (trouble === 'refused') return failure(403, 'NotAuthorized');
      if (trouble === 'unauthorized') return failure(401, 'NotAuthenticated');
      return bundle(shelf, request);
    },
    () => {
      trouble = shelf.nextTrouble();
      return trouble === 'slow' || trouble === 'cut' || trouble === 'nonsense' ? trouble : undefined;
    },
  );
  const endpoint = { OCI_CLI_ENDPOINT: http.url, OCI_CLI_CONFIG_FILE: join(home, 'config') };
  return {
    name: 'oci',
    shelf,
    http,
    settings: (shared) => ({
      provider: 'oci',
      oci_vault_id: VAULT,
      ...(shared === undefined ? {} : { oci_secret_name: shared }),
    }),
    environment: () => endpoint,
    bareEnvironment: () => ({ ...endpoint, OCI_CLI_CONFIG_FILE: join(home, 'absent') }),
    credentials: [privateKey.slice(40, 90)],
    fetches: () => http.received,
    versionName: (index) => String(index + 1),
    nameOf: (path) => path,
    disconnect: () => http.close(),
    close: async () => {
      await http.close();
      await rm(home, { recursive: true });
    },
  };
}

function bundle(shelf: Shelf, request: Received): Answer {
  if (request.method !== 'POST' || request.path !== '/20190301/secretbundles/actions/getByName') {
    return failure(404, 'NotFound');
  }
  if (request.query.get('vaultId') !== VAULT) return failure(404, 'NotAuthorizedOrNotFound');
  const versions = shelf.secrets.get(request.query.get('secretName') ?? '') ?? [];
  const number = Number(request.query.get('versionNumber') ?? versions.length);
  const stored =
    request.query.has('stage') || request.query.has('secretVersionName') ? undefined : versions[number - 1];
  if (stored === undefined) return failure(404, 'NotAuthorizedOrNotFound');
  const secretBundleContent = {
    contentType: 'BASE64',
    content: Buffer.from(stored as string).toString('base64'),
  };
  return { status: 200, body: { secretId: 'ocid1.vaultsecret', versionNumber: number, secretBundleContent } };
}

/** The signature of draft-cavage, checked against the public key. */
function isSigned(request: Received, publicKey: string): boolean {
  const header = request.headers['authorization'] ?? '';
  const part = (name: string) => new RegExp(`${name}="([^"]+)"`).exec(header)?.[1] ?? '';
  if (!header.startsWith('Signature ') || part('keyId') !== KEY_ID || part('algorithm') !== 'rsa-sha256')
    return false;
  const query = request.query.toString();
  const target = `${request.method.toLowerCase()} ${request.path}${query === '' ? '' : `?${query}`}`;
  const lines = part('headers')
    .toLowerCase()
    .split(' ')
    .map((name) => `${name}: ${name === '(request-target)' ? target : (request.headers[name] ?? '')}`);
  if (!lines.some((l) => l.startsWith('(request-target)')) || !lines.some((l) => l.startsWith('host')))
    return false;
  return verify(
    'RSA-SHA256',
    Buffer.from(lines.join('\n')),
    createPublicKey(publicKey),
    Buffer.from(part('signature'), 'base64'),
  );
}
