import { nearestOf } from './nearest.js';
import { providerFamilies, settings } from './settings.js';
import type { ProviderFamily, ProviderField, Setting } from './types.js';

export interface SettingMatch {
  readonly kind: 'setting';
  readonly setting: Setting;
}

/** One field of one provider entry, such as `client_id` of `google`. */
export interface ProviderFieldMatch {
  readonly kind: 'provider-field';
  readonly family: ProviderFamily;
  readonly id: string;
  readonly field: ProviderField;
}

/** What a path of a configuration file stands for. */
export type PathMatch =
  | SettingMatch
  | ProviderFieldMatch
  /** A known prefix of settings: `server`, `auth.jwt`, a family, or one entry of a family. */
  | { readonly kind: 'block' }
  | { readonly kind: 'invalid-provider-id'; readonly family: ProviderFamily; readonly id: string }
  /** `nearest` is the known path that was probably meant, when one is reasonably near. */
  | { readonly kind: 'unknown'; readonly nearest?: string };

interface Tables {
  readonly byPath: ReadonlyMap<string, Setting>;
  readonly byDatabaseKey: ReadonlyMap<string, Setting>;
  readonly byEnv: ReadonlyMap<string, Setting>;
  readonly blocks: ReadonlySet<string>;
  readonly families: readonly FamilyTable[];
}

interface FamilyTable {
  readonly family: ProviderFamily;
  /** Its path with the dot that ends it. */
  readonly prefix: string;
  readonly segments: readonly string[];
  readonly fields: ReadonlyMap<string, ProviderField>;
}

function prefixesOf(path: string): string[] {
  const segments = path.split('.');
  return segments.map((_, index) => segments.slice(0, index).join('.')).slice(1);
}

function indexBy(nameOf: (setting: Setting) => string | null): Map<string, Setting> {
  return new Map(
    settings.flatMap((setting) => {
      const name = nameOf(setting);
      return name === null ? [] : [[name, setting] as const];
    }),
  );
}

function build(): Tables {
  const byPath = indexBy((setting) => setting.path);
  const families = providerFamilies.map((family) => family.path);
  return {
    byPath,
    byDatabaseKey: indexBy((setting) => setting.databaseKey),
    byEnv: indexBy((setting) => setting.env),
    blocks: new Set([...families, ...[...byPath.keys(), ...families].flatMap(prefixesOf)]),
    families: providerFamilies.map((family) => ({
      family,
      prefix: `${family.path}.`,
      segments: family.path.split('.'),
      fields: new Map(family.fields.map((field) => [field.name, field])),
    })),
  };
}

// Built on first use, so that importing the registry costs nothing but its declarations.
let built: Tables | undefined;
const tables = (): Tables => (built ??= build());

/** The setting at a dotted path of the configuration file; provider fields are found by `lookupPath`. */
export function settingByPath(path: string): Setting | undefined {
  return tables().byPath.get(path);
}

/** The setting that an environment variable overrides. Names of earlier releases are in the legacy tables. */
export function settingByEnv(name: string): Setting | undefined {
  return tables().byEnv.get(name);
}

export function providerFieldOf(family: ProviderFamily, name: string): ProviderField | undefined {
  return family.fields.find((field) => field.name === name);
}

/** `[id, field, ...]` below the family that a dotted name lies under. */
function underFamily(name: string): { table: FamilyTable; rest: string[] } | undefined {
  const table = tables().families.find(({ prefix }) => name.startsWith(prefix));
  return table && { table, rest: name.slice(table.prefix.length).split('.') };
}

function providerField(
  { family, fields }: FamilyTable,
  rest: readonly string[],
): ProviderFieldMatch | undefined {
  const [id = '', name = ''] = rest;
  const field = rest.length === 2 ? fields.get(name) : undefined;
  return field && family.idPattern.test(id) ? { kind: 'provider-field', family, id, field } : undefined;
}

/** What a key of `system_settings` stands for; undefined when no server knows it. Case matters. */
export function settingByDatabaseKey(key: string): SettingMatch | ProviderFieldMatch | undefined {
  const setting = tables().byDatabaseKey.get(key);
  if (setting) return { kind: 'setting', setting };
  const found = underFamily(key);
  return found && providerField(found.table, found.rest);
}

function unknown(nearest: string | undefined): PathMatch {
  return nearest === undefined ? { kind: 'unknown' } : { kind: 'unknown', nearest };
}

function nearestPath(name: string): string | undefined {
  return nearestOf(name, [...tables().byPath.keys(), ...tables().blocks]);
}

/** A provider whose id no row can carry, such as `Corp_X` or `my.idp`: servers take it from the file all the same. */
function brokenProviderId(path: readonly string[]): PathMatch | undefined {
  const table = tables().families.find(({ segments }) => {
    return path.length > segments.length && segments.every((segment, i) => segment === path[i]);
  });
  const id = table && path[table.segments.length];
  return table === undefined || id === undefined || table.family.idPattern.test(id)
    ? undefined
    : { kind: 'invalid-provider-id', family: table.family, id };
}

/**
 * What a path of the configuration file stands for.
 * @param path segments from the root; a segment that holds a dot itself is never a known name.
 */
export function lookupPath(path: readonly string[]): PathMatch {
  const name = path.join('.');
  const broken = brokenProviderId(path);
  if (broken) return broken;
  if (path.some((segment) => segment.includes('.'))) return unknown(undefined);
  if (path.length === 0 || tables().blocks.has(name)) return { kind: 'block' };
  const setting = settingByPath(name);
  if (setting) return { kind: 'setting', setting };
  const found = underFamily(name);
  if (!found) return unknown(nearestPath(name));
  const { table, rest } = found;
  const { family } = table;
  const [id = ''] = rest;
  if (rest.length === 1) return { kind: 'block' };
  const known = providerField(table, rest);
  if (known) return known;
  const names = family.fields.map((field) => `${family.path}.${id}.${field.name}`);
  return unknown(nearestOf(name, names));
}

/** The key of `system_settings` that was probably meant, when one is reasonably near. */
export function nearestDatabaseKey(key: string): string | undefined {
  const found = underFamily(key);
  const [id = ''] = found?.rest ?? [];
  const fields = found?.table.family.fields.map((field) => `${found.table.prefix}${id}.${field.name}`);
  return nearestOf(key, [...tables().byDatabaseKey.keys(), ...(fields ?? [])]);
}
