import { secondsParameter } from '../../parameters.js';
import { severalHosts, type ParsedUrl } from '../../url.js';
import { knexClients } from '../../knex-private.js';
import type { ConnectionAttempt, ConnectOptions } from '../dialect.js';
import { postgresClient } from './client.js';
import { serverKindCheck } from './server-kind.js';
import { sessionSettings } from './session-settings.js';
import { tlsChoices } from './tls.js';

/** Types that stay the text that the server sends, since a Date or a number would lose digits. */
const textTypes = new Set([
  20, // int8
  114, // json
  1082, // date
  1114, // timestamp
  1184, // timestamptz
  1186, // interval
  3802, // jsonb
]);

/** The ways to connect for a URL's `sslmode`. A socket has no TLS. */
export async function attempts(parsed: ParsedUrl, options: ConnectOptions): Promise<ConnectionAttempt[]> {
  if (parsed.target.host?.includes(',') === true) throw severalHosts();
  const [base, { default: pg }] = await Promise.all([knexClients.postgres(), import('pg')]);
  const { target, parameters, socket } = parsed;
  const timeoutMs = options.connectTimeoutMs ?? secondsParameter(parameters, 'connect_timeout') ?? 10_000;
  const choices = target.host === undefined ? [false] : await tlsChoices(target.host, parameters);
  const settings = sessionSettings(parameters);
  const verify = serverKindCheck(parameters, target);
  const client = postgresClient(base, settings);
  // A word of no meaning keeps the driver from taking what PGOPTIONS says: it counts for psql, not for a server.
  const nothing = options.environment['PGOPTIONS'] === undefined ? undefined : ' ';
  return choices.map((ssl) => ({
    client,
    version: '14',
    timeoutMs,
    ...(verify ? { verify } : {}),
    connection: () =>
      Promise.resolve(
        Object.defineProperty(
          {
            host: socket ?? target.host,
            port: target.port,
            database: target.database,
            user: target.user,
            ssl,
            options: settings.startupOptions ?? nothing,
            application_name: parameters.get('application_name') ?? 'tmi-dbtool',
            connectionTimeoutMillis: timeoutMs,
            keepAlive: true,
            types: {
              getTypeParser: (oid: number, format?: 'text' | 'binary') =>
                textTypes.has(oid)
                  ? (text: string) => text
                  : (pg.types.getTypeParser(oid, format) as unknown),
            },
          },
          'password',
          // Not enumerable, so that nothing that prints the settings prints it.
          { value: parsed.password?.reveal(), enumerable: false, writable: true },
        ),
      ),
  }));
}
