import { entryOfKey } from '../config/setting-key.js';
import type { DecodedRow } from '../settings/decode.js';
import type { Remark, Statement } from './statement.js';

/** True for a field of a provider that stands in a block of an earlier release, such as `saml.providers.okta`. */
function isInEarlierBlock({ key, leaves }: Statement): boolean {
  const entry = entryOfKey(key);
  return entry !== undefined && leaves.every((leaf) => !leaf.name.startsWith(`${entry}.`));
}

/**
 * Sets aside what stands under an older name while the database holds another value that somebody set: no server
 * reads the older name, so the row is what counts. Without this, a dead key that an import has left in the file
 * beside today's name would come to life once today's name is gone.
 */
export function withoutSuperseded(
  statements: readonly Statement[],
  rows: ReadonlyMap<string, DecodedRow>,
): { readonly statements: Statement[]; readonly remarks: Remark[] } {
  const explicit = [...rows].filter(([, row]) => row.origin === 'explicit').map(([key]) => key);
  const isSuperseded = (statement: Statement): boolean => {
    const { key, text, renamed } = statement;
    if (!renamed) return false;
    const row = rows.get(key.key);
    if (row) return row.origin === 'explicit' && row.text !== text;
    const entry = entryOfKey(key);
    return isInEarlierBlock(statement) && explicit.some((other) => other.startsWith(`${entry ?? ''}.`));
  };
  const remarks = statements
    .filter(isSuperseded)
    .flatMap(({ key, text, leaves }) =>
      leaves.map((leaf): Remark => ({ leaf, action: 'stays', reason: 'superseded-by-row', key, text })),
    );
  return { statements: statements.filter((statement) => !isSuperseded(statement)), remarks };
}
