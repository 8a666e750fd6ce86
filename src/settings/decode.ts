import type { Capabilities } from '../database/contract.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import { settingByDatabaseKey } from '../registry/index.js';
import type { OpenedValue, SettingsCipher } from './cipher.js';
import { isEncrypted } from './encryption.js';
import { foldKey } from './key.js';
import type { RowOrigin } from '../config/precedence.js';
import type { StoredRow } from './row.js';
import type { SettingsTable } from './store.js';

/** A row in the clear. Handle it like a secret: `text` may be one. */
export interface DecodedRow {
  readonly text: string;
  readonly origin: RowOrigin;
  readonly encrypted: boolean;
  /** Which key opened it. */
  readonly sealedWith: OpenedValue['sealedWith'];
  readonly stored: StoredRow;
}

/** The table in the clear. */
export interface DecodedRows {
  /** By key, folded as the database compares keys. */
  readonly rows: ReadonlyMap<string, DecodedRow>;
  /** What is wrong with the rows that cannot be read, by key. */
  readonly unreadable: ReadonlyMap<string, Diagnostic>;
}

/**
 * Who stated a row. NULL and unknown words count as seeded, and so does a row without a value, which states nothing. A
 * table without the column cannot say: a row that differs from its setting's default must have been set by somebody,
 * since a server seeds nothing but defaults.
 */
function originOf(row: StoredRow, text: string, hasOrigin: boolean): RowOrigin {
  if (text === '') return 'seeded';
  if (hasOrigin) return row.origin ?? 'seeded';
  const found = settingByDatabaseKey(row.key);
  return found?.kind === 'setting' && found.setting.default === text ? 'seeded' : 'explicit';
}

/** Decrypts what can be decrypted. A row that cannot be read is reported, not thrown: it may not matter. */
export function decodeRows(
  table: Pick<SettingsTable, 'rows' | 'hasOrigin'>,
  cipher: SettingsCipher,
  capabilities: Pick<Capabilities, 'caseInsensitiveKeys'>,
): DecodedRows {
  const rows = new Map<string, DecodedRow>();
  const unreadable = new Map<string, Diagnostic>();
  for (const stored of table.rows.values()) {
    const key = foldKey(stored.key, capabilities);
    try {
      const { text, sealedWith } = cipher.open(stored.stored, stored.key);
      const origin = originOf(stored, text, table.hasOrigin);
      rows.set(key, { text, origin, encrypted: isEncrypted(stored.stored), sealedWith, stored });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      unreadable.set(key, {
        code: error.code,
        severity: 'error',
        message: error.message,
        key: stored.key,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
  }
  return { rows, unreadable };
}

/**
 * Who stated the rows that cannot be read, by key. A table that cannot say leaves it open whether such a row is what
 * counts, so it is taken for one that does.
 */
export function unreadableOrigins(
  table: Pick<SettingsTable, 'get' | 'hasOrigin'>,
  { unreadable }: Pick<DecodedRows, 'unreadable'>,
): Map<string, RowOrigin> {
  const originAt = (key: string): RowOrigin => table.get(key)?.origin ?? 'seeded';
  return new Map([...unreadable.keys()].map((key) => [key, table.hasOrigin ? originAt(key) : 'explicit']));
}
