import { parseDatabaseUrl, type ParsedUrl } from './url.js';

/** Ways in which a Go server 1.8 reads a connection URL as nobody else does. Each is a rule of the validator too. */
export type UrlDifferenceKind =
  | 'go-url-other-database'
  | 'go-url-password'
  | 'go-url-host'
  | 'go-url-parameters'
  | 'go-url-no-tls'
  | 'go-url-user'
  | 'go-url-sqlite';

/** One such difference in one URL. Holds no part of a password. */
export interface UrlDifference {
  readonly kind: UrlDifferenceKind;
  /** What a Go server makes of the URL: one sentence without a full stop. */
  readonly message: string;
  readonly hint: string;
  /** True where it is a default of such a server, and nothing that the URL asks for. */
  readonly byDefault?: true;
}

const quoted = (names: readonly string[]): string => names.join(', ');

function droppedParameters(names: readonly string[], but: string): UrlDifference[] {
  if (names.length === 0) return [];
  return [
    {
      kind: 'go-url-parameters',
      message: `A Go server 1.8 drops ${quoted(names)} of the URL`,
      hint: but,
    },
  ];
}

const isLocal = (host: string | undefined): boolean =>
  host === undefined || /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);

/** Host, port, user, password, database and `sslmode` are joined to a connection string without quotes. */
function postgres({ target, password, parameters }: ParsedUrl, hostIsWritten: boolean): UrlDifference[] {
  const found: UrlDifference[] = [];
  const text = password?.reveal() ?? '';
  const user = target.user ?? '';
  if ((text === '' || /\s/.test(text)) && target.database !== user) {
    const why = text === '' ? 'there is no password' : 'the password holds a blank';
    found.push({
      kind: 'go-url-other-database',
      message: `A Go server 1.8 opens the database named like the user (${user === '' ? 'of the system' : user}) and not ${target.database}, since ${why}`,
      hint:
        text === ''
          ? 'Give the user a password and write it in the URL.'
          : 'Give the user a password without blanks.',
    });
  }
  if (/\s/.test(target.database)) {
    found.push({
      kind: 'go-url-other-database',
      message: 'A Go server 1.8 cuts the name of the database at its blank, and opens another one',
      hint: 'Rename the database, without a blank.',
    });
  }
  if (text.startsWith("'") || text.includes('\\')) {
    const message = text.startsWith("'")
      ? 'A Go server 1.8 refuses a password that begins with a quote'
      : 'A Go server 1.8 loses the backslash of the password, and is refused';
    found.push({ kind: 'go-url-password', message, hint: 'Give the user a password of letters and digits.' });
  }
  if (!hostIsWritten) {
    found.push({
      kind: 'go-url-host',
      message: 'A Go server 1.8 takes the host from its place in the URL only, and fails without it',
      hint: 'Write the host behind the @: postgres://user:password@localhost:5432/database.',
    });
  }
  const names = [...parameters.keys()].filter((name) => name !== 'sslmode' && name !== 'host');
  found.push(
    ...droppedParameters(
      names,
      'Only sslmode counts there. A search_path can be set for the role (ALTER ROLE … SET search_path); certificates are checked against the store of the system.',
    ),
  );
  if (!parameters.has('sslmode') && !isLocal(target.host)) {
    found.push({
      kind: 'go-url-no-tls',
      message: 'A Go server 1.8 does not encrypt the connection, since the URL has no sslmode',
      hint: 'Add ?sslmode=verify-full, or another mode that you mean.',
      byDefault: true,
    });
  }
  return found;
}

function mysql({ target, parameters }: ParsedUrl): UrlDifference[] {
  const names = [...parameters.keys()];
  const tls = names.filter((name) => /tls|ssl/i.test(name));
  const found = droppedParameters(
    names.filter((name) => !tls.includes(name)),
    'For such a server set what they are for on the side of the database.',
  );
  if (tls.length > 0) {
    found.push({
      kind: 'go-url-no-tls',
      message: `A Go server 1.8 does not encrypt connections to MySQL, and drops ${quoted(tls)}`,
      hint: 'Let such a server reach the database through an encrypted tunnel.',
    });
  }
  if (target.host?.includes(':')) {
    found.push({
      kind: 'go-url-host',
      message: 'A Go server 1.8 cannot connect to MySQL at an IPv6 address',
      hint: 'Write a host name, or an IPv4 address.',
    });
  }
  return found;
}

function mssql({ password, parameters }: ParsedUrl): UrlDifference[] {
  const found = droppedParameters(
    [...parameters.keys()].filter((name) => name !== 'database'),
    'Only database counts there.',
  );
  if (/[@:/?#%]/.test(password?.reveal() ?? '')) {
    found.push({
      kind: 'go-url-password',
      message:
        'A Go server 1.8 puts the URL together again without encoding, and breaks at @ : / ? # or % in the password',
      hint: 'Give the user a password without these characters.',
    });
  }
  return found;
}

function sqlite({ parameters }: ParsedUrl): UrlDifference[] {
  return droppedParameters(
    [...parameters.keys()],
    'Such a server opens the file to read and write, as it is.',
  );
}

/** Texts that are no URL to the tool and that a Go server reads in its own way. */
function odd(text: string): UrlDifference[] {
  if (/^sqlite3?:(?!\/\/)/i.test(text)) {
    return [
      {
        kind: 'go-url-sqlite',
        message: 'A Go server 1.8 opens an empty temporary database, since // is missing behind sqlite:',
        hint: 'Write sqlite:///absolute/file.db or sqlite://./file.db.',
      },
    ];
  }
  if (!/^file:(?!\/\/[^/]*@)/i.test(text)) return [];
  return [
    {
      kind: 'go-url-sqlite',
      message: 'A Go server 1.8 refuses file: in place of sqlite://',
      hint: 'Write sqlite:///absolute/file.db.',
    },
  ];
}

function parsed(text: string): ParsedUrl | undefined {
  try {
    return parseDatabaseUrl(text);
  } catch {
    return undefined; // what is wrong with it is said elsewhere
  }
}

/**
 * What a Go server 1.8 makes of the URL of a database where others make something else of it, observed on 1.8.22. What
 * both read alike, or neither can read, is none.
 * @param url in the clear; no part of its password is in the result
 */
export function goServerDifferences(url: string): readonly UrlDifference[] {
  const text = url.trim();
  const read = parsed(text);
  if (!read) return odd(text);
  const authority = /^[^:]*:\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
  const hostIsWritten = !/^(:\d+)?$/.test(authority.slice(authority.lastIndexOf('@') + 1));
  switch (read.target.engine) {
    case 'postgres':
      return postgres(read, hostIsWritten && read.socket === undefined);
    case 'mysql':
      return mysql(read);
    case 'mssql':
      return mssql(read);
    case 'sqlite':
      return sqlite(read);
    case 'oracle':
      return [];
  }
}

/** The same of a URL of Redis. */
export function goServerRedisDifferences(url: string): readonly UrlDifference[] {
  const [, scheme = '', credentials = ''] = /^(rediss?):\/\/(?:([^/?#]*)@)?/i.exec(url.trim()) ?? [];
  const found: UrlDifference[] = [];
  if (scheme.toLowerCase() === 'rediss') {
    found.push({
      kind: 'go-url-no-tls',
      message:
        'A Go server 1.8 takes rediss:// and speaks without TLS: password and sessions cross the network in the clear',
      hint: 'Let such a server reach Redis through an encrypted tunnel, or on its own machine.',
    });
  }
  const [user = ''] = credentials.split(':', 1);
  if (user !== '') {
    found.push({
      kind: 'go-url-user',
      message: 'A Go server 1.8 drops the user of the Redis URL, and logs in as the default one',
      hint: 'Use the password of the default user: redis://:password@host:6379/0.',
    });
  }
  return found;
}
