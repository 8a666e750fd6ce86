import { randomUUID } from 'node:crypto';
import { startHttp, type Answer, type Received } from './http-stand-in.js';
import { Shelf, type ProviderStandIn, type Versions } from './provider-stand-in.js';

/** What a real server is asked through; its secrets lie below a path of their own. */
class RemoteShelf extends Shelf {
  /** Secrets that the server does not have yet. */
  readonly pending = new Map<string, Versions>();

  override put(name: string, ...versions: Versions): void {
    super.put(name, ...versions);
    this.pending.set(name, versions);
  }
}

/**
 * A real HashiCorp Vault or OpenBao with KV version 2 at `secret/`, behind a relay that brings the test's secrets there
 * before it asks for them, and makes the troubles that a server cannot be told to have.
 * @param token may do anything below `secret/`
 */
export async function startVaultRelay(address: string, token: string): Promise<ProviderStandIn> {
  const shelf = new RemoteShelf();
  const folder = `tmi-dbtool-test/${randomUUID()}`;
  let trouble: ReturnType<Shelf['nextTrouble']>;
  const isFetch = (r: Received) => r.method === 'GET' && r.path.startsWith('/v1/secret/');

  async function ask(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
    const answer = await fetch(`${address}${path}`, {
      method,
      headers: { 'X-Vault-Token': token, ...headers },
      ...(body === undefined || body === '' ? {} : { body }),
    });
    const type = answer.headers.get('content-type') ?? 'application/json';
    return { status: answer.status, body: await answer.text(), headers: { 'Content-Type': type } };
  }

  async function bring(): Promise<void> {
    for (const [name, versions] of shelf.pending) {
      await ask('DELETE', `/v1/secret/metadata/${folder}/${name}`);
      for (const version of versions) {
        const { status } = await ask(
          'POST',
          `/v1/secret/data/${folder}/${name}`,
          `{"data":${String(version)}}`,
        );
        if (status !== 200) throw new Error(`the server does not take a secret of the test (${status})`);
      }
    }
    shelf.pending.clear();
  }

  async function answer(request: Received): Promise<Answer> {
    if (trouble === 'throttled') return { status: 429, body: { errors: ['rate limit quota exceeded'] } };
    if (trouble === 'broken') return { status: 503, body: { errors: ['Vault is sealed'] } };
    if (trouble === 'refused')
      return { status: 403, body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] } };
    if (trouble === 'unauthorized') return { status: 403, body: { errors: ['permission denied'] } };
    await bring();
    const search = request.query.size === 0 ? '' : `?${request.query.toString()}`;
    const path = request.path.replace(/^\/v1\/secret\/data\//, `/v1/secret/data/${folder}/`);
    const own = request.headers['x-vault-token'];
    return ask(
      request.method,
      path + search,
      request.body,
      own === undefined ? {} : { 'X-Vault-Token': own },
    );
  }

  const http = await startHttp(answer, (request) => {
    trouble = isFetch(request) ? shelf.nextTrouble() : undefined;
    return trouble === 'slow' || trouble === 'cut' || trouble === 'nonsense' ? trouble : undefined;
  });
  return {
    name: 'vault',
    shelf,
    http,
    settings: (shared) => ({
      provider: 'vault',
      vault_address: http.url,
      ...(shared === undefined ? {} : { vault_path: `secret/${shared}` }),
    }),
    environment: () => ({ VAULT_TOKEN: token }),
    bareEnvironment: () => ({}),
    credentials: [token],
    fetches: () => http.received.filter(isFetch),
    versionName: (index) => String(index + 1),
    nameOf: (path) => path.replace(/^secret\//, ''),
    disconnect: () => http.close(),
    close: async () => {
      for (const name of shelf.secrets.keys()) await ask('DELETE', `/v1/secret/metadata/${folder}/${name}`);
      await http.close();
    },
  };
}
