import type { SecretValue } from '../values/secret-value.js';
import { Limiter, raceAbort, withAttempts, type SecretTimeouts } from './attempts.js';
import { DocumentBatch } from './batch.js';
import type { SecretDocument } from './document.js';
import { combineFaults, SecretFault, type SecretFaultCode } from './fault.js';
import type { Candidate, DocumentAddress, SecretProvider } from './providers/contract.js';
import type { VaultReference } from '../config/reference.js';

type PathAndField = Pick<VaultReference, 'path' | 'field' | 'version'>;

/** Reads paths from one provider. Each document is fetched once, however many paths and fields are asked of it. */
export class SecretStore {
  readonly #provider: SecretProvider;
  readonly #timeouts: SecretTimeouts;
  readonly #limiter: Limiter;
  readonly #batch: DocumentBatch | undefined;
  readonly #documents = new Map<string, Promise<SecretDocument>>();

  constructor(provider: SecretProvider, timeouts: SecretTimeouts) {
    this.#provider = provider;
    this.#timeouts = timeouts;
    this.#limiter = new Limiter(timeouts.concurrency);
    if (provider.many) this.#batch = new DocumentBatch(provider.many, timeouts, this.#limiter);
  }

  /**
   * The value of a path, searched in the places that the provider names, in order.
   * @throws SecretFault with the reasons of all places that were searched.
   */
  async read(wanted: PathAndField, signal: AbortSignal): Promise<SecretValue> {
    const faults: SecretFault[] = [];
    for (const candidate of this.#provider.locate(wanted.path)) {
      try {
        return await this.#readFrom(candidate, wanted, signal);
      } catch (error) {
        const fault = ruleOnFault(error, candidate, faults.length > 0);
        if (fault.final) throw fault.error;
        faults.push(fault.error);
      }
    }
    const [first, ...rest] = faults;
    throw first ? combineFaults([first, ...rest]) : new Error('a provider named no place for a path');
  }

  /** Drops what was fetched, and what the provider remembers, after a document was written. */
  forget(): void {
    this.#documents.clear();
    this.#provider.forget?.();
  }

  async #readFrom(candidate: Candidate, wanted: PathAndField, signal: AbortSignal): Promise<SecretValue> {
    const { document: name, key } = candidate;
    const address = { document: name, version: wanted.version };
    if (key === undefined) {
      const own = await this.#document(address, signal);
      return wanted.field === undefined ? own.whole() : own.field(wanted.field);
    }
    const shared = await this.#document(address, signal).catch((error: unknown) => {
      throw missingShared(error, wanted.version);
    });
    if (!hasKey(shared, key, wanted.version))
      throw new SecretFault('secrets/no-such-secret', `secret ${name} has no field ${key}`);
    return wanted.field === undefined ? shared.field(key) : shared.nested(key).field(wanted.field);
  }

  #document(address: DocumentAddress, signal: AbortSignal): Promise<SecretDocument> {
    const identity = JSON.stringify([address.document, address.version ?? null]);
    let pending = this.#documents.get(identity);
    if (!pending) {
      pending = this.#fetch(address, signal);
      this.#documents.set(identity, pending);
      // What failed may work the next time: only answers are kept.
      pending.catch(() => this.#documents.delete(identity));
    }
    return raceAbort(pending, signal);
  }

  async #fetch(address: DocumentAddress, signal: AbortSignal): Promise<SecretDocument> {
    const found =
      address.version === undefined ? await this.#batch?.document(address.document, signal) : undefined;
    if (found) return found;
    const fetch = (attempt: AbortSignal) => this.#provider.fetch(address, attempt);
    return withAttempts(fetch, this.#timeouts, signal, this.#limiter);
  }
}

/**
 * A shared document is named by the configuration: that it is missing, deleted, disabled or empty is a fault that no
 * option forgives. Only a version that the reference names may be absent.
 */
function missingShared(error: unknown, version: string | undefined): unknown {
  if (!(error instanceof SecretFault) || !error.absent) return error;
  if (version !== undefined && error.code === 'secrets/no-such-version') return error;
  return new SecretFault(error.code, `${error.reason}, though the configuration names it`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    forgivable: false,
    vacant: error.vacant,
  });
}

/** @throws SecretFault when the shared document is empty, which no option forgives */
function hasKey(shared: SecretDocument, key: string, version: string | undefined): boolean {
  try {
    return shared.has(key);
  } catch (error) {
    throw missingShared(error, version);
  }
}

/** Faults of a shared document after which the path may still be a secret of its own. */
const searchGoesOn: readonly SecretFaultCode[] = [
  'secrets/no-such-secret',
  'secrets/no-such-version',
  'secrets/unreadable',
  'secrets/no-such-field',
];

/**
 * Decides whether the search goes on after a fault. A secret of its own that may not be read counts as missing
 * once a shared document was searched: a role that may read one secret gets the same refusal for a secret that
 * does not exist.
 */
function ruleOnFault(
  error: unknown,
  candidate: Candidate,
  searchedBefore: boolean,
): { error: SecretFault; final: boolean } {
  if (!(error instanceof SecretFault)) throw error;
  if (candidate.key !== undefined) return { error, final: !searchGoesOn.includes(error.code) };
  if (!searchedBefore) return { error, final: true };
  if (!error.denied) return { error, final: !error.absent };
  const reason = `${error.reason}, as it does for a secret that does not exist`;
  return { error: new SecretFault('secrets/no-such-secret', reason), final: false };
}
