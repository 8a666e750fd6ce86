import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { tlsFixture } from '../servers/process.js';
import { syntaxFaults } from '../sql-grammar.js';
import {
  attentionAnswer,
  faultAnswer,
  loginAnswer,
  preloginAnswer,
  resultsAnswer,
  TdsFault,
  transactionChange,
  type TdsResult,
} from './tds-answers.js';
import { kinds, PacketReader, packets, type TdsMessage } from './tds-packets.js';
import { readBatch, readCall, readLogin, type TdsLogin, type TdsStatement } from './tds-requests.js';

/** What a statement does and brings back. */
export interface TdsOutcome {
  readonly results?: readonly TdsResult[];
  readonly transaction?: 'begin' | 'commit' | 'rollback';
}

/** The database behind one connection. */
export interface TdsSession {
  /** @throws TdsFault */
  run(statement: TdsStatement): TdsOutcome;
  close(): void;
}

export interface TdsServerOptions {
  /** @throws TdsFault to refuse the login, one of several where a list is given */
  readonly login: (login: TdsLogin) => TdsSession;
  /** What the server says of TLS: takes it, has none, or insists on it. */
  readonly tls?: 'offered' | 'none' | 'demanded';
  /** Called before a statement is answered; `cut` ends the connection, `drop` never answers. */
  readonly before?: (statement: TdsStatement) => 'cut' | 'drop' | undefined;
}

/** A server that speaks the protocol of SQL Server, and checks every statement by the grammar of T-SQL. */
export interface TdsServer {
  readonly port: number;
  readonly logins: readonly TdsLogin[];
  /** Every statement that arrived, but for the driver's own settings after the login. */
  readonly statements: readonly TdsStatement[];
  /** Faults that the grammar found, each with its statement. */
  readonly refused: readonly string[];
  /** All bytes that came without TLS around them. */
  readonly clear: () => Buffer;
  stop(): Promise<void>;
}

/** Two ends of a pipe. */
function pipe(): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  const end = (other: 0 | 1): Duplex =>
    new Duplex({
      read: () => undefined,
      write(chunk: Buffer, _encoding, callback) {
        ends[other]?.push(chunk);
        callback();
      },
      final(callback) {
        ends[other]?.push(null);
        callback();
      },
    });
  ends.push(end(1), end(0));
  return ends as [Duplex, Duplex];
}

const context = createSecureContext({
  cert: readFileSync(tlsFixture('server.crt')),
  key: readFileSync(tlsFixture('server.key')),
  maxVersion: 'TLSv1.2',
});

/** One connection: packets in, packets out, through TLS once there is some. */
class Wire {
  #reader = new PacketReader();
  #out: (bytes: Buffer) => void;
  /** The end that holds what TLS has encrypted. */
  #encrypted: Duplex | undefined;
  #isTls = false;
  readonly clear: Buffer[] = [];

  constructor(
    private readonly socket: Socket,
    private readonly onMessage: (message: TdsMessage) => void,
  ) {
    this.#out = (bytes) => void socket.write(bytes);
    socket.on('data', (chunk: Buffer) => {
      if (this.#isTls) this.#encrypted?.write(chunk);
      else this.#read(chunk);
    });
  }

  #read(chunk: Buffer): void {
    if (!this.#isTls) this.clear.push(chunk);
    for (const message of this.#reader.read(chunk)) {
      if (this.#encrypted && !this.#isTls) this.#encrypted.write(message.body);
      else this.onMessage(message);
    }
  }

  send(body: Buffer): void {
    this.#out(packets({ kind: kinds.answer, body }));
  }

  /** The handshake travels in packets of the protocol; what follows it does not. */
  startTls(): void {
    const [inner, outer] = pipe();
    const secure = new TLSSocket(inner, { isServer: true, secureContext: context });
    secure.on('error', () => this.socket.destroy());
    this.#encrypted = outer;
    let handshake: Buffer[] = [];
    outer.on('data', (chunk: Buffer) => {
      if (this.#isTls) return void this.socket.write(chunk);
      if (handshake.length === 0) {
        // All that is ready goes as one message, as the driver expects.
        setImmediate(() => {
          const body = Buffer.concat(handshake);
          handshake = [];
          this.socket.write(packets({ kind: kinds.prelogin, body }));
          if (secure.getCipher()?.name !== undefined && isSecure) this.#isTls = true;
        });
      }
      handshake.push(chunk);
    });
    let isSecure = false;
    secure.on('secure', () => (isSecure = true));
    secure.on('data', (chunk: Buffer) => {
      for (const message of this.#reader.read(chunk)) this.onMessage(message);
    });
    this.#out = (bytes) => void secure.write(bytes);
  }
}

function checked(statement: TdsStatement, refused: string[]): void {
  const faults = syntaxFaults('mssql', statement.sql);
  if (faults.length === 0) return;
  refused.push(`${faults.join('; ')}: ${statement.sql}`);
  throw new TdsFault(102, `Incorrect syntax: ${faults.join('; ')}`);
}

const encryptions = { offered: 1, none: 2, demanded: 3 } as const;

/** Starts a server for the length of one test. */
export async function startTdsServer(options: TdsServerOptions, wantedPort = 0): Promise<TdsServer> {
  const logins: TdsLogin[] = [];
  const statements: TdsStatement[] = [];
  const refused: string[] = [];
  const wires: Wire[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let session: TdsSession | undefined;
    let isSetUp = false;
    const answer = (statement: TdsStatement): void => {
      if (!isSetUp) {
        // The driver's own settings.
        isSetUp = true;
        return wire.send(resultsAnswer([], []));
      }
      statements.push(statement);
      const way = options.before?.(statement);
      if (way === 'cut') return void socket.destroy();
      if (way === 'drop') return;
      try {
        checked(statement, refused);
        const { results = [], transaction } = session?.run(statement) ?? {};
        wire.send(resultsAnswer(results, transaction ? [transactionChange(transaction)] : []));
      } catch (error) {
        if (!(error instanceof TdsFault)) refused.push(`${String(error)}: ${statement.sql}`);
        wire.send(faultAnswer([error instanceof TdsFault ? error : new TdsFault(50_000, String(error))]));
      }
    };
    const wire = new Wire(socket, ({ kind, body }) => {
      if (kind === kinds.prelogin) {
        const tls = options.tls ?? 'offered';
        // Where the client has no TLS, none is begun.
        const wanted = clientWantsTls(body);
        wire.send(preloginAnswer(wanted || tls === 'demanded' ? encryptions[tls] : 2));
        if (wanted && tls !== 'none') wire.startTls();
      } else if (kind === kinds.login) {
        const login = readLogin(body);
        logins.push(login);
        try {
          session = options.login(login);
          wire.send(loginAnswer());
        } catch (error) {
          if (!(error instanceof TdsFault)) throw error;
          wire.send(faultAnswer([error, new TdsFault(18456, 'Login failed.')]));
        }
      } else if (kind === kinds.batch) answer(readBatch(body));
      else if (kind === kinds.call) answer(readCall(body));
      else if (kind === kinds.attention) wire.send(attentionAnswer());
    });
    wires.push(wire);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      session?.close();
    });
  }).listen(wantedPort, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close').catch(() => undefined);
  };
  onTestFinished(async () => {
    if (server.listening) await stop();
  });
  return {
    port: (server.address() as AddressInfo).port,
    logins,
    statements,
    refused,
    clear: () => Buffer.concat(wires.flatMap((wire) => wire.clear)),
    stop,
  };
}

/** The option of the client's first message that says whether it takes TLS. */
function clientWantsTls(body: Buffer): boolean {
  for (let at = 0; body[at] !== 0xff; at += 5) {
    if (body[at] === 1) return body[body.readUInt16BE(at + 1)] !== 2;
  }
  return false;
}
