import type { Position } from '../../errors/index.js';
import type { AliasPlace, CopyRefusal, Inheritor } from './inherit.js';
import type { MapEntry, MapNode, YamlNode } from './node.js';
import type { SourcePair } from './source.js';

/** The value of a `<<` key. */
export interface MergeSource {
  readonly value: YamlNode;
  /** True when the value itself is an alias; an alias to a list is refused, as the server refuses it. */
  readonly aliasList: boolean;
  readonly keyPosition: Position;
}

export interface MergedEntries {
  /** What shows through, in the order of the merged maps. */
  readonly entries: readonly MapEntry[];
  /** What does not, since an own key or an earlier merged map has the same name. */
  readonly hidden: ReadonlyMap<string, readonly SourcePair[]>;
}

function mapsOf({ value, aliasList }: MergeSource): readonly MapNode[] | undefined {
  if (value.kind === 'map') return [value];
  if (value.kind !== 'sequence' || aliasList) return undefined;
  const maps = value.items.filter((item) => item.kind === 'map');
  return maps.length === value.items.length ? maps : undefined;
}

/** What a merge key brings into a map: own keys win over merged ones, earlier merged maps over later ones. */
export function mergeEntries(
  source: MergeSource,
  own: readonly MapEntry[],
  inheritor: Inheritor,
  depth: number,
): MergedEntries | CopyRefusal | 'not-maps' {
  const maps = mapsOf(source);
  if (!maps) return 'not-maps';
  const taken = new Set(own.map((entry) => entry.key));
  const entries: MapEntry[] = [];
  const hidden = new Map<string, SourcePair[]>();
  const hide = (key: string, ...pairs: readonly SourcePair[]) => {
    const list = hidden.get(key);
    if (list) list.push(...pairs);
    else hidden.set(key, [...pairs]);
  };
  for (const map of maps) {
    const place: AliasPlace | undefined = map.inherited
      ? { position: map.position, range: map.range }
      : undefined;
    for (const entry of map.entries) {
      const pair = inheritor.index.pairOf(entry);
      if (taken.has(entry.key)) {
        hide(entry.key, pair);
        continue;
      }
      taken.add(entry.key);
      const value = inheritor.copy(entry.value, place, depth + 1);
      if (typeof value === 'string') return value;
      const merged: MapEntry = { key: entry.key, keyPosition: source.keyPosition, from: 'merged', value };
      inheritor.index.recordEntry(merged, pair);
      entries.push(merged);
    }
    for (const [key, pairs] of inheritor.index.mapOf(map).hidden) hide(key, ...pairs);
  }
  return { entries, hidden };
}
