import { readLeaves } from '../config/leaves.js';
import type { ConfigFile } from '../config/files/read.js';
import { parseYaml } from '../config/yaml/parse.js';
import { interpret } from './interpret.js';
import type { Receipt } from './receipt-format.js';

/**
 * Keys that an import stored for somebody and that the file does not state. Without their rows nothing holds them any
 * more: where there are some, the file was rewritten, or a key was taken out by hand.
 */
export function keysOnlyStored(receipt: Pick<Receipt, 'changes'>, config: ConfigFile): string[] {
  const { root } = parseYaml(config.bytes, config.name);
  const { statements } = interpret(readLeaves(root), config.name);
  // A row keeps the case of its key where the database makes no difference.
  const stated = new Set(statements.map(({ key }) => key.key.toLowerCase()));
  // What follows from another setting is stored as seeded, and no file states it.
  return receipt.changes
    .filter(({ key, after }) => after?.origin === 'explicit' && !stated.has(key.toLowerCase()))
    .map(({ key }) => key);
}
