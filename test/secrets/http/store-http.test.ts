import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  Agent as PlainAgent,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Agent as SecureAgent, createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SecretFault } from '../../../src/secrets/fault.js';
import { MAX_ANSWER_BYTES } from '../../../src/secrets/http/body.js';
import { proxyFor, TunnelAgent } from '../../../src/secrets/http/proxy.js';
import { allowsPlainHttp, isReadableOnTheWay } from '../../../src/secrets/http/address.js';
import { StoreHttp, type StoreHttpOptions } from '../../../src/secrets/http/store-http.js';
import { shown } from '../../support/faults.js';

const servers: Server[] = [];
const clients: StoreHttp[] = [];

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(options: Partial<StoreHttpOptions> = {}): StoreHttp {
  const http = new StoreHttp({ service: 'The store', environment: {}, allowPlainHttp: false, ...options });
  clients.push(http);
  return http;
}

const get = (url: string, options?: Partial<StoreHttpOptions>) =>
  client(options).send({ method: 'GET', url, headers: { 'X-Vault-Token': 'hvs.token' } });

async function faultOf(sent: Promise<unknown>): Promise<SecretFault> {
  const error: unknown = await sent.catch((e: unknown) => e);
  if (error instanceof SecretFault) return error;
  throw new Error('there was no fault', { cause: error });
}

afterEach(() => {
  for (const http of clients.splice(0)) http.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('where requests go', () => {
  it('is not over plain http beyond this machine, unless that is allowed', async () => {
    const url = 'http://vault.invalid:8200/v1/secret';
    const fault = await faultOf(get(url));
    expect(fault).toMatchObject({ code: 'secrets/provider-not-configured', retryable: false });
    expect(fault.hint).toContain('--allow-plain-http');
    expect(fault.hint).toContain('TMI_DBTOOL_ALLOW_PLAIN_HTTP');
    await expect(get(url, { allowPlainHttp: true })).rejects.toMatchObject({ code: /ENOTFOUND|EAI_AGAIN/ });
  });

  it.each([
    ['https://vault.example', false],
    ['http://localhost:1', false],
    ['http://127.9.9.9', false],
    ['http://127.0.10.153', false],
    ['http://127.0.0', false],
    ['http://[::1]:1', false],
    ['http://169.254.169.254', false],
    ['http://10.0.0.1', true],
    ['http://127.0.0.1.example', true],
    ['http://[2001:db8::1]', true],
    ['http://localhost.example', true],
    ['http://a.localhost', true],
    ['http://[fe80::1]', false],
    ['http://[fe80::1]:8080', false],
    ['http://[fd00:ec2::254]', false],
    ['http://[fd00:ec3::254]', true],
    ['http://169.254.169.254.example', true],
    ['http://1.169.254.169.254.example', true],
    ['https://10.0.0.1', false],
  ])('%s can be read on the way: %s', (url, expected) => {
    expect(isReadableOnTheWay(new URL(url))).toBe(expected);
  });

  it.each([
    ['1', true],
    ['t', true],
    ['TRUE', true],
    [' yes ', true],
    ['0', false],
    ['no', false],
    ['', false],
    ['11', false],
    ['yes, please', false],
    [undefined, false],
  ])('may be plain http when the variable is %j: %s', (text, expected) => {
    expect(allowsPlainHttp({ TMI_DBTOOL_ALLOW_PLAIN_HTTP: text })).toBe(expected);
  });

  it.each([301, 302, 303, 307, 308])('follows a redirect %i on the same server', async (status) => {
    const url = await serve((request, response) => {
      if (request.url === '/a') response.writeHead(status, { Location: '/b' }).end();
      else response.writeHead(200, { 'Content-Type': 'application/json' }).end('"there"');
    });
    expect((await get(`${url}/a`)).body.toString()).toBe('"there"');
  });

  it.each([301, 302, 303, 307, 308])('takes no token to another server by a redirect %i', async (status) => {
    const seen: string[] = [];
    const other = await serve((request, response) => {
      seen.push(request.url ?? '');
      response.end('{}');
    });
    const url = await serve((_, response) => response.writeHead(status, { Location: `${other}/b` }).end());
    const fault = await faultOf(get(`${url}/a`));
    expect(fault.code).toBe('secrets/unreachable');
    expect(fault.reason).toContain(other);
    expect(seen).toEqual([]);
  });

  it('follows no redirect where requests are signed, and no circle', async () => {
    let hops = 0;
    const url = await serve((_, response) => response.writeHead(307, { Location: `/${(hops += 1)}` }).end());
    expect((await faultOf(get(url))).reason).toContain('circles');
    expect(hops).toBe(4);
    await faultOf(get(url, { followsRedirects: false }));
    expect(hops).toBe(5);
  });

  it('has its own host, connection and length, and every other header that it is given', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers);
      response.end('{}');
    });
    const others = {
      'host-name': 'a',
      'x-host': 'b',
      'connection-id': 'c',
      'x-connection': 'd',
      'content-length-of': 'e',
      'x-content-length': 'f',
    };
    const headers = { Host: 'evil', CONNECTION: 'upgrade', 'Content-Length': '99', ...others };
    await client().send({ method: 'POST', url, headers, body: 'ü' });
    await client().send({ method: 'GET', url, headers });
    expect(seen.map(({ host, connection }) => [host, connection])).toEqual(
      Array(2).fill([new URL(url).host, 'keep-alive']),
    );
    expect(seen.map((each) => each['content-length'])).toEqual(['2', undefined]);
    for (const each of seen) expect(each).toMatchObject(others);
  });

  it('sends no body again where a redirect would make a read of it', async () => {
    const methods: string[] = [];
    const url = await serve((request, response) => {
      methods.push(request.method ?? '');
      response.writeHead(302, { Location: '/b' }).end();
    });
    const http = client();
    expect((await http.send({ method: 'POST', url, headers: {}, body: '{}' })).status).toBe(302);
    expect(methods).toEqual(['POST']);
  });
});

describe('answers', () => {
  const json = { 'Content-Type': 'application/json' };

  it.each<[string | undefined, (text: string) => Buffer]>([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    [' GZIP ', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', (text) => Buffer.from(text)],
    [undefined, (text) => Buffer.from(text)],
  ])('that are packed by %j are unpacked', async (encoding, pack) => {
    const packing = encoding === undefined ? {} : { 'Content-Encoding': encoding };
    const url = await serve((_, response) =>
      response.writeHead(200, { ...json, ...packing }).end(pack('{"a":1}')),
    );
    expect((await get(url)).body.toString()).toBe('{"a":1}');
  });

  it('that are packed in another way are refused', async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { ...json, 'Content-Encoding': 'zstd' }).end('CANARY'),
    );
    expect(shown(await faultOf(get(url)))).toEqual(
      shown('secrets/unreachable', 'The store packs its answer in a way that is not known'),
    );
  });

  it.each([
    ['as it is', undefined],
    ['packed', 'gzip'],
  ])('that are cut in their middle are no answers: %s', async (_, encoding) => {
    const whole = encoding === undefined ? Buffer.alloc(1000, 'x') : gzipSync(randomBytes(1000));
    const url = await serve((__, response) => {
      response.writeHead(200, {
        ...json,
        ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
      });
      response.write(whole.subarray(0, 500), () => response.destroy());
    });
    await expect(get(url)).rejects.toThrow();
  });

  it('that are cut in what was packed, and end well, are no answers', async () => {
    const cut = gzipSync(randomBytes(1000)).subarray(0, 500);
    const url = await serve((_, response) =>
      response.writeHead(200, { ...json, 'Content-Encoding': 'gzip' }).end(cut),
    );
    await expect(get(url)).rejects.toThrow();
  });

  it('have as much room as the limit says, to the byte', async () => {
    const url = await serve((request, response) =>
      response
        .writeHead(200, json)
        .end(Buffer.alloc(MAX_ANSWER_BYTES + (request.url === '/more' ? 1 : 0), 'x')),
    );
    expect((await get(`${url}/all`)).body).toHaveLength(8 * 1024 * 1024);
    expect(shown(await faultOf(get(`${url}/more`)))).toEqual(
      shown('secrets/unreachable', 'The store answers with more than 8 MiB', {
        hint: 'Check the address, and proxies between.',
      }),
    );
  });

  it('have a limit, which counts what was unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_ANSWER_BYTES + 1));
    expect(bomb.length).toBeLessThan(100_000);
    const url = await serve((_, response) =>
      response.writeHead(200, { ...json, 'Content-Encoding': 'gzip' }).end(bomb),
    );
    expect((await faultOf(get(url))).reason).toContain('more than 8 MiB');
  });

  it('have a limit when they never end', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, json);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024, 'x')));
      };
      response.on('drain', more);
      more();
    });
    expect((await faultOf(get(url))).reason).toContain('more than 8 MiB');
  });

  it.each([
    ['application/json; charset=utf-8', true],
    ['application/x-amz-json-1.1', true],
    ['application/problem+json', true],
    ['text/html', false],
    ['text/json-seq', false],
  ])('of the type %s are JSON: %s', async (type, isJson) => {
    const url = await serve((_, response) => response.writeHead(200, { 'Content-Type': type }).end('{}'));
    expect((await get(url)).isJson).toBe(isJson);
  });

  it('are taken over one connection after the other', async () => {
    const sockets = new Set<unknown>();
    const url = await serve((request, response) => {
      sockets.add(request.socket);
      response.writeHead(200, json).end('{}');
    });
    const http = client();
    for (let i = 0; i < 5; i += 1) await http.send({ method: 'GET', url, headers: {} });
    expect(sockets.size).toBe(1);
  });

  it('are asked for again when the kept connection was closed meanwhile, and a body is not', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, json).end('{}');
      if (request.url === '/last') setImmediate(() => request.socket.resetAndDestroy());
    });
    const http = client();
    const send = (path: string) => http.send({ method: 'GET', url: `${url}${path}`, headers: {} });
    for (let i = 0; i < 20; i += 1) {
      await send('/last');
      expect((await send('/next')).status).toBe(200);
    }
  });

  it('end with the signal, with its reason', async () => {
    const url = await serve(() => undefined);
    const controller = new AbortController();
    const reason = new Error('over');
    const sent = client().send({ method: 'GET', url, headers: {}, signal: controller.signal });
    controller.abort(reason);
    await expect(sent).rejects.toBe(reason);
  });
});

describe('proxies', () => {
  const url = new URL('https://vault.example.org:8200/v1');

  it.each([
    [{ HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128/'],
    [{ https_proxy: 'proxy:3128' }, 'http://proxy:3128/'],
    [{ ALL_PROXY: 'http://proxy:3128', NO_PROXY: 'other.org' }, 'http://proxy:3128/'],
    [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '.example.org' }, undefined],
    [{ HTTPS_PROXY: 'http://proxy:3128', no_proxy: 'a, example.org:8200' }, undefined],
    [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'example.org:443' }, 'http://proxy:3128/'],
    [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '*' }, undefined],
    [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'ample.org' }, 'http://proxy:3128/'],
    [{ HTTP_PROXY: 'http://proxy:3128' }, undefined],
  ])('are found in %j', (environment, expected) => {
    expect(proxyFor(url, environment)?.href).toBe(expected);
  });

  it('are not asked for what is on this machine', () => {
    expect(proxyFor(new URL('https://127.0.0.1'), { HTTPS_PROXY: 'http://proxy:3128' })).toBeUndefined();
  });

  it('open a tunnel, and see the host and nothing more', async () => {
    const seen: string[] = [];
    const proxy = await serve(() => undefined);
    servers[0]?.on('connect', (request: IncomingMessage, socket: NodeJS.WritableStream) => {
      seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
      socket.end('HTTP/1.1 407 No\r\n\r\n');
    });
    const environment = { HTTPS_PROXY: proxy.replace('http://', 'http://me:pw@') };
    await expect(get('https://vault.invalid/v1/secret', { environment })).rejects.toMatchObject({
      code: 'ECONNPROXY',
    });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toContain('CONNECT vault.invalid:443');
    expect(seen[0]).toContain(`Basic ${Buffer.from('me:pw').toString('base64')}`);
    expect(seen[0]).not.toContain('hvs.token');
    expect(seen[0]).not.toContain('/v1/secret');
  });

  it('hand on what the server behind the tunnel answers', async () => {
    const [key, cert, ca] = ['server.key', 'server.crt', 'ca.crt'].map((name) =>
      readFileSync(`fixtures/database/tls/${name}`, 'utf8'),
    );
    const behind = createSecureServer({ key, cert }, (request, response) =>
      response.end(JSON.stringify([request.url, request.headers['x-vault-token']])),
    );
    servers.push(behind);
    await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
    const proxy = await serve(() => undefined);
    servers.at(-1)?.on('connect', (_: IncomingMessage, socket: Duplex) => {
      const through = connect((behind.address() as AddressInfo).port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 There\r\n\r\n');
        through.pipe(socket).pipe(through);
      });
      through.on('error', () => socket.destroy());
      socket.on('error', () => through.destroy());
    });
    const tls = { ca: ca ?? '', servername: 'localhost' };
    const answer = await get('https://vault.invalid/v1/a', { environment: { HTTPS_PROXY: proxy }, tls });
    expect(JSON.parse(answer.body.toString())).toEqual(['/v1/a', 'hvs.token']);
  });

  it.each([
    ['http://127.0.0.1', PlainAgent, 80],
    ['http://127.0.0.1:3128', PlainAgent, 3128],
    ['https://127.0.0.1', SecureAgent, 443],
    ['https://127.0.0.1:3129', SecureAgent, 3129],
  ])('are reached at %s as their address says', async (address, { prototype }, port) => {
    const asked: unknown[] = [];
    const spy = vi.spyOn(prototype, 'createConnection').mockImplementation((options) => {
      asked.push([options.host, Number(options.port)]);
      throw new Error('not now');
    });
    const agent = new TunnelAgent(new URL(address), {});
    try {
      const error = await new Promise((resolve) => {
        agent.createConnection({ host: 'vault.invalid', port: 8200 }, resolve);
      }).catch((e: unknown) => e);
      expect(error).toMatchObject({ message: 'not now' });
    } finally {
      spy.mockRestore();
    }
    expect(asked).toEqual([['127.0.0.1', port]]);
  });
});
