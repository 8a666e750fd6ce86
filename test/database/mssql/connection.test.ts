import { once } from 'node:events';
import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectDatabase, type ConnectDatabaseOptions } from '../../../src/database/connect.js';
import { connectWhenReady } from '../../../src/database/index.js';
import type { ErrorCode, ToolError } from '../../../src/errors/index.js';
import { SecretValue } from '../../../src/values/secret-value.js';
import { connect } from '../../support/connection.js';
import { expectHidden, failure } from '../../support/errors.js';
import { freePort, tlsFixture } from '../../support/servers/process.js';
import { TdsFault } from '../../support/stand-ins/tds-faults.js';
import type { TdsServerOptions } from '../../support/stand-ins/tds-server.js';
import { PASSWORD, urlOf, World } from './world.js';

function attempt(url: string, options: Omit<ConnectDatabaseOptions, 'url'> = {}): Promise<ToolError> {
  return failure(
    connectDatabase({ url: new SecretValue(url), ...options }).then((database) => database.close()),
  );
}

/** Every part of the target is named, the password is not, and the exit code is that of a connection. */
function expectNamed(error: ToolError, code: ErrorCode, port: number, host = '127.0.0.1'): void {
  expect(error).toMatchObject({ code, exitCode: 6 });
  expect(error.hint).toBeTruthy();
  for (const part of [host, String(port), 'tmi', 'tool']) expect(error.message).toContain(part);
  expectHidden(error, PASSWORD);
}

/** A server that accepts connections and then does what `answer` says. */
async function strangePort(answer: (socket: Socket) => void): Promise<number> {
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
  return (server.address() as AddressInfo).port;
}

/** Bytes of the password as a login would carry them, which is hardly a secret. */
function scrambled(text: string): Buffer {
  return Buffer.from(Buffer.from(text, 'utf16le').map((byte) => (((byte << 4) | (byte >> 4)) & 0xff) ^ 0xa5));
}

const ca = tlsFixture('ca.crt');

describe('a login', () => {
  it('carries user, password, database and the name of the tool', async () => {
    const w = await World.start();
    const database = await connect(w.url);
    expect(w.server.logins).toEqual([
      { user: 'tool', password: PASSWORD, database: 'tmi', packetSize: 4096, application: 'tmi-dbtool' },
    ]);
    expect(database.describe()).toBe(`sqlserver://tool@127.0.0.1:${w.server.port}/tmi`);
    for (const shown of [inspect(database, { depth: 12 }), JSON.stringify(database)]) {
      expect(shown).not.toContain(PASSWORD);
    }
  });

  it('takes the parameters of the Go driver', async () => {
    const w = await World.start();
    const query =
      '&app+name=x&connection+timeout=7&dial+timeout=3&Encrypt=true&TrustServerCertificate=true&packet+size=8192&keepAlive=5';
    await connect(urlOf(w.server.port, query));
    expect(w.server.logins[0]?.application).toBe('x');
  });

  it.each([
    [18456, 'database/login-refused'],
    [4060, 'database/no-such-database'],
    [40615, 'database/login-refused'],
    [40613, 'database/unreachable'],
    [10928, 'database/unreachable'],
    [17142, 'database/unreachable'],
  ] as const)('that ends with error %i is %s', async (number, code) => {
    const w = await World.start({
      login: () => {
        throw new TdsFault(number, `Cannot open the thing for ${PASSWORD}.`);
      },
    });
    const error = await attempt(w.url);
    expectNamed(error, code, w.server.port);
    expect(error.message).toContain(String(number));
  });

  it('is not sent to a port where nobody listens', async () => {
    const port = await freePort();
    expectNamed(await attempt(urlOf(port)), 'database/unreachable', port);
  });

  it('is not sent to a host that is not known', async () => {
    const error = await attempt(urlOf(1433, '', 'database.invalid'));
    expectNamed(error, 'database/unreachable', 1433, 'database.invalid');
  });

  it('is given up when the server never answers', async () => {
    const port = await strangePort(() => undefined);
    const patient = attempt(urlOf(port)).then(() => undefined);
    const first = await Promise.race([patient, attempt(urlOf(port), { connectTimeoutMs: 300 })]);
    expectNamed(first as ToolError, 'database/timeout', port);
  });

  it('ends with a server that hangs up', async () => {
    const port = await strangePort((socket) => socket.destroy());
    expectNamed(await attempt(urlOf(port)), 'database/unreachable', port);
  });

  it('ends with a server of another kind', async () => {
    const port = await strangePort((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const error = await attempt(urlOf(port), { connectTimeoutMs: 2000 });
    expect(error.exitCode).toBe(6);
    expectHidden(error, PASSWORD);
  });

  it('waits for a server that is still starting', async () => {
    const w = await World.start();
    let refused = 0;
    const port = await strangePort((near) => {
      // It hangs up twice, as a server does that is not ready.
      if (refused < 2) return void (near.destroy(), (refused += 1));
      const far = dial(w.server.port, '127.0.0.1');
      near.pipe(far).pipe(near);
      far.on('error', () => undefined);
    });
    const database = await connectWhenReady({ url: new SecretValue(urlOf(port)) }, { waitMs: 20_000 });
    expect(await database.knex.raw('select 1 as one')).toEqual([{ one: 1 }]);
    expect(refused).toBe(2);
    await database.close();
  });

  it('does not try a token in place of a password', async () => {
    const error = await attempt(urlOf(1, '&fedauth=ActiveDirectoryDefault'));
    expect(error).toMatchObject({ code: 'database/invalid-url', exitCode: 2 });
  });
});

describe('TLS', () => {
  const cases: [
    tls: NonNullable<TdsServerOptions['tls']>,
    query: string,
    host: string,
    string | undefined,
  ][] = [
    ['offered', '', '127.0.0.1', 'TLSv1.2'],
    ['offered', '&encrypt=disable', '127.0.0.1', undefined],
    ['offered', '&encrypt=false', '127.0.0.1', undefined],
    ['offered', '&encrypt=true&trustServerCertificate=true', '127.0.0.1', 'TLSv1.2'],
    ['offered', `&encrypt=true&certificate=${ca}`, 'localhost', 'TLSv1.2'],
    ['offered', `&encrypt=true&certificate=${ca}&hostNameInCertificate=localhost`, '127.0.0.1', 'TLSv1.2'],
  ];
  it.each(cases)('%s, %s to %s', async (tls, query, host, expected) => {
    const w = await World.start({ tls });
    const database = await connect(urlOf(w.server.port, query, host));
    expect(await database.encryption()).toBe(expected);
    expect(await database.knex.raw('select 1 as one')).toEqual([{ one: 1 }]);
    expect(w.server.clear().includes(scrambled(PASSWORD))).toBe(expected === undefined);
  });

  const refused: [tls: NonNullable<TdsServerOptions['tls']>, query: string, host: string, ErrorCode][] = [
    ['offered', '&encrypt=true', 'localhost', 'database/tls'],
    ['offered', `&encrypt=true&certificate=${ca}`, '127.0.0.1', 'database/tls'],
    ['offered', '&encrypt=true', '127.0.0.1', 'database/tls'],
    ['offered', `&encrypt=true&certificate=${ca}&hostNameInCertificate=other`, 'localhost', 'database/tls'],
    ['offered', '&encrypt=true&certificate=/nowhere/ca.crt', 'localhost', 'database/tls'],
    ['none', '', '127.0.0.1', 'database/tls'],
    ['none', '&encrypt=true&trustServerCertificate=true', '127.0.0.1', 'database/tls'],
    ['demanded', '&encrypt=disable', '127.0.0.1', 'database/tls'],
    ['offered', '&encrypt=maybe', '127.0.0.1', 'database/invalid-url'],
    ['offered', '&encrypt=true&trustServerCertificate=perhaps', '127.0.0.1', 'database/invalid-url'],
  ];
  it.each(refused)('%s, %s to %s is refused, and the password stays here', async (tls, query, host, code) => {
    const w = await World.start({ tls });
    const error = await attempt(urlOf(w.server.port, query, host));
    expect(error.code).toBe(code);
    expectHidden(error, PASSWORD);
    expect(w.server.logins).toEqual([]);
    expect(w.server.clear().includes(scrambled(PASSWORD))).toBe(false);
  });
});
