import { readLeaves } from '../config/leaves.js';
import type { YamlText } from '../config/yaml/parse.js';
import { commentsOf, secretComments } from './comments.js';
import { isHiddenLeaf } from './decide.js';
import type { TextRange } from './forms.js';
import { placeOf, scalarsOf, secretParts, secretScalars } from './secret-parts.js';
import { maskYaml } from './yaml.js';

/** Numbers of the lines on which a secret stands, its key, or a reference to it. */
function secretLines(document: YamlText): Set<number> {
  const lines = new Set<number>();
  for (const scalar of secretScalars(document, () => false)) {
    lines.add(document.positionAt(placeOf(scalar)[0]).line).add(scalar.position.line);
  }
  for (const leaf of readLeaves(document.root)) if (isHiddenLeaf(leaf)) lines.add(leaf.position.line);
  return lines;
}

/**
 * A document's text with every secret masked; see `secretParts` for what counts as one. Comments that speak of secrets
 * or stand beside one are masked too: they tend to hold the last one. What is given is YAML again, with the same keys.
 * @param known texts that are secret wherever they stand, such as the secrets of an earlier version of the text
 */
export function maskedText(document: YamlText, known?: ReadonlySet<string>): string {
  const { ranges, texts } = secretParts(document, undefined, known);
  const scalars = scalarsOf(document.root).map(([scalar]) => scalar);
  const comments = commentsOf(document, scalars);
  return maskYaml(document, {
    scalars,
    ranges,
    comments: comments.map(({ start, end }): TextRange => [start, end]),
    secretComments: secretComments(document, comments, secretLines(document)),
    texts,
  });
}
