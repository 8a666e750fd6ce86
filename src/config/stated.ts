import type { Diagnostic } from '../errors/index.js';
import { settingByPath } from '../registry/index.js';
import type { EnvironmentLayer } from './environment.js';
import type { FileLayer } from './file-layer.js';
import type { LayerValue } from './layer.js';
import type { ConfigLeaf } from './leaves.js';
import { configurationLayers } from './precedence.js';
import { keyOfSetting, type SettingKey } from './setting-key.js';
import type { YamlNode } from './yaml/node.js';

/** A file, as what it states is looked up. */
export interface StatedFile {
  /** The file's name as the user gave it. */
  readonly name: string;
  readonly leaves: readonly ConfigLeaf[];
  readonly layer: FileLayer;
}

/**
 * What file and environment state for a setting. `invalid`: something stands there that the setting does not take, so
 * that nobody can tell what was meant. Whoever takes that for the default, does what nobody asked for.
 */
export type Stated =
  | { readonly kind: 'value'; readonly value: LayerValue }
  | { readonly kind: 'invalid'; readonly diagnostic: Diagnostic }
  | { readonly kind: 'nothing' };

const isEmpty = (node: YamlNode): boolean =>
  (node.kind === 'scalar' && node.isNull) || (node.kind === 'map' && node.entries.length === 0);

/** A diagnostic for a block above the setting that is none: `secrets: vault` in place of `secrets: {provider: vault}`. */
function brokenBlock({ name, leaves }: StatedFile, { path }: SettingKey): Diagnostic | undefined {
  const leaf = leaves.find(
    (candidate) =>
      candidate.lookup.kind === 'block' && path.startsWith(`${candidate.name}.`) && !isEmpty(candidate.node),
  );
  return (
    leaf && {
      code: 'config/invalid-value',
      severity: 'error',
      message: `${leaf.name} is not valid: expected a map of settings`,
      file: name,
      position: leaf.position,
      key: path,
    }
  );
}

function statedInFile(file: StatedFile, key: SettingKey): Stated {
  const value = file.layer.values.get(key.key);
  if (value) return { kind: 'value', value };
  const diagnostic = file.layer.diagnostics.find((d) => d.key === key.path) ?? brokenBlock(file, key);
  return diagnostic ? { kind: 'invalid', diagnostic } : { kind: 'nothing' };
}

function statedByVariable(
  environment: Pick<EnvironmentLayer, 'values' | 'diagnostics'>,
  key: SettingKey,
): Stated {
  const value = environment.values.get(key.key);
  if (value) return { kind: 'value', value };
  const diagnostic = environment.diagnostics.find((d) => d.key === key.path);
  return diagnostic ? { kind: 'invalid', diagnostic } : { kind: 'nothing' };
}

/**
 * What is stated for a setting that is read at start. The strongest layer that states anything counts, also when that is
 * not valid: the value below it is not what was asked for.
 * @param path of the setting
 * @param files the first one that states something counts
 */
export function statedFor(
  path: string,
  environment: Pick<EnvironmentLayer, 'values' | 'diagnostics'>,
  files: readonly StatedFile[],
): Stated {
  const setting = settingByPath(path);
  if (!setting) return { kind: 'nothing' };
  const key = keyOfSetting(setting);
  const by = {
    environment: () => [statedByVariable(environment, key)],
    file: () => files.map((file) => statedInFile(file, key)),
  };
  const all = configurationLayers(undefined).flatMap((layer) => by[layer]());
  return all.find(({ kind }) => kind !== 'nothing') ?? { kind: 'nothing' };
}
