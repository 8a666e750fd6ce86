import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { tlsFixture } from '../servers/process.js';
import { bareNames, syntaxFaults } from '../sql-grammar.js';
import {
  attentionAnswer,
  faultAnswer,
  loginAnswer,
  preloginAnswer,
  resultsAnswer,
  transactionChange,
  type TdsResult,
  type TdsWay,
} from './tds-answers.js';
import { TdsFault, TdsProtocolFault } from './tds-faults.js';
import { isHashing } from './tds-functions.js';
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

/**
 * A server that speaks the protocol of SQL Server, and checks every statement by the grammar of T-SQL. It takes no name of
 * a table without its schema, which would mean another table wherever the user's schema has none.
 */
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
    private readonly onBroken: (fault: unknown) => void,
  ) {
    this.#out = (bytes) => void socket.write(bytes);
    socket.on('data', (chunk: Buffer) => {
      if (this.#isTls) this.#encrypted?.write(chunk);
      else this.#read(chunk);
    });
  }

  #read(chunk: Buffer): void {
    if (!this.#isTls) this.clear.push(chunk);
    this.#take(chunk, (message) => {
      if (this.#encrypted && !this.#isTls) this.#encrypted.write(message.body);
      else this.onMessage(message);
    });
  }

  #take(chunk: Buffer, each: (message: TdsMessage) => void): void {
    try {
      for (const message of this.#reader.read(chunk)) each(message);
    } catch (error) {
      this.onBroken(error);
    }
  }

  /** Packets may be as large as the login asked for. */
  agree(packetSize: number): void {
    this.#reader.largest = packetSize;
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
      this.#take(chunk, this.onMessage);
    });
    this.#out = (bytes) => void secure.write(bytes);
  }
}

function checked(statement: TdsStatement, refused: string[]): void {
  // Its own test asks the grammar about sums of hashes, which takes it seconds.
  const faults = isHashing(statement.sql)
    ? []
    : [...syntaxFaults('mssql', statement.sql), ...bareNames(statement.sql)];
  if (faults.length === 0) return;
  refused.push(`${faults.join('; ')}: ${statement.sql}`);
  throw new TdsFault(102, `Incorrect syntax: ${faults.join('; ')}`);
}

/** What a request names that is in no transaction. */
const OUTSIDE = Buffer.alloc(8);

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
    /** The number of the transaction that is open. */
    let transaction = OUTSIDE;
    let begun = 0;
    const changed = (kind: 'begin' | 'commit' | 'rollback'): Buffer => {
      const ended = transaction;
      if (kind !== 'begin') transaction = OUTSIDE;
      else (transaction = Buffer.from(OUTSIDE)).writeUInt32LE((begun += 1), 0);
      return transactionChange(kind, kind === 'begin' ? transaction : ended);
    };
    const answer = (way: TdsWay, read: (transaction: Buffer) => TdsStatement): void => {
      let statement: TdsStatement | undefined;
      try {
        statement = read(transaction);
        if (!isSetUp) {
          // The driver's own settings.
          isSetUp = true;
          return wire.send(resultsAnswer([], [], way));
        }
        statements.push(statement);
        const wanted = options.before?.(statement);
        if (wanted === 'cut') return void socket.destroy();
        if (wanted === 'drop') return;
        checked(statement, refused);
        const { results = [], transaction: change } = session?.run(statement) ?? {};
        wire.send(resultsAnswer(results, change ? [changed(change)] : [], way));
      } catch (error) {
        const isDriver = statement === undefined || !(error instanceof TdsFault);
        if (isDriver) refused.push(`${String(error)}: ${statement?.sql ?? 'a request'}`);
        if (error instanceof TdsProtocolFault) return broken(error);
        const fault = error instanceof TdsFault ? error : new TdsFault(50_000, String(error));
        wire.send(faultAnswer([fault], way));
      }
    };
    /** Who breaks the protocol hears why and is cut off. */
    const broken = (error: unknown): void => {
      if (!(error instanceof TdsProtocolFault)) throw error;
      if (!refused.some((line) => line.startsWith(String(error)))) refused.push(String(error));
      wire.send(faultAnswer([error]));
      socket.end();
    };
    const wire = new Wire(
      socket,
      ({ kind, body }) => {
        if (kind === kinds.prelogin) {
          const tls = options.tls ?? 'offered';
          // Where the client has no TLS, none is begun.
          const wanted = clientWantsTls(body);
          wire.send(preloginAnswer(wanted || tls === 'demanded' ? encryptions[tls] : 2));
          if (wanted && tls !== 'none') wire.startTls();
        } else if (kind === kinds.login) {
          const login = readLogin(body);
          logins.push(login);
          wire.agree(login.packetSize);
          try {
            session = options.login(login);
            wire.send(loginAnswer());
          } catch (error) {
            if (!(error instanceof TdsFault)) throw error;
            wire.send(faultAnswer([error, new TdsFault(18456, 'Login failed.')]));
          }
        } else if (kind === kinds.batch) answer('batch', (open) => readBatch(body, open));
        else if (kind === kinds.call) answer('call', (open) => readCall(body, open));
        else if (kind === kinds.attention) wire.send(attentionAnswer());
      },
      broken,
    );
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
