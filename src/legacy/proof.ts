import { isHidden } from '../redact/index.js';
import { entryOfKey, type SettingKey } from '../config/setting-key.js';
import {
  ADMINISTRATORS,
  effectiveConfig,
  isSameUse,
  withAdministrator,
  type EffectiveInputs,
} from '../settings/effective.js';
import { show } from './show.js';

/** A setting that the server would use differently. Values are masked where the setting is secret. */
export interface Difference {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The outcome of comparing what the server used before with what it will use after. */
export interface Proof {
  /** Number of settings compared. */
  readonly compared: number;
  /** Settings that differ although nobody chose so. Must be empty. */
  readonly differences: readonly Difference[];
  /** Settings that differ because the operator chose so, or because an older name takes effect under today's. */
  readonly chosen: readonly Difference[];
}

/**
 * A provider's own id and none are the same, for a provider that is made or goes with it. Only an OAuth entry in the file of
 * server 1.8 is without one that rows then give it: that is a change, and one that comes with every such move.
 */
function isOwnId({ provider }: SettingKey, ...texts: (string | undefined)[]): boolean {
  return provider?.field.name === 'id' && texts.every((text = '') => text === '' || text === provider.id);
}

function isDefined(key: SettingKey, { file }: EffectiveInputs): boolean {
  return file.providers.has(entryOfKey(key) ?? '');
}

/** The value that a key may change to: `TMI_ADMIN_*` adds its administrator to a chosen list as well. */
function expectedText(
  key: SettingKey,
  expected: ReadonlyMap<string, string | undefined>,
  { environment }: EffectiveInputs,
): string | undefined {
  const text = expected.get(key.key);
  return key.key === ADMINISTRATORS ? withAdministrator(text, environment.administrator) : text;
}

// A plan is proved against the same beginning before anything is written and once more with what was read back.
const known = new WeakMap<EffectiveInputs, ReturnType<typeof effectiveConfig>>();

function configBefore(inputs: EffectiveInputs): ReturnType<typeof effectiveConfig> {
  let config = known.get(inputs);
  if (!config) known.set(inputs, (config = effectiveConfig(inputs)));
  return config;
}

/**
 * Compares the effective configuration before and after, key by key. Under server 1.8 a stored value need not take
 * effect, since file and variables outrank most rows there: a key that is meant to change may stay as it was.
 * @param expected for the keys that may change, the one value they may change to
 */
export function prove(
  before: EffectiveInputs,
  after: EffectiveInputs,
  expected: ReadonlyMap<string, string | undefined>,
): Proof {
  const was = configBefore(before);
  const is = effectiveConfig(after);
  const differences: Difference[] = [];
  const chosen: Difference[] = [];
  const keys = new Set([...was.keys(), ...is.keys()]);
  for (const name of keys) {
    const key = (was.get(name) ?? is.get(name))?.key;
    const old = was.get(name)?.text;
    const now = is.get(name)?.text;
    if (!key || isSameUse(key, old, now)) continue;
    const ownId = isOwnId(key, old, now);
    // What nothing defined before has no id to lose, and what is gone needs none.
    if (ownId && (!isDefined(key, before) || (now ?? '') === '')) continue;
    const wanted = expectedText(key, expected, after);
    // To mask takes longer than to compare, and most settings are the same.
    const difference = {
      key: name,
      before: show(old, isHidden(key)),
      after: show(now, isHidden(key)),
    };
    if (ownId || (expected.has(name) && isSameUse(key, now, wanted))) chosen.push(difference);
    else differences.push(difference);
  }
  return { compared: keys.size, differences, chosen };
}
