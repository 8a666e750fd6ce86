import type { SettingKey } from '../config/setting-key.js';
import { findLegacyPath } from '../registry/index.js';
import type { EffectiveInputs } from '../settings/effective.js';
import type { PlanReason } from './reasons.js';
import { isMissedWithout, usedWithout } from './removal.js';
import type { PlanInputs } from './plan-inputs.js';
import type { Remark, Statement } from './statement.js';

/** Older names beside today's, as paths of today: their keys would come to life if today's name were gone. */
function pathsWithOlderName(remarks: readonly Remark[]): Set<string> {
  const older = remarks.filter(({ reason }) => reason === 'superseded');
  return new Set(older.flatMap(({ leaf }) => findLegacyPath(leaf.path.map(String))?.now ?? []));
}

function reasonToStay(
  key: SettingKey,
  { leaf }: Remark,
  layers: EffectiveInputs,
  older: ReadonlySet<string>,
): PlanReason | undefined {
  if (older.has(key.path)) return 'older-name-beside';
  // Under an older name no server reads it.
  if (leaf.lookup.kind !== 'setting' || !isMissedWithout(key, layers)) return undefined;
  return usedWithout(key, layers).winner === 'row' ? 'empty-hides-row' : 'empty-overrides-default';
}

/**
 * Sets aside the empty lists that say nothing to server 1.8: stored, they would say something for the first time.
 */
export function withoutSilentLists({ statements, remarks, options }: PlanInputs): {
  readonly statements: Statement[];
  readonly remarks: Remark[];
} {
  const isSilent = ({ key, text }: Statement): boolean =>
    options.server === '1.8' && key.setting?.emptySaysNothing === true && text === '[]';
  const silent = statements
    .filter(isSilent)
    .flatMap(({ key, text, leaves }) =>
      leaves.map((leaf): Remark => ({ leaf, action: 'stays', reason: 'empty-text', key, text })),
    );
  return { statements: statements.filter((one) => !isSilent(one)), remarks: [...remarks, ...silent] };
}

/**
 * Operational keys without a value: one that no server would miss is cut, and nothing is stored for it; one whose removal
 * changes what a server uses stays, since the database holds no empty text.
 */
export function settleEmptyLeaves(remarks: readonly Remark[], layers: EffectiveInputs): Remark[] {
  const older = pathsWithOlderName(remarks);
  return remarks.map((remark) => {
    const { key, leaf, action, reason } = remark;
    const isEmpty = reason === 'no-value' || reason === 'empty-text';
    if (action !== 'stays' || !isEmpty || !key?.operational || key.setting?.alsoStored) return remark;
    // A field goes with its provider or stays with it.
    if (leaf.lookup.kind === 'provider-field') return remark;
    // A reference that leads to nothing is a text all the same.
    if (!['', '[]'].includes(layers.file.values.get(key.key)?.text ?? '')) return remark;
    const stays = reasonToStay(key, remark, layers, older);
    return stays === undefined
      ? { ...remark, action: 'removed', reason: 'says-nothing' }
      : { ...remark, reason: stays };
  });
}
