import type { DecodedRow } from '../settings/decode.js';
import { isHidden, isHiddenLeaf, isSecretLeaf } from '../redact/index.js';
import type { Decision, DesiredRow } from './decide.js';
import type { HiddenRow } from './provider-entries.js';
import type { PlanEntry } from './plan.js';
import type { PlanReason } from './reasons.js';
import { show } from './show.js';
import type { FileRename, Remark } from './statement.js';

/** A leaf that stays. */
export function remarkEntry({ leaf, action, reason, key, text }: Remark): PlanEntry {
  const secret = key?.secret ?? false;
  const nearest = action === 'unknown' && leaf.lookup.kind === 'unknown' ? leaf.lookup.nearest : undefined;
  return {
    action,
    path: leaf.name,
    position: leaf.position,
    key: key?.key,
    file: action === 'removed' ? 'cut' : 'kept',
    row: undefined,
    value: show(text, isHidden(key) || isHiddenLeaf(leaf)),
    current: undefined,
    secret,
    reason,
    ...(nearest === undefined ? {} : { nearest }),
  };
}

/**
 * The leaves of an older name that becomes a pair under today's name. Of several that become one, each shows its own
 * value: what they are put together to may be a secret although most of them are none.
 */
export function renameEntries({ key, text, leaves, replaced }: FileRename, rewrites: boolean): PlanEntry[] {
  const isWhole = leaves.length === 1;
  return leaves.map((leaf) => {
    const variable = replaced?.get(String(leaf.path.at(-1)));
    const own = variable ?? (leaf.node.kind === 'scalar' ? leaf.node.text : undefined);
    return {
      action: 'renamed',
      path: leaf.name,
      position: leaf.position,
      key: key.path,
      file: rewrites ? 'cut' : 'kept',
      row: undefined,
      value: isWhole ? show(text, isHidden(key)) : show(own, isHiddenLeaf(leaf)),
      current: undefined,
      secret: isWhole ? key.secret : isSecretLeaf(leaf),
      reason: variable === undefined ? 'new-name' : 'new-name-variable',
    };
  });
}

/** One line for every leaf, so that each key of the file is found in the plan under its own line number. */
export function statementEntries({ statement, entry }: Decision): PlanEntry[] {
  if (statement.leaves.length < 2) return [entry];
  return statement.leaves.map((leaf) => ({ ...entry, path: leaf.name, position: leaf.position }));
}

const fates: Readonly<Record<HiddenRow['fate'], PlanReason>> = {
  asked: 'row-surfaces',
  kept: 'provider-kept',
  overwritten: 'row-removed',
  unchosen: 'row-unchosen',
};

/** A row that comes to light. */
export function hiddenEntry(hidden: HiddenRow): PlanEntry {
  const removed = hidden.fate === 'overwritten' || hidden.fate === 'unchosen';
  return {
    action: hidden.fate === 'unchosen' ? 'removed' : 'conflict',
    path: hidden.key.key,
    position: undefined,
    key: hidden.key.key,
    file: 'kept',
    row: removed ? 'delete' : 'unchanged',
    value: undefined,
    current: show(hidden.text ?? '?', isHidden(hidden.key)),
    secret: hidden.key.secret,
    reason: fates[hidden.fate],
  };
}

/** A row that no key of the file states: it follows from another one, or a provider's variables state it. */
export function rowEntry(
  { key, text }: DesiredRow,
  row: DecodedRow | undefined,
  reason: 'derived' | 'variable-wins',
): PlanEntry {
  return {
    action: 'moves',
    path: key.key,
    position: undefined,
    key: key.key,
    file: 'kept',
    row: row ? 'replace' : 'insert',
    value: show(text, isHidden(key)),
    current: show(row?.text, isHidden(key)),
    secret: key.secret,
    reason,
  };
}
