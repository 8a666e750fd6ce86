import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectDatabase, type ConnectDatabaseOptions } from '../../../src/database/connect.js';
import { attempts } from '../../../src/database/dialects/oracle/connection.js';
import { parseDatabaseUrl } from '../../../src/database/url.js';
import type { ErrorCode, ToolError } from '../../../src/errors/index.js';
import { SecretValue } from '../../../src/values/secret-value.js';
import { expectHidden, failure } from '../../support/errors.js';
import { freePort, tlsFixture } from '../../support/servers/process.js';

const PASSWORD = 'CANARY-oracle-p@ss/w:rd';
const WALLET_PASSWORD = 'CANARY-wallet-password';
const login = `app:${encodeURIComponent(PASSWORD)}`;

type Options = Omit<ConnectDatabaseOptions, 'url'>;

/** The fault that the real driver's connection ends with, none of whose words come through. */
async function fault(url: string, options: Options = {}): Promise<ToolError> {
  const error = await failure(
    connectDatabase({ url: new SecretValue(url), ...options }).then((database) => database.close()),
  );
  expectHidden(error, PASSWORD);
  expectHidden(error, WALLET_PASSWORD);
  expect(`${error.message} ${error.hint ?? ''}`).not.toMatch(
    /CONNECTION_ID|could not be established|DESCRIPTION/,
  );
  return error;
}

function expectFault(
  error: ToolError,
  code: ErrorCode,
  sentence: RegExp,
  ...parts: readonly unknown[]
): void {
  expect(error).toMatchObject({ code, exitCode: 6 });
  expect(error.message).toMatch(sentence);
  for (const part of parts) expect(error.message).toContain(String(part));
  expect(error.hint).toBeTruthy();
}

async function listen(server: Server, answer: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('secureConnection', (socket: Socket) => socket.on('error', () => undefined));
  server.on('tlsClientError', () => undefined);
  server.on(server.listenerCount('secureConnection') > 1 ? 'secureConnection' : 'connection', answer);
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A listener's packet of the type REFUSE, which says why in brackets. */
function refusal(number: number): Buffer {
  const text = `(DESCRIPTION=(TMP=)(VSNNUM=0)(ERR=${number})(ERROR_STACK=(ERROR=(CODE=${number})(EMFI=4))))`;
  const packet = Buffer.alloc(12 + text.length);
  packet.writeUInt16BE(packet.length, 0);
  packet.writeUInt8(4, 4);
  packet.writeUInt16BE(text.length, 10);
  packet.write(text, 12, 'latin1');
  return packet;
}

/** A port whose listener refuses every connection with an error number. */
function refusing(number: number, onAsked: () => void = () => undefined): Promise<number> {
  return listen(createServer(), (socket) => {
    onAsked();
    socket.once('data', () => socket.end(refusal(number)));
  });
}

function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'tmi-dbtool-wallet-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** A wallet as Autonomous Database gives it: certificate, its key behind a password, and the authority. */
function wallet(extra: Readonly<Record<string, string>> = {}, encrypted = true): string {
  const key = createPrivateKey(readFileSync(tlsFixture('server.key')));
  const shown = encrypted
    ? key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: WALLET_PASSWORD })
    : key.export({ type: 'pkcs8', format: 'pem' });
  const parts = [
    readFileSync(tlsFixture('server.crt'), 'utf8'),
    shown.toString(),
    readFileSync(tlsFixture('ca.crt'), 'utf8'),
  ];
  return folder({ 'ewallet.pem': parts.join('\n'), ...extra });
}

const descriptor = (port: number, protocol = 'tcp', host = '127.0.0.1'): string =>
  `(description= (retry_count=20)(retry_delay=3)(address=(protocol=${protocol})(port=${port})(host=${host}))(connect_data=(service_name=abc_tmi_high.adb.oraclecloud.com))(security=(ssl_server_dn_match=yes)))`;

describe('what a failed connection says', () => {
  it('a port where nobody listens', async () => {
    const port = await freePort();
    const error = await fault(`oracle://${login}@127.0.0.1:${port}/tmi`);
    expectFault(
      error,
      'database/unreachable',
      /^No database server listens there/,
      '127.0.0.1',
      port,
      'tmi',
      'app',
    );
  });

  it('a host that is not known', async () => {
    const error = await fault(`oracle://${login}@database.invalid/tmi`);
    expectFault(
      error,
      'database/unreachable',
      /^The host name of the database is not known/,
      'database.invalid',
    );
  });

  it('a server that never answers', async () => {
    const port = await listen(createServer(), () => undefined);
    const url = `oracle://${login}@127.0.0.1:${port}/tmi`;
    const patient = fault(url).then(() => undefined);
    const first = await Promise.race([patient, fault(url, { connectTimeoutMs: 300 })]);
    expectFault(first as ToolError, 'database/timeout', /^The database did not answer in time/, port);
  });

  it('a server that hangs up', async () => {
    const port = await listen(createServer(), (socket) => socket.destroy());
    const error = await fault(`oracle://${login}@127.0.0.1:${port}/tmi`);
    expectFault(error, 'database/unreachable', /^The server closed the connection during the login/);
  });

  it.each([
    [12514, 'database/no-such-database', /^There is no such database/],
    [12505, 'database/no-such-database', /^There is no such database/],
    [12528, 'database/unreachable', /^The database server is starting or stopping/],
    [12520, 'database/unreachable', /^The database server has no connection left/],
  ] as const)('a listener that refuses with ORA-%i', async (number, code, sentence) => {
    const error = await fault(`oracle://${login}@127.0.0.1:${await refusing(number)}/tmi`);
    expectFault(error, code, sentence, 'tmi', 'app');
  });

  it('no password anywhere, and one in the environment', async () => {
    const port = await refusing(12514);
    const url = `oracle://app@127.0.0.1:${port}/tmi`;
    expectFault(await fault(url), 'database/login-refused', /^There is no password/);
    const environment = { ORACLE_PASSWORD: PASSWORD };
    expect((await fault(url, { environment })).code).toBe('database/no-such-database');
  });

  it('a service name that would change the descriptor', async () => {
    const error = await fault(`oracle://${login}@127.0.0.1:1/tmi)(ADDRESS=x`);
    expect(error.code).toBe('database/invalid-url');
  });
});

describe('aliases', () => {
  it('reports a folder without tnsnames.ora, and no folder at all', async () => {
    const url = `oracle://${login}@tmi_high`;
    const sentence = /there is no tnsnames\.ora to find it in \(TNS alias "tmi_high", user "app"\)/;
    expectFault(await fault(url), 'database/no-such-database', sentence);
    expectFault(
      await fault(url, { environment: { TNS_ADMIN: folder() } }),
      'database/no-such-database',
      sentence,
    );
  });

  it('reports an alias that is not there, and says which are', async () => {
    const names = `TMI_low = ${descriptor(1)}\n# tmi_high = no\ntmi_medium, tmi_tp =\n  ${descriptor(2)}\n`;
    const error = await fault(`oracle://${login}@tmi_high`, {
      environment: { TNS_ADMIN: folder({ 'tnsnames.ora': names }) },
    });
    expectFault(error, 'database/no-such-database', /^The file tnsnames\.ora has no such alias/, 'tmi_high');
    expect(error.hint).toContain('tmi_low, tmi_medium, tmi_tp.');
  });

  it('follows an alias to its listener, through files that are included, and tries once', async () => {
    let asked = 0;
    const port = await refusing(12514, () => (asked += 1));
    const path = folder({
      'more.ora': `tmi_high = ${descriptor(port)}`,
      'tnsnames.ora': 'IFILE = more.ora\n',
    });
    const error = await fault(`oracle://${login}@TMI_HIGH?tns_admin=${path}`);
    expectFault(error, 'database/no-such-database', /^There is no such database/, 'TNS alias "TMI_HIGH"');
    expect(asked).toBe(1);
  });
});

describe('wallets', () => {
  it('reports a folder that is not there, and one with the other files of a wallet only', async () => {
    const sentence = /^The folder of the Oracle wallet has no ewallet\.pem/;
    const incomplete = folder({
      'cwallet.sso': 'x',
      'ewallet.p12': 'x',
      'tnsnames.ora': `tmi = ${descriptor(1)}`,
    });
    for (const path of ['/nowhere/wallet', incomplete]) {
      const url = `oracle://${login}@tmi?wallet_location=${path}`;
      expectFault(await fault(url), 'database/tls', sentence, 'TNS alias "tmi"');
    }
    const walletLocation = incomplete;
    expectFault(await fault(`oracle://${login}@tmi`, { walletLocation }), 'database/tls', sentence);
  });

  it('reports a missing and a wrong password of the wallet', async () => {
    const port = await listen(createServer(), () => undefined);
    const url = `oracle://${login}@127.0.0.1:${port}/tmi?wallet_location=${wallet()}`;
    const sentence = /^The Oracle wallet cannot be opened: its password is missing or wrong/;
    expectFault(await fault(url), 'database/tls', sentence, port);
    expectFault(await fault(`${url}&wallet_password=CANARY-wrong`), 'database/tls', sentence, port);
  });

  it('reports a file that is no wallet', async () => {
    const port = await listen(createServer(), () => undefined);
    const path = folder({ 'ewallet.pem': 'nonsense' });
    const error = await fault(`oracle://${login}@127.0.0.1:${port}/tmi?wallet_location=${path}`);
    expectFault(error, 'database/tls', /^The Oracle wallet cannot be opened/);
  });

  /** A listener behind TLS, whose certificate is for "localhost". */
  const tlsListener = (): Promise<number> =>
    listen(
      createTlsServer(
        { cert: readFileSync(tlsFixture('server.crt')), key: readFileSync(tlsFixture('server.key')) },
        () => undefined,
      ),
      (socket) => socket.once('data', () => socket.end(refusal(12514))),
      'localhost',
    );

  it('opens a wallet with its password, and speaks to the listener behind TLS', async () => {
    const port = await tlsListener();
    const url = `oracle://${login}@localhost:${port}/tmi?wallet_location=${wallet()}`;
    const environment = { ORACLE_WALLET_PASSWORD: WALLET_PASSWORD };
    expect((await fault(url, { environment })).code).toBe('database/no-such-database');
    expect((await fault(`${url}&WALLET%20PASSWORD=${WALLET_PASSWORD}`)).code).toBe(
      'database/no-such-database',
    );
  });

  it('finds alias, certificates and key in the folder of an open wallet', async () => {
    const port = await tlsListener();
    const names = `tmi_high = ${descriptor(port, 'tcps', 'localhost')}`;
    const walletLocation = wallet({ 'tnsnames.ora': names }, false);
    const error = await fault(`oracle://${login}@tmi_high`, { walletLocation });
    expectFault(error, 'database/no-such-database', /^There is no such database/);
  });

  it('reports a certificate for another name, and takes it when told so', async () => {
    const port = await tlsListener();
    const path = wallet({}, false);
    const url = `oracle://${login}@127.0.0.1:${port}/tmi?wallet_location=${path}`;
    expectFault(await fault(url), 'database/tls', /is not trusted, has expired or is for another name/, port);
    expect((await fault(`${url}&ssl_verify=false`)).code).toBe('database/no-such-database');
  });

  it('reports a certificate of an authority that the machine does not know', async () => {
    const port = await tlsListener();
    const error = await fault(`oracle://${login}@localhost:${port}/tmi?protocol=tcps`);
    expectFault(error, 'database/tls', /is not trusted, has expired or is for another name/);
  });

  it('reports a port that speaks no TLS', async () => {
    const port = await listen(createServer(), (socket) => socket.end('hello'));
    const error = await fault(`oracle://${login}@localhost:${port}/tmi?ssl=true`);
    expectFault(error, 'database/tls', /^The TLS handshake with the database server failed/);
  });
});

describe('the settings of the driver', () => {
  const options = {
    readOnly: false,
    connectTimeoutMs: undefined,
    environment: {},
    walletLocation: undefined,
  };

  async function settings(url: string, more: Partial<typeof options> = {}): Promise<Record<string, unknown>> {
    const [attempt] = await attempts(parseDatabaseUrl(url), { ...options, ...more });
    return (await attempt?.connection()) as Record<string, unknown>;
  }

  it('show no password in any form', async () => {
    const shown = await settings(`oracle://${login}@h/tmi?wallet_password=${WALLET_PASSWORD}`);
    expect(shown['password']).toBe(PASSWORD);
    expect(shown['walletPassword']).toBe(WALLET_PASSWORD);
    for (const text of [inspect(shown, { depth: 10 }), JSON.stringify({ ...shown }), JSON.stringify(shown)]) {
      expect(text).not.toContain('CANARY');
    }
  });

  it.each([
    ['h/tmi', '(PROTOCOL=tcp)(HOST=h)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=tmi))'],
    [
      'h:1600/tmi.example.com',
      '(PROTOCOL=tcp)(HOST=h)(PORT=1600))(CONNECT_DATA=(SERVICE_NAME=tmi.example.com))',
    ],
    ['[::1]:1600/tmi', '(PROTOCOL=tcp)(HOST=::1)(PORT=1600))(CONNECT_DATA=(SERVICE_NAME=tmi))'],
    ['h:2484/tmi?protocol=tcps', '(PROTOCOL=tcps)(HOST=h)(PORT=2484))(CONNECT_DATA=(SERVICE_NAME=tmi))'],
    ['h:2484/tmi?SSL=enable', '(PROTOCOL=tcps)(HOST=h)(PORT=2484))(CONNECT_DATA=(SERVICE_NAME=tmi))'],
    ['h/x?SID=ORCL', '(PROTOCOL=tcp)(HOST=h)(PORT=1521))(CONNECT_DATA=(SID=ORCL))'],
  ])('lead to %s', async (place, expected) => {
    const { connectString } = await settings(`oracle://${login}@${place}`);
    expect(connectString).toBe(`(DESCRIPTION=(CONNECT_TIMEOUT=10)(ADDRESS=${expected})`);
  });

  it('take the time-out from the URL, and the password as it is written', async () => {
    const odd = 'a b%c&d=é"\'';
    const shown = await settings(`oracle://app:${encodeURIComponent(odd)}@h/tmi?connect_timeout=3`);
    expect(shown['password']).toBe(odd);
    expect(shown['connectString']).toContain('(CONNECT_TIMEOUT=3)');
  });

  it('leave no second attempt in the descriptor of an alias', async () => {
    const path = folder({ 'tnsnames.ora': `tmi = ${descriptor(1522, 'tcps')}` });
    const { connectString } = await settings(`oracle://${login}@tmi?tns_admin=${path}`);
    expect(connectString).toMatch(/^\(DESCRIPTION=\(CONNECT_TIMEOUT=10\) ?\(address=/);
    expect(connectString).not.toMatch(/retry/i);
  });
});
