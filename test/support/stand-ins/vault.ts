import { startHttp, type Answer, type Received } from './http-stand-in.js';
import { CANARY, Shelf, type ProviderStandIn } from './provider-stand-in.js';

const TOKEN = 'hvs.stand-in-token';
const LOGIN_TOKEN = 'hvs.stand-in-login';
export const ROLE = { role_id: 'role-1', secret_id: 'stand-in-secret-id' };
export const KUBERNETES = { role: 'tmi', jwt: 'stand-in-service-account-jwt' };

export interface VaultOptions {
  readonly engine?: 1 | 2;
  /** The server does not say which engine a path has, as for tokens with narrow policies. */
  readonly silentMounts?: boolean;
  readonly namespace?: string;
}

export interface VaultStandIn extends ProviderStandIn {
  /** Paths of all requests, in order. */
  paths(): readonly string[];
}

const failure = (status: number, ...errors: string[]): Answer => ({
  status,
  body: { errors: errors.map((e) => `${e} ${CANARY}`) },
});

/** HashiCorp Vault with one KV mount, `secret/`. A stored text is the JSON of a secret's fields. */
export async function startVault(options: VaultOptions = {}): Promise<VaultStandIn> {
  const engine = options.engine ?? 2;
  const shelf = new Shelf();
  let trouble: ReturnType<Shelf['nextTrouble']>;
  const isFetch = (r: Received) => r.method === 'GET' && r.path.startsWith('/v1/secret/');
  const http = await startHttp(
    (request) => {
      if (options.namespace !== undefined && request.headers['x-vault-namespace'] !== options.namespace) {
        return failure(403, 'permission denied');
      }
      if (request.path.startsWith('/v1/auth/')) return login(request);
      const token = request.headers['x-vault-token'];
      if (token !== TOKEN && token !== LOGIN_TOKEN) return failure(403, 'permission denied');
      if (trouble === 'throttled') return failure(429, 'request path "secret/" rate limit quota exceeded');
      if (trouble === 'broken') return failure(503, 'Vault is sealed');
      if (trouble === 'refused') return failure(403, '1 error occurred: permission denied');
      if (trouble === 'unauthorized') return failure(403, 'invalid token');
      if (request.path.startsWith('/v1/sys/internal/ui/mounts/secret/')) {
        if (options.silentMounts) return failure(403, 'preflight capability check returned 403');
        const mount = { path: 'secret/', type: 'kv', options: { version: String(engine) } };
        return { status: 200, body: { data: engine === 2 ? mount : { ...mount, options: null } } };
      }
      if (!request.path.startsWith('/v1/secret/'))
        return failure(403, 'preflight capability check returned 403');
      return engine === 2 ? versioned(shelf, request) : plain(shelf, request);
    },
    (request) => {
      // Troubles are for secrets: the mount and the login are met by tests of their own.
      trouble = isFetch(request) ? shelf.nextTrouble() : undefined;
      return trouble === 'slow' || trouble === 'cut' || trouble === 'nonsense' ? trouble : undefined;
    },
  );
  return {
    name: 'vault',
    shelf,
    settings: (shared) => ({
      provider: 'vault',
      vault_address: http.url,
      ...(shared === undefined ? {} : { vault_path: `secret/${shared}` }),
    }),
    environment: () => ({
      VAULT_TOKEN: TOKEN,
      ...(options.namespace === undefined ? {} : { VAULT_NAMESPACE: options.namespace }),
    }),
    bareEnvironment: () => ({}),
    credentials: [TOKEN],
    fetches: () => http.received.filter(isFetch),
    paths: () => http.received.map((r) => r.path),
    versionName: (index) => String(index + 1),
    nameOf: (path) => path.replace(/^secret\//, ''),
    disconnect: () => http.close(),
    close: () => http.close(),
  };
}

function login(request: Received): Answer {
  const body = JSON.parse(request.body) as Record<string, string>;
  const accepted =
    request.path === '/v1/auth/approle/login'
      ? body['role_id'] === ROLE.role_id && body['secret_id'] === ROLE.secret_id
      : request.path === '/v1/auth/kubernetes/login' &&
        body['role'] === KUBERNETES.role &&
        body['jwt'] === KUBERNETES.jwt;
  if (!accepted) return failure(400, 'invalid role or secret ID');
  return {
    status: 200,
    body: { auth: { client_token: LOGIN_TOKEN, lease_duration: 3600, renewable: true } },
  };
}

const fieldsOf = (stored: unknown) => JSON.parse(String(stored)) as object;

function plain(shelf: Shelf, request: Received): Answer {
  const name = request.path.slice('/v1/secret/'.length);
  if (request.method === 'POST') {
    shelf.put(name, request.body);
    return { status: 204, body: '' };
  }
  const versions = shelf.secrets.get(name);
  return versions
    ? { status: 200, body: { data: fieldsOf(versions.at(-1)) } }
    : { status: 404, body: { errors: [] } };
}

function versioned(shelf: Shelf, request: Received): Answer {
  if (!request.path.startsWith('/v1/secret/data/')) {
    return {
      status: 404,
      body: { errors: [], warnings: ['Invalid path for a versioned K/V secrets engine.'] },
    };
  }
  const name = request.path.slice('/v1/secret/data/'.length);
  const versions = shelf.secrets.get(name) ?? [];
  if (request.method === 'POST') {
    const { data, options } = JSON.parse(request.body) as { data: object; options?: { cas?: number } };
    if (options?.cas !== versions.length) return failure(400, 'check-and-set parameter did not match');
    shelf.put(name, ...versions, JSON.stringify(data));
    return { status: 200, body: { data: { version: versions.length + 1 } } };
  }
  const number = Number(request.query.get('version') ?? versions.length);
  const stored = versions[number - 1];
  if (stored === undefined) return { status: 404, body: { errors: [] } };
  if (stored === 'deleted') {
    const metadata = { version: number, deletion_time: '2026-01-01T00:00:00Z', destroyed: false };
    return { status: 404, body: { data: { data: null, metadata } } };
  }
  return {
    status: 200,
    body: { data: { data: fieldsOf(stored), metadata: { version: number, destroyed: false } } },
  };
}
