import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findBinary, freePort, Workspace } from './process.js';

export const pgbouncerBinary = (): string | undefined => findBinary('pgbouncer');

/** Why tests behind a pooler cannot run here; undefined when they can. Throws when they have to. */
export function whyNoPooler(): string | undefined {
  if (pgbouncerBinary()) return undefined;
  const required = (process.env.TMI_TEST_REQUIRE ?? '').split(',').map((name) => name.trim());
  if (required.includes('pgbouncer')) throw new Error('TMI_TEST_REQUIRE: no pgbouncer is installed.');
  return 'no pgbouncer is installed';
}

export interface Pooler {
  /** The server's URL by way of the pooler. */
  readonly url: string;
  /** What it has said so far. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * A pgbouncer that leads each transaction to whatever session is free and keeps sessions as the last one left them. It
 * drops the parameter `options` of a login, as managed poolers do, unless told to be strict.
 * @param serverUrl of the PostgreSQL behind it; all of its databases can be had
 */
export async function startPgbouncer(
  serverUrl: string,
  { poolSize = 20, strict = false }: { readonly poolSize?: number; readonly strict?: boolean } = {},
): Promise<Pooler> {
  const binary = pgbouncerBinary();
  if (!binary) throw new Error('No pgbouncer binary.');
  const behind = new URL(serverUrl);
  const workspace = new Workspace('postgres');
  const port = await freePort();
  const file = join(workspace.folder, 'pgbouncer.ini');
  const password = decodeURIComponent(behind.password).replaceAll("'", "''");
  writeFileSync(
    file,
    `[databases]
* = host=${behind.hostname} port=${behind.port} user=${behind.username} password='${password}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${poolSize}
server_lifetime = 3600
query_wait_timeout = 20
ignore_startup_parameters = extra_float_digits${strict ? '' : ',options'}
`,
    { mode: 0o600 },
  );
  workspace.own(file);
  const running = workspace.start('KILL', binary, file);
  const url = Object.assign(new URL(serverUrl), { hostname: '127.0.0.1', port: String(port) }).href;
  await running.ready(async () => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    await client.end();
  });
  return {
    url,
    log: () => readFileSync(join(workspace.folder, 'server.log'), 'utf8'),
    stop: () => running.stop(),
  };
}
