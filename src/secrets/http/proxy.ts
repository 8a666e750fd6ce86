import { request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect, type ConnectionOptions } from 'node:tls';
import { isLoopback, parseUrl } from './address.js';

type Environment = Readonly<Record<string, string | undefined>>;

const either = (environment: Environment, name: string): string =>
  environment[name.toLowerCase()] || environment[name] || '';

/**
 * The proxy for an https address, as `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (or in small letters) say; undefined for
 * a direct connection. This machine is never reached through a proxy.
 */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  if (url.protocol !== 'https:' || isLoopback(url)) return undefined;
  const named = either(environment, 'HTTPS_PROXY') || either(environment, 'ALL_PROXY');
  const proxy = named === '' ? undefined : parseUrl(named.includes('://') ? named : `http://${named}`);
  if (!proxy || !/^https?:$/.test(proxy.protocol)) return undefined;
  const isExcepted = either(environment, 'NO_PROXY')
    .split(/[\s,]+/)
    .some((entry) => matches(url, entry.toLowerCase()));
  return isExcepted ? undefined : proxy;
}

/** An entry is `*`, a host, or a domain with everything below it; a port after it must agree. */
function matches(url: URL, entry: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const [, host = entry, port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (port !== undefined && port !== (url.port || '443')) return false;
  const domain = host.replace(/^\*?\.?/, '');
  return url.hostname === domain || url.hostname.endsWith(`.${domain}`);
}

/** An agent whose connections go through a tunnel that a proxy opens: the proxy sees the host and nothing more. */
export class TunnelAgent extends HttpsAgent {
  constructor(
    private readonly proxy: URL,
    options: AgentOptions,
  ) {
    super(options);
  }

  override createConnection(
    options: ConnectionOptions,
    done: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const target = `${options.host ?? ''}:${options.port ?? 443}`;
    const { username, password } = this.proxy;
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const send = this.proxy.protocol === 'https:' ? httpsRequest : httpRequest;
    const fail = (error: Error) => done(error, undefined as unknown as Duplex);
    const request = send({
      host: this.proxy.hostname.replace(/^\[|\]$/g, ''),
      port: this.proxy.port || (this.proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: {
        host: target,
        ...(username === ''
          ? {}
          : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
      },
      agent: false,
    });
    request.once('error', fail);
    request.once('connect', (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        const error = new Error(`the proxy answers with status ${response.statusCode ?? 0}`);
        fail(Object.assign(error, { code: 'ECONNPROXY' }));
        return;
      }
      done(null, tlsConnect({ ...options, socket }));
    });
    request.end();
  }
}
