import type { EngineName } from './engine-name.js';

/** A parameter of a connection URL that the tool acts on, or knows to be none of its business. */
export interface KnownParameter {
  /** The name that is recommended first, then others that mean the same. */
  readonly names: readonly string[];
  /**
   * `where`: chooses server, database or schema. `tls`: how the connection is secured. A parameter that looks like one of
   * these two and is none of them is refused. `other`: everything else.
   */
  readonly kind: 'where' | 'tls' | 'other';
  /** What it does, for the documentation. */
  readonly meaning: string;
}

const timeout = (names: readonly string[], meaning: string): KnownParameter => ({
  names,
  kind: 'other',
  meaning,
});
const where = (meaning: string, ...names: readonly string[]): KnownParameter => ({
  names,
  kind: 'where',
  meaning,
});
const tls = (meaning: string, ...names: readonly string[]): KnownParameter => ({
  names,
  kind: 'tls',
  meaning,
});
const other = (meaning: string, ...names: readonly string[]): KnownParameter => ({
  names,
  kind: 'other',
  meaning,
});

/** What each engine's connection takes from the query of a URL. The table in docs/databases.md is made from it. */
export const knownParameters: Readonly<Record<EngineName, readonly KnownParameter[]>> = {
  postgres: [
    where('host, or the folder of a socket, where none stands before the path', 'host'),
    where('port', 'port'),
    where('user, where none stands before the host', 'user'),
    where('schemas, in every transaction; the first one that exists is worked on', 'search_path'),
    where('role that the session takes on, in every transaction', 'role'),
    where('settings of the session, `-c name=value`; they are sent at the login', 'options'),
    where(
      '`read-write`, `primary`, `read-only`, `standby`: a server that is something else is refused; `prefer-standby`, `any`: none is',
      'target_session_attrs',
    ),
    where('`on`: nothing is written', 'default_transaction_read_only'),
    tls(
      '`disable`, `allow`, `prefer` (without it), `require`, `verify-ca`, `verify-full`, as in libpq',
      'sslmode',
    ),
    tls('file with the authorities that a certificate is checked by', 'sslrootcert'),
    tls('file with the certificate of the client', 'sslcert'),
    tls('file with the key of that certificate', 'sslkey'),
    tls('password of that key', 'sslpassword'),
    timeout(['connect_timeout'], 'seconds for the login; 10 without'),
    timeout(['statement_timeout'], 'limit of each statement, but not of backups and restores'),
    timeout(['lock_timeout'], 'limit of each wait for a lock; `30s` without'),
    other('the name under which the server lists the session', 'application_name'),
  ],
  mysql: [
    where('host', 'host'),
    where('port', 'port'),
    where('user, where none stands before the host', 'user'),
    where('path of a socket', 'socket', 'socketPath', 'unix_socket'),
    tls(
      '`DISABLED` (without it), `PREFERRED`, `REQUIRED`, `VERIFY_CA`, `VERIFY_IDENTITY`; or the Go words `true`, `skip-verify`, `false`',
      'ssl-mode',
      'ssl_mode',
      'sslmode',
      'tls',
      'ssl',
    ),
    tls('file with the authorities that a certificate is checked by', 'ssl-ca', 'ssl_ca', 'sslrootcert'),
    tls('file with the certificate of the client', 'ssl-cert', 'ssl_cert', 'sslcert'),
    tls('file with the key of that certificate', 'ssl-key', 'ssl_key', 'sslkey'),
    timeout(['timeout'], 'time for the login, such as `10s`'),
    timeout(['connect_timeout'], 'the same in seconds; 10 without'),
    other(
      "the server's own driver takes these; the tool needs none of them and says nothing",
      'charset',
      'collation',
      'parseTime',
      'loc',
      'readTimeout',
      'writeTimeout',
      'interpolateParams',
      'allowNativePasswords',
      'multiStatements',
      'maxAllowedPacket',
      'clientFoundRows',
      'columnsWithAlias',
      'checkConnLiveness',
    ),
  ],
  mssql: [
    where('the database, where the path names none or an instance', 'database'),
    where('port', 'port'),
    where('user, where none stands before the host', 'user'),
    where('a named instance, found through the directory of the server', 'instance', 'instanceName'),
    where('`true`: all addresses of the host are tried at once', 'multiSubnetFailover'),
    where('`ReadOnly`: a replica that may be read', 'ApplicationIntent'),
    tls('`true`, `strict`, `false`, `disable`: see [SQL Server](#sql-server)', 'encrypt'),
    tls('`true`: any certificate will do', 'trustServerCertificate'),
    tls('file with the authority of the certificate', 'certificate', 'serverCertificate'),
    tls('the name in the certificate, where it is not the host', 'hostNameInCertificate', 'serverName'),
    timeout(['connection timeout', 'dial timeout', 'connect timeout'], 'seconds for the login; 10 without'),
    other('the name under which the server lists the session', 'app name', 'application name'),
    other('bytes of a packet', 'packet size'),
    other('refused: logins are those of the server itself', 'fedauth'),
    other(
      "the server's own driver takes these; the tool needs none of them and says nothing",
      'log',
      'keepAlive',
      'disableRetry',
      'workstation id',
    ),
  ],
  oracle: [
    where('host', 'host'),
    where('port', 'port'),
    where('user, where none stands before the host', 'user'),
    where('in place of a service', 'sid'),
    where('folder of `tnsnames.ora`', 'tns_admin', 'config_dir'),
    tls('`tcps` or `true`: TLS; `tcp` or `false`: none', 'protocol', 'ssl', 'tls'),
    tls('folder of an unpacked wallet', 'wallet_location', 'wallet'),
    tls('password of the wallet', 'wallet_password'),
    tls('the name in the certificate', 'ssl_server_cert_dn'),
    tls('`false`: any name in the certificate', 'ssl_verify', 'ssl_server_dn_match'),
    timeout(['connect_timeout', 'connection timeout', 'timeout'], 'seconds for the login; 10 without'),
  ],
  sqlite: [where('`ro`: nothing is written; `rw`, `rwc`: as without it', 'mode')],
};
