import { withAttempts, type Limiter, type SecretTimeouts } from './attempts.js';
import type { SecretDocument } from './document.js';
import { SecretFault } from './fault.js';
import type { SecretProvider } from './providers/contract.js';

interface Waiting {
  readonly document: string;
  readonly signal: AbortSignal;
  readonly resolve: (found: SecretDocument | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers the documents that are asked for at the same moment, and fetches them in as few requests as the service
 * allows. A role that may read secrets may still be denied this request: then each is asked for by itself.
 */
export class DocumentBatch {
  readonly #many: NonNullable<SecretProvider['many']>;
  readonly #timeouts: SecretTimeouts;
  readonly #limiter: Limiter;
  #waiting: Waiting[] = [];
  #isDenied = false;

  constructor(many: NonNullable<SecretProvider['many']>, timeouts: SecretTimeouts, limiter: Limiter) {
    this.#many = many;
    this.#timeouts = timeouts;
    this.#limiter = limiter;
  }

  /**
   * The current version of a document; undefined when it must be asked for by itself.
   * @throws SecretFault when the service could not answer
   */
  document(document: string, signal: AbortSignal): Promise<SecretDocument | undefined> {
    if (this.#isDenied) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ document, signal, resolve, reject });
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < waiting.length; start += this.#many.size) {
      void this.#send(waiting.slice(start, start + this.#many.size));
    }
  }

  async #send(waiting: readonly Waiting[]): Promise<void> {
    const [first, second] = waiting;
    if (!first) return;
    // One alone needs no other right than to read it.
    if (!second) return first.resolve(undefined);
    const names = waiting.map(({ document }) => document);
    try {
      const fetch = (attempt: AbortSignal) => this.#many.fetch(names, attempt);
      const found = await withAttempts(fetch, this.#timeouts, first.signal, this.#limiter);
      for (const { document, resolve } of waiting) resolve(found.get(document));
    } catch (error) {
      const isTrouble = !(error instanceof SecretFault) || error.retryable;
      if (!isTrouble) this.#isDenied = true;
      for (const { resolve, reject } of waiting) {
        if (isTrouble) reject(error);
        else resolve(undefined);
      }
    }
  }
}
