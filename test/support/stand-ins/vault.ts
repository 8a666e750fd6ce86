import { startHttp, type Answer, type Received } from './http-stand-in.js';
import { CANARY, Shelf, type ProviderStandIn } from './provider-stand-in.js';
import { kv1, kv2, success } from './vault-kv.js';

const TOKEN = 'hvs.stand-in-token';
const LOGIN_TOKEN = 'hvs.stand-in-login';
/** May do nothing but what `VaultOptions.rights` says. */
export const NARROW_TOKEN = 'hvs.stand-in-narrow';
/** Wraps an answer for somebody, and may do nothing itself. */
export const WRAPPING_TOKEN = 'hvs.stand-in-wrapping';
export const ROLE = { role_id: 'role-1', secret_id: 'stand-in-secret-id' };
export const KUBERNETES = { role: 'tmi', jwt: 'stand-in-service-account-jwt' };

/** Wrong logins after which the server takes none for a while. */
const LOCKED_AFTER = 5;

export interface VaultOptions {
  readonly engine?: 1 | 2;
  /** Mounts beside `secret/`, with the version of each. */
  readonly mounts?: Readonly<Record<string, 1 | 2>>;
  /** Paths, as in `secret/data/tmi`, that the narrow token may read. */
  readonly rights?: readonly string[];
  readonly namespace?: string;
  /** Requests after which the token of a login is used up. */
  readonly loginUses?: number;
  /** The header of that name when the server throttles. */
  readonly retryAfter?: string;
}

export interface VaultStandIn extends ProviderStandIn {
  /** Paths of all requests, in order. */
  paths(): readonly string[];
  /** `upgrading`: the KV engine at `secret/` is being made a versioned one. */
  state: 'ready' | 'sealed' | 'not initialised' | 'standby' | 'upgrading' | 'throttled';
  /** Tokens that logins got and that are still good. */
  readonly loginTokens: ReadonlyMap<string, number>;
  /** Makes all tokens of logins unknown, as their end does. */
  expireLogins(): void;
}

/**
 * HashiCorp Vault, with a KV mount `secret/` and those of the options. A stored text is the JSON of a secret's fields;
 * names of the shelf are paths without `secret/`. Its answers are compared with those of a real server by
 * `vault-recorded.test.ts`; errors carry a canary beside the server's words.
 */
export async function startVault(options: VaultOptions = {}): Promise<VaultStandIn> {
  const shelf = new Shelf();
  const mounts = new Map<string, 1 | 2>([
    ['secret', options.engine ?? 2],
    ...Object.entries(options.mounts ?? {}),
  ]);
  const loginTokens = new Map<string, number>();
  let wrongLogins = 0;
  let logins = 0;
  const held: Pick<VaultStandIn, 'state'> = { state: 'ready' };
  let trouble: ReturnType<Shelf['nextTrouble']>;

  const mountOf = (path: string) => [...mounts.keys()].find((mount) => `${path}/`.startsWith(`${mount}/`));
  const isFetch = (r: Received) => r.method === 'GET' && mountOf(r.path.replace('/v1/', '')) !== undefined;

  function answer(request: Received): Answer {
    const path = decodeURIComponent(request.path).replace(/^\/v1\//, '');
    if (path === 'sys/health') return health(held.state);
    if (held.state === 'sealed' || held.state === 'not initialised') return failure(503, 'Vault is sealed');
    if (held.state === 'standby') return failure(503, 'node not active but active cluster node not found');
    const namespace = request.headers['x-vault-namespace'];
    if (namespace !== undefined && namespace !== options.namespace)
      return failure(404, 'namespace not found');
    if (trouble === 'throttled' || held.state === 'throttled') return throttle(path);
    if (trouble === 'broken') return failure(503, 'Vault is sealed');
    if (/^auth\/[^/]+\/login$/.test(path)) return login(path, request);
    const rights = rightsOf(request.headers['x-vault-token']);
    if (rights === undefined || trouble === 'unauthorized') return failure(403, 'permission denied');
    if (options.namespace !== undefined && namespace === undefined) return failure(403, 'permission denied');
    if (path === 'auth/token/revoke-self') {
      loginTokens.delete(request.headers['x-vault-token'] ?? '');
      return { status: 204, body: '' };
    }
    if (path.startsWith('sys/internal/ui/mounts/')) return mountAnswer(path.slice(23), rights);
    if (trouble === 'refused' || !rights(request.method, path)) return policyDenies();
    return secret(path, request);
  }

  function rightsOf(token: string | undefined): ((method: string, path: string) => boolean) | undefined {
    if (token === TOKEN) return () => true;
    if (token === NARROW_TOKEN) {
      return (method, path) => method === 'GET' && (options.rights ?? []).includes(path);
    }
    if (token === WRAPPING_TOKEN) return () => false;
    const uses = loginTokens.get(token ?? '');
    if (token === undefined || uses === undefined) return undefined;
    if (uses === 1) loginTokens.delete(token);
    else loginTokens.set(token, uses - 1);
    return () => true;
  }

  function mountAnswer(path: string, rights: (method: string, path: string) => boolean): Answer {
    const mount = mountOf(path);
    const isAllowed =
      mount !== undefined &&
      (rights('POST', mount) || (options.rights ?? []).some((right) => right.startsWith(`${mount}/`)));
    if (!isAllowed) {
      return failure(
        403,
        `preflight capability check returned 403, please ensure client's policies grant access to path "${path}/"`,
      );
    }
    return success(JSON.stringify(mountFacts(mount, mounts.get(mount) ?? 2)));
  }

  function secret(path: string, request: Received): Answer {
    const mount = mountOf(path);
    if (mount === undefined) return failure(404, `no handler for route "${path}". route entry not found.`);
    if (held.state === 'upgrading') {
      return failure(
        400,
        'Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period and will resume service shortly.',
      );
    }
    const nameOf = (below: string) => (mount === 'secret' ? below : `${mount}/${below}`);
    const below = path.slice(mount.length + 1);
    return mounts.get(mount) === 2
      ? kv2(shelf, below, nameOf, request, failure)
      : kv1(shelf, nameOf(below), request);
  }

  function throttle(path: string): Answer {
    const { body } = failure(429, `request path "${path}": rate limit quota exceeded`);
    const wait = options.retryAfter ?? '0';
    return { status: 429, body, headers: { 'Retry-After': wait, 'X-Ratelimit-Reset': wait } };
  }

  function login(path: string, request: Received): Answer {
    const body = JSON.parse(request.body) as Record<string, string>;
    const isAppRole = path === 'auth/approle/login';
    if (!isAppRole && path !== 'auth/kubernetes/login') return failure(403, 'permission denied');
    if (isAppRole && wrongLogins >= LOCKED_AFTER) return failure(403, 'permission denied');
    const accepted = isAppRole
      ? body['role_id'] === ROLE.role_id && body['secret_id'] === ROLE.secret_id
      : body['role'] === KUBERNETES.role && body['jwt'] === KUBERNETES.jwt;
    if (!accepted) {
      wrongLogins += 1;
      return failure(400, 'invalid role or secret ID');
    }
    logins += 1;
    const token = `${LOGIN_TOKEN}-${logins}`;
    loginTokens.set(token, options.loginUses ?? Infinity);
    const auth = {
      client_token: token,
      accessor: 'ACCESSOR',
      policies: ['default', 'one'],
      token_policies: ['default', 'one'],
      metadata: { role_name: 'app' },
      lease_duration: 1200,
      renewable: true,
      entity_id: 'ENTITY',
      token_type: 'service',
      orphan: true,
      mfa_requirement: null,
      num_uses: options.loginUses ?? 0,
    };
    return success('null', 0, JSON.stringify(auth));
  }

  const http = await startHttp(
    (request) => {
      const given = answer(request);
      return { ...given, headers: { 'Cache-Control': 'no-store', ...given.headers } };
    },
    (request) => {
      // These are for secrets: mounts, logins and writes are met by `http.interfere`.
      trouble = isFetch(request) ? shelf.nextTrouble() : undefined;
      return trouble === 'slow' || trouble === 'cut' || trouble === 'nonsense' ? trouble : undefined;
    },
  );
  return Object.assign(held, {
    name: 'vault' as const,
    shelf,
    http,
    settings: (shared?: string) => ({
      provider: 'vault',
      vault_address: http.url,
      ...(shared === undefined ? {} : { vault_path: `secret/${shared}` }),
    }),
    environment: () => ({
      VAULT_TOKEN: TOKEN,
      ...(options.namespace === undefined ? {} : { VAULT_NAMESPACE: options.namespace }),
    }),
    bareEnvironment: () => ({}),
    credentials: [TOKEN, LOGIN_TOKEN, NARROW_TOKEN, ROLE.secret_id],
    fetches: () => http.received.filter(isFetch),
    paths: () => http.received.map((r) => r.path),
    loginTokens,
    expireLogins: () => loginTokens.clear(),
    versionName: (index: number) => String(index + 1),
    nameOf: (path: string) => path.replace(/^secret\//, ''),
    disconnect: () => http.close(),
    close: () => http.close(),
  });
}

/** An error in the server's words, with a text beside them that nothing may print. */
function failure(status: number, ...errors: string[]): Answer {
  return { status, body: { errors, canary: CANARY } };
}

const policyDenies = () => failure(403, '1 error occurred:\n\t* permission denied\n\n');

function mountFacts(mount: string, engine: 1 | 2): object {
  return {
    accessor: 'ACCESSOR',
    config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0 },
    deprecation_status: 'supported',
    description: mount === 'secret' ? 'key/value secret storage' : '',
    external_entropy_access: false,
    local: false,
    options: engine === 2 ? { version: '2' } : null,
    path: `${mount}/`,
    plugin_version: '',
    running_plugin_version: 'v2.0.0+builtin.bao',
    running_sha256: '',
    seal_wrap: false,
    type: 'kv',
    uuid: 'UUID',
  };
}

function health(state: VaultStandIn['state']): Answer {
  const facts = {
    initialized: state !== 'not initialised',
    sealed: state === 'sealed' || state === 'not initialised',
    standby: ['sealed', 'not initialised', 'standby'].includes(state),
    replication_performance_mode: 'unknown',
    replication_dr_mode: 'unknown',
    server_time_utc: 1795856516,
    version: '2.0.0-HEAD',
  };
  const status = !facts.initialized ? 501 : facts.sealed ? 503 : facts.standby ? 429 : 200;
  return { status, body: facts };
}
