import { createServer, type Server } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A Redis that answers anything, `PING` above all, and may want a password in `AUTH` or `HELLO … AUTH`. It lives for one
 * test. @returns its port on 127.0.0.1
 */
export async function fakeRedis(password?: string): Promise<number> {
  const redis: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const text = data.toString();
      for (const command of text.match(/\*\d+\r\n\$\d+\r\n([a-z]+)/gi) ?? []) {
        const name = command.slice(command.lastIndexOf('\n') + 1).toUpperCase();
        if (/^(AUTH|HELLO)$/.test(name) && !text.includes(password ?? '')) socket.write('-WRONGPASS no\r\n');
        else if (name === 'PING') socket.write('+PONG\r\n');
        else socket.write('+OK\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => redis.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void redis.close());
  return (redis.address() as { port: number }).port;
}
