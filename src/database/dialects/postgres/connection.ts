import type { Knex } from 'knex';
import { withLiteralMarks } from '../../literal-marks.js';
import { secondsParameter } from '../../parameters.js';
import type { ParsedUrl } from '../../url.js';
import { knexClients } from '../../knex-private.js';
import type { ConnectionAttempt, ConnectOptions } from '../dialect.js';
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

/** Settings of the session that Go drivers take as parameters of the URL. All other parameters are theirs alone. */
const sessionParameters = ['search_path', 'role', 'statement_timeout'];

const escapeOption = (value: string): string => value.replace(/[\\ ]/g, '\\$&');

/**
 * The session's settings for the start-up packet, which saves the round trip of a SET. A row that somebody
 * keeps locked ends the run after half a minute.
 */
function startupOptions(parameters: ReadonlyMap<string, string>): string {
  const settings: [string, string][] = sessionParameters.flatMap((name) => {
    const value = parameters.get(name);
    return value === undefined ? [] : [[name, value] as [string, string]];
  });
  settings.push(['lock_timeout', parameters.get('lock_timeout') ?? '30s']);
  settings.push(['TimeZone', 'UTC'], ['standard_conforming_strings', 'on']);
  // The texts of values: exact, and in the one form that is read, whatever role and database prefer.
  settings.push(['DateStyle', 'ISO'], ['IntervalStyle', 'postgres'], ['bytea_output', 'hex']);
  settings.push(['extra_float_digits', '3'], ['xmloption', 'content']);
  const own = settings.map(([name, value]) => `-c ${name}=${escapeOption(value)}`);
  return [parameters.get('options'), ...own].filter((part) => part !== undefined).join(' ');
}

function literalClient(base: typeof Knex.Client): typeof Knex.Client {
  return class extends base {
    override query(connection: unknown, statement: unknown): unknown {
      return super.query(connection, withLiteralMarks(statement));
    }
  };
}

/** The ways to connect for a URL's `sslmode`. A socket has no TLS. */
export async function attempts(parsed: ParsedUrl, options: ConnectOptions): Promise<ConnectionAttempt[]> {
  const [base, { default: pg }] = await Promise.all([knexClients.postgres(), import('pg')]);
  const { target, parameters, socket } = parsed;
  const timeoutMs = options.connectTimeoutMs ?? secondsParameter(parameters, 'connect_timeout') ?? 10_000;
  const choices = target.host === undefined ? [false] : await tlsChoices(target.host, parameters);
  const client = literalClient(base);
  return choices.map((ssl) => ({
    client,
    version: '14',
    timeoutMs,
    connection: () =>
      Promise.resolve(
        Object.defineProperty(
          {
            host: socket ?? target.host,
            port: target.port,
            database: target.database,
            user: target.user,
            ssl,
            options: startupOptions(parameters),
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
