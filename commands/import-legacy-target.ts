import { existsSync } from 'node:fs';
import {
  connectDatabase,
  describeTarget,
  fileOfTarget,
  mayDifferByUser,
  parseDatabaseUrl,
  sameAddress,
  type Database,
} from '../src/database/index.js';
import { ToolError } from '../src/errors/index.js';
import type { SettingsTable } from '../src/settings/store.js';
import type { SecretValue } from '../src/values/index.js';
import type { Context, StatedDatabase } from './context.js';

/** How long the other server may take to say who it is; it need not be reachable from here. */
const ASK_MS = 3_000;

/** How the database was chosen, as far as the operator must know it afterwards. */
export interface ChosenTarget {
  /** What to say of it beside the plan, and again in the last lines. */
  readonly notes: readonly string[];
  /** The variable that leads elsewhere than the file: a server needs it as well. */
  readonly neededVariable?: string;
}

/** Where a URL leads, with the schema that it names. */
function shown(url: SecretValue): string {
  const { target, parameters } = parseDatabaseUrl(url);
  const schema = parameters.get('search_path');
  return `${describeTarget(target)}${schema === undefined ? '' : ` (search_path ${schema})`}`;
}

/** Asks both servers for what they call the database. Undefined where one of them does not say. */
async function sameServer(a: SecretValue, b: SecretValue, context: Context): Promise<boolean | undefined> {
  const ask = async (url: SecretValue): Promise<string | undefined> => {
    const { engine } = parseDatabaseUrl(url).target;
    const options = { url, readOnly: true, connectTimeoutMs: ASK_MS, environment: context.io.env };
    const database = await connectDatabase(options).catch(() => undefined);
    const identity = await database?.serverIdentity();
    await database?.close();
    return identity === undefined ? undefined : `${engine} ${identity}`;
  };
  const [one, other] = await Promise.all([ask(a), ask(b)]);
  return one === undefined || other === undefined ? undefined : one === other;
}

/** What names a database; a text that is no URL leads nowhere. */
async function statedBy(context: Context): Promise<StatedDatabase[]> {
  const leads = (url: SecretValue): boolean => {
    try {
      return parseDatabaseUrl(url).target !== undefined;
    } catch (error) {
      if (error instanceof ToolError) return false;
      throw error;
    }
  };
  const stated = await context.statedDatabases();
  return stated.map((place) => (place.url && !leads(place.url) ? { ...place, url: undefined } : place));
}

async function sameDatabase(a: SecretValue, b: SecretValue, context: Context): Promise<boolean> {
  const [one, other] = [parseDatabaseUrl(a), parseDatabaseUrl(b)];
  if (one.target.engine !== other.target.engine) return false;
  if (!sameAddress(one, other)) return (await sameServer(a, b, context)) ?? false;
  return !mayDifferByUser(one, other) || ((await sameServer(a, b, context)) ?? true);
}

function wrongDatabase(used: SecretValue, stated: StatedDatabase): ToolError {
  const where = stated.url ? `names ${shown(stated.url)}` : 'leads to nothing that could be compared';
  const isOneAddress = stated.url && sameAddress(parseDatabaseUrl(used), parseDatabaseUrl(stated.url));
  const why = isOneAddress ? ', where its user is led to another schema' : '';
  return new ToolError(
    'legacy/wrong-database',
    `--database-url leads to ${shown(used)}, and ${stated.by} ${where}${why}: a server that is started with it would see nothing of what is stored`,
    {
      hint: 'Nothing was read or written. Leave --database-url out, or say with --other-database that this database is meant.',
    },
  );
}

/** `--database-url` beside what file and environment name. */
async function checkGiven(
  given: SecretValue,
  context: Context,
  { other, anyFile }: TargetOptions,
): Promise<ChosenTarget> {
  const stated = await statedBy(context);
  const [first] = stated;
  if (!first) return { notes: [] };
  const counting = anyFile && !first.isVariable ? stated : [first];
  for (const { url } of counting) {
    if (url && (await sameDatabase(given, url, context))) return { notes: [] };
  }
  if (!other) throw wrongDatabase(given, first);
  const named = first.url ? ` names ${shown(first.url)}` : ' leads elsewhere';
  return {
    notes: [
      `${first.by}${named}: a server that is started with it sees nothing of what is stored in ${shown(given)}.`,
    ],
  };
}

/**
 * A variable that leads elsewhere than the file is the normal way of containers, and the server needs it too. The imported
 * file may name another database than `--config` does, of which a server that is started with it sees nothing.
 */
async function noteOthers(context: Context): Promise<ChosenTarget> {
  const [first, ...files] = await statedBy(context);
  if (!first?.url) return { notes: [] };
  const used = `The database is ${shown(first.url)}, by ${first.by}`;
  for (const { by, url } of files) {
    if (url && (await sameDatabase(first.url, url, context))) continue;
    const named = url ? `names ${shown(url)}` : 'leads elsewhere';
    if (first.isVariable) {
      return {
        notes: [
          `${used}; ${by} ${named}. A server sees what is stored only when it is started with the same ${first.by}.`,
        ],
        neededVariable: first.by,
      };
    }
    if (!url) continue;
    return {
      notes: [
        `${used}; ${by} ${named}. A server that is started with that file sees nothing of what is stored.`,
      ],
    };
  }
  return { notes: [] };
}

export interface TargetOptions {
  /** `--other-database`: that the database is another one is meant. */
  readonly other: boolean;
  /** The historical form: of `--config` and the imported file either may name the database. */
  readonly anyFile: boolean;
}

/**
 * Makes sure that the database is the one that the server of file and environment opens, before it is connected to.
 * Addresses are compared as engines see them, and where those differ the servers are asked.
 * @throws ToolError `legacy/wrong-database`
 */
export async function chooseTarget(context: Context, options: TargetOptions): Promise<ChosenTarget> {
  const { databaseUrl } = context.options;
  if (databaseUrl === undefined) return noteOthers(context);
  return checkGiven(await context.databaseUrl(), context, options);
}

/** Every TMI server makes it, also those before there were stored settings. */
const SERVER_TABLE = 'threat_models';

/** Says so where no server can have used the database so far, since the file may have been used with another one. */
export async function emptyTargetNotes(
  database: Database,
  table: Pick<SettingsTable, 'exists'>,
): Promise<string[]> {
  if (table.exists) return [];
  const file = fileOfTarget(database.target);
  const another = 'If a server has run with these settings before, this is not its database.';
  if (file !== undefined && !existsSync(file)) {
    return [`The file ${file} does not exist; the import creates it. ${another}`];
  }
  if (await database.hasTable(SERVER_TABLE)) return [];
  return [`${database.describe()} has none of the tables of a TMI server. ${another}`];
}
