import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { findBinary, freePort, tlsFixture } from './process.js';

/** What tests ask of the server. The package's own type does not fit itself under exactOptionalPropertyTypes. */
interface RedisClient {
  sendCommand(words: readonly string[]): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  keys(pattern: string): Promise<string[]>;
  dbSize(): Promise<number>;
  select(db: number): Promise<unknown>;
}

/** A Redis of a test's own. */
export interface TestRedis {
  readonly port: number;
  /** Takes TLS, with the certificate of the fixtures. */
  readonly tlsPort: number;
  readonly password: string;
  /** Runs commands as the server would. */
  readonly client: RedisClient;
  readonly stop: () => Promise<void>;
}

/** Why tests with a real Redis cannot run here; undefined when they can. Throws when they have to. */
export function whyNoRedis(): string | undefined {
  if (findBinary('redis-server')) return undefined;
  const required = (process.env.TMI_TEST_REQUIRE ?? '').split(',').map((name) => name.trim());
  if (required.includes('redis')) throw new Error('TMI_TEST_REQUIRE: no redis-server is installed.');
  return 'no redis-server is installed';
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** Starts a Redis that keeps nothing on disk. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const tlsPort = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-redis-'));
  const password = 'redis-test-password';
  const options = [
    '--port',
    String(port),
    '--tls-port',
    String(tlsPort),
    '--tls-cert-file',
    tlsFixture('server.crt'),
    '--tls-key-file',
    tlsFixture('server.key'),
    '--tls-ca-cert-file',
    tlsFixture('ca.crt'),
    '--tls-auth-clients',
    'no',
    '--bind',
    '127.0.0.1',
    '--requirepass',
    password,
    '--save',
    '',
    '--dir',
    folder,
  ];
  const server = spawn(findBinary('redis-server') ?? '', options, { stdio: 'ignore' });
  const stopServer = async (): Promise<void> => {
    await ended(server);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; ; attempt += 1) {
    const client = createClient({ password, socket: { host: '127.0.0.1', port, reconnectStrategy: false } });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const stop = async (): Promise<void> => {
        client.destroy();
        await stopServer();
      };
      return { port, tlsPort, password, client, stop };
    } catch (error) {
      if (attempt > 100 || server.exitCode !== null) {
        await stopServer();
        throw error;
      }
      await sleep(50);
    }
  }
}
