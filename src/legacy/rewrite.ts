import { editYaml } from '../config/yaml/edit.js';
import type { YamlPath } from '../config/yaml/node.js';
import type { YamlDocument } from '../config/yaml/parse.js';
import type { FileRename } from './statement.js';

/** The new text of a file. */
export interface Rewrite {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Ranges of the original text that were cut, in UTF-16 units. */
  readonly removed: readonly (readonly [start: number, end: number])[];
}

/**
 * The file without the given leaves and with renamed bootstrap settings under today's names; undefined when nothing
 * changes. Every other byte stays.
 * @throws ToolError `config/cannot-cut` with the position of every pair that cannot be cut safely
 */
export function rewriteFile(
  document: YamlDocument,
  cuts: readonly YamlPath[],
  renames: readonly FileRename[],
): Rewrite | undefined {
  const cut = [...cuts, ...renames.flatMap(({ leaves }) => leaves.map((leaf) => leaf.path))];
  if (cut.length === 0) return undefined;
  const add = renames.map(({ at, name, text }) => ({ at, key: name, value: text }));
  const edit = editYaml(document, { cut, add });
  return { bytes: edit.bytes, text: edit.text, removed: edit.removed };
}
