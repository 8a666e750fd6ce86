import { distance } from 'fastest-levenshtein';
import { ToolError } from '../errors/index.js';
import type { EngineName } from './engine-name.js';
import { knownParameters, type KnownParameter } from './known-parameters.js';

/** Engines whose drivers read names without regard to case, spaces and dashes. */
const looselySpelt: ReadonlySet<EngineName> = new Set(['mssql', 'oracle']);

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Names of other drivers for what chooses the schema, by engine what to write in their place. */
const schemaNames = new Set([
  'schema',
  'schemas',
  'currentschema',
  'defaultschema',
  'schemaname',
  'searchpath',
  'searchpaths',
]);
const databaseNames = new Set([
  'db',
  'dbname',
  'database',
  'databasename',
  'catalog',
  'initialcatalog',
  'servicename',
  'service',
]);
/** libpq's way around the name service. */
const serverNames = new Set(['hostaddr', 'hostname', 'server', 'address', 'addr']);
const tlsNames =
  /^(ssl|tls|usessl|usetls|requiressl|requiretls|require?secure|encrypt|encryption|encrypted|verifyserver|trustserver|secure$|cafile|rootcert)/;

const schemaAdvice: Readonly<Record<EngineName, string>> = {
  postgres: 'Write search_path=NAME.',
  mysql: 'A schema is a database there, and its name stands behind the host: …@host:port/database.',
  mssql: 'The tool works in the default schema of the user: ALTER USER … WITH DEFAULT_SCHEMA = NAME.',
  oracle: 'The tool works in the schema of the user that logs in.',
  sqlite: 'A SQLite file has no schemas.',
};

const databaseAdvice: Readonly<Record<EngineName, string>> = {
  postgres: 'The name of the database stands behind the host: …@host:port/database.',
  mysql: 'The name of the database stands behind the host: …@host:port/database.',
  mssql: 'Write database=NAME.',
  oracle: 'The service stands behind the host: …@host:port/service.',
  sqlite: 'The file stands behind sqlite://.',
};

const tlsAdvice: Readonly<Record<EngineName, string>> = {
  postgres: 'Write sslmode=require, or verify-full with sslrootcert=FILE.',
  mysql: 'Write ssl-mode=REQUIRED, or VERIFY_IDENTITY with ssl-ca=FILE.',
  mssql: 'Write encrypt=true, with trustServerCertificate or certificate=FILE beside it.',
  oracle: 'Write protocol=tcps.',
  sqlite: 'A file has no connection to secure.',
};

/** Plain forms that lie near a known name without meaning it. */
const innocent = new Set(['sslsni', 'sslcompression', 'poolmode']);

/** How many letters of a name may be wrong, missing or too many. Two that changed places count as one. */
const nearness = (name: string): number => (name.length < 4 ? 0 : name.length < 8 ? 1 : 2);

function isNear(known: string, name: string): boolean {
  const most = nearness(known);
  if (most === 0) return known === name;
  if (distance(known, name) <= most) return true;
  return [...name].some((letter, i) => {
    const swapped = name.slice(0, i) + name.slice(i + 1, i + 2) + letter + name.slice(i + 2);
    return distance(known, swapped) < most;
  });
}

/** The known parameter that a name is, as this engine's drivers read names. */
function knownAs(engine: EngineName, name: string): KnownParameter | undefined {
  const same = looselySpelt.has(engine)
    ? (known: string): boolean => plain(known) === plain(name)
    : (known: string): boolean => known === name;
  return knownParameters[engine].find(({ names }) => names.some(same));
}

/** What to write in place of a name that looks like one which chooses database, schema or TLS; undefined for others. */
function adviceFor(engine: EngineName, name: string): string | undefined {
  const bare = plain(name);
  if (innocent.has(bare)) return undefined;
  const dangerous = knownParameters[engine]
    .filter(({ kind }) => kind !== 'other')
    .flatMap(({ names }) => names);
  const respelt = dangerous.find((known) => plain(known) === bare);
  if (respelt !== undefined) return `Write ${respelt}.`;
  if (schemaNames.has(bare)) return schemaAdvice[engine];
  if (databaseNames.has(bare)) return databaseAdvice[engine];
  if (serverNames.has(bare)) return 'The host stands before the path: …@host:port/….';
  const near = dangerous.find((known) => isNear(plain(known), bare));
  if (near !== undefined) return `Write ${near}.`;
  if (['schema', 'currentschema'].some((known) => isNear(known, bare))) {
    return schemaAdvice[engine];
  }
  return engine !== 'sqlite' && tlsNames.test(bare) ? tlsAdvice[engine] : undefined;
}

/**
 * Looks at the names of a URL's parameters.
 * @returns names that this engine's connection does not use, for a warning
 * @throws ToolError `database/invalid-url` for an unknown name that looks like one which chooses database, schema or TLS:
 * passed over, it would lead to another database or to a connection in the clear. Values are never shown.
 */
export function checkParameterNames(engine: EngineName, parameters: Iterable<string>): readonly string[] {
  const unused: string[] = [];
  for (const name of parameters) {
    if (knownAs(engine, name)) continue;
    const advice = adviceFor(engine, name);
    if (advice === undefined) {
      unused.push(name);
      continue;
    }
    throw new ToolError(
      'database/invalid-url',
      `The database URL has the parameter "${name}", which the tool does not know and which may choose the database, the schema or TLS`,
      { hint: `${advice} Nothing was connected to.` },
    );
  }
  return unused;
}
