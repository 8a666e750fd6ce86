import type { AuthenticationDetailsProvider, HttpClient, HttpRequest } from 'oci-common';
import { SecretFault } from '../../fault.js';
import { faultOfNetwork, faultOfNonsense } from '../../service-fault.js';
import type { OciSdk } from './sdk.js';

export const SERVICE = 'OCI Vault';

export interface Refusal {
  readonly status: number;
  readonly retryAfter: string | null;
}

type Outcome<T> = { readonly value: T; readonly failure?: undefined } | { readonly failure: Refusal };

/**
 * Signs and sends like the SDK's own HTTP client, with an abort signal, and keeps failures to itself: the SDK
 * prints every failure with the server's message to the console before it throws. It is shown an empty success
 * instead, and `outcome` gives what really happened. One object serves one request.
 */
export class QuietHttpClient implements HttpClient {
  readonly #inner: HttpClient;
  #failure: Refusal | undefined;
  #error: unknown;

  constructor(sdk: OciSdk, credentials: AuthenticationDetailsProvider, signal: AbortSignal) {
    const signer = new sdk.common.DefaultRequestSigner(credentials);
    this.#inner = new sdk.common.FetchHttpClient(signer, null, { signal });
  }

  async send(request: HttpRequest): Promise<Response> {
    try {
      const response = await this.#inner.send(request);
      // The body is read here, so that a connection cut in its middle is seen here too.
      const body = await response.text();
      if (response.ok) return new Response(body, { headers: { 'Content-Type': 'application/json' } });
      this.#failure = { status: response.status, retryAfter: response.headers.get('retry-after') };
    } catch (error) {
      this.#error = error ?? new Error('the request was aborted');
    }
    return new Response('{}');
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
    const noKey = new SecretFault(
      'secrets/no-credentials',
      'the request could not be signed with these credentials',
    );
    throw faultOfNetwork(SERVICE, this.#error) ?? noKey;
  }
}
