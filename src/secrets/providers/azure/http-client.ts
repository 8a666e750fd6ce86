import type { StoreHttp } from '../../http/store-http.js';
import { faultOfForeign } from '../../service-fault.js';
import { SERVICE } from './faults.js';

/** A request of the SDK's pipeline, as far as it concerns us. */
interface PipelineRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: { toJSON(options?: { preserveCase?: boolean }): Record<string, string> };
  readonly body?: unknown;
  readonly abortSignal?: unknown;
}

/** Headers of an answer, as the SDK's pipeline reads them. */
class AnswerHeaders {
  readonly #headers: Map<string, string>;

  constructor(headers: Readonly<Record<string, string>>) {
    this.#headers = new Map(Object.entries(headers));
  }

  get(name: string): string | undefined {
    return this.#headers.get(name.toLowerCase());
  }

  has(name: string): boolean {
    return this.#headers.has(name.toLowerCase());
  }

  set(name: string, value: string | number | boolean): void {
    this.#headers.set(name.toLowerCase(), String(value));
  }

  delete(name: string): void {
    this.#headers.delete(name.toLowerCase());
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#headers);
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.#headers[Symbol.iterator]();
  }
}

/** What the SDK sends its requests with, those for tokens included, over our own HTTP function. */
export function httpClient(http: StoreHttp, vault: URL) {
  return {
    async sendRequest<R extends PipelineRequest>(request: R) {
      const { url, method, headers, body, abortSignal } = request;
      const answer = await http.send({
        method,
        url,
        headers: headers.toJSON(),
        body: typeof body === 'string' || body instanceof Uint8Array ? body : undefined,
        signal: abortSignal instanceof AbortSignal ? abortSignal : undefined,
      });
      if (!answer.isJson && new URL(url).origin === vault.origin) {
        throw faultOfForeign(answer.status, {
          service: SERVICE,
          what: 'the request',
          retryAfter: answer.headers['retry-after'],
        });
      }
      return {
        request,
        status: answer.status,
        headers: new AnswerHeaders(answer.headers),
        bodyAsText: answer.body.toString('utf8'),
      };
    },
  };
}
