import {
  goServerDifferences,
  goServerRedisDifferences,
  type UrlDifferenceKind,
} from '../../database/go-server-url.js';
import { reportOn, type Configuration } from '../configuration.js';
import type { Report } from '../finding.js';
import { severityForGoServer } from '../go-server.js';
import { isPlaceholder } from '../placeholders.js';
import { always, type Rule } from '../rule.js';

interface Facts {
  readonly summary: string;
  readonly why: string;
  readonly fix: string;
}

const facts: Readonly<Record<UrlDifferenceKind, Facts>> = {
  'go-url-other-database': {
    summary: 'A Go server 1.8 opens another database than the URL names',
    why: 'It joins the parts of a PostgreSQL URL without quotes: without a password, or with a blank in it, the database named like the user is opened, and a blank cuts the name of the database. The tool opens the one that the URL names, so the two work on different databases.',
    fix: 'Write a password without blanks, and a name without blanks.',
  },
  'go-url-password': {
    summary: 'A Go server 1.8 does not get the password through',
    why: 'A quote or a backslash in a password for PostgreSQL, and `@ : / ? # %` in one for SQL Server, are lost or misread on their way, encoded or not.',
    fix: 'Choose a password of letters and digits.',
  },
  'go-url-host': {
    summary: 'A Go server 1.8 cannot connect to the host of the URL',
    why: 'It takes the host from its place only, knows no socket for PostgreSQL, and no IPv6 address for MySQL.',
    fix: 'Write a host name.',
  },
  'go-url-parameters': {
    summary: 'A Go server 1.8 drops parameters of the URL',
    why: 'Of PostgreSQL it knows `sslmode`, of SQL Server `database`, and nothing else: `search_path`, `options`, `sslrootcert`, `?mode=ro` and all the others have no effect. The tool keeps to them, so the two may see different tables.',
    fix: 'Set for the role, or for the database, what the parameter was to set.',
  },
  'go-url-no-tls': {
    summary: 'A Go server 1.8 does not encrypt a connection',
    why: 'It speaks without TLS to Redis, whatever the URL says, and to MySQL; and to PostgreSQL when the URL has no `sslmode`.',
    fix: 'Name the `sslmode`; for the others use a tunnel, or a network that nobody else is in.',
  },
  'go-url-user': {
    summary: 'A Go server 1.8 logs in to Redis as another user',
    why: 'It drops the user of the URL and gives the password as that of the default user.',
    fix: 'Use the default user.',
  },
  'go-url-sqlite': {
    summary: 'A Go server 1.8 does not open the SQLite file',
    why: 'Without `//` behind `sqlite:` it opens an empty temporary database, which is gone when it ends; `file:` it refuses.',
    fix: 'Write `sqlite:///absolute/file.db` or `sqlite://./file.db`.',
  },
};

function* differences(configuration: Configuration, kind: UrlDifferenceKind): Iterable<Report> {
  const severity = severityForGoServer(configuration);
  if (!severity) return;
  const sources = [
    ['database.url', goServerDifferences],
    ['database.redis.url', goServerRedisDifferences],
  ] as const;
  for (const [path, differencesOf] of sources) {
    const value = configuration.value(path);
    const text = configuration.secretText(value);
    if (!value || !text || isPlaceholder(text)) continue;
    for (const { kind: found, message, hint, byDefault } of differencesOf(text)) {
      if (found !== kind) continue;
      yield reportOn(value, { message, hint, severity: byDefault ? 'warning' : severity });
    }
  }
}

/** One rule for each way in which a Go server 1.8 reads a URL as nobody else does: an error for its operators. */
export const goUrlRules: readonly Rule[] = (Object.keys(facts) as UrlDifferenceKind[]).map((kind) => ({
  id: kind,
  tier: 'rules',
  severity: always('warning'),
  ...facts[kind],
  why: `${facts[kind].why} With \`--server 1.8\` this is an error, with \`--server documented\` it is not looked for.`,
  check: (configuration) => differences(configuration, kind),
}));
