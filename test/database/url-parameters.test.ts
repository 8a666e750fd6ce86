import { describe, expect, it } from 'vitest';
import { knownParameters } from '../../src/database/known-parameters.js';
import { parseDatabaseUrl } from '../../src/database/url.js';
import { thrown } from '../support/errors.js';

const urls: Record<string, string> = {
  postgres: 'postgres://u:p@h/d',
  mysql: 'mysql://u:p@h/d',
  mssql: 'sqlserver://u:p@h/d',
  oracle: 'oracle://u:p@h:1521/d',
  sqlite: 'sqlite:///x.db',
};

describe('parameters of a URL', () => {
  it.each([
    ['postgres', 'schema', 'search_path'],
    ['postgres', 'serach_path', 'search_path'],
    ['postgres', 'searchPath', 'search_path'],
    ['postgres', 'search-path', 'search_path'],
    ['postgres', 'SEARCH_PATH', 'search_path'],
    ['postgres', 'searchpath', 'search_path'],
    ['postgres', 'currentSchema', 'search_path'],
    ['postgres', 'current_schema', 'search_path'],
    ['postgres', 'curentSchema', 'search_path'],
    ['postgres', 'Schema', 'search_path'],
    ['postgres', 'shcema', 'search_path'],
    ['postgres', 'sslMode', 'sslmode'],
    ['postgres', 'ssl-mode', 'sslmode'],
    ['postgres', 'sslmod', 'sslmode'],
    ['postgres', 'ssl', 'sslmode'],
    ['postgres', 'useSSL', 'sslmode'],
    ['postgres', 'sslaccept', 'sslmode'],
    ['postgres', 'sslrootcerts', 'sslrootcert'],
    ['postgres', 'ssl_root_cert', 'sslrootcert'],
    ['postgres', 'dbname', 'behind the host'],
    ['postgres', 'database', 'behind the host'],
    ['postgres', 'hostaddr', 'host'],
    ['postgres', 'Options', 'options'],
    ['postgres', 'target_session_attr', 'target_session_attrs'],
    ['postgres', 'default_transaction_readonly', 'default_transaction_read_only'],
    ['mysql', 'schema', 'behind the host'],
    ['mysql', 'search_path', 'behind the host'],
    ['mysql', 'sslMode', 'ssl-mode'],
    ['mysql', 'SSL-MODE', 'ssl-mode'],
    ['mysql', 'useSSL', 'ssl-mode'],
    ['mysql', 'requireSSL', 'ssl-mode'],
    ['mysql', 'verifyServerCertificate', 'ssl-mode'],
    ['mysql', 'TLS', 'tls'],
    ['mysql', 'database', 'behind the host'],
    ['mssql', 'schema', 'default schema'],
    ['mssql', 'initial catalog', 'database=NAME'],
    ['mssql', 'databaseName', 'database=NAME'],
    ['mssql', 'sslmode', 'encrypt'],
    ['mssql', 'encrpyt', 'encrypt'],
    ['mssql', 'TrustServerCertifcate', 'trustServerCertificate'],
    ['oracle', 'service_name', 'behind the host'],
    ['oracle', 'currentSchema', 'schema of the user'],
    ['oracle', 'sslmode', 'protocol=tcps'],
    ['oracle', 'walet_location', 'wallet_location'],
    ['sqlite', 'mdoe', 'mode'],
  ])('refuses %s with %s, and says %s', (engine, name, right) => {
    const error = thrown(() => parseDatabaseUrl(`${urls[engine] ?? ''}?${encodeURIComponent(name)}=hush`));
    expect(error).toMatchObject({ code: 'database/invalid-url', exitCode: 2 });
    expect(error.message).toContain(`"${name}"`);
    expect(error.hint).toContain(right);
    expect(`${error.message}${error.hint ?? ''}`).not.toContain('hush');
  });

  it.each([
    ['postgres', 'connection_limit'],
    ['postgres', 'pgbouncer'],
    ['postgres', 'pool_timeout'],
    ['postgres', 'channel_binding'],
    ['mysql', 'pool_max_conns'],
    ['mssql', 'failoverpartner'],
    ['oracle', 'prefetch_rows'],
    ['sqlite', 'cache'],
    ['sqlite', '_journal_mode'],
  ])('names what the connection does not use: %s %s', (engine, name) => {
    expect(parseDatabaseUrl(`${urls[engine] ?? ''}?${name}=1`).unused).toEqual([name]);
  });

  it.each(Object.entries(knownParameters))('takes every name that it knows: %s', (engine, parameters) => {
    for (const name of parameters.flatMap(({ names }) => names)) {
      // What the address says too has to say the same.
      const value = { mode: 'ro', host: 'h', port: '1521', user: 'u' }[name] ?? '1';
      expect(parseDatabaseUrl(`${urls[engine] ?? ''}?${encodeURIComponent(name)}=${value}`).unused).toEqual(
        [],
      );
    }
  });

  it.each(['Trust Server Certificate', 'trust-server-certificate', 'TRUSTSERVERCERTIFICATE'])(
    'reads names as drivers for SQL Server do: %s',
    (name) => {
      expect(parseDatabaseUrl(`sqlserver://u:p@h/d?${encodeURIComponent(name)}=true`).unused).toEqual([]);
    },
  );

  it.each(['memory', 'RO', ''])('refuses the mode "%s" of a file', (mode) => {
    expect(thrown(() => parseDatabaseUrl(`sqlite:///x.db?mode=${mode}`)).code).toBe('database/invalid-url');
  });
});
