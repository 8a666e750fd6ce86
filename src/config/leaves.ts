import type { Position } from '../errors/index.js';
import { lookupPath, settingByDatabaseKey, type PathMatch } from '../registry/index.js';
import type { MapEntry, MapNode, YamlNode, YamlPath } from './yaml/node.js';

/** One thing that a configuration file says: a setting, a provider's field, or a key that nobody knows. */
export interface ConfigLeaf {
  /** The keys that lead to it, for editing. */
  readonly path: YamlPath;
  /** The same as one text, `auth.jwt.secret`, for people. */
  readonly name: string;
  /** Where its key stands, or the alias that brings it in. */
  readonly position: Position;
  readonly node: YamlNode;
  readonly lookup: PathMatch;
}

function lookup(path: readonly string[]): PathMatch {
  const found = lookupPath(path);
  // A dot inside a key is not a way to write a path: the server would not find it.
  if (found.kind !== 'unknown' || path.some((key) => key.includes('.'))) return found;
  const stored = settingByDatabaseKey(path.join('.'));
  return stored?.kind === 'setting' && stored.setting.path === null ? stored : found;
}

function addEntry(entry: MapEntry, parent: readonly string[], leaves: ConfigLeaf[]): void {
  const path = [...parent, entry.key];
  const found = lookup(path);
  const open = found.kind === 'block' || found.kind === 'unknown' || found.kind === 'invalid-provider-id';
  if (open && entry.value.kind === 'map' && entry.value.entries.length > 0) {
    addMap(entry.value, path, leaves);
    return;
  }
  // What comes through an alias is said where the alias stands, not where the text happens to be.
  const position = entry.value.inherited ? entry.value.position : entry.keyPosition;
  leaves.push({ path, name: path.join('.'), position, node: entry.value, lookup: found });
}

function addMap(map: MapNode, path: readonly string[], leaves: ConfigLeaf[]): void {
  for (const entry of map.entries) addEntry(entry, path, leaves);
}

// A tree does not change, and a run asks for its leaves several times.
const known = new WeakMap<MapNode, readonly ConfigLeaf[]>();

/**
 * Everything a file says, in its order. A setting's value is one leaf however deep it is; below a key that the
 * registry does not know, every single value is a leaf, so that none is passed over.
 */
export function readLeaves(root: MapNode): readonly ConfigLeaf[] {
  let leaves = known.get(root);
  if (!leaves) {
    const found: ConfigLeaf[] = [];
    addMap(root, [], found);
    known.set(root, (leaves = found));
  }
  return leaves;
}
