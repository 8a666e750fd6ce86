import { entryOfKey } from '../config/setting-key.js';
import type { Remark, Statement } from './statement.js';

/** Entries that stay whole in the file, since a field of theirs cannot be stored. */
export function entriesThatStay(remarks: readonly Pick<Remark, 'key' | 'reason'>[]): Set<string> {
  return new Set(
    remarks.flatMap(({ key, reason }) =>
      reason === 'not-storable' || reason === 'not-valid' ? ((key && entryOfKey(key)) ?? []) : [],
    ),
  );
}

/** Sets aside everything that is said of providers which stay in the file. */
export function keepWhole<
  Said extends { readonly statements: readonly Statement[]; readonly remarks: readonly Remark[] },
>(said: Said): Said {
  const staying = entriesThatStay(said.remarks);
  const stays = ({ key }: Statement): boolean => staying.has(entryOfKey(key) ?? '');
  const kept = said.statements
    .filter(stays)
    .flatMap(({ key, text, leaves }) =>
      leaves.map((leaf): Remark => ({ leaf, action: 'stays', reason: 'with-unstorable', key, text })),
    );
  return {
    ...said,
    statements: said.statements.filter((statement) => !stays(statement)),
    remarks: [...said.remarks, ...kept],
  };
}
