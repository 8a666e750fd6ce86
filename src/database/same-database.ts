import { statSync } from 'node:fs';
import type { EngineName } from './engine-name.js';
import { identifyTarget } from './identity.js';
import type { ParsedUrl } from './url.js';

/** Engines whose servers find a database whatever the case of its letters. */
const foldsName: ReadonlySet<EngineName> = new Set(['mssql', 'oracle']);

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1', '0:0:0:0:0:0:0:1']);

/** A host as the network compares it. Several, as PostgreSQL takes them, keep their order. */
function hostOf(text: string): string {
  const hosts = text
    .toLowerCase()
    .split(',')
    .map((host) => host.trim().replace(/\.$/, ''));
  return hosts.map((host) => (LOOPBACK.has(host) ? 'localhost' : host)).join(',');
}

/** What a URL says of the schema, which the server is asked about where it is said differently. */
function schemaOf({ target, parameters }: ParsedUrl): string {
  if (target.engine !== 'postgres') return '';
  return JSON.stringify([parameters.get('search_path') ?? '', parameters.get('options') ?? '']);
}

/**
 * True for two URLs of one address whose users may find different tables there: PostgreSQL leads each role to schemas of
 * its own (`ALTER ROLE … SET search_path`, a schema with the role's name).
 */
export function mayDifferByUser(a: ParsedUrl, b: ParsedUrl): boolean {
  return a.target.engine === 'postgres' && a.target.user !== b.target.user;
}

/** The file itself, by which two of its names are known to be one. */
function sameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map((name) =>
    statSync(name.slice('sqlite://'.length), { throwIfNoEntry: false }),
  );
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

/**
 * True when two URLs lead to one database as their engine sees it: default ports and left-out ones, names of this
 * machine, letter case, trailing dots and slashes make no difference, nor do user, password and parameters, but for
 * those that name a schema of PostgreSQL (see `mayDifferByUser`); for Oracle the user is the schema. For SQLite the files count. False only means that the addresses do not tell.
 */
export function sameAddress(a: ParsedUrl, b: ParsedUrl): boolean {
  const [one, other] = [a.target, b.target];
  if (one.engine !== other.engine) return false;
  if (one.engine === 'sqlite') {
    const names = [identifyTarget(one), identifyTarget(other)] as const;
    // Each `:memory:` is a database of its own, but there is nothing in it that could be missed.
    return names[0] === names[1] || sameFile(...names);
  }
  const comparable = (parsed: ParsedUrl): string => {
    const { target, socket } = parsed;
    const name = target.database.replace(/\/+$/, '');
    return JSON.stringify([
      target.host === undefined ? (socket ?? '') : hostOf(target.host),
      target.port ?? '',
      foldsName.has(target.engine) ? name.toLowerCase() : name,
      target.engine === 'oracle' ? (target.user ?? '').toLowerCase() : schemaOf(parsed),
    ]);
  };
  return comparable(a) === comparable(b);
}
