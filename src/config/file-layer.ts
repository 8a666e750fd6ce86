import type { Diagnostic } from '../errors/index.js';
import { providerFamilies } from '../registry/index.js';
import { checkValue } from './checks.js';
import type { Layer, LayerValue } from './layer.js';
import type { ConfigLeaf } from './leaves.js';
import { keyOfLookup, providerEntry, type SettingKey } from './setting-key.js';
import { readTypedValue } from './typed-value.js';

/** What a file says, split into the values of settings and what is wrong with the rest. */
export interface FileLayer {
  readonly values: Layer;
  /** Entries such as `auth.oauth.providers.google` that stand in the file, whatever they hold. */
  readonly providers: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

export type LeafValue =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'invalid'; readonly diagnostic: Diagnostic };

/** The value of a leaf as the given setting, with a diagnostic that teaches what was expected when it is wrong. */
export function readLeafValue(leaf: ConfigLeaf, key: SettingKey, file: string): LeafValue {
  const value = readTypedValue(key.type, leaf.node);
  if (value.kind === 'absent') return value;
  const expected = value.kind === 'invalid' ? value.expected : checkValue(key, value.text);
  if (expected === undefined && value.kind === 'value') return value;
  return {
    kind: 'invalid',
    diagnostic: {
      code: 'config/invalid-value',
      severity: 'error',
      message: `${leaf.name} is not valid: expected ${expected ?? 'another value'}`,
      file,
      position: leaf.position,
      key: key.path,
      hint:
        key.setting && !key.secret && key.setting.example !== ''
          ? `For example: ${key.setting.example}`
          : undefined,
    } as Diagnostic,
  };
}

/** The provider entry that a leaf stands in, such as `auth.saml.providers.okta`, or undefined. */
export function providerEntryOf(leaf: Pick<ConfigLeaf, 'path'>): string | undefined {
  for (const family of providerFamilies) {
    const path = family.path.split('.');
    // Key by key: a single key with dots in it, `auth.saml: …`, is not the block of that name.
    if (!path.every((key, i) => leaf.path[i] === key)) continue;
    const id = leaf.path[path.length];
    return id === undefined ? undefined : providerEntry(family, String(id));
  }
  return undefined;
}

/** Reads every leaf that is a setting. Leaves of unknown keys are left to the caller: what they mean is not settled here. */
export function readFileLayer(leaves: readonly ConfigLeaf[], file: string): FileLayer {
  const values = new Map<string, LayerValue>();
  const diagnostics: Diagnostic[] = [];
  const providers = new Set(leaves.map(providerEntryOf).filter((entry) => entry !== undefined));
  for (const leaf of leaves) {
    const key = keyOfLookup(leaf.lookup);
    if (!key) continue;
    const value = readLeafValue(leaf, key, file);
    if (value.kind === 'invalid') diagnostics.push(value.diagnostic);
    if (value.kind === 'value') {
      values.set(key.key, {
        key,
        text: value.text,
        written: { layer: 'file', file, position: leaf.position },
      });
    }
  }
  return { values, providers, diagnostics };
}
