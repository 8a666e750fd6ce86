import type { EditTree } from './cut-plan.js';
import { isGone } from './cut-plan.js';
import type { MapEntry, MapNode, YamlNode, YamlPath } from './node.js';

export interface Addition {
  readonly at: YamlPath;
  readonly key: string;
  readonly value: string;
}

function sameMap(
  before: MapNode,
  edit: EditTree | undefined,
  added: AdditionTree | undefined,
  after: MapNode,
): boolean {
  let next = 0;
  for (const entry of before.entries) {
    for (const addition of added?.before.get(entry.key) ?? []) {
      if (!isAddition(after.entries[next++], addition)) return false;
    }
    const inner = edit?.children.get(entry.key);
    if (isGone(entry.value, inner)) continue;
    const kept = after.entries[next++];
    if (kept?.key !== entry.key || kept.from !== entry.from) return false;
    if (!isAsExpected(entry.value, inner, added?.children.get(entry.key), kept.value)) return false;
  }
  return next === after.entries.length;
}

function isAddition(entry: MapEntry | undefined, { key, value }: Addition): boolean {
  return (
    entry?.key === key && entry.value.kind === 'scalar' && entry.value.text === value && !entry.value.isNull
  );
}

function isAsExpected(
  before: YamlNode,
  edit: EditTree | undefined,
  added: AdditionTree | undefined,
  after: YamlNode,
): boolean {
  if (before.kind === 'scalar') {
    return (
      after.kind === 'scalar' &&
      after.text === before.text &&
      after.style === before.style &&
      after.tag === before.tag
    );
  }
  if (before.kind === 'sequence') {
    if (after.kind !== 'sequence' || after.items.length !== before.items.length) return false;
    return before.items.every((item, i) =>
      isAsExpected(item, edit?.children.get(i), added?.children.get(i), after.items[i] as YamlNode),
    );
  }
  return after.kind === 'map' && sameMap(before, edit, added, after);
}

/** Additions by the map they go into and the key they stand before. */
class AdditionTree {
  readonly before = new Map<string | number, Addition[]>();
  readonly children = new Map<string | number, AdditionTree>();
}

/** True when a map is the original less what was cut plus what was added, in order, styles included. */
export function isExpectedResult(
  before: MapNode,
  edit: EditTree,
  additions: readonly Addition[],
  after: MapNode,
): boolean {
  const tree = new AdditionTree();
  for (const addition of additions) {
    let node = tree;
    for (const segment of addition.at.slice(0, -1)) {
      let child = node.children.get(segment);
      if (!child) node.children.set(segment, (child = new AdditionTree()));
      node = child;
    }
    const key = addition.at.at(-1) ?? '';
    node.before.set(key, [...(node.before.get(key) ?? []), addition]);
  }
  return sameMap(before, edit, tree, after);
}
