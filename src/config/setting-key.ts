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
}

/** `auth.oauth.providers.google`: names a provider's whole entry. */
export function providerEntry(family: ProviderFamily, id: string): string {
  return `${family.path}.${id}`;
}

/** The provider's entry that a key is a field of, such as `auth.oauth.providers.google`; undefined for other settings. */
export function entryOfKey({ provider }: Pick<SettingKey, 'provider'>): string | undefined {
  return provider && providerEntry(provider.family, provider.id);
}

/**
 * The key of a plain setting. A bootstrap setting that is also stored (`server.base_url`) counts as operational:
 * the database is its authority in the documented model.
 */
export function keyOfSetting(setting: Setting): SettingKey {
  return {
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
}

/** The key of one field of one provider. */
export function keyOfProviderField(family: ProviderFamily, id: string, field: ProviderField): SettingKey {
  const key = `${providerEntry(family, id)}.${field.name}`;
  return {
    key,
    path: key,
    type: field.type,
    databaseType: field.databaseType,
    operational: true,
    secret: field.secret,
    limits: undefined,
    setting: undefined,
    provider: { family, id, field },
  };
}

/** The key that a path leads to, or undefined when it leads to no value. */
export function keyOfLookup(lookup: PathMatch): SettingKey | undefined {
  if (lookup.kind === 'setting') return keyOfSetting(lookup.setting);
  if (lookup.kind === 'provider-field') return keyOfProviderField(lookup.family, lookup.id, lookup.field);
  return undefined;
}
