import { keyOfLookup } from '../../config/setting-key.js';
import { settingByDatabaseKey } from '../../registry/index.js';
import { isDatabaseType } from '../../values/index.js';
import { keyFault, nameKey } from '../named-key.js';
import { checkVerbatim } from '../proposed-value.js';
import type { ExportEntry } from './format.js';

/** Options by which an import takes rows that no server of today would write. */
export type Allowance = '--allow-unknown' | '--allow-invalid';

function allowancesOf({ key, type, value }: ExportEntry): Allowance[] {
  const found = settingByDatabaseKey(key);
  const known = found && keyOfLookup(found);
  if (!known) {
    const named = nameKey(key);
    const odd = named.kind === 'unknown' && (named.variantOf !== undefined || named.wrongId !== undefined);
    const invalid = odd || keyFault(key) !== undefined || !isDatabaseType(type);
    return invalid ? ['--allow-unknown', '--allow-invalid'] : ['--allow-unknown'];
  }
  const sound =
    type === known.databaseType && (value.kind !== 'plain' || checkVerbatim(known, value.text).ok);
  return sound ? [] : ['--allow-invalid'];
}

/**
 * The rows of an export that an import takes only when it is told to, by the option that tells it. A value that does not
 * stand there in the clear is taken for sound.
 */
export function neededAllowances(entries: readonly ExportEntry[]): Map<Allowance, string[]> {
  const needed = new Map<Allowance, string[]>();
  for (const entry of entries) {
    if (entry.origin === 'default') continue;
    for (const allowance of allowancesOf(entry)) {
      needed.set(allowance, [...(needed.get(allowance) ?? []), entry.key]);
    }
  }
  return needed;
}
