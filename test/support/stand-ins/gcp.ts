import { startHttp, type Answer, type Received } from './http-stand-in.js';
import { CANARY, Shelf, type ProviderStandIn } from './provider-stand-in.js';

const TOKEN = 'stand-in-google-token';
const PROJECT = 'stand-in-project';

const failure = (code: number, status: string, message: string): Answer => ({
  status: code,
  body: { error: { code, status, message: `${message} ${CANARY}` } },
});

/** GCP Secret Manager in REST, with the metadata server of a virtual machine beside it for tokens. */
export async function startGcp(): Promise<ProviderStandIn> {
  const shelf = new Shelf();
  let trouble: ReturnType<Shelf['nextTrouble']>;
  const isFetch = (r: Received) => r.path.startsWith('/v1/projects/');
  const http = await startHttp(
    (request) => {
      if (request.path.startsWith('/computeMetadata/')) return metadata(request);
      if (request.headers['authorization'] !== `Bearer ${TOKEN}`)
        return failure(401, 'UNAUTHENTICATED', 'no token');
      if (trouble === 'throttled') return failure(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded');
      if (trouble === 'broken') return failure(503, 'UNAVAILABLE', 'try again');
      if (trouble === 'refused') return failure(403, 'PERMISSION_DENIED', 'Permission denied on resource');
      if (trouble === 'unauthorized') return failure(401, 'UNAUTHENTICATED', 'invalid credentials');
      return secret(shelf, request);
    },
    (request) => {
      trouble = isFetch(request) ? shelf.nextTrouble() : undefined;
      return trouble === 'slow' || trouble === 'cut' || trouble === 'nonsense' ? trouble : undefined;
    },
  );
  return {
    name: 'gcp',
    shelf,
    http,
    settings: (shared) => ({
      provider: 'gcp',
      gcp_project_id: PROJECT,
      ...(shared === undefined ? {} : { gcp_secret_name: shared }),
    }),
    environment: () => ({
      CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: http.url,
      GCE_METADATA_HOST: http.host,
    }),
    bareEnvironment: () => ({
      CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: http.url,
      METADATA_SERVER_DETECTION: 'none',
    }),
    credentials: [TOKEN],
    fetches: () => http.received.filter(isFetch),
    versionName: (index) => String(index + 1),
    nameOf: (path) => path.replace(/[^0-9A-Za-z_-]/g, '-'),
    disconnect: () => http.close(),
    close: () => http.close(),
  };
}

function metadata(request: Received): Answer {
  if (request.headers['metadata-flavor'] !== 'Google') return failure(403, 'PERMISSION_DENIED', 'no flavor');
  const flavor = { 'Metadata-Flavor': 'Google' };
  if (request.path.endsWith('/token')) {
    return {
      status: 200,
      body: { access_token: TOKEN, expires_in: 3600, token_type: 'Bearer' },
      headers: flavor,
    };
  }
  if (request.path.includes('universe')) return { status: 404, body: '', headers: flavor };
  return { status: 200, body: '"default"', headers: flavor };
}

function secret(shelf: Shelf, request: Received): Answer {
  const match =
    /^\/v1\/projects\/([^/]+)(?:\/locations\/[^/]+)?\/secrets\/([^/]+)\/versions\/([^/:]+):access$/.exec(
      request.path,
    );
  if (!match || request.method !== 'GET' || match[1] !== PROJECT)
    return failure(404, 'NOT_FOUND', 'no such method');
  const [, , name = '', version = ''] = match;
  const versions = shelf.secrets.get(name);
  if (!versions)
    return failure(404, 'NOT_FOUND', `Secret [projects/1/secrets/${name}] not found or has no versions.`);
  const number = version === 'latest' ? versions.length : Number(version);
  const stored = versions[number - 1];
  if (stored === 'destroyed')
    return failure(400, 'FAILED_PRECONDITION', `Secret Version [${name}] is in DESTROYED state.`);
  if (stored === undefined) {
    return failure(
      404,
      'NOT_FOUND',
      `Secret Version [projects/1/secrets/${name}/versions/${version}] not found.`,
    );
  }
  const data = Buffer.from(stored as string).toString('base64');
  return { status: 200, body: { name: `projects/1/secrets/${name}/versions/${number}`, payload: { data } } };
}
