import type { EnvironmentLayer } from '../config/environment.js';
import { readEnvironment } from '../config/environment.js';
import { emptyFileLayer, providerEntryOf, readFileLayer, type FileLayer } from '../config/file-layer.js';
import { readLeaves, type ConfigLeaf } from '../config/leaves.js';
import { keyOfLookup, type SettingKey } from '../config/setting-key.js';
import { entryOverriddenBy, overriddenBy, type WrittenLayers } from '../config/written.js';
import type { YamlDocument } from '../config/yaml/parse.js';
import { findLegacyPath, lookupPath } from '../registry/index.js';
import type { Environment } from './local.js';
import { isReference } from '../config/reference.js';
import { sourceOfValue, type SecretSource } from './source.js';

/** What file and environment say, as far as secrets are concerned. */
export interface Configured {
  readonly document: YamlDocument | undefined;
  readonly environment: Environment;
  readonly leaves: readonly ConfigLeaf[];
  readonly fileLayer: FileLayer;
  readonly environmentLayer: EnvironmentLayer;
}

/** A reference somewhere in the configuration. */
export interface ConfiguredReference {
  readonly source: SecretSource;
  /** The variable whose value the server takes in place of this one. */
  readonly overriddenBy: string | undefined;
}

/** Reads what a file, if there is one, and the environment say. Reads nothing else. */
export function readConfigured(document: YamlDocument | undefined, environment: Environment): Configured {
  const leaves = document ? readLeaves(document.root) : [];
  return {
    document,
    environment,
    leaves,
    fileLayer: document ? readFileLayer(leaves, document.file) : emptyFileLayer,
    environmentLayer: readEnvironment(environment),
  };
}

/** The key of a leaf, also under a name of an earlier release that means one setting of today. */
export function keyOfLeaf(leaf: ConfigLeaf): SettingKey | undefined {
  const known = keyOfLookup(leaf.lookup);
  if (known) return known;
  const former = findLegacyPath(leaf.path.map(String));
  return former?.entry.kind === 'renamed' && former.now !== null
    ? keyOfLookup(lookupPath(former.now.split('.')))
    : undefined;
}

/**
 * True when a text is a reference where it stands. In secrets and in the `secrets` block all three forms are; elsewhere
 * a text that begins with `file://` may be an address.
 */
function isReferenceIn(key: SettingKey | undefined, text: string): boolean {
  if (!isReference(text)) return false;
  return !text.startsWith('file://') || key?.secret === true || key?.path.startsWith('secrets.') === true;
}

/** File and environment as precedence asks for them. */
export function layersOf({ fileLayer, environmentLayer }: Configured): WrittenLayers {
  return { file: fileLayer, environment: environmentLayer };
}

/** The variable that takes a leaf of the file out of use. */
function overridingVariable(
  configured: Configured,
  leaf: ConfigLeaf,
  key: SettingKey | undefined,
): string | undefined {
  const layers = layersOf(configured);
  const overriding = key && overriddenBy(key, layers);
  if (overriding) return overriding.variable;
  // A field that no provider has stands in an entry all the same.
  const entry = providerEntryOf(leaf);
  return entry === undefined ? undefined : entryOverriddenBy(entry, layers);
}

function fileReferences(configured: Configured): ConfiguredReference[] {
  return configured.leaves.flatMap((leaf): ConfiguredReference[] => {
    const { node, position } = leaf;
    const key = keyOfLeaf(leaf);
    if (node.kind !== 'scalar' || node.isNull || !isReferenceIn(key, node.text)) return [];
    const file = configured.document?.file;
    return [
      {
        source: {
          key: key?.path ?? leaf.name,
          text: node.text,
          origin: { position, ...(file === undefined ? {} : { file }) },
        },
        overriddenBy: overridingVariable(configured, leaf, key),
      },
    ];
  });
}

/** Keys by the variable that holds their value. */
function keysByVariable({ environmentLayer }: Configured): Map<string, SettingKey> {
  return new Map(
    [...environmentLayer.values.values()].flatMap(({ key, written }) =>
      written.layer === 'environment' ? [[written.variable, key] as const] : [],
    ),
  );
}

function variableReferences(configured: Configured): ConfiguredReference[] {
  const keys = keysByVariable(configured);
  return Object.entries(configured.environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, text]): ConfiguredReference[] => {
      const key = keys.get(name);
      // A variable of the env provider is a secret itself, whatever it looks like.
      if (text === undefined || name.startsWith('TMI_SECRET_') || !isReferenceIn(key, text)) return [];
      return [
        { source: { key: key?.path ?? name, text, origin: { variable: name } }, overriddenBy: undefined },
      ];
    });
}

/**
 * Every reference of the configuration: those of the file in its order, then those of the environment by name.
 * In the environment any variable may hold `vault://` and `env://`, since workers and other programs take secrets too.
 */
export function configuredReferences(configured: Configured): ConfiguredReference[] {
  return [...fileReferences(configured), ...variableReferences(configured)];
}

/** Inline values of secrets, for warnings about mistyped references. */
export function inlineSecretSources(configured: Configured): SecretSource[] {
  const { fileLayer, environmentLayer } = configured;
  return [...fileLayer.values.values(), ...environmentLayer.values.values()]
    .filter(({ key, text }) => key.secret && text !== '' && !isReference(text))
    .map(sourceOfValue);
}
