import type { Diagnostic } from '../../errors/index.js';
import { EditTree, isGone } from './cut-plan.js';
import type { MapEntry, MapNode, YamlNode, YamlPath } from './node.js';
import type { YamlDocument } from './parse.js';
import { scalarText } from './scalar-text.js';
import type { SourcePair } from './source.js';
import type { Addition } from './verify.js';

export interface YamlEdits {
  /** Pairs to cut, by the keys that lead to them; a number leads through a list. The value may be anything. */
  readonly cut: readonly YamlPath[];
  /** New pairs of text, written in place of (or directly before) the pair at `at`, as its siblings. */
  readonly add?: readonly Addition[];
}

/** The edits of a caller, looked up in the document. */
export interface EditRequest {
  readonly edit: EditTree;
  readonly added: ReadonlyMap<SourcePair, readonly string[]>;
  readonly faults: readonly Diagnostic[];
}

interface Found {
  readonly map: MapNode;
  readonly entry: MapEntry;
  /** True when the map's text is shared through an alias or merge key. */
  readonly shared: boolean;
}

/** Entries by key, for maps that are looked into more than a few times. */
class Finder {
  readonly #byKey = new WeakMap<MapNode, Map<string, MapEntry>>();

  entry(map: MapNode, key: string): MapEntry | undefined {
    let entries = this.#byKey.get(map);
    if (!entries) {
      entries = new Map(map.entries.map((entry) => [entry.key, entry]));
      this.#byKey.set(map, entries);
    }
    return entries.get(key);
  }

  find(root: MapNode, path: YamlPath): Found | undefined {
    let node: YamlNode | undefined = root;
    let found: Found | undefined;
    let shared = false;
    for (const segment of path) {
      shared ||= node?.inherited === true;
      if (node?.kind === 'sequence') {
        node = typeof segment === 'number' ? node.items[segment] : undefined;
        found = undefined;
      } else if (node?.kind === 'map' && typeof segment === 'string') {
        const entry = this.entry(node, segment);
        found = entry && { map: node, entry, shared: shared || entry.from === 'merged' };
        node = entry?.value;
      } else return undefined;
    }
    return found;
  }
}

/** True when the text around a pair is behind an anchor that something uses: new text would show there too. */
function isBehindAnchor(pair: SourcePair, anchored: ReadonlySet<SourcePair | undefined>): boolean {
  for (let around = pair.map.owner; around; around = around.map.owner) if (anchored.has(around)) return true;
  return false;
}

/** Looks the named pairs up. A path that names no pair is a fault, and so is a new pair without a place. */
export function readRequest(document: YamlDocument, edits: YamlEdits): EditRequest {
  const { root, file } = document;
  const edit = new EditTree();
  const finder = new Finder();
  const faults: Diagnostic[] = [];
  const refuse = (path: YamlPath, message: string, hint: string, at?: MapEntry) =>
    faults.push({
      code: 'config/cannot-cut',
      severity: 'error',
      message,
      file,
      key: path.join('.'),
      hint,
      ...(at ? { position: at.keyPosition } : {}),
    });
  for (const path of edits.cut) {
    if (finder.find(root, path)) edit.at(path).cut = true;
    else
      refuse(
        path,
        `The file holds no pair "${path.join('.')}"`,
        'the file changed since it was read: run again',
      );
  }
  for (const { at } of edits.add ?? []) edit.at(at.slice(0, -1)).grows = true;
  const added = new Map<SourcePair, string[]>();
  const keys = new Map<MapNode, Set<string>>();
  const anchored = new Set(document.source.uses.map(({ anchor }) => anchor.pair));
  for (const { at, key, value } of edits.add ?? []) {
    const place = finder.find(root, at);
    const byHand = `write "${key}" into the file by hand, then run again`;
    if (!place) {
      refuse(at, `The file holds no pair "${at.join('.')}" to write "${key}" at`, byHand);
      continue;
    }
    const { map, entry, shared } = place;
    const taken = keys.get(map) ?? new Set<string>();
    keys.set(map, taken);
    const existing = finder.entry(map, key);
    const pair = document.source.pairOf(entry);
    const stays = existing && !isGone(existing.value, edit.at([...at.slice(0, -1), key]));
    if (shared || isBehindAnchor(pair, anchored))
      refuse(at, `"${key}" cannot be written into a map that an alias shares`, byHand, entry);
    else if (stays || taken.has(key))
      refuse(at, `The key "${key}" is already there`, byHand, existing ?? entry);
    else if (at.some((_, i) => i < at.length - 1 && edit.at(at.slice(0, i + 1)).cut)) {
      refuse(at, `"${key}" would be written into a map that is cut`, byHand, entry);
    } else {
      taken.add(key);
      added.set(pair, [...(added.get(pair) ?? []), `${scalarText(key)}: ${scalarText(value)}`]);
    }
  }
  return { edit, added, faults };
}
