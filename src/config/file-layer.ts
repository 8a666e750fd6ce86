import type { Diagnostic } from '../errors/index.js';
import { providerFamilies } from '../registry/index.js';
import { administratorFields, judgeValue, placeOfFault } from './judged-value.js';
import type { Layer, LayerValue } from './layer.js';
import type { ConfigLeaf } from './leaves.js';
import { keyOfLookup, providerEntry, type SettingKey } from './setting-key.js';

/** What a file says, split into the values of settings and what is wrong with the rest. */
export interface FileLayer {
  readonly values: Layer;
  /** Keys of settings that stand in the file without a value. */
  readonly nulls: ReadonlySet<string>;
  /** Entries such as `auth.oauth.providers.google` that stand in the file, whatever they hold. */
  readonly providers: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** A file that says nothing, or none at all. */
export const emptyFileLayer: FileLayer = {
  values: new Map(),
  nulls: new Set(),
  providers: new Set(),
  diagnostics: [],
};

/**
 * What a leaf says as the given setting. `invalid`: no server starts with it. `unfit`: servers take it, and no row can
 * hold it. A value may come with a doubt: servers take it, although the documentation asks for another.
 */
export type LeafValue =
  | { readonly kind: 'value'; readonly text: string; readonly doubt?: Diagnostic }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unfit'; readonly text: string | undefined; readonly diagnostic: Diagnostic }
  | { readonly kind: 'invalid'; readonly diagnostic: Diagnostic };

/** The value of a leaf as it was read last, since a run asks for it several times; neither leaf nor key changes. */
const known = new WeakMap<
  ConfigLeaf,
  { readonly key: SettingKey; readonly file: string; readonly value: LeafValue }
>();

/** The value of a leaf as the given setting, with a diagnostic that teaches what was expected when it is wrong. */
export function readLeafValue(leaf: ConfigLeaf, key: SettingKey, file: string): LeafValue {
  const last = known.get(leaf);
  if (last?.key === key && last.file === file) return last.value;
  const value = judgedLeaf(leaf, key, file);
  known.set(leaf, { key, file, value });
  return value;
}

function judgedLeaf(leaf: ConfigLeaf, key: SettingKey, file: string): LeafValue {
  const judged = judgeValue(key, leaf.node);
  if (!judged) return { kind: 'absent' };
  const { text, objection } = judged;
  const example = key.setting && !key.secret ? key.setting.example : '';
  const isAnswered = objection?.verdict === 'refused' && objection.isAnswer === true;
  const ofExample = example === '' || isAnswered ? '' : `For example: ${example}`;
  const hint = key.type === 'administrator_list' ? administratorFields : ofExample;
  const diagnostic = (message: string): Diagnostic => ({
    code: objection?.verdict === 'doubtful' ? 'config/doubtful-value' : 'config/invalid-value',
    severity: objection?.verdict === 'refused' ? 'error' : 'warning',
    message,
    file,
    position: placeOfFault(leaf, key),
    key: key.path,
    ...(hint === '' ? {} : { hint }),
  });
  switch (objection?.verdict) {
    case undefined:
      return { kind: 'value', text: text as string };
    case 'doubtful':
      return {
        kind: 'value',
        text: text as string,
        doubt: diagnostic(
          `${leaf.name} is not what is documented: expected ${objection.expected}; ${objection.effect}`,
        ),
      };
    case 'unfit':
    case 'refused': {
      const said = diagnostic(`${leaf.name} is not valid: expected ${objection.expected}`);
      return objection.verdict === 'unfit'
        ? { kind: 'unfit', text, diagnostic: said }
        : { kind: 'invalid', diagnostic: said };
    }
  }
}

/** The families with the keys that lead to them. */
const families = providerFamilies.map((family) => ({ family, keys: family.path.split('.') }));

/** The provider entry that a leaf stands in, such as `auth.saml.providers.okta`, or undefined. */
export function providerEntryOf(leaf: Pick<ConfigLeaf, 'path'>): string | undefined {
  for (const { family, keys } of families) {
    // Key by key: a single key with dots in it, `auth.saml: …`, is not the block of that name.
    if (!keys.every((key, i) => leaf.path[i] === key)) continue;
    const id = leaf.path[keys.length];
    return id === undefined ? undefined : providerEntry(family, String(id));
  }
  return undefined;
}

/** Reads every leaf that is a setting. Leaves of unknown keys are left to the caller: what they mean is not settled here. */
export function readFileLayer(leaves: readonly ConfigLeaf[], file: string): FileLayer {
  const values = new Map<string, LayerValue>();
  const nulls = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  const providers = new Set(leaves.map(providerEntryOf).filter((entry) => entry !== undefined));
  for (const leaf of leaves) {
    const key = keyOfLookup(leaf.lookup);
    if (!key) continue;
    const value = readLeafValue(leaf, key, file);
    if (value.kind === 'absent') nulls.add(key.key);
    if (value.kind === 'invalid') diagnostics.push(value.diagnostic);
    // What no row could hold counts as well: a server that finds it here takes it.
    if ((value.kind === 'value' || value.kind === 'unfit') && value.text !== undefined) {
      values.set(key.key, {
        key,
        text: value.text,
        written: { layer: 'file', file, position: leaf.position },
      });
    }
  }
  return { values, nulls, providers, diagnostics };
}
