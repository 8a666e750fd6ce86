import type { SettingKey } from '../config/setting-key.js';
import {
  effectiveSetting,
  isSameUse,
  type EffectiveInputs,
  type EffectiveSetting,
} from '../settings/effective.js';

function withoutKey(inputs: EffectiveInputs, { key }: SettingKey): EffectiveInputs {
  const { file } = inputs;
  const values = new Map([...file.values].filter(([name]) => name !== key));
  const nulls = new Set([...file.nulls].filter((name) => name !== key));
  return { ...inputs, file: { ...file, values, nulls } };
}

/** What a server would use for a setting if the file did not have it. */
export function usedWithout(key: SettingKey, inputs: EffectiveInputs): EffectiveSetting {
  return effectiveSetting(key, withoutKey(inputs, key));
}

/**
 * True when a server would use another value for a setting if the file did not have it. Precedence is asked, with and
 * without the file's key; rows count as they are.
 */
export function isMissedWithout(key: SettingKey, inputs: EffectiveInputs): boolean {
  const { text } = effectiveSetting(key, inputs);
  return !isSameUse(key, text, usedWithout(key, inputs).text);
}
