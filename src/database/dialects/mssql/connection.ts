import { ToolError } from '../../../errors/index.js';
import type { ParsedUrl } from '../../url.js';
import { knexClients, knexTransactionClass } from '../../knex-private.js';
import type { ConnectionAttempt, ConnectOptions } from '../dialect.js';
import { mssqlClient, type MssqlSettings } from './client.js';
import { beginSession } from './names.js';
import { parameter } from './parameters.js';
import { tlsOf, type MssqlTls } from './tls.js';

function seconds(parameters: ReadonlyMap<string, string>): number | undefined {
  const count = Number(parameter(parameters, 'connection timeout', 'dial timeout', 'connect timeout'));
  return count > 0 && count < 86_400 ? count * 1000 : undefined;
}

function settingsOf(
  { target, password, parameters }: ParsedUrl,
  tls: MssqlTls,
  timeoutMs: number,
): MssqlSettings {
  const instance = parameter(parameters, 'instance', 'instanceName');
  const portIsGiven = target.port !== undefined && target.port !== 1433;
  const packetSize = Number(parameter(parameters, 'packet size'));
  return {
    tls,
    server: target.host ?? '',
    authentication: {
      type: 'default',
      // Not enumerable, so that nothing that prints the settings prints it.
      options: Object.defineProperty({ userName: target.user ?? '' }, 'password', {
        value: password?.reveal() ?? '',
        enumerable: false,
      }),
    },
    options: {
      database: target.database,
      // The server's directory of instances knows the port of one.
      ...(instance !== undefined && !portIsGiven
        ? { instanceName: instance }
        : { port: target.port ?? 1433 }),
      connectTimeout: timeoutMs,
      requestTimeout: 0,
      // The directory and the network decide at once; `--wait` is for servers that are still starting.
      maxRetriesOnTransientErrors: 0,
      multiSubnetFailover: /^(true|yes|1)$/i.test(parameter(parameters, 'multiSubnetFailover') ?? ''),
      readOnlyIntent: /^readonly$/i.test(parameter(parameters, 'ApplicationIntent') ?? ''),
      appName: parameter(parameters, 'app name', 'application name') ?? 'tmi-dbtool',
      ...(packetSize >= 512 && packetSize <= 32_767 ? { packetSize } : {}),
      encrypt: tls.encrypt,
      trustServerCertificate: tls.trust || tls.address !== undefined,
      ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
      cryptoCredentialsDetails: { minVersion: 'TLSv1.2', ...(tls.ca === undefined ? {} : { ca: tls.ca }) },
      useUTC: true,
      lowerCaseGuids: true,
      // A fault ends its statement; what becomes of the transaction is decided here.
      abortTransactionOnError: false,
    },
  };
}

/** One way to connect: without TLS only where the URL says so. Parameters that only the Go driver knows are left out. */
export async function attempts(parsed: ParsedUrl, options: ConnectOptions): Promise<ConnectionAttempt[]> {
  const { target, parameters } = parsed;
  if (parameter(parameters, 'fedauth') !== undefined) {
    throw new ToolError(
      'database/invalid-url',
      'The tool logs in to SQL Server with user and password only',
      {
        hint: 'Take the parameter fedauth out of the database URL, and give a login of the server itself.',
      },
    );
  }
  const tls = await tlsOf(target.host ?? '', parameters);
  const [base, transaction, driver] = await Promise.all([
    knexClients.mssql(),
    knexTransactionClass(),
    import('tedious'),
  ]);
  const timeoutMs = options.connectTimeoutMs ?? seconds(parameters) ?? 10_000;
  return [
    {
      client: mssqlClient(base, transaction, driver),
      version: undefined,
      timeoutMs,
      verify: beginSession,
      connection: () => Promise.resolve(settingsOf(parsed, tls, timeoutMs)),
    },
  ];
}
