import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a server that goes silent: connections stay open and take what is sent, and nothing comes back. */
export interface FrozenLine {
  /** The URL of the server by way of this line. */
  readonly url: string;
  /** Settles when the line has gone silent. */
  readonly frozen: Promise<void>;
  /** How many pieces the server has sent so far, those that were kept back included. */
  readonly pieces: () => number;
  /** Counts anew, and goes silent after so many pieces from now on. */
  arm(after: number): void;
  close(): void;
}

/**
 * @param url of a server on this machine, of any protocol over TCP; it must name the port
 * @param after how many pieces of the server's are passed on, over all connections
 */
export async function openFrozenLine(url: string, after = Infinity): Promise<FrozenLine> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let count = 0;
  let most = after;
  let freeze: () => void = () => undefined;
  const frozen = new Promise<void>((resolve) => (freeze = resolve));
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    near.pipe(far);
    far.on('data', (piece) => {
      count += 1;
      if (count > most) freeze();
      else near.write(piece);
    });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        // The server may not say goodbye either once it is silent.
        if (socket === near || count <= most) far.destroy();
        if (socket === far && count <= most) near.end();
      });
    }
  });
  if (after === 0) freeze();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    frozen,
    pieces: () => count,
    arm(from) {
      count = 0;
      most = from;
      if (from === 0) freeze();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
