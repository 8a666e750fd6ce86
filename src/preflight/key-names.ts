import type { MapEntry, YamlNode } from '../config/yaml/node.js';
import type { YamlText } from '../config/yaml/parse.js';
import type { ConfigLeaf } from '../config/leaves.js';
import type { Position } from '../errors/index.js';
import { SECRET_MASK } from '../values/secret-value.js';

/** A key as people write them. Anything else may be a value that slipped into the place of a key. */
const word = /^\w[\w.-]{0,63}$/;

function offsetOf({ lines }: YamlText, { line, column }: Position): number {
  return lines.visibleStart(line - 1) + column - 1;
}

/** False for `{secret, hunter2}`: the second is a key without a colon, and was surely meant as a value. */
function hasColon(document: YamlText, key: string, position: Position): boolean {
  const start = offsetOf(document, position);
  const written = document.text.startsWith(key, start) ? key.length : key.length + 2;
  return /^\s*["']?\s*:/.test(document.text.slice(start + written, start + written + 80));
}

function isPlainKey(document: YamlText, key: string, position: Position): boolean {
  return word.test(key) && hasColon(document, key, position);
}

/** The dotted name of a leaf that nobody knows, as it may be printed. */
export function shownName(document: YamlText | undefined, { path, position }: ConfigLeaf): string {
  const keys = path.map(String);
  return keys
    .map((key, index) => {
      const last = index === keys.length - 1;
      const plain = last && document ? isPlainKey(document, key, position) : word.test(key);
      return plain ? key : SECRET_MASK;
    })
    .join('.');
}

function entriesOf(node: YamlNode): readonly MapEntry[] {
  if (node.kind === 'scalar') return [];
  if (node.kind === 'sequence') return node.items.flatMap(entriesOf);
  return node.entries.flatMap((entry) => [entry, ...entriesOf(entry.value)]);
}

/** Where keys stand that may be values, in UTF-16 units, with their texts. */
export function oddKeys(document: YamlText): { text: string; range: readonly [number, number] }[] {
  return entriesOf(document.root)
    .filter(({ key, keyPosition, from }) => from === 'own' && !isPlainKey(document, key, keyPosition))
    .map(({ key, keyPosition, value }) => {
      const start = offsetOf(document, keyPosition);
      return { text: key, range: [start, Math.max(value.range[1], start + key.length)] as const };
    });
}
