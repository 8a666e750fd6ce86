import type { Limits, PathMatch, ProviderFamily, ProviderField, Setting } from '../registry/index.js';
import type { DatabaseType, SettingType } from '../values/index.js';

/**
 * What a leaf of a file, a variable or a row is about, in one shape for plain settings and provider fields.
 * `key` names it across all layers: the database key where there is one, else the path.
 */
export interface SettingKey {
  readonly key: string;
  /** Path in the file. */
  readonly path: string;
  readonly type: SettingType;
  readonly databaseType: DatabaseType | null;
  readonly operational: boolean;
  readonly secret: boolean;
  readonly limits: Limits | undefined;
  readonly setting: Setting | undefined;
  readonly provider: ProviderKey | undefined;
}

export interface ProviderKey {
  readonly family: ProviderFamily;
  readonly id: string;
  readonly field: ProviderField;
  /** The whole entry: `auth.oauth.providers.google`. */
  readonly entry: string;
}

/** `auth.oauth.providers.google`: names a provider's whole entry. */
export function providerEntry(family: ProviderFamily, id: string): string {
  return `${family.path}.${id}`;
}

/** The provider's entry that a key is a field of, such as `auth.oauth.providers.google`; undefined for other settings. */
export function entryOfKey({ provider }: Pick<SettingKey, 'provider'>): string | undefined {
  return provider?.entry;
}

// A run asks for the same keys again and again: for the leaves of a file, for rows, and in every proof.
const ofSettings = new WeakMap<Setting, SettingKey>();

/**
 * The key of a plain setting. A bootstrap setting that is also stored (`server.base_url`) counts as operational:
 * the database is its authority in the documented model.
 */
export function keyOfSetting(setting: Setting): SettingKey {
  let key = ofSettings.get(setting);
  if (!key) {
    key = {
      key: setting.databaseKey ?? (setting.path as string),
      path: setting.path ?? (setting.databaseKey as string),
      type: setting.type,
      databaseType: setting.databaseType,
      operational: setting.databaseKey !== null,
      secret: setting.secret,
      limits: setting.limits,
      setting,
      provider: undefined,
    };
    ofSettings.set(setting, key);
  }
  return key;
}

/** Ids are an operator's own, of which a process that runs for long may meet any number. */
const MOST_IDS = 1000;
const ofFields = new WeakMap<ProviderFamily, Map<string, Map<ProviderField, SettingKey>>>();

function keysOfEntry(family: ProviderFamily, id: string): Map<ProviderField, SettingKey> {
  let ids = ofFields.get(family);
  if (!ids || ids.size > MOST_IDS) {
    ids = new Map<string, Map<ProviderField, SettingKey>>();
    ofFields.set(family, ids);
  }
  let keys = ids.get(id);
  if (!keys) {
    keys = new Map<ProviderField, SettingKey>();
    ids.set(id, keys);
  }
  return keys;
}

/** The key of one field of one provider. */
export function keyOfProviderField(family: ProviderFamily, id: string, field: ProviderField): SettingKey {
  const keys = keysOfEntry(family, id);
  let known = keys.get(field);
  if (!known) {
    const entry = providerEntry(family, id);
    const key = `${entry}.${field.name}`;
    known = {
      key,
      path: key,
      type: field.type,
      databaseType: field.databaseType,
      operational: true,
      secret: field.secret,
      limits: undefined,
      setting: undefined,
      provider: { family, id, field, entry },
    };
    keys.set(field, known);
  }
  return known;
}

/** The key that a path leads to, or undefined when it leads to no value. */
export function keyOfLookup(lookup: PathMatch): SettingKey | undefined {
  if (lookup.kind === 'setting') return keyOfSetting(lookup.setting);
  if (lookup.kind === 'provider-field') return keyOfProviderField(lookup.family, lookup.id, lookup.field);
  return undefined;
}
