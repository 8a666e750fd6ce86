import type { ReferenceFamily } from './registry.js';
import type { ServerState } from './index.js';

/** A provider as a server uses it: every field that says something. */
export type UsedProvider = Readonly<Record<string, unknown>>;
type Entry = Record<string, unknown>;

const claimsOf = (environment: ServerState['environment'], prefix: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, text]) =>
      name.startsWith(prefix) && name.length > prefix.length && text !== ''
        ? [[name.slice(prefix.length).toLowerCase(), text]]
        : [],
    ),
  );

function fromVariables(
  { kind, fields }: ReferenceFamily,
  prefix: string,
  env: ServerState['environment'],
): Entry {
  const entry: Entry = {};
  for (const { field, type } of fields) {
    const text = env[`${prefix}${field.toUpperCase()}`] ?? '';
    if (field === 'userinfo') {
      const parts = ['USERINFO', 'USERINFO_SECONDARY', 'USERINFO_ADDITIONAL'].flatMap((part) => {
        const url = env[`${prefix}${part}_URL`] ?? '';
        return url === '' ? [] : [{ url, claims: claimsOf(env, `${prefix}${part}_CLAIMS_`) }];
      });
      if (parts.length > 0) entry[field] = parts;
    } else if (type === 'map of string') {
      entry[field] = claimsOf(env, `${prefix}${field.toUpperCase()}_`);
    } else if (text === '') continue;
    else if (type === 'bool') entry[field] = text === 'true';
    else if (type === 'string_list') {
      const items = kind === 'content_oauth' ? text.split(/\s+/) : text.split(',').map((item) => item.trim());
      entry[field] = items.filter((item) => item !== '');
    } else entry[field] = text;
  }
  return entry;
}

function fromRows({ prefix, fields }: ReferenceFamily, id: string, rows: ServerState['rows']): Entry {
  const entry: Entry = {};
  for (const { field, type } of fields) {
    const text = rows.find(({ key }) => key === `${prefix}.${id}.${field}`)?.value ?? '';
    if (text === '') continue;
    if (type === 'bool') entry[field] = text === 'true';
    else entry[field] = type === 'string' ? text : (JSON.parse(text) as unknown);
  }
  return entry;
}

const truths = /^(true|yes|on|y)$/i;

function fromFile({ fields }: ReferenceFamily, stated: unknown): Entry {
  const entry: Entry = {};
  for (const { field, type } of fields) {
    const value = (stated as Entry | null | undefined)?.[field];
    if (value === null || value === undefined) continue;
    entry[field] = type === 'bool' ? truths.test(value as string) : value;
  }
  return entry;
}

/** Without what says nothing: empty texts, lists and maps, and flags that are off. */
function saying(entry: Entry): UsedProvider {
  const says = (value: unknown): boolean =>
    value !== false &&
    value !== '' &&
    value !== null &&
    !(typeof value === 'object' && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => says(value)));
}

/**
 * The providers of a family by id, whole entries each: variables before file before rows. Disabled ones are in it too,
 * since they hide rows as well; a server offers none of them.
 */
export function providersOf(
  family: ReferenceFamily,
  stated: unknown,
  { model, environment, rows }: ServerState,
): Record<string, UsedProvider> {
  const all: Record<string, UsedProvider> = {};
  const entries = typeof stated === 'object' && stated !== null ? Object.entries(stated) : [];
  if (family.kind !== 'content_oauth' || model === 'documented') {
    for (const { key } of rows) {
      const [id = '', field = '', ...more] = key.startsWith(`${family.prefix}.`)
        ? key.slice(family.prefix.length + 1).split('.')
        : [];
      const known = more.length === 0 && family.fields.some((one) => one.field === field);
      if (!known || !family.idPattern.test(id)) continue;
      // Rows have no id of their own to lack: they stand under it.
      const own = family.kind === 'content_oauth' ? {} : { id };
      all[id] = saying({ ...own, ...fromRows(family, id, rows) });
    }
  }
  for (const [id, entry] of entries) {
    const read = fromFile(family, entry);
    // Only the entry of an OAuth provider in the file of server 1.8 goes without an id of its own.
    const named = family.kind === 'saml' || (family.kind === 'oauth' && model === 'documented');
    all[id] = saying(named && (read['id'] ?? '') === '' ? { ...read, id } : read);
  }
  const enabled = new RegExp(`^${family.envPrefix}(.+)_ENABLED$`);
  for (const [name, text] of Object.entries(environment)) {
    const written = text === 'true' ? enabled.exec(name)?.[1] : undefined;
    if (written === undefined) continue;
    const lower = written.toLowerCase();
    const id = family.kind === 'content_oauth' ? lower : lower.replaceAll('_', '-');
    const entry = fromVariables(family, `${family.envPrefix}${written}_`, environment);
    const own = family.kind === 'content_oauth' ? {} : { id, name: id };
    all[id] = saying({ ...own, ...entry });
  }
  return Object.fromEntries(Object.entries(all).filter(([, provider]) => provider['enabled'] === true));
}
