import { isRecord } from '../../exact-json.js';
import { SecretFault } from '../../fault.js';
import { faultOfNonsense, refusedFault } from '../../service-fault.js';
import { SERVICE, type VaultAnswer } from './client.js';
import { errorsOf } from './faults.js';
import type { VaultSession } from './session.js';

/** A path of the KV engine, taken apart. */
export interface KvPath {
  /** Without slashes at its ends. */
  readonly mount: string;
  readonly rest: string;
  readonly version: 1 | 2;
}

type Mount = Pick<KvPath, 'mount' | 'version'>;

/**
 * Finds out which mount a path belongs to and whether it keeps versions. Servers tell any token that may do something
 * below the mount. Nothing is guessed: a path in the wrong version of the engine is "not there", or is written to
 * where nobody looks for it.
 */
export class MountFinder {
  readonly #session: VaultSession;
  readonly #known: Mount[] = [];
  /** Questions on their way, by the first segment of the path. */
  readonly #asked = new Map<string, Promise<Mount>>();

  constructor(session: VaultSession) {
    this.#session = session;
  }

  forget(): void {
    this.#known.length = 0;
  }

  /** @throws SecretFault when the server does not name a KV mount for the path */
  async find(path: string, signal: AbortSignal): Promise<KvPath> {
    const first = path.split('/', 1)[0] ?? path;
    for (;;) {
      const known = this.#known.find(({ mount }) => path.startsWith(`${mount}/`));
      if (known) return { ...known, rest: path.slice(known.mount.length + 1) };
      const asked = this.#asked.get(first);
      if (!asked) break;
      await asked.catch((error: unknown) => {
        // What holds for another path of the same beginning may not hold for this one; trouble does.
        if (error instanceof SecretFault && error.retryable) throw error;
      });
    }
    const question = this.#ask(path, signal).finally(() => this.#asked.delete(first));
    this.#asked.set(first, question);
    const mount = await question;
    this.#known.push(mount);
    return { ...mount, rest: path.slice(mount.mount.length + 1) };
  }

  async #ask(path: string, signal: AbortSignal): Promise<Mount> {
    const question = `sys/internal/ui/mounts/${encodePath(path)}`;
    let answer = await this.#session.get(question, signal);
    // Asked once more: a node that has just come up may not know all mounts and policies yet.
    if (answer.status === 403) answer = await this.#session.get(question, signal);
    if (answer.status !== 200) throw await this.#faultOf(answer, path, signal);
    const data = isRecord(answer.body) ? answer.body['data'] : undefined;
    const { path: mount, type, options } = isRecord(data) ? data : {};
    if (typeof mount !== 'string' || typeof type !== 'string' || !`${path}/`.startsWith(mount)) {
      throw faultOfNonsense(SERVICE);
    }
    return { mount: mountName(mount, path, type), version: versionOf(options) };
  }

  async #faultOf(answer: VaultAnswer, path: string, signal: AbortSignal): Promise<SecretFault> {
    const what = `the mount of ${path}`;
    const isRefusal = answer.status === 403 && errorsOf(answer) !== undefined;
    if (!isRefusal) return this.#session.faultOf(answer, { what }, signal);
    const { hint } = refusedFault({ service: SERVICE, what });
    return new SecretFault(
      'secrets/refused',
      `${SERVICE} has no mount for ${path}, or nothing below it may be read with this token`,
      { hint: `Check the path, which begins with the mount. ${hint ?? ''}`.trimEnd() },
    );
  }
}

/** @throws SecretFault when the mount is no KV engine, or the path names the mount alone */
function mountName(mount: string, path: string, type: string): string {
  const name = mount.replace(/\/+$/, '');
  if (type !== 'kv' && type !== 'generic') {
    throw new SecretFault(
      'secrets/provider-not-configured',
      `${name} in ${SERVICE} holds no secrets of the KV engine`,
      { hint: 'Name a path of a KV mount.' },
    );
  }
  if (path.length > name.length) return name;
  throw new SecretFault(
    'secrets/provider-not-configured',
    `${path} is a mount of ${SERVICE}, and the path of the secret in it is missing`,
    { hint: `Write it like ${path}/tmi.` },
  );
}

/** @throws SecretFault when the server names a version that the tool does not know */
function versionOf(options: unknown): 1 | 2 {
  const version = isRecord(options) ? options['version'] : undefined;
  if (version === '2') return 2;
  // Mounts of the first version often say none.
  if (version === undefined || version === null || version === '' || version === '1') return 1;
  throw new SecretFault('secrets/unreadable', `${SERVICE} keeps it in a version of KV that is not known`);
}

export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
