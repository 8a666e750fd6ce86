import { keyOfLookup, type SettingKey } from '../config/setting-key.js';
import type { Diagnostic } from '../errors/index.js';
import { settingByDatabaseKey } from '../registry/index.js';
import { fromRow, isDatabaseType, isNormalForm } from '../values/index.js';
import type { StoredRow } from './row.js';

/** Flags that the server takes for on at exactly `true` only, so that no other spelling will do. */
export function isExactFlag(key: SettingKey): boolean {
  return key.provider !== undefined && key.type === 'bool';
}

/**
 * What a row should hold, when its text is no value of its setting's type; undefined when it is one. Spellings that
 * servers read as well as the normal form are good.
 * @param text in the clear, not empty
 */
export function rowExpected(key: SettingKey, text: string): string | undefined {
  if (isExactFlag(key)) return ['true', 'false'].includes(text) ? undefined : 'exactly true, or false';
  const normal = fromRow(key.type, text);
  return normal.ok ? undefined : normal.expected;
}

/** The finding for a row whose text is no value of its setting's type. Never holds the text. */
export function rowFault(key: SettingKey, text: string): Diagnostic | undefined {
  const expected = rowExpected(key, text);
  if (expected === undefined) return undefined;
  return {
    code: 'settings/invalid-value',
    severity: 'error',
    message: `The row ${key.key} is not valid: expected ${expected}`,
    key: key.key,
    hint: `Set it again: tmi-dbtool settings set ${key.key} VALUE`,
  };
}

/** The same for the key of a row; undefined as well for a row that is no setting's. */
export function expectedOfSetting(rowKey: string, text: string): string | undefined {
  const found = settingByDatabaseKey(rowKey);
  const key = found && keyOfLookup(found);
  return key && rowExpected(key, text);
}

/** True when the text is what the row's own type says, and a value of the setting that the key names. */
export function rowFits(row: Pick<StoredRow, 'key' | 'type'>, text: string): boolean {
  const asTyped = isDatabaseType(row.type) && isNormalForm(row.type, text);
  return asTyped && expectedOfSetting(row.key, text) === undefined;
}
