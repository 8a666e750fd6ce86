import { ToolError } from '../errors/index.js';
import { isSecretKey } from '../registry/index.js';
import { maskByForm } from '../secrets/masked-text.js';
import type { SettingsCipher } from '../settings/cipher.js';
import { isEncrypted } from '../settings/encryption.js';
import type { RowWrite, StoredRow } from '../settings/row.js';
import type { SettingsTable } from '../settings/store.js';
import type { ImportPlan } from './plan.js';
import { traceOf, type ReceiptChange, type ReceiptRow } from './receipt.js';

/** True for a plain-text value that is a secret, or that holds one by its form, as a URL with a password does. */
function isPlainSecret(key: string, stored: string): boolean {
  return !isEncrypted(stored) && (isSecretKey(key) || maskByForm(stored) !== stored);
}

function rowForReceipt(row: StoredRow, cipher: SettingsCipher, now: Date): ReceiptRow {
  const sealed = isPlainSecret(row.key, row.stored);
  if (sealed && !cipher.canEncrypt) {
    throw new ToolError(
      'legacy/secret-not-undoable',
      `The row ${row.key} holds a secret in plain text, which a receipt may not hold`,
      {
        hint: 'Configure TMI_SECRET_SETTINGS_ENCRYPTION_KEY, or pass --no-backup to go on without a receipt.',
      },
    );
  }
  return {
    stored: sealed ? cipher.seal(row.stored, now) : row.stored,
    sealed,
    type: row.type,
    description: row.description,
    modifiedAt: row.modifiedAtIso,
    modifiedBy: row.modifiedBy,
    origin: row.originText,
  };
}

/**
 * What a receipt keeps of every row that the plan changes: the row as it was, and a trace of the row as it will be.
 * @throws ToolError `legacy/secret-not-undoable` for a plain-text secret that cannot be encrypted for the receipt
 */
export function receiptChanges(
  plan: Pick<ImportPlan, 'writes' | 'deletes'>,
  table: Pick<SettingsTable, 'get'>,
  cipher: SettingsCipher,
  now: Date,
): ReceiptChange[] {
  const before = (key: string): ReceiptRow | null => {
    const row = table.get(key);
    return row ? rowForReceipt(row, cipher, now) : null;
  };
  const written = plan.writes.map((write) => ({
    key: write.key,
    before: before(write.key),
    after: traceOf(write, isPlainSecret(write.key, write.stored)),
  }));
  return [...written, ...plan.deletes.map((key) => ({ key, before: before(key), after: null }))];
}

/**
 * The row to write so that it is as it was, with a plain-text secret in plain text again.
 * @throws ToolError `settings/cannot-decrypt` when the key of that time is gone
 */
export function rowFromReceipt(key: string, row: ReceiptRow, cipher: SettingsCipher): RowWrite {
  return {
    key,
    stored: row.sealed ? cipher.open(row.stored, key).text : row.stored,
    type: row.type,
    description: row.description,
    modifiedAt: row.modifiedAt ?? new Date(0),
    modifiedBy: row.modifiedBy,
    origin: row.origin,
  };
}
