import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../../../errors/index.js';
import { faultError, type FaultName } from '../../faults.js';
import type { ParsedUrl } from '../../url.js';
import { knexClients, knexTransactionClass } from '../../knex-private.js';
import type { ConnectionAttempt, ConnectOptions } from '../dialect.js';
import { oracleClient } from './client.js';
import { loadDriver } from './driver.js';
import { readAliases, withTimeout } from './tnsnames.js';

/**
 * UTC, and texts of times and numbers in one form: times are bound as texts, which the server reads by these. Keys
 * compare by their bytes. A table that somebody keeps locked ends the run after half a minute.
 */
export const sessionSetup = [
  `alter session set time_zone = '+00:00' nls_date_format = 'YYYY-MM-DD HH24:MI:SS'
    nls_timestamp_format = 'YYYY-MM-DD HH24:MI:SS.FF' nls_timestamp_tz_format = 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM'
    nls_numeric_characters = '.,' nls_comp = 'BINARY' nls_sort = 'BINARY' ddl_lock_timeout = 30`,
];

type Lookup = (...names: readonly string[]) => string | undefined;

/** Parameters by any of their names: Go's drivers write `WALLET PASSWORD` and `ssl verify`, others `wallet_password`. */
function lookupIn(parameters: ReadonlyMap<string, string>): Lookup {
  const plain = new Map(
    [...parameters].map(([name, value]) => [name.toLowerCase().replace(/[ _.-]/g, ''), value]),
  );
  return (...names) =>
    names.map((name) => plain.get(name)).find((value) => value !== undefined && value !== '');
}

const isOff = (value: string | undefined): boolean =>
  /^(false|no|off|0|disable|disabled)$/i.test(value ?? '');

function milliseconds(options: ConnectOptions, lookup: Lookup): number {
  const seconds = Number(lookup('connecttimeout', 'connectiontimeout', 'timeout'));
  return options.connectTimeoutMs ?? (seconds > 0 && seconds < 86_400 ? seconds * 1000 : 10_000);
}

const isReadable = (file: string): Promise<boolean> =>
  access(file, constants.R_OK).then(
    () => true,
    () => false,
  );

/** A value within a descriptor. Brackets, quotes and equals signs would be read as more of it. */
function plainValue(value: string): string {
  if (/^[^()=\s"'\\#]+$/.test(value)) return value;
  throw new ToolError(
    'database/invalid-url',
    'The host or service name in the database URL holds a character that Oracle cannot take',
    {
      hint: 'Write oracle://user:password@host:port/service, with special characters of the password as %XX.',
    },
  );
}

/** Where an alias leads. @throws ToolError `database/no-such-database` */
async function resolveAlias(
  { target }: ParsedUrl,
  folder: string | undefined,
  fault: (name: FaultName) => ToolError,
): Promise<string> {
  const aliases = folder === undefined ? undefined : await readAliases(join(folder, 'tnsnames.ora'));
  if (!aliases) throw fault('alias-file-missing');
  const descriptor = aliases.get(target.database.toUpperCase());
  if (descriptor !== undefined) return descriptor;
  const { code, message, hint } = fault('alias-unknown');
  const known = [...aliases.keys()].map((name) => name.toLowerCase()).sort();
  throw new ToolError(code, message, {
    hint: `The file has ${known.join(', ') || 'no alias'}. ${hint ?? ''}`,
  });
}

/** `host:port/service` as a descriptor, or with `sid` for databases that have no service. */
function descriptorOf({ target }: ParsedUrl, lookup: Lookup, tls: boolean): string {
  const sid = lookup('sid');
  const name =
    sid === undefined ? `(SERVICE_NAME=${plainValue(target.database)})` : `(SID=${plainValue(sid)})`;
  const address = `(PROTOCOL=${tls ? 'tcps' : 'tcp'})(HOST=${plainValue(target.host ?? '')})(PORT=${target.port ?? 1521})`;
  return `(DESCRIPTION=(ADDRESS=${address})(CONNECT_DATA=${name}))`;
}

/** The one way to connect: with or without TLS is for the URL, the alias or the wallet to say. */
export async function attempts(parsed: ParsedUrl, options: ConnectOptions): Promise<ConnectionAttempt[]> {
  const { target } = parsed;
  const { environment } = options;
  const lookup = lookupIn(parsed.parameters);
  const fault = (name: FaultName): ToolError => faultError({ fault: name, engineCode: undefined }, target);
  const timeoutMs = milliseconds(options, lookup);
  const password = parsed.password?.reveal() ?? environment['ORACLE_PASSWORD'];
  if (password === undefined || password === '') throw fault('no-password');

  const wallet = lookup('walletlocation', 'wallet') ?? options.walletLocation;
  if (wallet !== undefined && !(await isReadable(join(wallet, 'ewallet.pem')))) throw fault('wallet-missing');
  const folder = lookup('tnsadmin', 'configdir') ?? wallet ?? environment['TNS_ADMIN'];
  // A folder with an alias may be that of a wallet too, and without one TLS needs no client's certificate.
  const beside = folder !== undefined && (await isReadable(join(folder, 'ewallet.pem'))) ? folder : undefined;
  const walletLocation = wallet ?? beside;
  const ssl = lookup('ssl', 'protocol', 'tls');
  const tls = ssl === undefined ? wallet !== undefined : !isOff(ssl) && ssl.toLowerCase() !== 'tcp';
  const descriptor =
    target.host === undefined ? await resolveAlias(parsed, folder, fault) : descriptorOf(parsed, lookup, tls);

  const [base, transaction, driver] = await Promise.all([
    knexClients.oracle(),
    knexTransactionClass(),
    loadDriver(),
  ]);
  const walletPassword = lookup('walletpassword') ?? environment['ORACLE_WALLET_PASSWORD'];
  const certificateName = lookup('sslservercertdn');
  const hidden = { enumerable: false, writable: true };
  return [
    {
      client: oracleClient(base, transaction, driver),
      version: '19',
      timeoutMs,
      connection: () =>
        Promise.resolve(
          Object.defineProperties(
            {
              user: target.user,
              connectString: withTimeout(descriptor, timeoutMs),
              // Minutes: a session that holds a lock is silent for long, and must not be forgotten on the way.
              expireTime: 2,
              ...(walletLocation === undefined ? {} : { walletLocation }),
              ...(certificateName === undefined ? {} : { sslServerCertDN: certificateName }),
              ...(isOff(lookup('sslverify', 'sslserverdnmatch')) ? { sslServerDNMatch: false } : {}),
            },
            // Not enumerable, so that nothing that prints the settings prints them.
            {
              password: { value: password, ...hidden },
              ...(walletPassword === undefined
                ? {}
                : { walletPassword: { value: walletPassword, ...hidden } }),
            },
          ),
        ),
    },
  ];
}
