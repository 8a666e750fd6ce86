import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a server does instead of answering. */
export type Trouble = 'throttled' | 'broken' | 'slow' | 'cut' | 'nonsense' | 'refused' | 'unauthorized';

/** What meets a request in place of the server's answer. */
export type Interference = Answer | 'slow' | 'cut' | 'nonsense';

export interface HttpStandIn {
  readonly url: string;
  /** Port and host, for clients that want them apart. */
  readonly host: string;
  readonly received: Received[];
  /** Connections that were opened since the start. */
  connections(): number;
  /** Connections that are open at this moment. */
  open(): number;
  /** Asked first about every request, with its number from 0: undefined lets it pass. */
  interfere: ((request: Received, index: number) => Interference | undefined) | undefined;
  close(): Promise<void>;
}

/** A server on a random port of this machine that answers as `answer` says, or as `trouble` of the moment says. */
export async function startHttp(
  answer: (request: Received) => Answer | Promise<Answer>,
  trouble: (request: Received) => 'slow' | 'cut' | 'nonsense' | undefined = () => undefined,
): Promise<HttpStandIn> {
  const received: Received[] = [];
  const held: Pick<HttpStandIn, 'interfere'> = { interfere: undefined };
  const server = createServer((request, response) => {
    void read(request).then(async (message) => {
      received.push(message);
      await reply(message, response);
    });
  });

  let connections = 0;
  let open = 0;
  server.on('connection', (socket) => {
    connections += 1;
    open += 1;
    socket.once('close', () => (open -= 1));
  });

  async function reply(message: Received, response: ServerResponse): Promise<void> {
    const meddling = held.interfere?.(message, received.length - 1);
    const mode = trouble(message) ?? (typeof meddling === 'string' ? meddling : undefined);
    if (mode === 'slow') return;
    const { status, body, headers } = typeof meddling === 'object' ? meddling : await answer(message);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const type = { 'Content-Type': 'application/json', ...headers };
    if (mode === 'nonsense') {
      // Half of an answer, as a broken proxy would pass it on.
      response.writeHead(200, type).end(text.slice(0, Math.ceil(text.length / 2)));
    } else if (mode === 'cut') {
      response.writeHead(status, { ...type, 'Content-Length': String(Buffer.byteLength(text)) });
      response.write(text.slice(0, 3));
      setTimeout(() => response.socket?.destroy(), 5);
    } else {
      response.writeHead(status, type).end(text);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(held, {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    received,
    connections: () => connections,
    open: () => open,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://stand-in');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)])),
    rawHeaders: request.rawHeaders,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
