import type { SettingsCipher } from '../settings/cipher.js';
import type { SettingsTable } from '../settings/store.js';
import { isUntouched } from './receipt-format.js';
import { isAsInReceipt } from './receipt-rows.js';
import type { KeptReceipt, ReceiptTable } from './receipt-table.js';

/**
 * Settles what killed runs left in the database alone, as imports of the environment do: a run that was killed after
 * its commit is finished but for this, and one killed before it is forgotten. Where rows were changed since, nobody can
 * tell, and the receipt stays as it is.
 * @returns the newest that turned out to be finished
 */
export async function settleKept(
  kept: ReceiptTable,
  table: SettingsTable,
  cipher: SettingsCipher,
): Promise<KeptReceipt | undefined> {
  let finished: KeptReceipt | undefined;
  for (const receipt of kept.receipts.filter(
    ({ status, place }) => status === 'pending' && place === undefined,
  )) {
    const { changes } = receipt;
    if (changes.every(({ key, after }) => isUntouched(table.get(key), after, table.hasOrigin))) {
      const complete = { ...receipt, status: 'complete' as const };
      await kept.update(complete);
      finished ??= complete;
    } else if (changes.every((change) => isAsInReceipt(change, table.get(change.key), cipher))) {
      await kept.remove(receipt.id);
    }
  }
  return finished;
}
