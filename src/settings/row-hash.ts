import { createHash } from 'node:crypto';
import type { StoredRow } from './row.js';
import { holdsSecret, isHiddenRow } from '../redact/index.js';

/** What `--if-match` takes for a row that must not exist. */
export const NO_ROW = 'none';

/**
 * Tells one version of a row from another, for compare-and-set: any write by a server or by the tool changes it, and
 * re-encryption does not. A secret's value has no part in it, since a short secret could be found by trying; for those
 * it rests on the time of the last change.
 * @param text the value in the clear; undefined when it cannot be read
 * @returns 32 hexadecimal characters
 */
export function rowHash(row: StoredRow, text: string | undefined): string {
  const hidden = isHiddenRow(row.key);
  const value = hidden || holdsSecret(text ?? '', hidden) ? null : (text ?? row.stored);
  const facts = [row.key, row.type, row.originText, row.modifiedAtIso, row.modifiedBy, value];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}
