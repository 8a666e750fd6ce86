/** The parts that `database.postgres` held before there was `database.url`. */
export interface PostgresParts {
  readonly host?: string;
  readonly port?: string;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly sslmode?: string;
}

/** Percent-encodes everything that could end a part early; `encodeURIComponent` leaves `!'()*` alone. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `[::1]` for an IPv6 address, which would otherwise run into the port. */
function hostText(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/**
 * The `database.url` that means the same as the old `database.postgres` block, or undefined when the host or the
 * database is missing. Defaults that libpq would add are left to it.
 */
export function composePostgresUrl(parts: PostgresParts): string | undefined {
  if (!parts.host || !parts.database) return undefined;
  const password = parts.password ? `:${encode(parts.password)}` : '';
  const login = parts.user ? `${encode(parts.user)}${password}@` : '';
  const port = parts.port ? `:${parts.port}` : '';
  const query = parts.sslmode ? `?sslmode=${encode(parts.sslmode)}` : '';
  return `postgres://${login}${hostText(parts.host)}${port}/${encode(parts.database)}${query}`;
}
