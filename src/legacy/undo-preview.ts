import { ToolError } from '../errors/index.js';
import type { SettingsCipher } from '../settings/cipher.js';
import { isHiddenRow } from '../redact/index.js';
import type { SettingsTable } from '../settings/store.js';
import type { Receipt } from './receipt-format.js';
import { show } from './show.js';

/** A row that an undo changes. Values are masked where they are secret; undefined where there is no row. */
export interface RowChange {
  readonly key: string;
  readonly now: string | undefined;
  readonly back: string | undefined;
}

/** What an undo would do, for people to look at before they agree. */
export interface UndoPreview {
  readonly rows: readonly RowChange[];
  /** The file that gets its old text back, and what it is put back from. */
  readonly file: { readonly path: string; readonly backup: string } | undefined;
}

/** A stored value as it may be shown; what no key at hand opens is said to be so. */
function shownStored(key: string, stored: string, cipher: SettingsCipher): string | undefined {
  try {
    return show(cipher.open(stored, key).text, isHiddenRow(key));
  } catch (error) {
    if (error instanceof ToolError) return '(encrypted with another key)';
    throw error;
  }
}

/** What an undo would change in rows and file, as both are now. */
export function previewUndo(
  { changes, file }: Receipt,
  table: Pick<SettingsTable, 'get'>,
  cipher: SettingsCipher,
): UndoPreview {
  const rows = changes.map(({ key, before }) => {
    const row = table.get(key);
    return {
      key,
      now: row && shownStored(key, row.stored, cipher),
      back: before ? shownStored(key, before.stored, cipher) : undefined,
    };
  });
  const isPutBack = file && file.sha256After !== null && file.backup !== null;
  return { rows, file: isPutBack ? { path: file.path, backup: file.backup } : undefined };
}
