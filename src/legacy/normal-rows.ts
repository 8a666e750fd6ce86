import { keyOfLookup } from '../config/setting-key.js';
import { settingByDatabaseKey } from '../registry/index.js';
import { isExactFlag } from '../settings/row-value.js';
import { fromRow } from '../values/index.js';

function normalText(name: string, text: string): string {
  const found = text === '' ? undefined : settingByDatabaseKey(name.toLowerCase());
  const key = found && keyOfLookup(found);
  // Servers take such a flag at its exact text only, so that another spelling is another value.
  if (!key || isExactFlag(key)) return text;
  const normal = fromRow(key.type, text);
  return normal.ok ? normal.text : text;
}

/**
 * Rows with their texts in normal form, by key, so that `T` is compared as the `true` that servers read. What is no
 * value of its setting's type stays as it is. The stored text of a row is left alone.
 */
export function withNormalTexts<Row extends { readonly text: string }>(
  rows: ReadonlyMap<string, Row>,
): Map<string, Row> {
  return new Map([...rows].map(([name, row]) => [name, { ...row, text: normalText(name, row.text) }]));
}
