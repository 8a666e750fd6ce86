import { ToolError, type ErrorCode } from '../errors/index.js';
import type { DatabaseTarget } from './contract.js';
import { shownNames, type FaultNames } from './fault-names.js';
import { nameTarget } from './target.js';

interface Fault {
  readonly code: ErrorCode;
  /** What happened, in one sentence; the target follows in brackets. */
  readonly sentence: string;
  readonly hint: string;
}

/**
 * What can go wrong with a database, in terms that all engines share. A driver's own text is never shown: it
 * can hold values, statements and URLs.
 */
export const faults = {
  refused: {
    code: 'database/unreachable',
    sentence: 'No database server listens there',
    hint: 'Check host and port, and that the server runs and accepts connections from this machine.',
  },
  'host-unknown': {
    code: 'database/unreachable',
    sentence: 'The host name of the database is not known',
    hint: 'Check the spelling of the host, and the name service of this machine.',
  },
  unreachable: {
    code: 'database/unreachable',
    sentence: 'The database server cannot be reached',
    hint: 'Check the network between this machine and the server, and its firewall.',
  },
  'not-ready': {
    code: 'database/unreachable',
    sentence: 'The database server is starting or stopping and takes no connections',
    hint: 'Wait until it is up and run the command again.',
  },
  'too-many-connections': {
    code: 'database/unreachable',
    sentence: 'The database server has no connection left',
    hint: 'Close other connections, or raise the limit of the server or the user.',
  },
  pooler: {
    code: 'database/unreachable',
    sentence: 'The connection pooler in front of the database refused the session settings',
    hint: 'Take what the pooler does not pass on out of the parameter options of the URL, or let it ignore that (ignore_startup_parameters).',
  },
  'wrong-server': {
    code: 'database/unreachable',
    sentence: 'The server is not of the kind that target_session_attrs asks for',
    hint: 'Name the server that is: a primary can be written, a standby can be read only.',
  },
  'settings-lost': {
    code: 'database/unreachable',
    sentence: 'The session did not take the settings that it was given, such as the schema and the time zone',
    hint: 'Nothing was read or written. Give the URL of the database server itself, or of a pooler that passes statements on as they are.',
  },
  'broken-at-login': {
    code: 'database/unreachable',
    sentence: 'The server closed the connection during the login',
    hint: 'Check that host and port are those of the database, and whether it demands TLS.',
  },
  timeout: {
    code: 'database/timeout',
    sentence: 'The database did not answer in time',
    hint: 'Check host, port and firewall, or allow more time.',
  },
  silent: {
    code: 'database/timeout',
    sentence: 'The database went silent: it did not answer in time, and the connection was given up',
    hint: 'What was not committed is rolled back. Check the server and the network. For work that takes longer, say how many seconds an answer may take: TMI_DBTOOL_ANSWER_TIMEOUT.',
  },
  'login-refused': {
    code: 'database/login-refused',
    sentence: 'The database refused the login',
    hint: 'Check user and password, and that the user may log in from this machine and use this database.',
  },
  'refused-at-login': {
    code: 'database/login-refused',
    sentence: 'The database refused the connection, for a reason that the tool does not know',
    hint: 'Look the number of the error up in the documentation of the database, and check user and database in the URL.',
  },
  'no-such-database': {
    code: 'database/no-such-database',
    sentence: 'There is no such database',
    hint: 'Check the name at the end of the URL, or create the database first.',
  },
  'no-such-folder': {
    code: 'database/no-such-database',
    sentence: 'The folder of the database file does not exist',
    hint: 'Check the path in the URL, or create the folder first.',
  },
  'native-part-missing': {
    code: 'database/driver-unusable',
    sentence: 'The native part of better-sqlite3, which opens SQLite files, was never built here',
    hint: 'In the folder that holds node_modules/better-sqlite3 run: npm rebuild better-sqlite3 --ignore-scripts=false (needs python3, make and g++). No other database needs it.',
  },
  'native-part-of-another-node': {
    code: 'database/driver-unusable',
    sentence: 'The native part of better-sqlite3, which opens SQLite files, was built for another Node.js',
    hint: 'With the Node.js that runs the tool, in the folder that holds node_modules/better-sqlite3, run: npm rebuild better-sqlite3 --ignore-scripts=false (needs python3, make and g++). No other database needs it.',
  },
  'native-part-needs-newer-system': {
    code: 'database/driver-unusable',
    sentence:
      'The native part of better-sqlite3, which opens SQLite files, needs a newer C library than this system has',
    hint: 'It needs glibc 2.34 (Debian 12, Ubuntu 22.04, RHEL 9) where it came ready-made; no other database needs it.',
  },
  'cannot-open-file': {
    code: 'database/unreachable',
    sentence: 'The database file cannot be opened',
    hint: 'Check that the path is a file and that this user may read it and write its folder.',
  },
  'tls-unsupported': {
    code: 'database/tls',
    sentence: 'The database server offers no TLS, and the URL demands it',
    hint: 'Turn TLS on in the server, or relax the TLS parameter of the URL.',
  },
  'tls-required': {
    code: 'database/tls',
    sentence: 'The database server demands TLS, and the connection was made without',
    hint: 'Add sslmode=require (PostgreSQL), ssl-mode=REQUIRED (MySQL) or encrypt=true (SQL Server) to the URL.',
  },
  'tls-untrusted': {
    code: 'database/tls',
    sentence: 'The certificate of the database server is not trusted, has expired or is for another name',
    hint: 'Name the authority with sslrootcert (PostgreSQL), ssl-ca (MySQL), certificate (SQL Server) or a wallet (Oracle), and the host as the certificate does.',
  },
  'tls-failed': {
    code: 'database/tls',
    sentence: 'The TLS handshake with the database server failed',
    hint: 'Check the TLS parameters of the URL, and that the port is that of the database.',
  },
  'account-locked': {
    code: 'database/login-refused',
    sentence: 'The account of the database user is locked',
    hint: 'Ask the administrator of the database: ALTER USER … ACCOUNT UNLOCK.',
  },
  'password-expired': {
    code: 'database/login-refused',
    sentence: 'The password of the database user has expired',
    hint: 'Set a new password as the user or the administrator: ALTER USER … IDENTIFIED BY ….',
  },
  'no-password': {
    code: 'database/login-refused',
    sentence: 'There is no password for the login',
    hint: 'Put it into the URL, percent-encoded, or into ORACLE_PASSWORD.',
  },
  'alias-file-missing': {
    code: 'database/no-such-database',
    sentence: 'The database URL names an alias, and there is no tnsnames.ora to find it in',
    hint: 'Name the folder with wallet_location or tns_admin in the URL, TMI_ORACLE_WALLET_LOCATION or TNS_ADMIN; or write host:port/service.',
  },
  'alias-unknown': {
    code: 'database/no-such-database',
    sentence: 'The file tnsnames.ora has no such alias',
    hint: 'Check the spelling of the alias, or write host:port/service.',
  },
  'wallet-missing': {
    code: 'database/tls',
    sentence: 'The folder of the Oracle wallet has no ewallet.pem that can be read',
    hint: 'Name the folder of the unpacked wallet. Only ewallet.pem is read; with ewallet.p12 alone: openssl pkcs12 -in ewallet.p12 -out ewallet.pem.',
  },
  'wallet-password': {
    code: 'database/tls',
    sentence:
      'The Oracle wallet cannot be opened: its password is missing or wrong, or ewallet.pem is damaged',
    hint: 'Put the password that the wallet was downloaded with into ORACLE_WALLET_PASSWORD, or into wallet_password in the URL.',
  },
  'native-encryption': {
    code: 'database/tls',
    sentence: "The database demands Oracle's own network encryption, which the tool does not have",
    hint: 'Connect with TLS: protocol=tcps in the URL and the port that takes it.',
  },
  'server-too-old': {
    code: 'database/unreachable',
    sentence: 'The database server is of a version that the driver does not know',
    hint: 'Oracle Database 19c and later can be used.',
  },
  'snapshot-lost': {
    code: 'database/busy',
    sentence: 'The database could not keep the state of the beginning for so long',
    hint: 'Run the command again when less is written, or raise UNDO_RETENTION.',
  },
  'changed-meanwhile': {
    code: 'backup/changed',
    sentence: 'Somebody changed the shape of a table, or emptied it in one stroke, while it was read',
    hint: 'Run the command again when nobody truncates, alters or replaces tables.',
  },
  'connection-lost': {
    code: 'database/connection-lost',
    sentence: 'The connection to the database broke; an open transaction was rolled back',
    hint: 'Check the server and the network, then run the command again.',
  },
  'lock-lost': {
    code: 'database/connection-lost',
    sentence: 'The session that held the lock of this run has ended, so another run may be at work',
    hint: 'What was not committed was rolled back. Check the server and the network, then run the command again.',
  },
  permission: {
    code: 'database/permission',
    sentence: 'The database user may not do this',
    hint: 'Ask the administrator of the database for the missing rights on the table or schema.',
  },
  'counter-rights': {
    code: 'database/permission',
    sentence: 'The database user may not set the counter of an identity column',
    hint: 'DBCC CHECKIDENT is for the owner of the schema and for administrators. Type as an administrator: ALTER ROLE db_ddladmin ADD MEMBER …; and run the command again.',
  },
  'no-schema': {
    code: 'database/permission',
    sentence: 'No schema of the search path is there and open to the database user',
    hint: 'Check search_path in the URL, or type as an administrator: GRANT USAGE, CREATE ON SCHEMA … TO ….',
  },
  'no-default-schema': {
    code: 'database/permission',
    sentence: 'The default schema of the database user is not there, or it has none',
    hint: 'Type as an administrator: ALTER USER … WITH DEFAULT_SCHEMA = …, with the name of a schema that is there.',
  },
  'row-security': {
    code: 'database/permission',
    sentence: 'A policy hides rows of a table from the database user',
    hint: 'Work as the owner of the tables, or as a user with BYPASSRLS: some of the rows would not do.',
  },
  constraint: {
    code: 'database/constraint',
    sentence: 'The database refused a value: it breaks a constraint, or does not fit the column',
    hint: 'Compare the columns of the table with what the server creates.',
  },
  'read-only': {
    code: 'database/read-only',
    sentence: 'The database cannot be written',
    hint: 'Check that this is no replica, and for a file that this user may write it and its folder.',
  },
  'read-only-session': {
    code: 'database/read-only',
    sentence: 'The database takes no writes: it is a standby, or its transactions are read-only by default',
    hint: 'Name the primary; or take default_transaction_read_only out of the URL, or type as an administrator: ALTER ROLE … RESET default_transaction_read_only, which ALTER DATABASE may have set as well.',
  },
  busy: {
    code: 'database/busy',
    sentence: 'Another session kept the database locked for too long',
    hint: 'Run the command again when the other work is done.',
  },
  conflict: {
    code: 'database/conflict',
    sentence: 'Other transactions got in the way of this one, and it was rolled back',
    hint: 'Nothing was kept. Run the command again when less is written to the database.',
  },
  check: {
    code: 'database/constraint',
    sentence:
      'The database refused a row: a check of the table, or the bounds of its partitions, does not take it',
    hint: 'Compare the checks and partitions of the table with what the server creates.',
  },
  'text-encoding': {
    code: 'database/constraint',
    sentence: 'A text holds bytes that the encoding of the database, or of this connection, does not have',
    hint: 'Databases in UTF-8 take every text but one with a NUL character. Compare the encodings of the two databases.',
  },
  'out-of-memory': {
    code: 'database/no-space',
    sentence: 'The database server has no memory left for this work, such as for the locks of many tables',
    hint: 'Raise max_locks_per_transaction, or the memory of the server, and run the command again.',
  },
  unsupported: {
    code: 'database/statement-failed',
    sentence: 'The database does not support what was asked for',
    hint: 'Look the code of the error up in the documentation of this version of the database.',
  },
  'wrong-state': {
    code: 'database/in-use',
    sentence: 'The database or an object in it is not in a state in which this can be done',
    hint: 'Check that the database allows connections (datallowconn), and that nothing else is at work on the object.',
  },
  'no-space': {
    code: 'database/no-space',
    sentence: 'The database has no space left',
    hint: 'Free some space for the database, then run the command again.',
  },
  'write-failed': {
    code: 'database/no-space',
    sentence: 'The database file cannot be written any further',
    hint: 'Check the free space, the limit on the size of files (ulimit -f) and the disk, then run the command again.',
  },
  damaged: {
    code: 'database/damaged',
    sentence: 'This is no SQLite database, or it is damaged or encrypted',
    hint: 'Check the path in the URL.',
  },
  'in-use': {
    code: 'database/in-use',
    sentence: 'Something else depends on what was to be dropped',
    hint: 'Drop what depends on it first.',
  },
  'no-such-table': {
    code: 'database/no-such-table',
    sentence: 'The table does not exist',
    hint: 'Start the server once so that it creates its tables, or check the database in the URL.',
  },
  unknown: {
    code: 'database/statement-failed',
    sentence: 'The database refused a statement',
    hint: 'Look the code of the error up in the documentation of this version of the database, and run the command again with --verbose, which says at which step it stopped.',
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

/** What a dialect made of a driver's error. */
export interface ClassifiedFault {
  readonly fault: FaultName;
  /** The engine's own code, such as `28P01`: safe to show, and what to search for. */
  readonly engineCode: string | undefined;
  /** What of the schema it is about; no values. */
  readonly names?: FaultNames | undefined;
}

/** Our error for a driver's error. The driver's text stays behind; only its code comes along. */
export function faultError({ fault, engineCode, names }: ClassifiedFault, target: DatabaseTarget): ToolError {
  const { code, sentence, hint } = faults[fault];
  const suffix = engineCode === undefined ? '' : `, error ${engineCode}`;
  return new ToolError(code, `${sentence}${shownNames(names)} (${nameTarget(target)}${suffix})`, { hint });
}

/** Something outside of the schema depends on what was to be dropped; it must not fall with it. */
export function referencedFromOutside(): ToolError {
  return new ToolError(
    'database/referenced-from-outside',
    'Something outside of this schema depends on what is in it, so it cannot be dropped',
    { hint: 'Drop the view or foreign key of the other schema first.' },
  );
}
