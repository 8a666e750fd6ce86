import { decodeText } from './decode.js';
import { LineIndex } from './lines.js';
import type { YamlText } from './parse.js';
import { readPlain } from './plain.js';
import { secondOpinion } from './second-opinion.js';

/**
 * Reads a configuration file that is not to be edited. What is found is what `parseYaml` finds, in a fraction of the
 * time for a file that is written plainly: two readers that share no code must agree here too, and whenever one of them
 * is in doubt, `parseYaml` decides.
 * @throws ToolError as `parseYaml` does
 */
export async function readYamlText(bytes: Uint8Array, file: string): Promise<YamlText> {
  const text = decodeText(bytes, file);
  const lines = new LineIndex(text);
  const root = readPlain(lines);
  if (root && !secondOpinion(lines, root)) {
    const positionAt = (offset: number) => lines.positionAt(offset);
    return { file, bytes, text, root, isEmpty: false, positionAt, lines };
  }
  const { parseYaml } = await import('./parse.js');
  return parseYaml(bytes, file);
}
