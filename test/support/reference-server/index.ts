import { parse } from 'yaml';
import { providersOf, type UsedProvider } from './providers.js';
import {
  familyKinds,
  referenceFamilies,
  referenceSettings,
  type FamilyKind,
  type RegistrySetting,
} from './registry.js';
import { fromFile, fromRow, fromVariable, sortedJson } from './values.js';

/**
 * A second implementation of what servers use, so that the tool is not judged by itself: written from the facts about
 * the servers, with a parser and a list of settings of its own, and nothing of `src`. It is held against the recorded
 * answers of a real server.
 */
export interface ServerState {
  readonly model: 'documented' | '1.8';
  /** The file's text; a value that no server takes is not expected in it. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  /** With their values in the clear. An origin other than `explicit` counts as seeded. */
  readonly rows: readonly {
    readonly key: string;
    readonly value: string;
    readonly origin: string | null;
    readonly type?: string;
  }[];
}

/** What a server uses: settings by database key, or path where there is none, and its enabled providers. */
export type Used = Readonly<Record<'settings', Readonly<Record<string, string>>>> &
  Readonly<Record<FamilyKind, Readonly<Record<string, UsedProvider>>>>;

type Data = Readonly<Record<string, unknown>>;

/** Scalars keep their text: what it means depends on the setting, as in the server's own parser. */
function readFile(text: string): Data {
  return (parse(text, { schema: 'failsafe', merge: true, customTags: [nulls] }) as Data | null) ?? {};
}

const nulls = {
  identify: (value: unknown) => value === null,
  default: true as const,
  tag: 'tag:yaml.org,2002:null',
  test: /^(?:~|[Nn]ull|NULL)?$/,
  resolve: () => null,
};

/** The value at a path; undefined where a key is missing. */
function at(data: Data, path: string): unknown {
  let value: unknown = data;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !(key in value)) return undefined;
    value = (value as Data)[key];
  }
  return value;
}

const silentWhenEmpty = new Set([
  'operator.name',
  'operator.contact',
  'operator.jurisdiction',
  'auth.oauth.client_callback_allowlist',
]);

interface Candidates {
  readonly fallback: string;
  readonly variable: string | undefined;
  /** The key stands in the file, whatever it holds. */
  readonly written: boolean;
  readonly file: string | undefined;
  readonly row: { readonly text: string; readonly explicit: boolean } | undefined;
}

function candidatesOf(setting: RegistrySetting, data: Data, { environment, rows }: ServerState): Candidates {
  const { type, db_key, yaml_path, env } = setting;
  const stated = at(data, yaml_path ?? db_key ?? '');
  const own = environment[env ?? ''] ?? '';
  // Platforms name the port in PORT.
  const variable = own === '' && yaml_path === 'server.port' ? (environment['PORT'] ?? '') : own;
  const row = rows.find(({ key }) => key === db_key);
  return {
    fallback: setting.default ?? '',
    variable: variable === '' ? undefined : fromVariable(type, variable),
    written: stated !== undefined,
    file: fromFile(type, stated),
    row:
      row === undefined || row.value === ''
        ? undefined
        : { text: fromRow(type, row.value), explicit: row.origin === 'explicit' },
  };
}

const isEmpty = (text: string | undefined): boolean => text === undefined || text === '' || text === '[]';

function documented(setting: RegistrySetting, { fallback, variable, file, row }: Candidates): string {
  if (setting.db_key === undefined) return variable ?? file ?? fallback;
  if (row?.explicit) return row.text;
  if (variable !== undefined) return variable;
  if (file !== undefined && file !== '') return file;
  return row?.text ?? file ?? fallback;
}

function server18(setting: RegistrySetting, candidates: Candidates): string {
  const { fallback, variable, written, file, row } = candidates;
  const reads = setting.server_1_8_reads;
  // What the loader makes of file and variables, before anybody asks the database.
  const loaded = variable ?? file ?? fallback;
  if (setting.yaml_path === null && reads === 'file') return fallback;
  if (reads === undefined || reads === 'file') return loaded;
  const sameName = setting.yaml_path === setting.db_key;
  const saysNothing = silentWhenEmpty.has(setting.db_key ?? '') && isEmpty(file);
  const stated = variable !== undefined || (sameName && written && !saysNothing);
  if (reads === 'origin') {
    if (row?.explicit) return row.text;
    return stated ? loaded : (row?.text ?? loaded);
  }
  if (stated) return loaded;
  return row?.text ?? (sameName ? loaded : fallback);
}

function administratorOf(environment: ServerState['environment']): Record<string, string> | undefined {
  const of = (name: string): string => environment[`TMI_ADMIN_${name}`] ?? '';
  if (of('PROVIDER') === '') return undefined;
  const fields = {
    provider: of('PROVIDER'),
    provider_id: of('PROVIDER_ID'),
    email: of('EMAIL'),
    group_name: of('GROUP_NAME'),
    subject_type: of('SUBJECT_TYPE') === '' ? 'user' : of('SUBJECT_TYPE'),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

function withAdministrator(list: string, environment: ServerState['environment']): string {
  const added = administratorOf(environment);
  if (!added) return list;
  const others = list === '' ? [] : (JSON.parse(list) as unknown[]);
  if (others.some((one) => sortedJson(one) === sortedJson(added))) return list;
  return sortedJson([...others, added]);
}

/** True when somebody stated how long a session lasts, which follows from the token's lifetime otherwise. */
function statesTimeout(data: Data, { model, rows }: ServerState): boolean {
  const row = rows.find(({ key }) => key === 'session.timeout_minutes');
  const isExplicit = row?.origin === 'explicit' && row.value !== '';
  return (
    model === 'documented' && (isExplicit || !isEmpty(fromFile('int', at(data, 'session.timeout_minutes'))))
  );
}

/** What a server of the model uses. */
export function usedBy(state: ServerState): Used {
  const data = readFile(state.file);
  const settings: Record<string, string> = {};
  for (const setting of referenceSettings) {
    const candidates = candidatesOf(setting, data, state);
    const text = state.model === '1.8' ? server18(setting, candidates) : documented(setting, candidates);
    settings[setting.db_key ?? setting.yaml_path ?? ''] = text;
  }
  settings['administrators'] = withAdministrator(settings['administrators'] ?? '', state.environment);
  if (!statesTimeout(data, state)) {
    const seconds = BigInt(settings['auth.jwt.expiration_seconds'] ?? '3600');
    settings['session.timeout_minutes'] = String(seconds / 60n);
  }
  const providers = referenceFamilies.map(
    (family) => [family.kind, providersOf(family, at(data, family.prefix), state)] as const,
  );
  return { settings, ...(Object.fromEntries(providers) as Record<FamilyKind, Record<string, UsedProvider>>) };
}

export { familyKinds };
