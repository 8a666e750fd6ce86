import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a server, whose connections can be slow and can be cut. */
export interface Line {
  /** The URL of the server by way of this line. */
  readonly url: string;
  /**
   * Breaks every connection that goes through the line at this moment.
   * @returns how many there were
   */
  cut(): number;
  close(): void;
}

/**
 * Opens a line that passes bytes on at once and answers late.
 * @param url of a server on this machine, of any protocol over TCP; it must name the port
 * @param delayMs by how many milliseconds each answer comes later than it would
 */
export async function openLine(url: string, delayMs: number): Promise<Line> {
  const target = new URL(url);
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    near.setNoDelay(true);
    far.setNoDelay(true);
    near.pipe(far);
    far.on('data', (chunk) => setTimeout(() => near.writable && near.write(chunk), delayMs));
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        // What is still on its way arrives before the end does.
        setTimeout(() => pair.forEach((other) => other.destroy()), delayMs + 1);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    cut() {
      const cut = [...pairs];
      for (const socket of cut.flat()) socket.destroy();
      return cut.length;
    },
    close: () => void server.close(),
  };
}
