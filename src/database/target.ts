import type { DatabaseTarget } from './contract.js';

const schemes = {
  postgres: 'postgres',
  mysql: 'mysql',
  mssql: 'sqlserver',
  oracle: 'oracle',
  sqlite: 'sqlite',
} as const;

/** An IPv6 address needs brackets where a port follows. */
function hostAndPort(target: DatabaseTarget): string {
  if (target.host === undefined) return '';
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return target.port === undefined ? host : `${host}:${target.port}`;
}

/** `postgres://user@host:5432/name`: never a password, never a query string. */
export function describeTarget(target: DatabaseTarget): string {
  const scheme = `${schemes[target.engine]}://`;
  if (target.engine === 'sqlite') return scheme + target.database;
  const user = target.user === undefined ? '' : `${target.user}@`;
  const place = hostAndPort(target);
  return target.engine === 'oracle' && place === ''
    ? `${scheme}${user}${target.database}`
    : `${scheme}${user}${place}/${target.database}`;
}

/** The file that holds the database; undefined for one of a server, and for one in memory. */
export function fileOfTarget({ engine, database }: DatabaseTarget): string | undefined {
  return engine === 'sqlite' && database !== ':memory:' ? database : undefined;
}

/** The schema that a session works in of itself; undefined where a database has no schemas within. */
export function defaultSchemaOf({ engine, user }: DatabaseTarget): string | undefined {
  if (engine === 'postgres') return 'public';
  if (engine === 'mssql') return 'dbo';
  return engine === 'oracle' ? user?.toUpperCase() : undefined;
}

/** `host "db", port 5432, database "tmi", user "app"`, for the middle of a sentence. */
export function nameTarget(target: DatabaseTarget): string {
  if (target.engine === 'sqlite') return `SQLite file "${target.database}"`;
  const isAlias = target.engine === 'oracle' && target.host === undefined;
  const parts = [
    ...(isAlias ? [] : [target.host === undefined ? 'local socket' : `host "${target.host}"`]),
    ...(target.port === undefined ? [] : [`port ${target.port}`]),
    `${isAlias ? 'TNS alias' : 'database'} "${target.database}"`,
    ...(target.user === undefined ? [] : [`user "${target.user}"`]),
  ];
  return parts.join(', ');
}
