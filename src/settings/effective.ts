import {
  keyOfLookup,
  keyOfProviderField,
  keyOfSetting,
  entryOfKey,
  type SettingKey,
} from '../config/setting-key.js';
import type { EnvironmentLayer } from '../config/environment.js';
import type { FileLayer } from '../config/file-layer.js';
import type { LayerValue } from '../config/layer.js';
import type { Diagnostic } from '../errors/index.js';
import { providerFamilies, settingByDatabaseKey, settings } from '../registry/index.js';
import { fromText, parseInteger } from '../values/index.js';
import {
  circumstancesOf,
  effectiveValue,
  entryOwner,
  impliedProviderField,
  type Candidates,
  type Effective,
  type RowOrigin,
  type ServerModel,
} from '../config/precedence.js';
import { rowFault } from './row-value.js';

/** A row's value in the clear, with who stated it. */
export interface RowValue {
  readonly text: string;
  readonly origin: RowOrigin;
}

/** Everything that decides what a server will use. */
export interface EffectiveInputs {
  readonly model: ServerModel;
  readonly file: Pick<FileLayer, 'values' | 'nulls' | 'providers'>;
  readonly environment: Omit<EnvironmentLayer, 'diagnostics'>;
  /** Rows of `system_settings` by key. */
  readonly rows: ReadonlyMap<string, RowValue>;
  /**
   * Rows that cannot be read, by key, with who stated them. Left out: they count as not there, for a caller that stops at
   * them itself.
   */
  readonly unreadable?: ReadonlyMap<string, RowOrigin>;
}

/** A setting's value as the server will use it, with every layer's candidate for it. */
export interface EffectiveSetting extends Effective {
  readonly key: SettingKey;
  readonly file: LayerValue | undefined;
  readonly environment: LayerValue | undefined;
  /** A row that holds a value; an empty one is none. */
  readonly row: RowValue | undefined;
  /** True when the value rests on a row that cannot be read: `text` is undefined then, whatever the server uses. */
  readonly unknown: boolean;
  /**
   * What is wrong with the row that the value rests on, when its text is no value of its setting's type: a server does
   * not use `text` then.
   */
  readonly fault: Diagnostic | undefined;
}

/** Stands for the text of a row that cannot be read: it holds something, whatever it is. */
const SOME_TEXT = '?';

export const ADMINISTRATORS = 'administrators';

function allKeys(inputs: EffectiveInputs): Map<string, SettingKey> {
  const keys = new Map<string, SettingKey>();
  for (const setting of settings) {
    const key = keyOfSetting(setting);
    keys.set(key.key, key);
  }
  for (const layer of [inputs.file.values, inputs.environment.values]) {
    for (const { key } of layer.values()) keys.set(key.key, key);
  }
  for (const rowKey of [...inputs.rows.keys(), ...(inputs.unreadable?.keys() ?? [])]) {
    const found = settingByDatabaseKey(rowKey);
    const key = found && keyOfLookup(found);
    if (key) keys.set(key.key, key);
  }
  for (const key of impliedKeys([...keys.values()], inputs)) keys.set(key.key, key);
  return keys;
}

/** What providers call themselves where their entries do not say so: see `impliedProviderField`. */
function impliedKeys(
  keys: readonly SettingKey[],
  { file, environment, model }: EffectiveInputs,
): SettingKey[] {
  const stated = keys.flatMap((key) => entryOfKey(key) ?? []);
  const entries = new Set([...stated, ...file.providers, ...environment.providers.keys()]);
  return [...entries].flatMap((entry) => {
    const family = providerFamilies.find(({ path }) => entry.startsWith(`${path}.`));
    const id = family && entry.slice(family.path.length + 1);
    if (!family || id === undefined || !family.idPattern.test(id)) return [];
    const owner = entryOwner(entry, { file, environment });
    const own = family.fields.map((field) => keyOfProviderField(family, id, field));
    return own.filter((key) => impliedProviderField(key, owner, model) !== undefined);
  });
}

/**
 * One setting alone: the value that a server will use, but for `TMI_ADMIN_*` and for what follows from another setting.
 */
export function effectiveSetting(key: SettingKey, inputs: EffectiveInputs): EffectiveSetting {
  const file = inputs.file.values.get(key.key);
  const environment = inputs.environment.values.get(key.key);
  const found = inputs.rows.get(key.key);
  const row = found?.text === '' ? undefined : found;
  const unreadable = inputs.unreadable?.get(key.key);
  const circumstances = circumstancesOf(key, inputs.model, inputs);
  const { owner } = circumstances;
  const candidates: Candidates = {
    default: owner === undefined ? key.setting?.default : impliedProviderField(key, owner, inputs.model),
    file: file?.text,
    fileIsNull: inputs.file.nulls.has(key.key),
    environment: environment?.text,
    row: unreadable === undefined ? row : { text: SOME_TEXT, origin: unreadable },
  };
  const effective = effectiveValue(candidates, circumstances);
  const unknown = unreadable !== undefined && effective.winner === 'row';
  const fault = effective.winner === 'row' && row && !unknown ? rowFault(key, row.text) : undefined;
  // Written out: a proof does this for every setting and provider, and copying objects takes longest there.
  const { winner, pinned } = effective;
  const text = unknown ? undefined : effective.text;
  const setting: EffectiveSetting = { winner, text, key, file, environment, row, unknown, fault };
  return pinned ? { ...setting, pinned } : setting;
}

/** True for texts that make no difference to a server: an empty list, or a provider's flag that is off, is as good as none. */
export function isSameUse(key: SettingKey, a: string | undefined, b: string | undefined): boolean {
  const used = (text = ''): string => {
    if (key.type === 'string') return text;
    const isOff = key.provider !== undefined && key.type === 'bool' && text === 'false';
    return isOff || text === '[]' || text === '{}' ? '' : text;
  };
  return used(a) === used(b);
}

/** `TMI_ADMIN_*` adds its administrator to whichever list wins. A list that no server can read is left as it is. */
export function withAdministrator(
  list: string | undefined,
  administrator: string | undefined,
): string | undefined {
  if (administrator === undefined) return list;
  const normal = fromText('administrator_list', list ?? '[]');
  if (!normal.ok || normal.text.includes(administrator)) return list;
  const others = normal.text.slice(1, -1);
  return `[${others === '' ? '' : `${others},`}${administrator}]`;
}

/**
 * Whole units of a derived setting: Go divides integers towards zero.
 * @param text an integer in normal form
 */
export function derive(text: string, divideBy: number): string {
  return String(BigInt(text) / BigInt(divideBy));
}

/** True when somebody chose the value: in the file, by a variable, or in a row that is not a default. */
function isStated(
  { winner, row, key }: EffectiveSetting,
  { unreadable }: Pick<EffectiveInputs, 'unreadable'>,
): boolean {
  if (winner !== 'row') return winner !== 'default';
  return (row?.origin ?? unreadable?.get(key.key)) === 'explicit';
}

/**
 * The value of a setting that follows another one, such as `session.timeout_minutes`: only what somebody stated
 * for it outranks the value that follows.
 */
function derived(
  own: EffectiveSetting,
  all: ReadonlyMap<string, EffectiveSetting>,
  inputs: Pick<EffectiveInputs, 'unreadable'>,
): EffectiveSetting {
  const rule = own.key.setting?.derivedFrom;
  const source = rule && all.get(rule.databaseKey);
  if (!source || isStated(own, inputs)) return own;
  if (source.unknown) return { ...own, winner: source.winner, text: undefined, unknown: true };
  if (source.fault) return { ...own, winner: source.winner, fault: source.fault };
  // Rows are somebody else's text: one that is no integer leads to nothing.
  const integer = source.text === undefined ? undefined : parseInteger(source.text);
  if (integer === undefined) return own;
  return { ...own, winner: source.winner, text: derive(integer, rule.divideBy) };
}

/**
 * The configuration that a server will use: one entry for every setting of the registry and every provider field
 * that any layer holds, by setting key. Pure: the same inputs give the same answer.
 */
export function effectiveConfig(inputs: EffectiveInputs): Map<string, EffectiveSetting> {
  const all = new Map<string, EffectiveSetting>();
  for (const [name, key] of allKeys(inputs)) all.set(name, effectiveSetting(key, inputs));
  const administrators = all.get(ADMINISTRATORS);
  if (administrators && !administrators.unknown) {
    const text = withAdministrator(administrators.text, inputs.environment.administrator);
    all.set(ADMINISTRATORS, { ...administrators, text });
  }
  for (const [name, own] of all) if (own.key.setting?.derivedFrom) all.set(name, derived(own, all, inputs));
  return all;
}
