import { keyOfSetting } from '../config/setting-key.js';
import { settings } from '../registry/index.js';
import type { DecodedRow } from '../settings/decode.js';
import { derive } from '../settings/effective.js';
import type { DesiredRow } from './decide.js';
import type { Statement } from './statement.js';

/**
 * Rows that follow from stored ones, such as `session.timeout_minutes` from the token's lifetime. Nobody stated
 * them, so they are stored as seeded, and a row or statement of somebody's own is left alone.
 */
export function derivedRows(
  stated: readonly DesiredRow[],
  statements: readonly Statement[],
  rows: ReadonlyMap<string, DecodedRow>,
): DesiredRow[] {
  const texts = new Map(stated.map((row) => [row.key.key, row.text]));
  const named = new Set(statements.map(({ key }) => key.key));
  return settings.flatMap((setting) => {
    const source = setting.derivedFrom && texts.get(setting.derivedFrom.databaseKey);
    if (!setting.derivedFrom || source === undefined) return [];
    const key = keyOfSetting(setting);
    const text = derive(source, setting.derivedFrom.divideBy);
    const row = rows.get(key.key);
    if (named.has(key.key) || row?.origin === 'explicit' || row?.text === text) return [];
    return [{ key, text, origin: 'seeded' as const, sameValue: false }];
  });
}
