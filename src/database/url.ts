import { ToolError } from '../errors/index.js';
import { SecretValue } from '../values/secret-value.js';
import type { DatabaseTarget } from './contract.js';
import type { EngineName } from './engine-name.js';
import { checkParameterNames } from './url-parameters.js';

/** A connection URL taken apart. Only `password` is secret. */
export interface ParsedUrl {
  readonly target: DatabaseTarget;
  readonly password: SecretValue | undefined;
  /** Path of a Unix socket or of its folder, as the engine's driver names it. */
  readonly socket: string | undefined;
  /** Query parameters, meant for the driver. Names as written. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Names of parameters that the connection does not use, for a warning. */
  readonly unused: readonly string[];
}

const engines: Readonly<Record<string, EngineName>> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
  sqlserver: 'mssql',
  mssql: 'mssql',
  oracle: 'oracle',
  sqlite: 'sqlite',
};

const defaultPorts: Readonly<Record<EngineName, number | undefined>> = {
  postgres: 5432,
  mysql: 3306,
  mssql: 1433,
  oracle: 1521,
  sqlite: undefined,
};

const encodeHint =
  'Percent-encode the special characters of the user name and the password: @ is %40, / is %2F, # is %23, ? is %3F, : is %3A, % is %25.';

const example =
  'Write postgres://user:password@host:5432/database, mysql://…, sqlserver://…, oracle://… or sqlite:///path/to/file.';

function invalid(message: string, hint: string): ToolError {
  return new ToolError('database/invalid-url', message, { hint });
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`The ${part} in the database URL holds a % that starts no percent-encoding`, encodeHint);
  }
}

/** @throws ToolError `database/invalid-url` for a name that is nearly one which chooses database, schema or TLS */
function parametersOf(
  engine: EngineName,
  query: string,
): { parameters: Map<string, string>; unused: readonly string[] } {
  const pairs = [...new URLSearchParams(query)];
  const parameters = new Map(pairs);
  const unused = checkParameterNames(engine, parameters.keys());
  const twice = pairs.find(([name, value]) => parameters.get(name) !== value && !unused.includes(name));
  if (twice) {
    throw invalid(
      `The database URL has the parameter ${twice[0]} twice, with two values`,
      'Leave the one out that is not meant. Nothing was connected to.',
    );
  }
  return { parameters, unused };
}

/** Cuts `text` at the first `separator`. The second part is undefined when there is none. */
function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** The server takes what stands behind `sqlite://` as it is: nothing is decoded, only parameters are cut off. */
function parseSqlite(rest: string): ParsedUrl {
  const [path, query] = cut(rest, '?');
  if (path === '' || path.endsWith('/')) {
    throw invalid(
      'The database URL names no SQLite file',
      'Write sqlite:///absolute/file.db or sqlite://./file.db.',
    );
  }
  const { parameters, unused } = parametersOf('sqlite', query ?? '');
  const mode = parameters.get('mode');
  if (mode !== undefined && !['ro', 'rw', 'rwc'].includes(mode)) {
    throw invalid(
      'The parameter mode of the database URL has an unknown value',
      'It is one of ro, rw, rwc. A database in memory is sqlite://:memory:.',
    );
  }
  return {
    target: { engine: 'sqlite', host: undefined, port: undefined, database: path, user: undefined },
    password: undefined,
    socket: undefined,
    parameters,
    unused,
  };
}

interface Authority {
  readonly user: string | undefined;
  readonly password: SecretValue | undefined;
  readonly host: string;
  readonly port: string | undefined;
}

/**
 * libpq and a server's driver try several hosts in turn. Which of them answered is nothing that a destructive act could
 * name, and a run and its next one could meet different ones.
 */
export const severalHosts = (): ToolError =>
  invalid(
    'The database URL names several hosts, and the tool works on one',
    'A TMI server takes such a URL and tries the hosts in turn. Give the tool the one that can be written: --database-url …@host:port/database.',
  );

/** The last `@` ends the credentials, as in the server's own URL parser: a password may hold a bare `@`. */
function parseAuthority(text: string): Authority {
  const at = text.lastIndexOf('@');
  const [user, password] = cut(text.slice(0, Math.max(at, 0)), ':');
  const place = text.slice(at + 1);
  // The form of the Go driver's own connection strings: tcp(host:port), unix(/path).
  const wrapped = /^(?:tcp|unix)\((.*)\)$/.exec(place)?.[1] ?? place;
  const parts = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d*))?$/.exec(wrapped);
  if (!parts) {
    if (/:\d+,/.test(wrapped)) throw severalHosts();
    throw invalid(
      'The host and port in the database URL cannot be understood',
      `${encodeHint} An IPv6 address stands in brackets: [::1].`,
    );
  }
  return {
    user: user === '' ? undefined : decode(user, 'user name'),
    password: password === undefined ? undefined : new SecretValue(decode(password, 'password')),
    host: decode((parts[1] ?? '').replace(/^\[|\]$/g, ''), 'host'),
    port: parts[2] === '' ? undefined : parts[2],
  };
}

/**
 * libpq takes the parameter where a server's driver takes what stands in the address, so that two values mean two servers or
 * two users. A host beside a socket's folder is no second one: all drivers take the socket.
 * @throws ToolError `database/invalid-url`
 */
function assertNamedOnce(
  parameters: ReadonlyMap<string, string>,
  written: Readonly<Record<'host' | 'port' | 'user', string | undefined>>,
): void {
  for (const [name, value] of Object.entries(written)) {
    const other = parameters.get(name) ?? '';
    if (value === undefined || value === '' || other === '' || other === value || other.startsWith('/'))
      continue;
    throw invalid(
      `The database URL names one ${name} in its address and another one in the parameter ${name}`,
      `Leave the parameter out, or write the ${name} that is meant in both places. Nothing was connected to.`,
    );
  }
}

function parsePort(text: string | undefined, engine: EngineName): number | undefined {
  if (text === undefined) return defaultPorts[engine];
  const port = Number(text);
  if (port >= 1 && port <= 65535) return port;
  throw invalid('The port in the database URL is not a number from 1 to 65535', encodeHint);
}

/**
 * Splits what follows `://` into credentials with host, path and query. A `/`, `?` or `#` that belongs to a
 * password ends the first part too early; the `@` that is then left over tells.
 */
function split(rest: string): { authority: string; path: string; query: string } {
  const unix = /^(.*@)?unix\([^)]*\)/.exec(rest)?.[0];
  const end = unix?.length ?? rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const remainder = end < 0 ? '' : rest.slice(end);
  const [beforeQuery, query] = cut(remainder, '?');
  const [path, fragment] = cut(beforeQuery, '#');
  const lateAt =
    path.includes('@') ||
    fragment?.includes('@') === true ||
    (query?.includes('@') === true && /^[^@]*:[^@]*\D[^@]*$/.test(authority) && !authority.endsWith(']'));
  if (!authority.includes('@') && lateAt) {
    throw invalid(
      'The database URL has a special character before its @ that must be percent-encoded',
      encodeHint,
    );
  }
  if (fragment !== undefined || query?.includes('#') === true) {
    throw invalid('The database URL holds a # outside of percent-encoding', encodeHint);
  }
  return { authority, path, query: query ?? '' };
}

/** Takes a socket's path from where each driver family writes it. */
function socketOf(host: string, parameters: ReadonlyMap<string, string>): string | undefined {
  const named = [
    host,
    ...['host', 'socket', 'socketPath', 'unix_socket'].map((name) => parameters.get(name)),
  ];
  return named.find((path) => path?.startsWith('/') === true);
}

function parseNetwork(engine: EngineName, rest: string): ParsedUrl {
  const { authority, path, query } = split(rest);
  const { user, password, host: writtenHost, port } = parseAuthority(authority);
  const { parameters, unused } = parametersOf(engine, query);
  assertNamedOnce(parameters, { host: writtenHost, port, user });
  const socket = socketOf(writtenHost, parameters);
  const host = socket === undefined ? writtenHost || parameters.get('host') || '' : undefined;
  if (host === '') throw invalid('The database URL names no host', example);
  const pathName = decode(path.replace(/^\//, ''), 'database name');
  const fromQuery = engine === 'mssql' ? (parameters.get('database') ?? '') : '';
  // An Oracle alias stands where the host is: no port and no path.
  const isAlias = engine === 'oracle' && pathName === '' && port === undefined;
  const database = isAlias ? (host ?? '') : fromQuery || pathName;
  if (database === '')
    throw invalid(
      'The database URL names no database',
      'Put the name behind the host: …@host:port/database.',
    );
  // The Go driver's URL for SQL Server names the instance in the path when the database is a parameter.
  if (fromQuery !== '' && pathName !== '') parameters.set('instance', pathName);
  const target: DatabaseTarget = {
    engine,
    host: isAlias ? undefined : host,
    // PostgreSQL's sockets have a port in their name.
    port:
      isAlias || (socket !== undefined && engine !== 'postgres')
        ? undefined
        : parsePort(port ?? parameters.get('port'), engine),
    database,
    user: user ?? parameters.get('user'),
  };
  return { target, password, socket, parameters, unused };
}

/**
 * Takes a connection URL apart, in every form that the server accepts.
 * @throws ToolError `database/invalid-url`; neither message nor hint holds any part of the URL.
 */
export function parseDatabaseUrl(url: SecretValue | string): ParsedUrl {
  const text = (typeof url === 'string' ? url : url.reveal()).trim();
  if (text === '') throw invalid('The database URL is empty', example);
  const [scheme, rest] = cut(text, '://');
  const engineOf = (name: string): EngineName | undefined =>
    Object.hasOwn(engines, name.toLowerCase()) ? engines[name.toLowerCase()] : undefined;
  if (rest === undefined) {
    const [begin] = cut(text, ':');
    throw engineOf(begin) === undefined
      ? invalid('The database URL has no scheme', example)
      : invalid('The database URL has no // behind its scheme', example);
  }
  const engine = engineOf(scheme);
  if (engine === undefined) throw invalid('The database URL begins with an unknown scheme', example);
  return engine === 'sqlite' ? parseSqlite(rest) : parseNetwork(engine, rest);
}
