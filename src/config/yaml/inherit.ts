import { MAX_DEPTH } from './compose.js';
import type { MapEntry, MapNode, YamlNode } from './node.js';
import type { SourceIndex } from './source.js';
import type { Position } from '../../errors/index.js';

/** So many values may come in through aliases and merge keys. More is a mistake, or an attack. */
export const MAX_INHERITED = 100_000;

/** Where an alias stands: its copies of the anchored values are shown there. */
export interface AliasPlace {
  readonly position: Position;
  readonly range: readonly [start: number, end: number];
}

export type CopyRefusal = 'too-deep' | 'too-many';

/** Copies values for the place of an alias, and counts them over the whole document. */
export class Inheritor {
  #copied = 0;

  constructor(readonly index: SourceIndex) {}

  /**
   * The value as it is seen at an alias. Without `place` the value keeps its own position: that is a map written
   * out behind a merge key.
   */
  copy(node: YamlNode, place: AliasPlace | undefined, depth: number): YamlNode | CopyRefusal {
    if (depth > MAX_DEPTH) return 'too-deep';
    if (++this.#copied > MAX_INHERITED) return 'too-many';
    const base = {
      ...(place ?? { position: node.position, range: node.range }),
      inherited: true,
      ...(place || node.writtenAt ? { writtenAt: node.writtenAt ?? node.range } : {}),
    };
    if (node.kind === 'scalar') return { ...node, ...base };
    if (node.kind === 'sequence') {
      const items: YamlNode[] = [];
      for (const item of node.items) {
        const copied = this.copy(item, place, depth + 1);
        if (typeof copied === 'string') return copied;
        items.push(copied);
      }
      return { kind: 'sequence', ...base, items };
    }
    const entries: MapEntry[] = [];
    for (const entry of node.entries) {
      const value = this.copy(entry.value, place, depth + 1);
      if (typeof value === 'string') return value;
      const copied: MapEntry = { ...entry, value };
      this.index.recordEntry(copied, this.index.pairOf(entry));
      entries.push(copied);
    }
    const map: MapNode = { kind: 'map', ...base, entries };
    this.index.recordMap(map, this.index.mapOf(node));
    return map;
  }
}
