import { settingByDatabaseKey } from '../registry/index.js';
import { compactKeyList } from './key-list.js';
import type { ImportPlan, PlanEntry } from './plan.js';

/** What of the rows that an import writes or deletes reaches a Go server that was started before it. */
export interface Reach {
  /** It goes on with what it has read from file and variables at its start. */
  readonly held: readonly string[];
  /** It reads the row anew once what it has cached is too old. */
  readonly pickedUp: readonly string[];
}

/** A provider's fields are read together: they are named by what they begin with. */
function shortName(key: string): string {
  const found = settingByDatabaseKey(key);
  return found?.kind === 'provider-field' ? `${key.slice(0, -found.field.name.length)}*` : key;
}

function readsAnew(
  { path, position, reason }: PlanEntry,
  key: string,
  source: ImportPlan['source'],
): boolean {
  const found = settingByDatabaseKey(key);
  if (!found) return true;
  const reads = found.kind === 'setting' ? found.setting.server18Reads : found.family.server18Reads;
  if (reads === 'file') return false;
  if (reads === 'origin') return true;
  // What a file states under another name than the row's counts as not stated.
  const stated = source === 'environment' ? path !== key : position !== undefined && path === key;
  return !stated || reason === 'takes-effect';
}

/** What a running Go server takes over of a plan that is carried out, and what it does not before it is started anew. */
export function reachOf({ entries, source }: Pick<ImportPlan, 'entries' | 'source'>): Reach {
  const held: string[] = [];
  const pickedUp: string[] = [];
  for (const entry of entries) {
    if (entry.key === undefined || entry.row === undefined || entry.row === 'unchanged') continue;
    (readsAnew(entry, entry.key, source) ? pickedUp : held).push(shortName(entry.key));
  }
  return { held, pickedUp };
}

/** Names for people; undefined for none. */
export function namesOf(keys: readonly string[]): string | undefined {
  return keys.length === 0 ? undefined : compactKeyList(keys);
}
