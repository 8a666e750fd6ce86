import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type AgentOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { SecretFault } from '../fault.js';
import { parseUrl, refusePlainHttp } from './address.js';
import { readBody } from './body.js';
import { proxyFor, TunnelAgent } from './proxy.js';

export interface StoreRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** Ends the request; without it the request ends after half a minute. */
  readonly signal?: AbortSignal | undefined;
}

export interface StoreAnswer {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** False for a body of another type, such as the page of a proxy. An empty body is JSON enough. */
  readonly isJson: boolean;
}

export interface StoreTls {
  /** Certificates of the authorities, PEM; those of Node without it. */
  readonly ca?: string;
  /** Name that the certificate must have, where it is not the host of the address. */
  readonly servername?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface StoreHttpOptions {
  /** How messages call the store. */
  readonly service: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly allowPlainHttp: boolean;
  readonly tls?: StoreTls;
  /** False where a redirect cannot be followed, because requests are signed for one address. */
  readonly followsRedirects?: boolean;
}

const DEADLINE_MS = 30_000;
const MAX_REDIRECTS = 3;
const MAX_CONNECTIONS = 64;

/**
 * The one way by which requests go to secret stores, whichever client makes them: connections are kept alive, answers
 * are limited in size and time, nothing goes over plain http beyond this machine unless that is allowed, and no
 * redirect leads to another server, whom the token does not concern. Nothing here writes a log.
 */
export class StoreHttp {
  readonly #options: StoreHttpOptions;
  readonly #plain = new HttpAgent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  readonly #agents = new Map<string, HttpsAgent>();

  constructor(options: StoreHttpOptions) {
    this.#options = options;
  }

  /**
   * Any status is an answer.
   * @throws SecretFault for what is refused here; the signal's reason; errors of the network as node raises them
   */
  async send(request: StoreRequest): Promise<StoreAnswer> {
    const { service, allowPlainHttp } = this.#options;
    let current = new URL(request.url);
    for (let hops = 0; ; hops += 1) {
      refusePlainHttp(current, service, allowPlainHttp);
      const answer = await this.#once(current, request);
      const next = redirectOf(answer, request.method, current);
      if (next === undefined) return answer;
      if (this.#options.followsRedirects === false || next.origin !== current.origin) {
        throw redirectFault(service, current, next);
      }
      if (hops >= MAX_REDIRECTS) {
        throw new SecretFault('secrets/unreachable', `${service} sends requests round in circles`, {
          hint: 'Check the address, and proxies between.',
        });
      }
      current = next;
    }
  }

  close(): void {
    this.#plain.destroy();
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  async #once(url: URL, request: StoreRequest): Promise<StoreAnswer> {
    const signal = request.signal ?? AbortSignal.timeout(DEADLINE_MS);
    try {
      return await this.#exchange(url, request, signal);
    } catch (error) {
      signal.throwIfAborted();
      // A server may close a kept connection in the moment in which it is used again.
      if (!(error instanceof StaleConnection)) throw error;
      return this.#exchange(url, request, signal);
    }
  }

  async #exchange(url: URL, request: StoreRequest, signal: AbortSignal): Promise<StoreAnswer> {
    const response = await this.#responseTo(url, request, signal);
    const body = await readBody(response, this.#options.service);
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    );
    const type = headers['content-type'] ?? 'application/json';
    return {
      status: response.statusCode ?? 0,
      headers,
      body,
      isJson: body.length === 0 || /^application\/([\w.+-]*[+-])?json\b|^application\/x-amz-json/i.test(type),
    };
  }

  #responseTo(url: URL, request: StoreRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const { method, headers, body } = request;
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const given = Object.entries(headers).filter(
      ([name]) => !/^(content-length|host|connection)$/i.test(name),
    );
    return new Promise((resolve, reject) => {
      const sent = send(
        url,
        { method, headers: { ...Object.fromEntries(given), ...length }, agent: this.#agentFor(url), signal },
        resolve,
      );
      sent.once('error', (error: NodeJS.ErrnoException) => {
        const isStale = sent.reusedSocket && error.code === 'ECONNRESET' && method === 'GET';
        reject(isStale ? new StaleConnection() : error);
      });
      sent.end(body);
    });
  }

  #agentFor(url: URL): HttpAgent {
    if (url.protocol !== 'https:') return this.#plain;
    const proxy = proxyFor(url, this.#options.environment);
    const name = proxy?.href ?? 'direct';
    let agent = this.#agents.get(name);
    if (!agent) {
      const options = { keepAlive: true, maxSockets: MAX_CONNECTIONS, ...tlsOptionsOf(this.#options.tls) };
      agent = proxy ? new TunnelAgent(proxy, options) : new HttpsAgent(options);
      this.#agents.set(name, agent);
    }
    return agent;
  }
}

/** Certificates and key are read once, and not again for each connection. */
function tlsOptionsOf({ ca, cert, key, ...rest }: StoreTls = {}): AgentOptions {
  return { ...rest, secureContext: createSecureContext({ ca, cert, key }) };
}

class StaleConnection extends Error {}

/** Where an answer sends the request; undefined when it does not. Only a read follows the older kinds. */
function redirectOf(answer: StoreAnswer, method: string, from: URL): URL | undefined {
  const { status, headers } = answer;
  const isRedirect =
    status === 307 || status === 308 || (method === 'GET' && [301, 302, 303].includes(status));
  const location = headers['location'];
  if (!isRedirect || location === undefined) return undefined;
  return URL.canParse(location, from.href) ? new URL(location, from) : undefined;
}

function redirectFault(service: string, from: URL, to: URL): SecretFault {
  const where = parseUrl(to.origin)?.origin ?? 'another server';
  return new SecretFault(
    'secrets/unreachable',
    `${service} at ${from.origin} sends the request on to ${where}, which would get the credentials too`,
    {
      hint:
        from.protocol === 'https:' && to.protocol === 'http:'
          ? 'It leads from https to http, where anybody on the way reads them. Mend the server or the proxy.'
          : `If ${where} is the right server, name it as the address.`,
    },
  );
}
