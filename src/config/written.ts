import type { EnvironmentLayer } from './environment.js';
import type { FileLayer } from './file-layer.js';
import type { LayerValue } from './layer.js';
import { configurationLayers, entryOwner, providerOwner } from './precedence.js';
import { entryOfKey, type SettingKey } from './setting-key.js';

/** File and environment, which are all there is before a database is asked. */
export interface WrittenLayers {
  readonly file: Pick<FileLayer, 'values' | 'providers'>;
  readonly environment: Pick<EnvironmentLayer, 'values' | 'providers'>;
}

/** What keeps a server from using what its file says: a variable, and what it says itself. */
export interface Overriding {
  readonly variable: string;
  /** Undefined when the variable defines the whole provider, and no other one this field of it. */
  readonly value: LayerValue | undefined;
}

/**
 * What a server takes of what somebody wrote for a setting; undefined when nobody did, or only in an entry that variables
 * define anew.
 * @param name of the setting in its layers: the key of its row
 */
export function writtenValue(name: string, layers: WrittenLayers): LayerValue | undefined {
  const held = { environment: layers.environment.values.get(name), file: layers.file.values.get(name) };
  const key = Object.values(held).find((value) => value !== undefined)?.key;
  if (!key) return undefined;
  const layer = configurationLayers(providerOwner(key, layers)).find((one) => held[one] !== undefined);
  return layer && held[layer];
}

/** Everything that somebody wrote, each setting once, as `writtenValue` has it. */
export function allWritten(layers: WrittenLayers): LayerValue[] {
  const names = new Set([...layers.file.values.keys(), ...layers.environment.values.keys()]);
  return [...names].map((name) => writtenValue(name, layers)).filter((value) => value !== undefined);
}

/** The variable that defines a provider anew, and so takes the whole entry of the file out of use. */
export function entryOverriddenBy(entry: string, layers: WrittenLayers): string | undefined {
  return entryOwner(entry, layers) === 'environment' ? layers.environment.providers.get(entry) : undefined;
}

/** What takes a setting of the file out of use: its own variable, or the one that enables the whole provider. */
export function overriddenBy(key: SettingKey, layers: WrittenLayers): Overriding | undefined {
  const value = layers.environment.values.get(key.key);
  const strongest = configurationLayers(providerOwner(key, layers))[0];
  if (strongest !== 'environment') return undefined;
  if (value?.written.layer === 'environment') return { variable: value.written.variable, value };
  const entry = entryOfKey(key);
  const variable = entry === undefined ? undefined : entryOverriddenBy(entry, layers);
  return variable === undefined ? undefined : { variable, value: undefined };
}
