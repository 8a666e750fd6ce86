import { isIPv6 } from 'node:net';
import { checkCharacters } from '../config/checks.js';

/** The parts that `database.postgres` held before there was `database.url`. */
export interface PostgresParts {
  readonly host?: string;
  readonly port?: string;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly sslmode?: string;
}

const sslModes: readonly string[] = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

const withoutBrackets = (host: string): string => /^\[(.*)\]$/.exec(host)?.[1] ?? host;

/**
 * Servers take the host from its place in the URL and pass over a `?host=`. No folder of a socket fits there: Go's
 * reader of URLs refuses a slash in a host, encoded or not.
 */
function expectedHost(host: string): string | undefined {
  if (host.startsWith('/')) {
    return 'a host name or address; servers find no socket in a URL, so name the host, such as localhost';
  }
  const good = /^[\p{L}\p{N}._-]+$/u.test(host) || isIPv6(withoutBrackets(host));
  return good ? undefined : 'a host name or address';
}

function expectedPort(port: string): string | undefined {
  const good = /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535;
  return good ? undefined : 'a number from 1 to 65535';
}

/**
 * What a part should be, when no URL with it would lead to the database that was meant; undefined when it is good.
 * @param text not empty
 */
export function expectedOfPart(name: keyof PostgresParts, text: string): string | undefined {
  switch (name) {
    case 'host':
      return expectedHost(text);
    case 'port':
      return expectedPort(text);
    case 'sslmode':
      return sslModes.includes(text) ? undefined : `one of ${sslModes.join(', ')}`;
    case 'user':
    case 'password':
    case 'database':
      return checkCharacters(text);
  }
}

/** Percent-encodes everything that could end a part early; `encodeURIComponent` leaves `!'()*` alone. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `[::1]` for an IPv6 address, which would otherwise run into the port. The % before a zone is encoded. */
function hostText(host: string): string {
  const address = withoutBrackets(host);
  return isIPv6(address) ? `[${address.replace('%', '%25')}]` : host;
}

/**
 * The `database.url` that means the same as the old `database.postgres` block, or undefined when the host or the
 * database is missing. Defaults that libpq would add are left to it.
 * @param parts in which `expectedOfPart` finds no fault
 */
export function composePostgresUrl(parts: PostgresParts): string | undefined {
  if (!parts.host || !parts.database) return undefined;
  const password = parts.password ? `:${encode(parts.password)}` : '';
  const login = parts.user || password ? `${encode(parts.user ?? '')}${password}@` : '';
  const port = parts.port ? `:${parts.port}` : '';
  const query = parts.sslmode ? `?sslmode=${encode(parts.sslmode)}` : '';
  return `postgres://${login}${hostText(parts.host)}${port}/${encode(parts.database)}${query}`;
}
