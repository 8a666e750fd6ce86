import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectDatabase, type ConnectDatabaseOptions } from '../../src/database/connect.js';
import { parseDatabaseUrl } from '../../src/database/url.js';
import type { ErrorCode, ToolError } from '../../src/errors/index.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { connect, freshUrl, queryRows, withQuery } from '../support/connection.js';
import { cutConnections } from '../support/cut-connections.js';
import { describeServers } from '../support/database.js';
import { expectHidden, failure } from '../support/errors.js';
import { freePort, tlsFixture } from '../support/servers/process.js';
import { needsLogins, testServer, type ServerEngine } from '../support/servers/index.js';

const PASSWORD = 'Wr0ng-Passw0rd';

function attempt(url: string, options: Omit<ConnectDatabaseOptions, 'url'> = {}): Promise<ToolError> {
  return failure(
    connectDatabase({ url: new SecretValue(url), ...options }).then(async (database) => database.close()),
  );
}

function expectConnectionError(error: ToolError, code: ErrorCode, url: string): void {
  expect(error).toMatchObject({ code, exitCode: 6 });
  expect(error.hint).toBeTruthy();
  const { target, password } = parseDatabaseUrl(url);
  for (const part of [target.host, target.port, target.database, target.user]) {
    expect(error.message).toContain(String(part));
  }
  if (password) expectHidden(error, password.reveal());
}

/** The URL with some of its parts replaced. */
function changed(
  url: string,
  parts: Partial<Record<'password' | 'port' | 'hostname' | 'pathname' | 'username', string>>,
) {
  return Object.assign(new URL(url), parts).href;
}

/** A server that accepts connections and then does what `answer` says. */
async function strangePort(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    answer(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return String((server.address() as AddressInfo).port);
}

/** Statements that the engine answers with the fault at hand. */
const restrictedUser: Record<ServerEngine, (name: string, database: string) => string[]> = {
  postgres: (name) => [`create user ${name} password '${PASSWORD}'`],
  mysql: (name, database) => [
    `create user ${name}@'%' identified by '${PASSWORD}'`,
    `grant select on ${database}.* to ${name}@'%'`,
  ],
  mssql: (name) => [
    `create login ${name} with password = '${PASSWORD}'`,
    `create user ${name} for login ${name}`,
  ],
  oracle: (name) => [`create user ${name} identified by "${PASSWORD}"`, `grant create session to ${name}`],
};

const dropUser: Record<ServerEngine, (name: string) => string> = {
  postgres: (name) => `drop user if exists ${name}`,
  mysql: (name) => `drop user if exists ${name}`,
  mssql: (name) => `drop login ${name}`,
  oracle: (name) => `drop user ${name}`,
};

describeServers((engine) => {
  it('reports a wrong password', async (context) => {
    needsLogins(engine, context);
    const url = changed(await freshUrl(engine), { password: PASSWORD });
    expectConnectionError(await attempt(url), 'database/login-refused', url);
  });

  it('reports an unknown user', async (context) => {
    needsLogins(engine, context);
    const url = changed(await freshUrl(engine), { username: 'nobody_here', password: PASSWORD });
    expectConnectionError(await attempt(url), 'database/login-refused', url);
  });

  it('reports a port where nobody listens', async () => {
    const url = changed(await freshUrl(engine), { port: String(await freePort()) });
    expectConnectionError(await attempt(url), 'database/unreachable', url);
  });

  it('reports an unknown host', async () => {
    const url = changed(await freshUrl(engine), { hostname: 'database.invalid' });
    expectConnectionError(await attempt(url), 'database/unreachable', url);
  });

  it('reports an unknown database', async (context) => {
    needsLogins(engine, context);
    const fresh = await freshUrl(engine);
    const url =
      engine === 'mssql'
        ? fresh.replace(/database=\w+/, 'database=not_here')
        : changed(fresh, { pathname: '/not_here' });
    expectConnectionError(await attempt(url), 'database/no-such-database', url);
  });

  it('gives up on a server that never answers', async () => {
    const url = changed(await freshUrl(engine), { port: await strangePort(() => undefined) });
    const patient = attempt(url).then(() => undefined);
    const first = await Promise.race([patient, attempt(url, { connectTimeoutMs: 300 })]);
    expectConnectionError(first as ToolError, 'database/timeout', url);
  });

  it('reports a server that hangs up', async () => {
    const url = changed(await freshUrl(engine), { port: await strangePort((socket) => socket.destroy()) });
    expectConnectionError(await attempt(url), 'database/unreachable', url);
  });

  it('reports a user without rights', async (context) => {
    needsLogins(engine, context);
    const url = await freshUrl(engine);
    const admin = await connect(url);
    const name = `restricted_${admin.target.database.slice(-8)}`;
    await admin.knex.raw('create table things (a int)');
    for (const statement of restrictedUser[engine](name, admin.target.database))
      await admin.knex.raw(statement);
    onTestFinished(async () => {
      const cleaner = await connectDatabase({ url: new SecretValue((await testServer(engine)).url) });
      await cleaner.knex.raw(dropUser[engine](name));
      await cleaner.close();
    });
    const database = await connect(changed(url, { username: name, password: PASSWORD }));
    const error = await failure(Promise.resolve(database.knex('things').insert({ a: 1 })));
    expect(error).toMatchObject({ code: 'database/permission', exitCode: 1 });
    expectHidden(error, PASSWORD);
  });

  it('reports a connection that is cut, and makes no new one without the locks', async (context) => {
    needsLogins(engine, context);
    const url = await freshUrl(engine);
    const database = await connect(url);
    await database.lock('run');
    await cutConnections(engine, url);
    for (const statement of ['select 1', 'select 2'].map((sql) =>
      engine === 'oracle' ? `${sql} from dual` : sql,
    )) {
      const error = await failure(Promise.resolve(database.knex.raw(statement)));
      expect(error).toMatchObject({ code: 'database/connection-lost', exitCode: 6 });
    }
  });

  it('takes parameters of Go drivers', async () => {
    const schema = engine === 'postgres' ? '&search_path=public' : '';
    const parameters = `parseTime=true&charset=utf8mb4&loc=UTC&multiStatements=true&pool_max_conns=10&application_name=x${schema}`;
    const database = await connect(withQuery(await freshUrl(engine), parameters));
    expect(await database.readTable('nothing')).toBeUndefined();
  });

  it('connects through a socket', async (context) => {
    const { socket, ours, url: serverUrl } = await testServer(engine);
    const { port } = new URL(serverUrl);
    if (!ours || socket === undefined) return context.skip('the server is not ours');
    const name = parseDatabaseUrl(await freshUrl(engine)).target.database;
    const user = 'tmi:test-p%40ss%2Fword';
    const database = await connect(
      `${engine}://${user}@/${name}?${engine === 'mysql' ? 'socket' : 'host'}=${socket}&port=${port}`,
    );
    expect(database.target.host).toBeUndefined();
    expect(await database.readTable('nothing')).toBeUndefined();
  });
});

/** A query with rows exactly when the session is encrypted. */
const encrypted: Record<ServerEngine, string> = {
  postgres: 'select 1 from pg_stat_ssl where ssl and pid = pg_backend_pid()',
  mysql: `show session status where variable_name = 'Ssl_cipher' and value <> ''`,
  mssql: `select 1 as one from sys.dm_exec_connections where session_id = @@spid and encrypt_option = 'TRUE'`,
  oracle: `select 1 from dual where sys_context('userenv', 'network_protocol') = 'tcps'`,
};

const ca = tlsFixture('ca.crt');
const key = tlsFixture('server.key');

/** TLS parameters against a server whose certificate is for "localhost", signed by our own authority. */
const tlsCases: Record<
  ServerEngine,
  [query: string, host: '127.0.0.1' | 'localhost', expected: boolean | ErrorCode][]
> = {
  postgres: [
    ['sslmode=disable', '127.0.0.1', false],
    ['sslmode=allow', '127.0.0.1', false],
    ['sslmode=prefer', '127.0.0.1', true],
    ['sslmode=require', '127.0.0.1', true],
    ['sslmode=verify-ca', '127.0.0.1', 'database/tls'],
    [`sslmode=require&sslrootcert=${ca}`, '127.0.0.1', true],
    [`sslmode=verify-ca&sslrootcert=${ca}`, '127.0.0.1', true],
    [`sslmode=verify-full&sslrootcert=${ca}`, '127.0.0.1', 'database/tls'],
    [`sslmode=verify-full&sslrootcert=${ca}`, 'localhost', true],
    ['sslmode=verify-full', 'localhost', 'database/tls'],
    ['sslmode=require&sslrootcert=/nowhere/ca.crt', 'localhost', 'database/tls'],
    [`sslmode=verify-full&sslrootcert=${key}`, 'localhost', 'database/tls'],
    ['sslmode=maybe', 'localhost', 'database/invalid-url'],
  ],
  mysql: [
    ['tls=false', '127.0.0.1', false],
    ['ssl-mode=DISABLED', '127.0.0.1', false],
    ['tls=preferred', '127.0.0.1', true],
    ['tls=skip-verify', '127.0.0.1', true],
    ['ssl-mode=REQUIRED', '127.0.0.1', true],
    ['tls=true', 'localhost', 'database/tls'],
    [`tls=true&ssl-ca=${ca}`, 'localhost', true],
    [`tls=true&ssl-ca=${ca}`, '127.0.0.1', 'database/tls'],
    ['ssl-mode=VERIFY_CA', '127.0.0.1', 'database/tls'],
    [`ssl-mode=VERIFY_CA&ssl-ca=${ca}`, '127.0.0.1', true],
    [`ssl-mode=VERIFY_IDENTITY&ssl-ca=${ca}`, '127.0.0.1', 'database/tls'],
    [`ssl-mode=VERIFY_IDENTITY&ssl-ca=${ca}`, 'localhost', true],
    ['ssl-mode=REQUIRED&ssl-ca=/nowhere/ca.crt', 'localhost', 'database/tls'],
    ['tls=maybe', 'localhost', 'database/invalid-url'],
    // The MySQL client verifies then, and a connection in the clear is the last that is meant.
    [`ssl-ca=${ca}`, 'localhost', 'database/invalid-url'],
    [`ssl-mode=DISABLED&ssl-ca=${ca}`, 'localhost', false],
  ],
  // Only a server that this run has started has the certificates.
  mssql: [],
  oracle: [],
};

describe('TLS', () => {
  describeServers((engine) => {
    it.each(tlsCases[engine])('%s to %s', async (query, host, expected) => {
      const server = await testServer(engine);
      if (!server.ours) return;
      const url = withQuery(changed(server.url, { hostname: host }), query);
      if (typeof expected === 'boolean')
        expect(await queryRows(await connect(url), encrypted[engine])).toHaveLength(expected ? 1 : 0);
      else expect((await attempt(url)).code).toBe(expected);
    });
  });
});
