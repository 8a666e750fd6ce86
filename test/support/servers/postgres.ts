import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { TestServer } from './engines.js';
import { findBinary, freePort, tlsFixture, Workspace } from './process.js';

const user = 'tmi';
const password = 'test-p@ss/word';

export function postgresBinary(): string | undefined {
  return findBinary('initdb') && findBinary('postgres');
}

/**
 * A private PostgreSQL: nothing is synced to disk, passwords are checked over TCP, TLS is on, and the
 * server's time zone is far from UTC, so that code which forgets the zone fails.
 */
export async function startPostgres(): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  const binary = postgresBinary();
  if (!binary) throw new Error('No postgres binary.');
  const workspace = new Workspace('postgres');
  const data = join(workspace.folder, 'data');
  const passwordFile = join(workspace.folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  workspace.own(passwordFile);
  for (const name of ['server.crt', 'server.key'] as const) {
    const target = join(workspace.folder, name);
    copyFileSync(tlsFixture(name), target);
    chmodSync(target, 0o600);
    workspace.own(target);
  }
  const options = ['-U', user, '--pwfile', passwordFile, '--auth-host=scram-sha-256', '--auth-local=trust'];
  await workspace.run(
    join(dirname(binary), 'initdb'),
    '-D',
    data,
    ...options,
    '--locale=C.UTF-8',
    '-E',
    'UTF8',
    '-N',
  );
  const port = await freePort();
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: workspace.folder,
    timezone: 'Asia/Kathmandu',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '200',
    ssl: 'on',
    ssl_cert_file: join(workspace.folder, 'server.crt'),
    ssl_key_file: join(workspace.folder, 'server.key'),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const running = workspace.start('QUIT', binary, '-D', data, ...flags);
  const url = `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  await running.ready(async () => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    await client.end();
  });
  return { server: { url, socket: workspace.folder, ours: true }, stop: () => running.stop() };
}
