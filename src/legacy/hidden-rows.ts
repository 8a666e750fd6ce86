import type { EnvironmentLayer } from '../config/environment.js';
import { keyOfLookup, providerEntry, type SettingKey } from '../config/setting-key.js';
import { settingByDatabaseKey } from '../registry/index.js';
import type { DecodedRow } from '../settings/decode.js';
import type { Decision } from './decide.js';

/** A row of a provider that takes effect once the file's provider of the same id is gone. */
export interface HiddenRow {
  readonly key: SettingKey;
  readonly text: string;
}

/**
 * Under server 1.8 a provider of the file hides the whole provider of the database. When it leaves the file, fields
 * that only the database has would come to light: the operator must know.
 */
export function hiddenRows(
  decisions: readonly Decision[],
  rows: ReadonlyMap<string, DecodedRow>,
  environment: Pick<EnvironmentLayer, 'providers'>,
): HiddenRow[] {
  const leaving = new Set<string>();
  const stated = new Set(decisions.map(({ statement }) => statement.key.key));
  for (const { statement, entry } of decisions) {
    const { provider } = statement.key;
    if (provider?.family.server18Reads !== 'provider' || entry.file !== 'cut') continue;
    const name = providerEntry(provider.family, provider.id);
    if (!environment.providers.has(name)) leaving.add(name);
  }
  return [...rows].flatMap(([name, row]) => {
    const found = stated.has(name) ? undefined : settingByDatabaseKey(name);
    const key = found && keyOfLookup(found);
    const hidden = key?.provider && leaving.has(providerEntry(key.provider.family, key.provider.id));
    return key && hidden && row.text !== '' ? [{ key, text: row.text }] : [];
  });
}
