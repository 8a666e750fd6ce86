import { decodeText } from './decode.js';
import { LineIndex } from './lines.js';
import { parseYaml, type YamlDocument } from './parse.js';
import { PlainSource } from './plain-source.js';
import { readPlain } from './plain.js';
import { secondOpinion } from './second-opinion.js';

/**
 * Reads a configuration file that may be edited. What is found is what `parseYaml` finds, in a fraction of the time for a
 * file that is written plainly: see `readYamlText`. Whatever an edit makes of it is read back by `parseYaml`.
 * @throws ToolError as `parseYaml` does
 */
export function readYamlDocument(bytes: Uint8Array, file: string): YamlDocument {
  const text = decodeText(bytes, file);
  const lines = new LineIndex(text);
  const found = new PlainSource();
  const root = readPlain(lines, found);
  if (!root || secondOpinion(lines, root)) return parseYaml(bytes, file);
  const positionAt = (offset: number) => lines.positionAt(offset);
  const { index: source, marks } = found;
  return { file, bytes, text, root, isEmpty: false, positionAt, lines, marks, source };
}
