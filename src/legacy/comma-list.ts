import { checkValue } from '../config/checks.js';
import type { LeafValue } from '../config/file-layer.js';
import type { ConfigLeaf } from '../config/leaves.js';
import type { SettingKey } from '../config/setting-key.js';
import { plainData } from '../config/typed-value.js';
import type { SequenceNode, YamlNode } from '../config/yaml/node.js';

const expectedItem =
  'a text that is not empty and holds no comma, since items are stored separated by commas';

/** True for a setting of texts that are stored separated by commas, which servers split again. */
export function isCommaList({ path }: SettingKey): boolean {
  return path.startsWith('ssrf.');
}

function textOf(item: YamlNode): string {
  const text = plainData(item);
  return typeof text === 'string' ? text : '';
}

function expectedOf(text: string, key: SettingKey): string | undefined {
  return text.trim() === '' || text.includes(',') ? expectedItem : checkValue(key, text);
}

/**
 * Reads a list of an earlier release for a setting that is comma-separated text today. An item that would become two,
 * or none, is refused at its own place: such lists say where a server may connect to.
 * @param file name of the file, for diagnostics
 */
export function readCommaList(
  leaf: ConfigLeaf,
  { items }: SequenceNode,
  key: SettingKey,
  file: string,
): LeafValue {
  for (const item of items) {
    const expected = expectedOf(textOf(item), key);
    if (expected === undefined) continue;
    const message = `${leaf.name} holds an item that is not valid: expected ${expected}`;
    const { position } = item;
    return {
      kind: 'invalid',
      diagnostic: { code: 'config/invalid-value', severity: 'error', message, file, position, key: key.path },
    };
  }
  return { kind: 'value', text: items.map(textOf).join(',') };
}
