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

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'it did not answer in time',
  ECONNRESET: 'it closed the connection',
};

/** Why Redis failed, in words of our own: the client's may hold addresses with passwords. */
export function redisFault(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code !== undefined && code in reasons) return reasons[code] ?? code;
  const text = error instanceof Error ? error.message : '';
  if (/^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH)/.test(text)) return 'it refused the password';
  if (/invalid url|protocol/i.test(text)) return 'database.redis.url is not a URL of Redis';
  return /timeout|timed out/i.test(text) ? 'it did not answer in time' : 'it could not be used';
}

/** What is asked of a connected Redis. */
export interface RedisClient {
  connect(): Promise<unknown>;
  ping(): Promise<unknown>;
  del(keys: string[]): Promise<number>;
  destroy(): void;
  readonly isOpen: boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

async function clientOf(target: RedisTarget, timeoutMs: number): Promise<RedisClient> {
  const { createClient } = await import('@redis/client');
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
 * printed: see `redisFault`.
 */
export async function askRedis(
  target: RedisTarget,
  timeoutMs: number,
  ask: (client: RedisClient) => Promise<unknown>,
): Promise<void> {
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
