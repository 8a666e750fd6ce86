import type { Capabilities } from '../database/contract.js';

/** Two keys with the same folded form are one key to the database. */
export function foldKey(key: string, capabilities: Pick<Capabilities, 'caseInsensitiveKeys'>): string {
  return capabilities.caseInsensitiveKeys ? key.toLowerCase() : key;
}
