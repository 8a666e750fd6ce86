import type { YamlNode } from '../config/yaml/node.js';
import { parseYaml, type YamlDocument } from '../config/yaml/parse.js';
import { scalarText } from '../config/yaml/scalar-text.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import type { ConfigLeaf } from '../config/leaves.js';
import type { SecretValue } from '../values/secret-value.js';

export interface Replacement {
  readonly leaf: ConfigLeaf;
  readonly text: SecretValue;
}

const cannotRewrite = (file: string, diagnostics: readonly Diagnostic[]): ToolError =>
  new ToolError('secrets/cannot-rewrite', `${file} cannot be rewritten without changing something else`, {
    diagnostics,
  });

function sharedValue(file: string, { name, position }: ConfigLeaf): Diagnostic {
  return {
    code: 'secrets/cannot-rewrite',
    severity: 'error',
    message: `the value of ${name} comes through an alias or a merge key, so other keys share it`,
    file,
    position,
    key: name,
    hint: 'Write the value out at this key, then run again.',
  };
}

/** Every scalar with the keys that lead to it, as text that two trees can be compared by. */
function scalars(node: YamlNode, path: string): [string, string | null][] {
  switch (node.kind) {
    case 'map':
      return [
        [path, `map of ${node.entries.length}`],
        ...node.entries.flatMap((entry) => scalars(entry.value, `${path}/${JSON.stringify(entry.key)}`)),
      ];
    case 'sequence':
      return [
        [path, `list of ${node.items.length}`],
        ...node.items.flatMap((item, index) => scalars(item, `${path}/${index}`)),
      ];
    case 'scalar':
      return [[path, node.isNull ? null : node.text]];
  }
}

const pathOf = (leaf: ConfigLeaf): string => leaf.path.map((key) => `/${JSON.stringify(key)}`).join('');

/**
 * Replaces values of a document by other texts; every other character stays, comments on the same line included.
 * The result is read back with both YAML readers and must be the original with just these values changed.
 * @throws ToolError `secrets/cannot-rewrite` with the place of every value that shares its text with another key
 */
export function replaceValues(document: YamlDocument, replacements: readonly Replacement[]): Uint8Array {
  const { file, text } = document;
  const shared = replacements.filter(({ leaf }) => leaf.node.inherited);
  if (shared.length > 0)
    throw cannotRewrite(
      file,
      shared.map(({ leaf }) => sharedValue(file, leaf)),
    );

  const parts: string[] = [];
  let done = 0;
  for (const { leaf, text: value } of [...replacements].sort(
    (a, b) => a.leaf.node.range[0] - b.leaf.node.range[0],
  )) {
    const [start, end] = leaf.node.range;
    const written = text.slice(start, end);
    // The end of a block scalar takes the line ending along.
    const ending = /\r?\n$/.exec(written)?.[0] ?? '';
    parts.push(text.slice(done, start), scalarText(value.reveal()), ending);
    done = end;
  }
  parts.push(text.slice(done));
  const bytes = new TextEncoder().encode(parts.join(''));

  const expected = new Map(scalars(document.root, ''));
  for (const { leaf, text: value } of replacements) expected.set(pathOf(leaf), value.reveal());
  if (isExactly(expected, bytes, file)) return bytes;
  throw cannotRewrite(
    file,
    replacements.map(({ leaf }) => ({
      code: 'secrets/cannot-rewrite',
      severity: 'error',
      message: `replacing the value of ${leaf.name} would change another key too`,
      file,
      position: leaf.position,
      key: leaf.name,
      hint: 'Write the reference into the file by hand.',
    })),
  );
}

function isExactly(expected: ReadonlyMap<string, string | null>, bytes: Uint8Array, file: string): boolean {
  let found: [string, string | null][];
  try {
    found = scalars(parseYaml(bytes, file).root, '');
  } catch (error) {
    if (error instanceof ToolError) return false;
    throw error;
  }
  return found.length === expected.size && found.every(([path, text]) => expected.get(path) === text);
}
