import { providerEntry } from '../config/setting-key.js';
import type { DecodedRow } from '../settings/decode.js';
import type { PlanReason } from './reasons.js';
import type { Remark, Statement } from './statement.js';

/** True for a field of a provider that stands in a block of an earlier release, such as `saml.providers.okta`. */
function isInEarlierBlock({ key, leaves }: Statement): boolean {
  const entry = key.provider && providerEntry(key.provider.family, key.provider.id);
  return entry !== undefined && leaves.every((leaf) => !leaf.name.startsWith(`${entry}.`));
}

/**
 * Sets aside what stands under an older name while the database holds another value that somebody set: no server
 * reads the older name, so the row is what counts. Without this, a dead key that an import has left in the file
 * beside today's name would come to life once today's name is gone. Where the table cannot say who set a row, a row
 * that equals the default may be somebody's all the same, such as one that an import stored: it counts too.
 * @param hasOrigin false on a table without the column `origin`
 */
export function withoutSuperseded(
  statements: readonly Statement[],
  rows: ReadonlyMap<string, DecodedRow>,
  hasOrigin: boolean,
): { readonly statements: Statement[]; readonly remarks: Remark[] } {
  const mayBeSet = ({ origin, text }: DecodedRow): boolean =>
    origin === 'explicit' || (!hasOrigin && text !== '');
  const set = [...rows].filter(([, row]) => mayBeSet(row)).map(([key]) => key);
  const isSuperseded = (statement: Statement): boolean => {
    const { key, text, renamed } = statement;
    if (!renamed) return false;
    const row = rows.get(key.key);
    if (row) return mayBeSet(row) && row.text !== text;
    const entry = key.provider && providerEntry(key.provider.family, key.provider.id);
    return isInEarlierBlock(statement) && set.some((other) => other.startsWith(`${entry ?? ''}.`));
  };
  const reasonOf = ({ key }: Statement): PlanReason =>
    rows.get(key.key)?.origin === 'seeded' ? 'superseded-by-any-row' : 'superseded-by-row';
  const remarks = statements.filter(isSuperseded).flatMap((statement) =>
    statement.leaves.map((leaf): Remark => ({
      leaf,
      action: 'stays',
      reason: reasonOf(statement),
      key: statement.key,
      text: statement.text,
    })),
  );
  return { statements: statements.filter((statement) => !isSuperseded(statement)), remarks };
}
