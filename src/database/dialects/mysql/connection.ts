import { isIP } from 'node:net';
import { checkServerIdentity, TLSSocket } from 'node:tls';
import type { Knex } from 'knex';
import { secondsParameter } from '../../parameters.js';
import type { ParsedUrl } from '../../url.js';
import { knexClients } from '../../knex-private.js';
import type { ConnectionAttempt, ConnectOptions } from '../dialect.js';
import { sessionClient } from './session.js';
import { tlsChoices, type MysqlTls } from './tls.js';

/** Go's form of a duration, `10s` or `500ms`, as its driver takes it for `timeout`. */
function goTimeout(parameters: ReadonlyMap<string, string>): number | undefined {
  const [, count, unit] = /^(\d+)(ms|s|m)$/.exec(parameters.get('timeout') ?? '') ?? [];
  const factors: Record<string, number> = { ms: 1, s: 1000, m: 60_000 };
  return count === undefined ? undefined : Number(count) * (factors[unit ?? ''] ?? 0) || undefined;
}

/**
 * The driver compares the name in a certificate with the host only for host names; for an address it would
 * compare with "localhost". Addresses are compared here, before the first statement.
 */
function checkingAddress(base: typeof Knex.Client, address: string): typeof Knex.Client {
  return class extends base {
    override async acquireRawConnection(): Promise<unknown> {
      const connection = (await super.acquireRawConnection()) as { stream: unknown; destroy(): void };
      const { stream } = connection;
      const fault =
        stream instanceof TLSSocket
          ? checkServerIdentity(address, stream.getPeerCertificate())
          : new Error('The connection has no TLS.');
      if (!fault) return connection;
      connection.destroy();
      throw fault;
    }
  };
}

/** The ways to connect for a URL's TLS mode. Parameters that only the Go driver knows are left out. */
export async function attempts(parsed: ParsedUrl, options: ConnectOptions): Promise<ConnectionAttempt[]> {
  const base = await knexClients.mysql();
  const { target, parameters, socket } = parsed;
  const timeoutMs =
    options.connectTimeoutMs ??
    goTimeout(parameters) ??
    secondsParameter(parameters, 'connect_timeout') ??
    10_000;
  const choices: (MysqlTls | undefined)[] = socket === undefined ? await tlsChoices(parameters) : [undefined];
  return choices.map((tls) => {
    const checksAddress =
      tls?.verifyIdentity === true && target.host !== undefined && isIP(target.host) !== 0;
    return {
      client: sessionClient(checksAddress ? checkingAddress(base, target.host) : base),
      version: 'latest',
      timeoutMs,
      connection: () =>
        Promise.resolve(
          Object.defineProperty(
            {
              ...(socket === undefined ? { host: target.host, port: target.port } : { socketPath: socket }),
              database: target.database,
              user: target.user,
              ...(tls ? { ssl: { ...tls, verifyIdentity: tls.verifyIdentity && !checksAddress } } : {}),
              charset: 'utf8mb4',
              timezone: 'Z',
              dateStrings: true,
              supportBigNumbers: true,
              bigNumberStrings: true,
              jsonStrings: true,
              // Counts rows that matched, not rows that changed; the server may not ask for local files.
              flags: ['+FOUND_ROWS', '-LOCAL_FILES'],
              connectTimeout: timeoutMs,
            },
            'password',
            // Not enumerable, so that nothing that prints the settings prints it.
            { value: parsed.password?.reveal(), enumerable: false, writable: true },
          ),
        ),
    };
  });
}
