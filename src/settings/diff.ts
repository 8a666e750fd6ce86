import { keyOfLookup, type SettingKey } from '../config/setting-key.js';
import { lookupPath, settingByDatabaseKey } from '../registry/index.js';
import {
  circumstancesOf,
  effectiveValue,
  type Circumstances,
  type RowOrigin,
  type ServerModel,
  type Winner,
} from '../config/precedence.js';
import { isHiddenRow, shownValue } from '../redact/index.js';

/** What one side says about a setting. */
export interface DiffValue {
  /** In the clear; undefined when the side holds a mask or a reference that leads nowhere. */
  readonly text: string | undefined;
  /** Recognises a text that the side holds masked: true, false, or undefined when it cannot tell. */
  readonly matches?: (text: string) => boolean | undefined;
  readonly origin?: RowOrigin | undefined;
  /** `config.yml:12:3` */
  readonly where?: string;
}

/** One side of a comparison. */
export interface DiffSide {
  readonly name: string;
  /** What the side is to a server: its defaults, its file, or its rows. */
  readonly layer: Extract<Winner, 'default' | 'file' | 'row'>;
  /** By database key, or path for bootstrap settings. */
  readonly values: ReadonlyMap<string, DiffValue>;
  /** Of a configuration file: entries such as `auth.oauth.providers.google` that stand in it, whatever they hold. */
  readonly providers?: ReadonlySet<string>;
  /** Of a configuration file: keys that hold an empty text, which is no value to compare and may hide a row all the same. */
  readonly emptyTexts?: ReadonlySet<string>;
  /** Of a configuration file: keys that stand in it without a value. */
  readonly nulls?: ReadonlySet<string>;
  /** True when it can hold bootstrap settings: a configuration file. */
  readonly holdsBootstrap: boolean;
  /** True when it says who stated a value: rows and exports. */
  readonly statesOrigin: boolean;
}

/**
 * How the two sides differ in one setting. `unknown`: a mask or a reference keeps them from being compared, which
 * counts as a difference.
 */
export type DiffState = 'only-a' | 'only-b' | 'differs' | 'origin' | 'unknown';

/** One difference. Secrets are masked. */
export interface Difference {
  readonly key: string;
  readonly state: DiffState;
  readonly a: string | null;
  readonly b: string | null;
  readonly secret: boolean;
  readonly whereA: string | null;
  readonly whereB: string | null;
  /** Which of the two a server uses that has both; null for two sides of one kind, and where it uses neither. */
  readonly wins: 'a' | 'b' | null;
}

function equal(a: DiffValue, b: DiffValue): boolean | undefined {
  if (a.text !== undefined && b.text !== undefined) return a.text === b.text;
  if (a.text !== undefined) return b.matches?.(a.text);
  if (b.text !== undefined) return a.matches?.(b.text);
  return undefined;
}

function stateOf(
  a: DiffValue | undefined,
  b: DiffValue | undefined,
  origins: boolean,
): DiffState | undefined {
  if (!a || !b) return a ? 'only-a' : 'only-b';
  const same = equal(a, b);
  if (same === undefined) return 'unknown';
  if (!same) return 'differs';
  return origins && a.origin !== b.origin ? 'origin' : undefined;
}

/** A value that only has to be told from none. */
const someValue = '?';

/** A row that no server knows counts like one of a setting. */
const unknownSetting: Omit<Circumstances, 'model'> = {
  operational: true,
  server18Reads: null,
  file: 'none',
  emptySaysNothing: false,
  owner: undefined,
};

function settingKeyOf(key: string): SettingKey | undefined {
  return keyOfLookup(settingByDatabaseKey(key) ?? lookupPath(key.split('.')));
}

function winnerOf(name: string, a: DiffSide, b: DiffSide, model: ServerModel): Difference['wins'] {
  const key = settingKeyOf(name);
  if (a.layer === b.layer) return null;
  const sideOf = (layer: Winner): DiffSide | undefined => [a, b].find((side) => side.layer === layer);
  const valueAt = (layer: Winner): DiffValue | undefined => sideOf(layer)?.values.get(name);
  const textAt = (layer: Winner): string | undefined => valueAt(layer) && (valueAt(layer)?.text ?? someValue);
  const text = textAt('row');
  const row =
    text === undefined ? undefined : { text, origin: valueAt('row')?.origin ?? ('seeded' as const) };
  const file = sideOf('file');
  const candidates = {
    default: textAt('default'),
    file: textAt('file') ?? (file?.emptyTexts?.has(name) ? '' : undefined),
    fileIsNull: file?.nulls?.has(name) ?? false,
    environment: undefined,
    row,
  };
  const entries = { providers: file?.providers ?? new Set<string>() };
  const defined = { file: entries, environment: { providers: new Set<string>() } };
  const circumstances = key ? circumstancesOf(key, model, defined) : { ...unknownSetting, model };
  const { winner, pinned } = effectiveValue(candidates, circumstances);
  // An entry of the file is the whole provider, and a key without a value may pin the default: neither leaves the row in use.
  const layer = circumstances.owner === 'file' || pinned ? 'file' : winner;
  if (layer === a.layer) return 'a';
  return layer === b.layer ? 'b' : null;
}

/**
 * Compares two sides setting by setting, in the order of the keys. Bootstrap settings count only where both sides can
 * hold them, or where both are rows.
 * @param bootstrap says of a key whether it is a bootstrap setting's
 * @param model whose rules decide which of the two is used
 */
export function diffSettings(
  a: DiffSide,
  b: DiffSide,
  bootstrap: (key: string) => boolean,
  model: ServerModel = 'documented',
): Difference[] {
  // Rows are compared as they are, also those under keys that no server reads there.
  const both = (a.holdsBootstrap && b.holdsBootstrap) || (a.layer === 'row' && b.layer === 'row');
  const keys = [...new Set([...a.values.keys(), ...b.values.keys()])].sort();
  return keys.flatMap((key): Difference[] => {
    if (!both && bootstrap(key)) return [];
    const [left, right] = [a.values.get(key), b.values.get(key)];
    const state = stateOf(left, right, a.statesOrigin && b.statesOrigin);
    if (state === undefined) return [];
    const secret = isHiddenRow(key);
    const shown = (value: DiffValue | undefined): string | null => {
      if (!value) return null;
      const text = shownValue(value.text ?? '?', secret) ?? null;
      return state === 'origin' ? `${text ?? ''} (${value.origin ?? 'seeded'})` : text;
    };
    return [
      {
        key,
        state,
        a: shown(left),
        b: shown(right),
        secret,
        whereA: left?.where ?? null,
        whereB: right?.where ?? null,
        wins: winnerOf(key, a, b, model),
      },
    ];
  });
}
