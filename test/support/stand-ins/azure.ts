import { startHttp, type Answer, type Received } from './http-stand-in.js';
import { CANARY, Shelf, type ProviderStandIn } from './provider-stand-in.js';

const IDENTITY_HEADER = 'stand-in-identity-header';
const TOKEN = 'stand-in-entra-token';

const failure = (status: number, code: string, headers: Record<string, string> = {}): Answer => ({
  status,
  body: { error: { code, message: `A message of the service ${CANARY}` } },
  headers,
});

/**
 * Azure Key Vault with the managed identity of an App Service beside it: the first request carries no token and
 * is answered with a challenge, then a token is fetched from the identity endpoint.
 */
export async function startAzure(): Promise<ProviderStandIn> {
  const shelf = new Shelf();
  let trouble: ReturnType<Shelf['nextTrouble']>;
  const isFetch = (r: Received) => r.path.startsWith('/secrets/') && r.headers['authorization'] !== undefined;
  const http = await startHttp(
    (request) => {
      if (request.path === '/identity') return identity(request);
      if (request.headers['authorization'] === undefined) {
        const challenge =
          'Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net"';
        return failure(401, 'Unauthorized', { 'WWW-Authenticate': challenge });
      }
      if (request.headers['authorization'] !== `Bearer ${TOKEN}`) return failure(403, 'Forbidden');
      if (trouble === 'throttled') return failure(429, 'Throttled', { 'Retry-After': '0' });
      if (trouble === 'broken') return failure(503, 'ServiceUnavailable');
      if (trouble === 'refused') return failure(403, 'Forbidden');
      if (trouble === 'unauthorized') return failure(401, 'Unauthorized');
      if (!/^7\.\d|^20\d\d-/.test(request.query.get('api-version') ?? ''))
        return failure(400, 'BadParameter');
      return secret(shelf, request);
    },
    (request) => {
      trouble = isFetch(request) ? shelf.nextTrouble() : undefined;
      return trouble === 'slow' || trouble === 'cut' || trouble === 'nonsense' ? trouble : undefined;
    },
  );
  return {
    name: 'azure',
    shelf,
    http,
    settings: () => ({ provider: 'azure', azure_vault_url: http.url }),
    environment: () => ({ IDENTITY_ENDPOINT: `${http.url}/identity`, IDENTITY_HEADER }),
    bareEnvironment: () => ({}),
    credentials: [IDENTITY_HEADER, TOKEN],
    fetches: () => http.received.filter(isFetch),
    versionName: versionId,
    nameOf: (path) => path.replace(/[^0-9A-Za-z-]/g, '-'),
    disconnect: () => http.close(),
    close: () => http.close(),
  };
}

const versionId = (index: number) => `${'0'.repeat(31)}${index}`;

function identity(request: Received): Answer {
  if (request.headers['x-identity-header'] !== IDENTITY_HEADER) return failure(401, 'Unauthorized');
  const expires = Math.floor(Date.now() / 1000) + 3600;
  return {
    status: 200,
    body: {
      access_token: TOKEN,
      expires_on: String(expires),
      resource: request.query.get('resource'),
      token_type: 'Bearer',
    },
  };
}

function secret(shelf: Shelf, request: Received): Answer {
  const [, , name = '', version = ''] = request.path.split('/');
  const versions = shelf.secrets.get(name) ?? [];
  const index = version === '' ? versions.length - 1 : versions.findIndex((_, i) => versionId(i) === version);
  const stored = versions[index];
  if (stored === undefined) return failure(404, 'SecretNotFound');
  const id = `https://stand-in.vault.azure.net/secrets/${name}/${versionId(index)}`;
  return { status: 200, body: { value: String(stored), id, attributes: { enabled: true } } };
}
