import type { ExitName } from './exit-codes.js';

interface ErrorCodeEntry {
  /** The exit code that a run ends with when this error is what ended it. */
  readonly exit: ExitName;
  /** One line for the reference documentation. */
  readonly summary: string;
}

/**
 * The one table of error codes. A code is stable: scripts and tests depend on it, message text may change.
 * The part before the slash is the area of the tool that raises it.
 */
export const errorCodes = {
  'usage/bad-argument': { exit: 'usage', summary: 'An option or argument is unknown, missing or malformed.' },
  'usage/missing-input': {
    exit: 'usage',
    summary: 'The command needs a file or setting that was not given.',
  },
  'usage/conflicting-options': { exit: 'usage', summary: 'Two options exclude each other.' },
  'internal/unexpected': { exit: 'failure', summary: 'A fault of the tool itself. Please report it.' },
  'internal/interrupted': {
    exit: 'failure',
    summary: 'The run was interrupted by a signal before it changed anything.',
  },
  'internal/no-working-directory': {
    exit: 'failure',
    summary: 'The folder that the command was started in was removed.',
  },
  'internal/output-lost': { exit: 'failure', summary: 'What the command printed could not be written.' },
  'database/invalid-url': { exit: 'usage', summary: 'The database URL cannot be understood.' },
  'database/unreachable': {
    exit: 'database',
    summary: 'No database server answered, or it took no connection.',
  },
  'database/timeout': { exit: 'database', summary: 'The database did not answer in time.' },
  'database/login-refused': { exit: 'database', summary: 'The database refused the user or the password.' },
  'database/no-such-database': { exit: 'database', summary: 'The server has no database of this name.' },
  'database/tls': { exit: 'database', summary: 'The database connection could not be secured as asked.' },
  'database/connection-lost': {
    exit: 'database',
    summary: 'The connection to the database broke during the work.',
  },
  'database/driver-unusable': {
    exit: 'failure',
    summary: 'The compiled part of a database driver is missing or was built for something else.',
  },
  'database/permission': { exit: 'failure', summary: 'The database user may not do what was asked.' },
  'database/constraint': {
    exit: 'failure',
    summary: 'The database refused a value: a constraint, a length or a type.',
  },
  'database/read-only': { exit: 'failure', summary: 'The database or its file cannot be written.' },
  'database/busy': {
    exit: 'failure',
    summary: 'Another session kept the database or a row locked for too long.',
  },
  'database/conflict': {
    exit: 'failure',
    summary: 'Other transactions changed the same rows each time that this one was tried.',
  },
  'database/no-space': { exit: 'failure', summary: 'The database has no space left.' },
  'database/damaged': { exit: 'failure', summary: 'The file is no SQLite database, or it is damaged.' },
  'database/no-such-table': { exit: 'failure', summary: 'A statement named a table that does not exist.' },
  'database/statement-failed': {
    exit: 'failure',
    summary: 'The database refused a statement for another reason.',
  },
  'database/in-use': {
    exit: 'failure',
    summary: 'Something else depends on what was to be dropped.',
  },
  'database/referenced-from-outside': {
    exit: 'refused',
    summary: 'Something outside of the schema depends on what was to be dropped.',
  },
  'database/locked': { exit: 'locked', summary: 'Another run of the tool is working on this database.' },
  'settings/unexpected-table': {
    exit: 'failure',
    summary: 'The table of settings lacks columns that every server has.',
  },
  'settings/empty-value': {
    exit: 'failure',
    summary: 'An empty value was about to be written; clearing a setting deletes its row.',
  },
  'settings/duplicate-key': {
    exit: 'findings',
    summary: 'One write names the same key twice, by the rules of the database.',
  },
  'settings/value-too-long': {
    exit: 'findings',
    summary: 'A value is longer than the server accepts once it is encrypted.',
  },
  'settings/read-back-mismatch': {
    exit: 'failure',
    summary: 'The database returned something other than what was written; nothing was kept.',
  },
  'settings/encryption-key-invalid': {
    exit: 'secret',
    summary: 'A configured encryption key or context id is malformed.',
  },
  'settings/cannot-decrypt': {
    exit: 'secret',
    summary: 'An encrypted value cannot be decrypted with the configured keys.',
  },
  'settings/unknown-key': { exit: 'findings', summary: 'No setting has this key.' },
  'settings/not-stored': { exit: 'failure', summary: 'The database holds no row for this key.' },
  'settings/bootstrap-key': {
    exit: 'refused',
    summary: 'The setting is read from file or environment at start; the database never holds it.',
  },
  'settings/reserved-key': { exit: 'refused', summary: 'The key has another meaning to servers.' },
  'settings/invalid-value': { exit: 'findings', summary: 'A value is not what its setting takes.' },
  'settings/invalid-values': {
    exit: 'findings',
    summary: 'Several things are wrong with what was to be stored; each is listed, and nothing was written.',
  },
  'settings/mask-value': {
    exit: 'findings',
    summary: 'A mask that stands for a secret was given as a value.',
  },
  'settings/plaintext-secret': {
    exit: 'refused',
    summary: 'A secret would be stored in plain text because no encryption key is configured.',
  },
  'settings/incomplete-provider': {
    exit: 'findings',
    summary: 'A provider would be enabled without what it needs.',
  },
  'settings/if-match-failed': {
    exit: 'findings',
    summary: 'The row is not the one that --if-match names; nothing was written.',
  },
  'settings/no-encryption-key': { exit: 'secret', summary: 'The command needs an encryption key.' },
  'settings/bad-export': {
    exit: 'findings',
    summary: 'The file is no export of settings, or it is damaged.',
  },
  'settings/export-key': {
    exit: 'secret',
    summary: 'The key for the secrets of an export is missing, malformed or another one.',
  },
  'settings/conflict': {
    exit: 'findings',
    summary: 'A row that somebody set disagrees with the export.',
  },
  'settings/masked-secret': {
    exit: 'findings',
    summary: 'The export holds a mask in place of a secret that the database does not have.',
  },
  'settings/output-exists': { exit: 'refused', summary: 'The output file exists already.' },
  'settings/declined': { exit: 'refused', summary: 'The operator answered no.' },
  'config/invalid-yaml': { exit: 'findings', summary: 'The file is not well-formed YAML.' },
  'config/not-utf8': { exit: 'findings', summary: 'The file is not UTF-8 text.' },
  'config/duplicate-key': { exit: 'findings', summary: 'A map names the same key twice.' },
  'config/several-documents': { exit: 'findings', summary: 'The file holds more than one YAML document.' },
  'config/not-a-map': {
    exit: 'findings',
    summary: 'The top of the file is a list or a single value, not a map of keys.',
  },
  'config/too-large': { exit: 'findings', summary: 'The file is larger than the tool reads.' },
  'config/too-deep': { exit: 'findings', summary: 'Maps and lists are nested deeper than the tool reads.' },
  'config/too-many-aliases': {
    exit: 'findings',
    summary: 'Aliases repeat so much text that the file is refused.',
  },
  'config/unsupported-yaml': {
    exit: 'findings',
    summary:
      'A YAML construct that a configuration file cannot use, such as a foreign tag or a key that is not a scalar.',
  },
  'config/ambiguous-yaml': {
    exit: 'findings',
    summary: 'Two YAML readers understand the file differently, so what the server reads is not certain.',
  },
  'config/empty-file': { exit: 'findings', summary: 'The file is empty or holds comments only.' },
  'config/cannot-cut': {
    exit: 'refused',
    summary: 'A pair cannot be cut out of the file without changing something else.',
  },
  'config/cannot-read-file': { exit: 'failure', summary: 'A configuration file cannot be read.' },
  'config/cannot-write-file': {
    exit: 'failure',
    summary: 'A file cannot be written beside the configuration.',
  },
  'config/output-in-use': {
    exit: 'refused',
    summary: 'The output would replace the database or the configuration that the run works with.',
  },
  'config/output-not-a-file': {
    exit: 'refused',
    summary: 'The output is a device, a pipe, a socket or a folder, which nothing replaces.',
  },
  'config/cannot-keep-attributes': {
    exit: 'refused',
    summary: 'Access lists, extended attributes or the security label of a file could not be kept.',
  },
  'config/output-exists': { exit: 'refused', summary: 'A file of this name exists already.' },
  'config/invalid-value': { exit: 'findings', summary: 'A value in a file is not what its setting takes.' },
  'config/doubtful-value': {
    exit: 'findings',
    summary: 'A value is taken by servers, although it is not what its setting is documented to take.',
  },
  'config/invalid-variable': { exit: 'findings', summary: 'A variable is not what its setting takes.' },
  'legacy/no-value': {
    exit: 'findings',
    summary: 'Masks or templates that nobody filled in stand where values belong; nothing was written.',
  },
  'legacy/invalid-values': {
    exit: 'findings',
    summary: 'The file or the environment holds values that no server accepts; nothing was written.',
  },
  'legacy/conflict': { exit: 'findings', summary: 'A row that somebody set disagrees with the file.' },
  'legacy/provider-not-whole': {
    exit: 'findings',
    summary: 'A part of a provider cannot leave the file with the rest of it.',
  },
  'legacy/shadowed': {
    exit: 'findings',
    summary: 'A variable overrides a key of the file with another value.',
  },
  'legacy/never-read': {
    exit: 'findings',
    summary: 'A switch under an older name was read by no server; importing it needs a choice.',
  },
  'legacy/plaintext-secret': {
    exit: 'refused',
    summary: 'A secret would be stored in plain text because no encryption key is configured.',
  },
  'legacy/secret-not-undoable': {
    exit: 'refused',
    summary: 'A receipt could not hold a secret that stands in plain text in the database.',
  },
  'legacy/proof-failed': {
    exit: 'failure',
    summary: 'The server would behave differently after the import; nothing was kept.',
  },
  'legacy/changed-meanwhile': {
    exit: 'failure',
    summary: 'The file or the rows changed between the plan and the import; nothing was written.',
  },
  'legacy/plan-changed': {
    exit: 'findings',
    summary: 'The plan is not the one that --if-plan names; nothing was written.',
  },
  'legacy/declined': { exit: 'refused', summary: 'The operator answered no.' },
  'legacy/cannot-rewrite-here': {
    exit: 'refused',
    summary: 'The file cannot be replaced where it is without losing something.',
  },
  'legacy/output-exists': { exit: 'refused', summary: 'The output file exists already.' },
  'legacy/bad-receipt': { exit: 'findings', summary: 'The receipt is not one of ours, or it is damaged.' },
  'legacy/receipt-not-trusted': {
    exit: 'refused',
    summary: 'Receipt or backup belong to another user, or do not lie where their own names say.',
  },
  'legacy/unfinished-elsewhere': {
    exit: 'refused',
    summary: 'A killed import of the same file into another database has to be finished or undone first.',
  },
  'legacy/wrong-database': {
    exit: 'refused',
    summary: 'The database is not the one that file and environment name, or not that of the receipt.',
  },
  'legacy/no-receipt': {
    exit: 'findings',
    summary: 'The database holds no receipt of the import that was asked for.',
  },
  'legacy/relied-on': {
    exit: 'findings',
    summary: 'A later import found rows of this one and relies on them, so that one has to be undone first.',
  },
  'legacy/cannot-undo': {
    exit: 'refused',
    summary: 'The file or the rows were changed after the import, so that undoing it would lose something.',
  },
  'backup/no-such-table': {
    exit: 'findings',
    summary: 'A table that was named, or that a backup holds, does not exist.',
  },
  'backup/changed': {
    exit: 'failure',
    summary: 'Tables were changed in their shape while they were read, so that it is no one state of them.',
  },
  'backup/misread': {
    exit: 'failure',
    summary: 'What was read of a column is not what the engine itself says that it holds.',
  },
  'backup/too-large': {
    exit: 'failure',
    summary: 'A row is larger than a line of a backup, or than the memory that Node.js may use.',
  },
  'backup/damaged': { exit: 'findings', summary: 'The file is no backup, or it does not verify.' },
  'backup/unknown-version': {
    exit: 'findings',
    summary: 'The backup was written by a later version of the tool.',
  },
  'backup/key': { exit: 'secret', summary: 'The key of a backup is missing, malformed or another one.' },
  'backup/recipient': { exit: 'usage', summary: 'A recipient of an encrypted backup is none that age has.' },
  'backup/output-exists': { exit: 'refused', summary: 'The output file exists already.' },
  'backup/cannot-write': { exit: 'failure', summary: 'The backup cannot be written.' },
  'backup/cannot-read': { exit: 'failure', summary: 'The backup cannot be read.' },
  'backup/not-fitting': {
    exit: 'findings',
    summary: 'The tables of the database do not take what the backup holds; each difference is listed.',
  },
  'backup/not-empty': {
    exit: 'refused',
    summary: 'The database holds rows, and a restore was not told to replace them.',
  },
  'backup/depends': {
    exit: 'refused',
    summary: 'Tables that are not in the backup depend on rows that a restore would replace.',
  },
  'backup/not-confirmed': {
    exit: 'refused',
    summary: 'Rows would be replaced, and the name of the database was not given, or another one.',
  },
  'backup/not-transactional': {
    exit: 'refused',
    summary: 'The engine could not undo what was done to a table, so it is left alone.',
  },
  'backup/differs': {
    exit: 'failure',
    summary: 'What the database holds after a restore is not what the backup holds; nothing was kept.',
  },
  'backup/history': {
    exit: 'refused',
    summary: 'Tables whose triggers refuse deletion would lose their rows; or those triggers cannot rest.',
  },
  'backup/broken-foreign-key': {
    exit: 'failure',
    summary: 'Rows of the backup point at rows that are not there; nothing was kept.',
  },
  'backup/stiff-constraint': {
    exit: 'refused',
    summary: 'Rows do not satisfy what the engine asks of every row that is written.',
  },
  'backup/ephemeral-disk': {
    exit: 'refused',
    summary: 'The backup would exist only on a disk that vanishes.',
  },
  'reset/prohibited': { exit: 'refused', summary: 'TMI_DBTOOL_PROHIBIT_RESET forbids every reset.' },
  'reset/release-phase': {
    exit: 'refused',
    summary:
      'Release phases run again on every change, so that a reset there would empty the database again.',
  },
  'reset/not-confirmed': {
    exit: 'refused',
    summary: 'The name of the database was not given, or another one.',
  },
  'reset/production': { exit: 'refused', summary: 'The database belongs to a production server.' },
  'reset/incomplete': {
    exit: 'failure',
    summary: 'Something is left after the reset; each thing is listed.',
  },
  'secrets/unresolved': {
    exit: 'secret',
    summary: 'One or more references have no value; each is listed with its reason.',
  },
  'secrets/vault-in-secrets-block': {
    exit: 'secret',
    summary: 'The secrets block, which configures the provider, asks that provider for a value.',
  },
  'secrets/malformed-reference': { exit: 'secret', summary: 'A reference breaks the grammar.' },
  'secrets/provider-not-configured': {
    exit: 'secret',
    summary: 'The secrets provider is unknown, or a setting that it needs is missing or malformed.',
  },
  'secrets/provider-not-installed': {
    exit: 'secret',
    summary: 'The package of the secrets provider is not installed.',
  },
  'secrets/no-credentials': {
    exit: 'secret',
    summary: 'No credentials for the secrets provider were found.',
  },
  'secrets/unreachable': {
    exit: 'secret',
    summary: 'The secrets provider cannot be reached, is too slow, too busy, or answers nonsense.',
  },
  'secrets/refused': {
    exit: 'secret',
    summary: 'The credentials are not accepted, or may not read the secret.',
  },
  'secrets/no-such-secret': { exit: 'secret', summary: 'There is no secret, variable or file of this name.' },
  'secrets/no-such-version': { exit: 'secret', summary: 'The secret has no such version.' },
  'secrets/unreadable': {
    exit: 'secret',
    summary: 'The secret is there, but it is binary, too large, or not the JSON object that a field needs.',
  },
  'secrets/no-such-field': { exit: 'secret', summary: 'The secret has no such field.' },
  'secrets/empty': { exit: 'secret', summary: 'The secret is there, and empty.' },
  'secrets/suspicious-scheme': {
    exit: 'secret',
    summary: 'An inline value begins like a mistyped reference.',
  },
  'secrets/not-writable': { exit: 'secret', summary: 'The tool does not write to this secrets provider.' },
  'secrets/not-expressible': {
    exit: 'failure',
    summary: 'A value cannot be carried by an environment variable, or not in the format that was asked for.',
  },
  'secrets/weak-fingerprint-key': {
    exit: 'usage',
    summary: 'The key of the fingerprints is too short to keep the secrets from being guessed.',
  },
  'secrets/lift-conflict': {
    exit: 'findings',
    summary: 'The provider already holds another value under the path that an inline secret would move to.',
  },
  'secrets/read-back-mismatch': {
    exit: 'failure',
    summary: 'The provider returned something other than what was written; the file was left as it is.',
  },
  'secrets/cannot-rewrite': {
    exit: 'refused',
    summary: 'The file cannot be rewritten to references without changing something else.',
  },
  'secrets/changed-meanwhile': {
    exit: 'failure',
    summary: 'The file changed while its secrets were moved; it was left as it is.',
  },
  'secrets/declined': { exit: 'refused', summary: 'The operator answered no.' },
  'bootstrap/refused': {
    exit: 'findings',
    summary: 'A server with this configuration must not start; each fault is listed.',
  },
  'bootstrap/wrong-type': {
    exit: 'failure',
    summary: 'A program asked for a setting as something that it is not.',
  },
  'bootstrap/closed': { exit: 'failure', summary: 'A program asked for settings after it had closed them.' },
  'worker/invalid-environment': {
    exit: 'findings',
    summary: 'The environment of a worker lacks something, or holds something malformed.',
  },
  'worker/no-such-secret': { exit: 'failure', summary: 'A worker asked for a secret that is not mounted.' },
  'exec/no-such-command': {
    exit: 'failure',
    summary: 'There is no command of this name; exec ends with 127, as shells do.',
  },
  'exec/cannot-execute': {
    exit: 'failure',
    summary: 'The command is there and cannot be executed; exec ends with 126, as shells do.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof errorCodes;
