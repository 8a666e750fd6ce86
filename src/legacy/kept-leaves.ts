import type { Decision } from './decide.js';
import type { Remark } from './statement.js';

/**
 * On a table without the column `origin` a row that equals its default counts as nobody's choice. Where an older name
 * beside it says something else, the setting stays in the file, or the next import would take the older name for what
 * somebody wants.
 */
export function keepDisputed(decisions: readonly Decision[]): Decision[] {
  return decisions.map((decision) => {
    const { statement, entry } = decision;
    const isDefault = statement.key.setting?.default === (decision.row?.text ?? statement.text);
    if (!statement.disputed || !isDefault || entry.file !== 'cut') return decision;
    const action = entry.action === 'conflict' ? 'conflict' : 'stays';
    return { ...decision, entry: { ...entry, action, file: 'kept', reason: 'older-name-beside' } };
  });
}

/** With `--no-rewrite` every leaf stays; what goes into the database is the same. */
export function keepLeaves(decisions: readonly Decision[]): Decision[] {
  return decisions.map((decision) => ({ ...decision, entry: { ...decision.entry, file: 'kept' as const } }));
}

/** The leaves that are cut although nothing is stored for them. */
export function removedLeaves(remarks: readonly Remark[]): Remark['leaf'][] {
  return remarks.filter(({ action }) => action === 'removed').map(({ leaf }) => leaf);
}
