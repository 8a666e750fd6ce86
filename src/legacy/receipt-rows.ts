import { ToolError, type Diagnostic } from '../errors/index.js';
import { isSecretKey } from '../registry/index.js';
import { maskByForm } from '../redact/index.js';
import type { SettingsCipher } from '../settings/cipher.js';
import { isEncrypted } from '../settings/encryption.js';
import { formerKeyHint, makeKeyHint } from '../settings/key-words.js';
import type { RowWrite, StoredRow } from '../settings/row.js';
import type { SettingsTable } from '../settings/store.js';
import type { ImportPlan } from './plan.js';
import { traceOf, type ReceiptChange, type ReceiptRow } from './receipt-format.js';

/** True for a plain-text value that is a secret, or that holds one by its form, as a URL with a password does. */
function isPlainSecret(key: string, stored: string): boolean {
  return !isEncrypted(stored) && (isSecretKey(key) || maskByForm(stored) !== stored);
}

/** The text of a stored value; undefined when no key at hand opens it. */
function openedText(
  { key, stored }: Pick<StoredRow, 'key' | 'stored'>,
  cipher: SettingsCipher,
): string | undefined {
  try {
    return cipher.open(stored, key).text;
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}

function rowForReceipt(row: StoredRow, cipher: SettingsCipher, now: Date): ReceiptRow {
  const sealed = isPlainSecret(row.key, row.stored);
  if (sealed && !cipher.canEncrypt) {
    throw new ToolError(
      'legacy/secret-not-undoable',
      `The row ${row.key} holds a secret in plain text, which a receipt may not hold`,
      {
        hint: `${makeKeyHint(cipher.home)} Or pass --no-backup to go on without a receipt.`,
      },
    );
  }
  return {
    stored: sealed ? cipher.seal(row.stored, now) : row.stored,
    sealed,
    ...(openedText(row, cipher) === undefined ? { unreadable: true } : {}),
    type: row.type,
    description: row.description,
    modifiedAt: row.modifiedAtIso,
    ...(row.modifiedAtText === undefined ? {} : { modifiedAtText: row.modifiedAtText }),
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

/** A row of a receipt as it goes back; without a row, the key was not there and goes. */
export interface RowToRestore {
  readonly key: string;
  readonly row: RowWrite | undefined;
}

function writeOfReceipt(key: string, row: ReceiptRow, stored: string): RowWrite {
  return {
    key,
    stored,
    type: row.type,
    description: row.description,
    modifiedAt: row.modifiedAt ?? new Date(0),
    ...(row.modifiedAtText === undefined ? {} : { modifiedAtText: row.modifiedAtText }),
    modifiedBy: row.modifiedBy,
    origin: row.origin,
  };
}

/** The stored form as it was, with a plain-text secret in plain text again. */
function storedAsItWas(key: string, row: ReceiptRow, cipher: SettingsCipher): string {
  return row.sealed ? cipher.open(row.stored, key).text : row.stored;
}

/**
 * The rows exactly as they were, for a run that takes back what it has just done.
 * @throws ToolError `settings/cannot-decrypt` when the key of that time is gone
 */
export function rowsAsTheyWere(changes: readonly ReceiptChange[], cipher: SettingsCipher): RowToRestore[] {
  return changes.map(({ key, before }) => ({
    key,
    row: before ? writeOfReceipt(key, before, storedAsItWas(key, before, cipher)) : undefined,
  }));
}

/** What the previous key sealed goes back under the current one: after a rotation nothing opens it any more. */
function storedForToday(key: string, row: ReceiptRow, cipher: SettingsCipher, now: Date): string {
  if (row.unreadable) return row.stored;
  const { text, sealedWith } = cipher.open(row.stored, key);
  if (row.sealed) return text;
  return sealedWith === 'previous' ? cipher.seal(text, now) : row.stored;
}

/**
 * The rows as they were, in a form that the keys of today open: keys may have been rotated since the import.
 * @throws ToolError `settings/cannot-decrypt` with every row that no key at hand opens
 */
export function rowsForToday(
  changes: readonly ReceiptChange[],
  cipher: SettingsCipher,
  now: Date,
): RowToRestore[] {
  const faults: Diagnostic[] = [];
  const rows = changes.map(({ key, before }): RowToRestore => {
    try {
      return {
        key,
        row: before ? writeOfReceipt(key, before, storedForToday(key, before, cipher, now)) : undefined,
      };
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      const { code, message, hint } = error;
      faults.push({ code, severity: 'error', message, key, ...(hint === undefined ? {} : { hint }) });
      return { key, row: undefined };
    }
  });
  if (faults.length === 0) return rows;
  throw new ToolError(
    'settings/cannot-decrypt',
    'Rows that the undo would put back cannot be decrypted; nothing was changed',
    {
      diagnostics: faults,
      hint: `${formerKeyHint(cipher.home)} Then run the undo again.`,
    },
  );
}

/** True when a row holds what the receipt has of it, also when it was encrypted anew since. */
export function isAsInReceipt(
  { key, before }: Pick<ReceiptChange, 'key' | 'before'>,
  row: StoredRow | undefined,
  cipher: SettingsCipher,
): boolean {
  if (!before || !row) return !before && !row;
  // A time that could not be read goes back as another one, and an engine may write its digits otherwise.
  const sameTime =
    before.modifiedAt === null || row.modifiedAt?.getTime() === new Date(before.modifiedAt).getTime();
  if (!sameTime || row.originText !== before.origin) return false;
  if (!before.sealed && row.stored === before.stored) return true;
  // A plain-text secret that was encrypted since is not what it was: the receipt would put it back in plain text.
  if (isEncrypted(row.stored) === before.sealed) return false;
  const text = openedText({ key, stored: before.stored }, cipher);
  return text !== undefined && text === openedText(row, cipher);
}
