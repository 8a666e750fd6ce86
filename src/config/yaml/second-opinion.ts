import { FAILSAFE_SCHEMA, load, Type, YAMLException } from 'js-yaml';
import type { Fault } from './faults.js';
import type { LineIndex } from './lines.js';
import { coreTags, type ScalarNode, type YamlNode } from './node.js';

/** Bytes that are no UTF-8 come out otherwise than anything the tree could hold. */
const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString();

/**
 * Everything is text, as in our tree, so that the comparison is about structure and characters and not about
 * what `1.10` means. Merge keys work, and the core tags are taken as text.
 */
const schema = FAILSAFE_SCHEMA.extend({
  implicit: [
    new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (text: unknown) => text === '<<' }),
  ],
  explicit: coreTags
    .filter((tag) => !['str', 'map', 'seq'].includes(tag))
    .map(
      (tag) =>
        new Type(`tag:yaml.org,2002:${tag}`, {
          kind: 'scalar',
          construct: (text: unknown) => (tag === 'binary' ? fromBase64(String(text)) : text),
        }),
    ),
});

/** Of its own, as everything here: a check shares nothing with what it checks. */
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isSameScalar(node: ScalarNode, other: unknown): boolean {
  // js-yaml gives null for a value that is not written at all.
  if (other === node.text || (node.isNull && node.text === '' && other === null)) return true;
  // The tree leaves out a line ending that js-yaml adds to a block scalar at the end of the file.
  const block = node.style === 'literal' || node.style === 'folded';
  return block && other === `${node.text}\n`;
}

/** The first value at which the two readings part; undefined when they agree. */
function firstDifference(node: YamlNode, other: unknown): YamlNode | undefined {
  if (node.kind === 'scalar') return isSameScalar(node, other) ? undefined : node;
  if (node.kind === 'sequence') {
    if (!Array.isArray(other) || other.length !== node.items.length) return node;
    for (const [i, item] of node.items.entries()) {
      const difference = firstDifference(item, other[i]);
      if (difference) return difference;
    }
    return undefined;
  }
  if (!isRecord(other) || Object.keys(other).length !== node.entries.length) return node;
  for (const { key, value } of node.entries) {
    if (!Object.hasOwn(other, key)) return value;
    const difference = firstDifference(value, other[key]);
    if (difference) return difference;
  }
  return undefined;
}

const ambiguous = (offset: number): Fault => ({
  code: 'config/ambiguous-yaml',
  message: 'Two YAML readers understand this place differently, so what the server reads is not certain',
  hint: 'Write it more plainly: quote the value or the key, and check the indentation.',
  offset,
});

/**
 * Reads the text with `js-yaml` and compares. It is written after the same grammar as the server's reader, and
 * shares no code with the `yaml` package.
 *
 * @param root the tree to compare with; undefined for a document without a value
 * @returns a fault where the readings differ
 */
export function secondOpinion(lines: LineIndex, root: YamlNode | undefined): Fault | undefined {
  let other: unknown;
  try {
    other = load(lines.text, { schema });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const mark = error.mark as { line: number; column: number } | undefined;
    return ambiguous(mark ? Math.min(lines.start(mark.line) + mark.column, lines.text.length) : 0);
  }
  if (!root) return other === undefined || other === null ? undefined : ambiguous(0);
  const difference = firstDifference(root, other);
  return difference && ambiguous(difference.range[0]);
}
