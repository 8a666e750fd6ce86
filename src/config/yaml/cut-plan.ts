import type { Diagnostic } from '../../errors/index.js';
import type { MapEntry, MapNode, PathSegment, YamlNode, YamlPath } from './node.js';
import type { YamlDocument } from './parse.js';
import type { SourceMap, SourcePair } from './source.js';

/** The paths to cut and the places to add at, as a tree. */
export class EditTree {
  /** The value named by this path goes. */
  cut = false;
  /** A new pair takes its place in this map, which therefore stays. */
  grows = false;
  readonly children = new Map<PathSegment, EditTree>();

  at(path: YamlPath): EditTree {
    const [segment, ...rest] = path;
    if (segment === undefined) return this;
    let child = this.children.get(segment);
    if (!child) this.children.set(segment, (child = new EditTree()));
    return child.at(rest);
  }
}

/** True when a value goes: named itself, or a map of which every pair goes. */
export function isGone(value: YamlNode, edit: EditTree | undefined): boolean {
  if (!edit) return false;
  return edit.cut || (value.kind === 'map' && isEmptied(value, edit));
}

/** True when every pair of a map goes and nothing takes their place. */
function isEmptied(map: MapNode, edit: EditTree): boolean {
  if (edit.grows || map.entries.length === 0 || edit.children.size < map.entries.length) return false;
  return map.entries.every((entry) => isGone(entry.value, edit.children.get(entry.key)));
}

export interface CutPlan {
  /** Pairs of the text that go, none inside another. */
  readonly pairs: ReadonlySet<SourcePair>;
  /** Every pair of the root goes, so that `{}` must remain. */
  readonly emptiesRoot: boolean;
  readonly faults: readonly Diagnostic[];
}

/** What an alias or merge key asks of a pair that is written elsewhere. */
interface Demand {
  readonly pair: SourcePair;
  readonly entry: MapEntry;
  readonly goes: boolean;
}

/**
 * Decides which pairs of the text have to go so that exactly the named values disappear.
 *
 * Text behind an anchor is shared: it can only be cut when every place that shows it loses the same values.
 */
export class CutPlanner {
  readonly #pairs = new Set<SourcePair>();
  readonly #faults: Diagnostic[] = [];
  readonly #demands: Demand[] = [];

  constructor(readonly document: YamlDocument) {}

  plan(edit: EditTree): CutPlan {
    const { root } = this.document;
    this.#map(root, edit, false);
    this.#checkDemands();
    this.#checkAliases();
    return { pairs: this.#pairs, emptiesRoot: isEmptied(root, edit), faults: this.#faults };
  }

  #decide(pair: SourcePair, entry: MapEntry, goes: boolean, shared: boolean): void {
    if (shared) this.#demands.push({ pair, entry, goes });
    else if (goes) this.#pairs.add(pair);
  }

  #node(node: YamlNode, edit: EditTree | undefined, shared: boolean): void {
    if (node.kind === 'map') {
      this.#map(node, edit, shared || node.inherited);
    } else if (node.kind === 'sequence') {
      node.items.forEach((item, i) => {
        const inner = edit?.children.get(i);
        if (inner && item.kind === 'map' && isEmptied(item, inner)) {
          this.#refuse(item, 'Nothing would remain of this list item', 'move or keep the whole list');
        } else {
          this.#node(item, inner, shared || node.inherited);
        }
      });
    }
  }

  #map(map: MapNode, edit: EditTree | undefined, shared: boolean): void {
    const { source } = this.document;
    const { merge, hidden } = source.mapOf(map);
    const goes = (entry: MapEntry) => isGone(entry.value, edit?.children.get(entry.key));
    const merged = map.entries.filter((entry) => entry.from === 'merged');
    const own = map.entries.filter((entry) => entry.from === 'own');
    const uncovered = own.filter((entry) => hidden.has(entry.key) && goes(entry));
    // A merge key goes as a whole, when nothing that it shows stays.
    const mergeGoes = merged.length + uncovered.length > 0 && merged.every(goes);
    const witness = merged[0] ?? uncovered[0];
    if (merge && witness) this.#decide(merge, witness, mergeGoes, shared);

    for (const entry of map.entries) {
      if (entry.from === 'merged' && mergeGoes) continue;
      const entryGoes = goes(entry);
      this.#decide(source.pairOf(entry), entry, entryGoes, shared || entry.from === 'merged');
      if (!entryGoes)
        this.#node(entry.value, edit?.children.get(entry.key), shared || entry.from === 'merged');
      else if (!mergeGoes) {
        // What the entry hides would come to light, unless it goes where it is written.
        for (const pair of hidden.get(entry.key) ?? []) this.#demands.push({ pair, entry, goes: true });
      }
    }
  }

  #checkDemands(): void {
    const refused = new Set<string>();
    for (const { pair, entry, goes } of this.#demands) {
      if (goes === this.#pairs.has(pair)) continue;
      const { line, column } = entry.value.inherited ? entry.value.position : entry.keyPosition;
      const identity = `${line}:${column}:${entry.key}`;
      if (refused.has(identity)) continue;
      refused.add(identity);
      const written = this.document.positionAt(pair.start);
      const where = `line ${written.line}, column ${written.column}`;
      this.#faults.push({
        code: 'config/cannot-cut',
        severity: 'error',
        message: goes
          ? `"${entry.key}" comes in here from ${where} through an alias or merge key and cannot be cut alone`
          : `"${entry.key}" is used here and written at ${where}, where it would be cut`,
        file: this.document.file,
        position: { line, column },
        hint: 'Write the values out in place of the alias or merge key, then run again.',
      });
    }
  }

  #isRemoved(pair: SourcePair | undefined): boolean {
    for (let at = pair; at; at = at.map.owner) if (this.#pairs.has(at)) return true;
    return false;
  }

  #checkAliases(): void {
    for (const { name, alias, anchor } of this.document.source.uses) {
      if (!this.#isRemoved(anchor.pair) || this.#isRemoved(alias.pair)) continue;
      const use = this.document.positionAt(alias.offset);
      this.#faults.push({
        code: 'config/cannot-cut',
        severity: 'error',
        message: `The anchor "${name}" stands in a value to be cut, and line ${use.line}, column ${use.column} still uses it`,
        file: this.document.file,
        position: this.document.positionAt(anchor.offset),
        hint: 'Write the values out in place of the alias, then run again.',
      });
    }
  }

  #refuse(node: YamlNode, message: string, hint: string): void {
    const { file } = this.document;
    this.#faults.push({
      code: 'config/cannot-cut',
      severity: 'error',
      message,
      file,
      position: node.position,
      hint,
    });
  }
}

/** The pairs to cut, by the map they are written in, in the order of the text. */
export function byMap(pairs: Iterable<SourcePair>): Map<SourceMap, SourcePair[]> {
  const maps = new Map<SourceMap, SourcePair[]>();
  for (const pair of pairs) {
    const list = maps.get(pair.map);
    if (list) list.push(pair);
    else maps.set(pair.map, [pair]);
  }
  for (const list of maps.values()) list.sort((a, b) => a.index - b.index);
  return maps;
}
