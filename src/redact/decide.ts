import type { ConfigLeaf } from '../config/leaves.js';
import { keyOfLookup, type SettingKey } from '../config/setting-key.js';
import { findLegacyPath, isSecretKey, lookupPath, settingByDatabaseKey } from '../registry/index.js';
import { namesSecret, secretName } from './forms.js';

/**
 * The one place that decides what is not shown: of a setting, a row, a leaf of a file and a variable. What of a value
 * that may be shown is a secret by its form, `maskByForm` decides; `shownValue` asks both.
 */

/** True for a setting whose value is not shown: a secret, or what gives access although no server calls it one. */
export function isHidden(key: Pick<SettingKey, 'secret' | 'setting'> | undefined): boolean {
  return key !== undefined && (key.secret || key.setting?.hidden === true);
}

function keyOfPath(path: string | null | undefined): SettingKey | undefined {
  return path ? keyOfLookup(lookupPath(path.split('.'))) : undefined;
}

const isSecretPath = (path: string | null | undefined): boolean => keyOfPath(path)?.secret ?? false;

/** Parts of an older address that are no secret by themselves, although the address that they make is one today. */
const addressPart = /^database\.postgres\.(?:host|port|user|database|sslmode)$/;

/** The setting that a path of an earlier release became. */
function successorOf(path: readonly (string | number)[]): SettingKey | undefined {
  const names = path.map(String);
  return addressPart.test(names.join('.')) ? undefined : keyOfPath(findLegacyPath(names)?.now);
}

/** What a leaf's key stands for, or stood for, or was probably meant to be. */
interface Meanings {
  readonly known: SettingKey | undefined;
  readonly nearest: string | undefined;
  readonly successor: SettingKey | undefined;
}

function meaningsOf({ path, lookup }: ConfigLeaf): Meanings {
  return {
    known: keyOfLookup(lookup),
    nearest: lookup.kind === 'unknown' ? lookup.nearest : undefined,
    successor: successorOf(path),
  };
}

function meansSecret({ name, path }: ConfigLeaf, { known, nearest, successor }: Meanings): boolean {
  if (known) return known.secret;
  return (
    secretName.test(name) ||
    namesSecret(String(path.at(-1))) ||
    secretName.test(nearest ?? '') ||
    isSecretPath(nearest) ||
    (successor?.secret ?? false)
  );
}

/** True when a leaf's value is a secret, or may be one: under an earlier name, a mistyped one, or one that says so. */
export function isSecretLeaf(leaf: ConfigLeaf): boolean {
  return meansSecret(leaf, meaningsOf(leaf));
}

/** The same for what is not to be shown: beside secrets, the values of hidden settings. */
export function isHiddenLeaf(leaf: ConfigLeaf): boolean {
  const meanings = meaningsOf(leaf);
  const { known, nearest, successor } = meanings;
  return (
    meansSecret(leaf, meanings) || isHidden(known) || isHidden(keyOfPath(nearest)) || isHidden(successor)
  );
}

/**
 * True for a row whose value is not shown, or for a bootstrap setting under its path: a secret, a hidden setting, or what
 * no setting claims and whose name says that it is a secret. The latter is a matter of showing only: how such a row is
 * stored is its owner's business. Case is ignored, as some databases ignore it.
 */
export function isHiddenRow(name: string): boolean {
  if (isSecretKey(name)) return true;
  const key = name.toLowerCase();
  const row = settingByDatabaseKey(key);
  const known = row ? keyOfLookup(row) : keyOfPath(key);
  if (known) return isHidden(known);
  const former = keyOfPath(findLegacyPath(key.split('.'))?.now);
  return isHidden(former) || namesSecret(key.slice(key.lastIndexOf('.') + 1));
}

/** What of a variable's name is the name of an entry of a map: `X_TOKEN` of `…_ADDITIONAL_PARAMS_X_TOKEN`. */
function entryName(variable: string, { type, provider, setting }: SettingKey): string | undefined {
  if (type === 'userinfo_list') return /_CLAIMS_(.+)$/.exec(variable)?.[1];
  if (type !== 'string_map') return undefined;
  const field = provider?.field.name.toUpperCase() ?? setting?.env ?? '';
  const at = variable.indexOf(`${field}_`);
  return at < 0 ? variable : variable.slice(at + field.length + 1);
}

/**
 * True for a variable whose value is not shown.
 * @param key the setting that it is for; undefined for one that is no setting's, of which only its name can tell
 */
export function isHiddenVariable(variable: string, key: SettingKey | undefined): boolean {
  if (!key) return namesSecret(variable);
  const entry = entryName(variable, key);
  return isHidden(key) || (entry !== undefined && namesSecret(entry));
}
