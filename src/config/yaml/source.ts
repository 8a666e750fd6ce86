import type { MapEntry, MapNode } from './node.js';

/** A `key: value` as it stands in the text. */
export interface SourcePair {
  /** The map that the pair is written in. */
  readonly map: SourceMap;
  /** Its place among the pairs of that map, from 0. */
  readonly index: number;
  /** Offset of the first character that is its own: `?`, an anchor or tag of the key, or the key. */
  readonly start: number;
  /** Offset behind the last character of its value; behind the line ending for a block scalar. */
  readonly end: number;
  /** Offset of the comma behind it, in a flow map. */
  readonly comma: number | undefined;
}

/** A map as it stands in the text. */
export interface SourceMap {
  readonly style: 'block' | 'flow';
  /** Start and end; those of the braces in flow style. */
  readonly start: number;
  readonly end: number;
  readonly pairs: readonly SourcePair[];
  /** The innermost pair around this map; none around the root and around maps in a list at the top. */
  readonly owner: SourcePair | undefined;
  /** `item`: the map stands in a list, so that an emptied map would leave an empty item. */
  readonly place: 'root' | 'value' | 'item';
}

/** An alias and the anchor that it names. */
export interface AliasUse {
  readonly name: string;
  readonly alias: { readonly offset: number; readonly pair: SourcePair | undefined };
  readonly anchor: { readonly offset: number; readonly pair: SourcePair | undefined };
}

/** Where a map of the tree comes from. A map reached through an alias has the source of the anchored one. */
export interface MapSource {
  readonly map: SourceMap | undefined;
  /** The `<<` pair of the map. */
  readonly merge: SourcePair | undefined;
  /** By key: pairs that the merge key brings in as well and that another pair of the same name hides. */
  readonly hidden: ReadonlyMap<string, readonly SourcePair[]>;
}

/** Ties the tree to the text, for the edit. */
export class SourceIndex {
  readonly uses: AliasUse[] = [];
  readonly #entries = new Map<MapEntry, SourcePair>();
  readonly #maps = new Map<MapNode, MapSource>();

  recordEntry(entry: MapEntry, pair: SourcePair): void {
    this.#entries.set(entry, pair);
  }

  recordMap(map: MapNode, source: MapSource): void {
    this.#maps.set(map, source);
  }

  /** The pair that an entry was read from; for merged entries and under aliases, the one at the anchor. */
  pairOf(entry: MapEntry): SourcePair {
    const pair = this.#entries.get(entry);
    if (!pair) throw new TypeError('the entry is not of this document');
    return pair;
  }

  mapOf(map: MapNode): MapSource {
    return this.#maps.get(map) ?? { map: undefined, merge: undefined, hidden: new Map() };
  }
}
