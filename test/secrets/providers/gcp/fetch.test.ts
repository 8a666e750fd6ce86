import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { SecretFault } from '../../../../src/secrets/fault.js';
import type { StoreAnswer, StoreHttp, StoreRequest } from '../../../../src/secrets/http/store-http.js';
import { fetchOver } from '../../../../src/secrets/providers/gcp/fetch.js';
import { foreignOf, shown } from '../../../support/faults.js';

const usual: StoreAnswer = { status: 200, headers: {}, body: Buffer.from('{}'), isJson: true };

/** What our own HTTP function is asked for one request of Google's client, and what that gets. */
async function exchange(
  init: RequestInit,
  answer: Partial<StoreAnswer> = {},
  signal?: AbortSignal,
): Promise<{ sent: StoreRequest; response: Response }> {
  const sent: StoreRequest[] = [];
  const http: Pick<StoreHttp, 'send'> = {
    send: (request) => {
      sent.push(request);
      return Promise.resolve({ ...usual, ...answer });
    },
  };
  const signals = new AsyncLocalStorage<AbortSignal>();
  // Google's authentication calls the implementation that it is handed.
  const send = fetchOver(
    http as StoreHttp,
    (url, { fetchImplementation, ...rest }) =>
      (fetchImplementation as (url: string, init: RequestInit) => Promise<unknown>)(url, rest),
    signals,
  );
  const run = () => send('https://example.org/v1', init);
  const response = (await (signal ? signals.run(signal, run) : run())) as Response;
  const [first] = sent;
  if (!first) throw new Error('nothing was sent');
  return { sent: first, response };
}

describe('a request of Google', () => {
  it('is a read without method and body, and has its headers in small letters', async () => {
    const { sent } = await exchange({ headers: { Authorization: 'Bearer x' } });
    expect(sent).toMatchObject({
      method: 'GET',
      url: 'https://example.org/v1',
      headers: { authorization: 'Bearer x' },
    });
    expect(sent.body).toBeUndefined();
  });

  it.each<[string, string | Uint8Array | null, unknown]>([
    ['a text', 'grant', 'grant'],
    ['bytes', new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    ['nothing', null, undefined],
  ])('has %s for its body', async (_, body, expected) => {
    const { sent } = await exchange({ method: 'POST', body });
    expect([sent.method, sent.body]).toEqual(['POST', expected]);
  });

  it('ends with the signal of its context, or with its own', async () => {
    const [own, outer] = [new AbortController(), new AbortController()];
    const { sent } = await exchange({ signal: own.signal }, {}, outer.signal);
    expect(sent.signal?.aborted).toBe(false);
    outer.abort();
    expect(sent.signal?.aborted).toBe(true);
    const alone = await exchange({ signal: own.signal });
    own.abort();
    expect(alone.sent.signal?.aborted).toBe(true);
  });
});

describe('an answer to Google', () => {
  it('keeps status, body and headers, but for those that say how it was packed', async () => {
    const headers = {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'content-length': '9',
      'x-content-length': '1',
    };
    const { response } = await exchange({}, { status: 404, headers, body: Buffer.from('{"a":1}') });
    expect([response.status, await response.text()]).toEqual([404, '{"a":1}']);
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'application/json',
      'x-content-length': '1',
    });
  });

  it.each([204, 205, 304])('has no body with status %i', async (status) => {
    const { response } = await exchange({}, { status, body: Buffer.alloc(0) });
    expect([response.status, response.body]).toEqual([status, null]);
  });

  it('is nobody of Google when it is no JSON, and holds the wait that it asks for', async () => {
    const answer = { status: 429, headers: { 'retry-after': '7' }, isJson: false };
    const fault = (await exchange({}, answer).catch((error: unknown) => error)) as SecretFault;
    expect(shown(fault)).toMatchObject({ code: 'secrets/unreachable', throttled: true, retryAfterMs: 7000 });
    const page = (await exchange({}, { status: 404, isJson: false }).catch((e: unknown) => e)) as SecretFault;
    expect(shown(page)).toEqual(foreignOf('GCP Secret Manager', 404));
  });
});
