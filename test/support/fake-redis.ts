import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';

export interface FakeRedisOptions {
  /** Wanted in `AUTH` or `HELLO … AUTH`. */
  readonly password?: string;
  /** Files of certificate and key: it speaks TLS then. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Told what clients send. */
  readonly heard?: (text: string) => void;
  /** What it answers to whatever is asked, in place of what a Redis would. */
  readonly answer?: string;
}

/**
 * A Redis that answers anything, `PING` above all. It lives for one test. @returns its port on 127.0.0.1
 */
export async function fakeRedis({ password, tls, heard, answer }: FakeRedisOptions = {}): Promise<number> {
  const serve = (socket: Socket): void => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const text = data.toString();
      heard?.(text);
      if (answer !== undefined) socket.write(answer);
      else if (text === 'PING\r\n') socket.write(password === undefined ? '+PONG\r\n' : '-NOAUTH no\r\n');
      else {
        for (const command of text.match(/\*\d+\r\n\$\d+\r\n([a-z]+)/gi) ?? []) {
          const name = command.slice(command.lastIndexOf('\n') + 1).toUpperCase();
          if (/^(AUTH|HELLO)$/.test(name) && !text.includes(password ?? ''))
            socket.write('-WRONGPASS no\r\n');
          else if (name === 'PING') socket.write('+PONG\r\n');
          else socket.write('+OK\r\n');
        }
      }
    });
  };
  const redis = tls
    ? createTlsServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, serve)
    : createServer(serve);
  redis.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => redis.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void redis.close());
  return (redis.address() as { port: number }).port;
}
