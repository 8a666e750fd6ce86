import type { AsyncLocalStorage } from 'node:async_hooks';
import type { StoreHttp } from '../../http/store-http.js';
import { faultOfForeign } from '../../service-fault.js';
import { SERVICE } from './faults.js';

/** Options of `fetch`, with those that Google's clients add. */
type Init = RequestInit & { fetchImplementation?: unknown };
type Send = (url: string, init: Init) => Promise<unknown>;

/** Headers in the form that our own HTTP function takes. */
function recordOf(headers: RequestInit['headers']): Record<string, string> {
  return Object.fromEntries(new Headers(headers).entries());
}

/**
 * The `fetch` of Google's authentication, which adds the token, with our own HTTP function below it. The request takes
 * its signal from its context.
 */
export function fetchOver(http: StoreHttp, send: Send, signals: AsyncLocalStorage<AbortSignal>): Send {
  const implementation = async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const { method = 'GET', body } = init;
    const answer = await http.send({
      method,
      url: String(url),
      headers: recordOf(init.headers),
      body: typeof body === 'string' || body instanceof Uint8Array ? body : undefined,
      signal: init.signal ?? undefined,
    });
    if (!answer.isJson) {
      const retryAfter = answer.headers['retry-after'];
      throw faultOfForeign(answer.status, { service: SERVICE, what: 'the request', retryAfter });
    }
    const hasBody = ![204, 205, 304].includes(answer.status);
    // What was unpacked is neither packed nor as long any more.
    const headers = Object.fromEntries(
      Object.entries(answer.headers).filter(([name]) => !/^content-(encoding|length)$/.test(name)),
    );
    return new Response(hasBody ? new Uint8Array(answer.body) : null, { status: answer.status, headers });
  };
  return (url, init = {}) => {
    const present = [signals.getStore(), init.signal].filter(
      (s): s is AbortSignal => s instanceof AbortSignal,
    );
    return send(url, { ...init, signal: AbortSignal.any(present), fetchImplementation: implementation });
  };
}
