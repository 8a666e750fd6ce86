import { readLeaves, type ConfigLeaf } from '../../src/config/leaves.js';
import { parseYaml } from '../../src/config/yaml/parse.js';

/** The leaves of a piece of YAML, as a file named `config.yml` would give them. */
export function leavesOf(text: string): readonly ConfigLeaf[] {
  return readLeaves(parseYaml(new TextEncoder().encode(text), 'config.yml').root);
}
