import { providerEntryOf } from '../config/file-layer.js';
import type { ConfigLeaf } from '../config/leaves.js';
import { providerEntry } from '../config/setting-key.js';
import type { Decision } from './decide.js';
import type { PlanEntry } from './plan.js';

/**
 * Under server 1.8 a provider in the file hides the one in the database, so it leaves the file whole or not at all:
 * a remnant would hide what has just been stored.
 */
export function keepPartialProviders(
  decisions: readonly Decision[],
  leaves: readonly ConfigLeaf[],
): Decision[] {
  const cut = new Set(
    decisions
      .filter((d) => d.entry.file === 'cut')
      .flatMap((d) => d.statement.leaves.map((leaf) => leaf.name)),
  );
  const remnants = new Map(
    leaves.filter((leaf) => !cut.has(leaf.name)).map((leaf) => [providerEntryOf(leaf), leaf.name]),
  );
  return decisions.map((decision) => {
    const provider = decision.statement.key.provider;
    if (provider?.family.server18Reads !== 'provider' || decision.entry.file === 'kept') return decision;
    const because = remnants.get(providerEntry(provider.family, provider.id));
    if (because === undefined) return decision;
    const action = decision.entry.action === 'conflict' ? 'conflict' : 'stays';
    const entry: PlanEntry = {
      ...decision.entry,
      action,
      file: 'kept',
      reason: 'provider-not-whole',
      because,
    };
    return { ...decision, entry };
  });
}

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
