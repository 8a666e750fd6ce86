import type { AuthenticationDetailsProvider, HttpClient, HttpRequest } from 'oci-common';
import { isRecord, parseExact } from '../../exact-json.js';
import { SecretFault } from '../../fault.js';
import type { StoreAnswer, StoreHttp } from '../../http/store-http.js';
import { faultOfForeign, faultOfNetwork, faultOfNonsense } from '../../service-fault.js';
import type { OciSdk } from './sdk.js';

export const SERVICE = 'OCI Vault';

export interface Refusal {
  readonly status: number;
  /** The service's own name for what went wrong; undefined where another server answers. */
  readonly code: string | undefined;
  readonly retryAfter: string | undefined;
}

type Outcome<T> = { readonly value: T; readonly failure?: undefined } | { readonly failure: Refusal };

/**
 * Signs as the SDK does, sends by our own HTTP function, and keeps failures to itself: the SDK prints every failure
 * with the server's message to the console before it throws. It is shown an empty success instead, and `outcome`
 * gives what really happened. One object serves one request.
 */
export class QuietHttpClient implements HttpClient {
  readonly #sdk: OciSdk;
  readonly #credentials: AuthenticationDetailsProvider;
  readonly #http: StoreHttp;
  readonly #signal: AbortSignal;
  #failure: Refusal | undefined;
  #error: unknown;

  constructor(sdk: OciSdk, credentials: AuthenticationDetailsProvider, http: StoreHttp, signal: AbortSignal) {
    this.#sdk = sdk;
    this.#credentials = credentials;
    this.#http = http;
    this.#signal = signal;
  }

  async send(request: HttpRequest): Promise<Response> {
    try {
      const answer = await this.#answerTo(request);
      if (!answer.isJson) throw faultOfForeign(answer.status, { service: SERVICE, what: 'the request' });
      if (answer.status >= 200 && answer.status < 300) {
        return new Response(answer.body.toString('utf8'), {
          headers: { 'Content-Type': 'application/json' },
        });
      }
      this.#failure = {
        status: answer.status,
        code: codeOf(answer),
        retryAfter: answer.headers['retry-after'],
      };
    } catch (error) {
      this.#error = error ?? new Error('the request was aborted');
    }
    return new Response('{}');
  }

  async #answerTo(request: HttpRequest): Promise<StoreAnswer> {
    const { uri, method, headers } = request;
    const body = typeof request.body === 'string' ? request.body : undefined;
    const signer = new this.#sdk.common.DefaultRequestSigner(this.#credentials);
    await signer.signHttpRequest({ uri, method, headers, ...(body === undefined ? {} : { body }) });
    return this.#http.send({
      method,
      url: uri,
      headers: Object.fromEntries(headers.entries()),
      body,
      signal: this.#signal,
    });
  }

  /** @throws SecretFault when no answer came, or none that can be read. */
  async outcome<T>(call: () => Promise<T>): Promise<Outcome<T>> {
    let value: T;
    try {
      value = await call();
    } catch {
      throw faultOfNonsense(SERVICE);
    }
    if (this.#failure) return { failure: this.#failure };
    if (this.#error === undefined) return { value };
    if (this.#error instanceof SecretFault) throw this.#error;
    const noKey = new SecretFault(
      'secrets/no-credentials',
      'the request could not be signed with these credentials',
    );
    throw faultOfNetwork(SERVICE, this.#error) ?? noKey;
  }
}

function codeOf({ body }: StoreAnswer): string | undefined {
  try {
    const parsed = parseExact(body.toString('utf8'));
    const code = isRecord(parsed) ? parsed['code'] : undefined;
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}
