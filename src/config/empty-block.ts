import type { YamlNode } from './yaml/node.js';

/** True for the value of a block that holds nothing: `server:` or `server: {}`. */
export function isEmptyBlock(node: YamlNode): boolean {
  return (node.kind === 'scalar' && node.isNull) || (node.kind === 'map' && node.entries.length === 0);
}
