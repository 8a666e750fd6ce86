import { isRecord, type VaultRequest } from './client.js';

/** A path of the KV engine, taken apart. */
export interface KvPath {
  /** Without slashes at its ends. */
  readonly mount: string;
  readonly rest: string;
  /** Undefined when the server would not say. */
  readonly version: 1 | 2 | undefined;
}

type Mount = Pick<KvPath, 'mount' | 'version'>;

/**
 * Finds out which mount a path belongs to and whether it keeps versions. Servers tell any token that may read
 * something below the mount; where they do not, the first segment is taken for the mount.
 */
export class MountFinder {
  readonly #request: VaultRequest;
  readonly #known = new Map<string, Promise<Mount | undefined>>();

  constructor(request: VaultRequest) {
    this.#request = request;
  }

  async find(path: string, token: string, signal: AbortSignal): Promise<KvPath> {
    const first = path.split('/', 1)[0] ?? path;
    const near = await this.#ask(first, path, token, signal);
    // Mounts can be nested, so the answer for another path with the same beginning may not hold for this one.
    const mount = near && isBelow(path, near.mount) ? near : await this.#ask(path, path, token, signal);
    if (!mount || !isBelow(path, mount.mount))
      return { mount: first, rest: path.slice(first.length + 1), version: undefined };
    return { ...mount, rest: path.slice(mount.mount.length + 1) };
  }

  #ask(key: string, path: string, token: string, signal: AbortSignal): Promise<Mount | undefined> {
    let pending = this.#known.get(key);
    if (!pending) {
      pending = this.#fetch(path, token, signal);
      this.#known.set(key, pending);
      pending.catch(() => this.#known.delete(key));
    }
    return pending;
  }

  async #fetch(path: string, token: string, signal: AbortSignal): Promise<Mount | undefined> {
    const answer = await this.#request('GET', `sys/internal/ui/mounts/${encodePath(path)}`, {
      token,
      signal,
    });
    if (answer.status !== 200 || !isRecord(answer.body) || !isRecord(answer.body['data'])) return undefined;
    const { path: mount, type, options } = answer.body['data'];
    if (typeof mount !== 'string' || (type !== 'kv' && type !== 'generic')) return undefined;
    const version = isRecord(options) && options['version'] === '2' ? 2 : 1;
    return { mount: mount.replace(/\/$/, ''), version };
  }
}

function isBelow(path: string, mount: string): boolean {
  return path.startsWith(`${mount}/`);
}

export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
