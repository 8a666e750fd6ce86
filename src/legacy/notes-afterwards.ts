import { effectiveSetting, isSameUse, type EffectiveInputs } from '../settings/effective.js';
import { incompleteProviders } from '../settings/provider-completeness.js';
import { settingByDatabaseKey } from '../registry/index.js';
import type { Decision } from './decide.js';
import type { PlanInputs } from './plan-inputs.js';
import type { PlanEntry } from './plan.js';
import { nameOf } from './statement.js';

/** What a plan has come to, which notes speak of. */
export interface Planned {
  readonly entries: readonly PlanEntry[];
  readonly decisions: readonly Decision[];
  /** File, variables and rows as they will be. */
  readonly after: EffectiveInputs;
}

function isOfProvider(key: string): boolean {
  return settingByDatabaseKey(key)?.kind === 'provider-field';
}

/** Stands for the text of a row that cannot be read, and that stays as it is. */
const SOME_TEXT = '?';

/**
 * Enabled providers that leave the file, and lack what servers need in the rows as they will be. In the file such a
 * provider keeps a server from starting, where somebody sees it; in rows it fails at the first login.
 */
export function incompleteNotes(
  { unreadable }: Pick<PlanInputs, 'unreadable'>,
  { entries, after }: Pick<Planned, 'entries' | 'after'>,
): string[] {
  const leaving = entries.flatMap(({ file, key }) =>
    file === 'cut' && key !== undefined && isOfProvider(key) ? [key] : [],
  );
  const values = new Map([...unreadable].map((key) => [key, SOME_TEXT]));
  for (const [key, { text }] of after.rows) values.set(key, text);
  // A row that waits for a choice counts for nothing yet.
  for (const { key = '', row, reason } of entries)
    if (row === 'delete' || reason === 'row-surfaces') values.delete(key);
  return incompleteProviders(leaving, values).map(
    ({ key, message }) =>
      `${key ?? ''}: ${message.replace('would be enabled', 'is enabled')}. In the file it keeps a server from starting; stored, it fails at login only. Complete it, or set its enabled to false.`,
  );
}

/**
 * For a table without the column `origin`: values of the file that were chosen over a variable and are the default, so that
 * nothing marks them as chosen. The variable goes on to override them.
 */
export function unmarkedNotes({ decisions, after }: Pick<Planned, 'decisions' | 'after'>): string[] {
  return decisions.flatMap(({ statement, shadow }) => {
    const { key } = statement;
    const row = after.rows.get(key.key);
    if (shadow?.choice !== 'file' || row === undefined) return [];
    const marked = new Map(after.rows).set(key.key, { ...row, origin: 'explicit' });
    const used = effectiveSetting(key, after).text;
    if (isSameUse(key, used, effectiveSetting(key, { ...after, rows: marked }).text)) return [];
    return [
      `${nameOf(statement)} holds the default, which a table without an origin column cannot mark as chosen: --shadowed file has no effect while ${shadow.variable} is set.`,
    ];
  });
}
