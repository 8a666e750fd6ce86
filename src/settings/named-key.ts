import { keyOfLookup, keyOfSetting, type SettingKey } from '../config/setting-key.js';
import type { Diagnostic } from '../errors/index.js';
import {
  findLegacyPath,
  isSecretKey,
  lookupPath,
  nearestDatabaseKey,
  settingByDatabaseKey,
  type Setting,
} from '../registry/index.js';
import type { DatabaseType } from '../values/index.js';

/** What an operator's name for a setting leads to. */
export type NamedKey =
  /** A setting that the database holds. It may have been named by its path in the file. */
  | { readonly kind: 'stored'; readonly key: SettingKey }
  /** A setting that only file and environment hold. */
  | { readonly kind: 'bootstrap'; readonly key: SettingKey; readonly setting: Setting }
  | UnknownName;

/** A name that leads to no setting. */
export interface UnknownName {
  readonly kind: 'unknown';
  readonly name: string;
  /** The known key that was probably meant. */
  readonly nearest: string | undefined;
  /** The name is a setting's but for the case of its letters. Some databases would take the two for one key. */
  readonly variantOf: Exclude<NamedKey, UnknownName> | undefined;
  /** The name is a provider's, and what stands in it in place of the id is none. */
  readonly wrongId: string | undefined;
}

/** Keys that servers use for something else: `reencrypt` is a word of the settings API. */
const reserved: ReadonlySet<string> = new Set(['reencrypt']);

function findKey(name: string): Exclude<NamedKey, UnknownName> | undefined {
  const stored = settingByDatabaseKey(name);
  const key = stored && keyOfLookup(stored);
  if (key) return { kind: 'stored', key };
  const found = lookupPath(name.split('.'));
  if (found.kind !== 'setting') return undefined;
  const byPath = keyOfSetting(found.setting);
  return byPath.operational
    ? { kind: 'stored', key: byPath }
    : { kind: 'bootstrap', key: byPath, setting: found.setting };
}

/** Finds a setting by its key in the database, else by its path in the file. */
export function nameKey(name: string): NamedKey {
  const found = findKey(name);
  if (found) return found;
  const path = name.split('.');
  const lookup = lookupPath(path);
  const wrongId = lookup.kind === 'invalid-provider-id' ? lookup.id : undefined;
  const variantOf = findKey(name.toLowerCase());
  const nearest =
    variantOf?.key.key ??
    findLegacyPath(path)?.now ??
    nearestDatabaseKey(name) ??
    (lookup.kind === 'unknown' ? lookup.nearest : undefined);
  // With a wrong id in it, the nearest key can be the name itself.
  return { kind: 'unknown', name, nearest: nearest === name ? undefined : nearest, variantOf, wrongId };
}

/**
 * The shape of a key that no registry knows, or that the registry does not keep in the database: for rows of other
 * servers.
 */
export function unknownKey(name: string, databaseType: DatabaseType): SettingKey {
  const named = nameKey(name);
  const meant = named.kind === 'unknown' ? named.variantOf : named;
  return {
    key: name,
    path: name,
    type: databaseType === 'json' ? 'string_map' : databaseType,
    databaseType,
    operational: true,
    secret: isSecretKey(name) || (meant?.key.secret ?? false),
    limits: undefined,
    setting: undefined,
    provider: undefined,
  };
}

/** Why a key is not one to store under, or undefined. Keys of the registry always are. */
export function keyFault(name: string): Diagnostic | undefined {
  if (reserved.has(name.toLowerCase())) {
    return {
      code: 'settings/reserved-key',
      severity: 'error',
      message: `${name} is reserved: servers use the word for a command`,
      key: name,
    };
  }
  if (/^[^\s\p{Cc}=]{1,256}$/u.test(name)) return undefined;
  return {
    code: 'settings/unknown-key',
    severity: 'error',
    message: 'A key has 1 to 256 characters, without spaces, control characters and =',
    key: name,
  };
}

/** The finding for a name that no setting has. */
export function unknownKeyFault(
  { name, nearest, variantOf, wrongId }: UnknownName,
  hint?: string,
): Diagnostic {
  const meant = nearest === undefined ? undefined : `Did you mean ${nearest}?`;
  const hints = [meant, hint].filter((text) => text !== undefined);
  const why =
    wrongId !== undefined
      ? `: ${wrongId} is no id of a provider, which has lower-case letters, digits and separators`
      : variantOf
        ? ': keys are lower case'
        : '';
  return {
    code: 'settings/unknown-key',
    severity: 'error',
    message: `No setting has the key ${name}${why}`,
    key: name,
    ...(hints.length === 0 ? {} : { hint: hints.join(' ') }),
  };
}

/**
 * The finding for a setting that the database never holds, with the place to set it at.
 * @param hint a further way, if there is one
 */
export function bootstrapFault(setting: Setting, hint?: string): Diagnostic {
  const path = setting.path ?? '';
  const variable = setting.env === null ? '' : `, or the variable ${setting.env}`;
  return {
    code: 'settings/bootstrap-key',
    severity: 'error',
    message: `${path} is a bootstrap setting: the server reads it at start, before it has a database`,
    key: path,
    hint: [`Set ${path} in the configuration file${variable}.`, hint].filter(Boolean).join(' '),
  };
}
