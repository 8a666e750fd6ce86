import { readLeaves, type ConfigLeaf } from '../config/leaves.js';
import type { ScalarNode, YamlNode } from '../config/yaml/node.js';
import type { YamlText } from '../config/yaml/parse.js';
import { isHiddenLeaf } from './decide.js';
import { maskByForm, maskSource, namesSecret, type TextRange } from './forms.js';
import { displayReference, isReference } from '../config/reference.js';

/** What of a document must not be shown. */
export interface SecretParts {
  /** Starts and ends in the document's text, in UTF-16 units. */
  readonly ranges: readonly TextRange[];
  /** The secrets themselves, for finding them in other places of the same text. */
  readonly texts: ReadonlySet<string>;
}

type NamedScalar = readonly [scalar: ScalarNode, name: string | undefined];

function addScalars(node: YamlNode, name: string | undefined, found: NamedScalar[]): void {
  if (node.kind === 'scalar') found.push([node, name]);
  else if (node.kind === 'sequence') for (const item of node.items) addScalars(item, name, found);
  else {
    // Once a name has said that what is below it is secret, no name further down takes that back.
    const kept = name !== undefined && namesSecret(name) ? name : undefined;
    for (const { key, value } of node.entries) addScalars(value, kept ?? key, found);
  }
}

/** Every scalar below a node, with the name of the nearest key above it that lies below the node. */
export function scalarsOf(node: YamlNode): NamedScalar[] {
  const found: NamedScalar[] = [];
  addScalars(node, undefined, found);
  return found;
}

/** Where a scalar is written. A value behind an alias is written at its anchor. */
export const placeOf = ({ range, writtenAt }: ScalarNode): TextRange => writtenAt ?? range;

/** Every scalar whose place says that it is a secret, be it empty or a reference. */
export function secretScalars(document: YamlText, alsoSecret: (leaf: ConfigLeaf) => boolean): ScalarNode[] {
  return readLeaves(document.root).flatMap((leaf) => {
    const all = isHiddenLeaf(leaf) || alsoSecret(leaf);
    return scalarsOf(leaf.node)
      .filter(([, name]) => all || (name !== undefined && namesSecret(name)))
      .map(([scalar]) => scalar);
  });
}

/** True for a value with a secret in it that cannot be told from the text of the file, as in JSON or behind escapes. */
function holdsSecretByForm(document: YamlText, scalar: ScalarNode): boolean {
  const { text } = scalar;
  const masked = maskByForm(text);
  if (masked === text) return false;
  return maskSource(text) !== masked || !document.text.slice(...placeOf(scalar)).includes(text);
}

/**
 * Values that stand in any file: found wherever they are written, they would hide what is no secret. Where a secret's name
 * stands before them they are masked all the same.
 */
const ordinary = /^(?:true|false|yes|no|none|\d{1,5})$/i;

/**
 * The secrets of a document: values of secret settings wherever they stand, and values of unknown keys and of entries
 * of maps whose names say that they are secret. References are no secrets, and a reader wants to see them, unless
 * they carry a default.
 * @param alsoSecret further leaves whose values shall not be shown
 * @param known texts that are secret wherever they stand
 */
export function secretParts(
  document: YamlText,
  alsoSecret: (leaf: ConfigLeaf) => boolean = () => false,
  known: ReadonlySet<string> = new Set(),
): SecretParts {
  const texts = new Set(known);
  const named = new Set<number>();
  for (const scalar of secretScalars(document, alsoSecret)) {
    const { text, isNull } = scalar;
    if (isNull || text === '' || (isReference(text) && displayReference(text) === text)) continue;
    named.add(placeOf(scalar)[0]);
    if (!ordinary.test(text)) texts.add(text);
  }
  // The same text can stand elsewhere too: at an anchor, or in a key that nobody knows.
  const ranges = scalarsOf(document.root)
    .map(([scalar]) => scalar)
    .filter(
      (scalar) =>
        named.has(placeOf(scalar)[0]) || texts.has(scalar.text) || holdsSecretByForm(document, scalar),
    )
    .map(placeOf);
  return { ranges, texts };
}
