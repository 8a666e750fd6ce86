import type { TLSSocket } from 'node:tls';
import { untidiness, type Untidiness } from '../config/untidy.js';
import type { SecretValue } from '../values/index.js';

/** Where the servers' Redis is. */
export interface RedisTarget {
  /** Takes the place of the rest. */
  readonly url?: SecretValue | undefined;
  readonly host: string;
  readonly port: number;
  readonly password?: SecretValue | undefined;
  readonly db: number;
}

/** Where Redis is, without anything secret. */
export function describeRedis({ url, host, port, db }: RedisTarget): string {
  if (!url) return `redis://${host}:${port}/${db}`;
  try {
    const { protocol, host: where, pathname } = new URL(url.reveal());
    return `${protocol}//${where}${pathname === '/' ? '' : pathname}`;
  } catch {
    return 'database.redis.url';
  }
}

/** A URL that holds what does not show: the client drops some such characters, and would connect elsewhere than a server. */
export class UntidyRedisUrl extends Error {
  constructor(readonly found: Untidiness) {
    super('untidy');
    this.name = 'UntidyRedisUrl';
  }
}

/** What is asked of a connected Redis. */
export interface RedisClient {
  connect(): Promise<unknown>;
  ping(): Promise<unknown>;
  del(keys: string[]): Promise<number>;
  scanIterator(options: { MATCH: string; COUNT: number }): AsyncIterable<string[]>;
  destroy(): void;
  readonly isOpen: boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

async function clientOf(target: RedisTarget, timeoutMs: number): Promise<RedisClient> {
  // By its default, which is the whole of it: bundled, a module of CommonJS has no other names.
  const {
    default: { createClient },
  } = await import('@redis/client');
  const socket = { connectTimeout: timeoutMs, reconnectStrategy: false as const };
  return target.url
    ? createClient({ url: target.url.reveal(), socket })
    : createClient({
        ...(target.password ? { password: target.password.reveal() } : {}),
        database: target.db,
        socket: { ...socket, host: target.host, port: target.port },
      });
}

/**
 * Connects, asks, and disconnects, all of it within the time. Rejects with the client's own errors, which must not be
 * printed: see redis-faults.ts.
 */
export async function askRedis(
  target: RedisTarget,
  timeoutMs: number,
  ask: (client: RedisClient) => Promise<unknown>,
): Promise<void> {
  const found = target.url && untidiness(target.url.reveal());
  if (found) throw new UntidyRedisUrl(found);
  let client: RedisClient | undefined;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timeout')), timeoutMs);
  });
  try {
    const asked = await clientOf(target, timeoutMs);
    client = asked;
    asked.on('error', () => undefined);
    await Promise.race([asked.connect().then(() => ask(asked)), tooLate]);
  } finally {
    clearTimeout(timer);
    if (client?.isOpen) client.destroy();
  }
}

/**
 * Asks a Redis that could not prove who it is whether it is one, over TLS. Nothing secret is sent: it may be anybody.
 * @returns true when it answers as Redis does, be it that it wants a password first
 */
export async function answersUnverified(url: SecretValue, timeoutMs: number): Promise<boolean> {
  const { hostname, port } = new URL(url.reveal());
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const { connect } = await import('node:tls');
  let socket: TLSSocket | undefined;
  try {
    return await new Promise<boolean>((resolve) => {
      const asked = connect({ host, port: Number(port || 6379), rejectUnauthorized: false }, () =>
        asked.write('PING\r\n'),
      );
      socket = asked;
      asked.setTimeout(timeoutMs, () => resolve(false));
      asked.once('error', () => resolve(false));
      asked.once('close', () => resolve(false));
      asked.once('data', (answer: Buffer) => resolve(/^(\+PONG|-[A-Z]+ )/.test(answer.toString('latin1'))));
    });
  } finally {
    socket?.destroy();
  }
}
