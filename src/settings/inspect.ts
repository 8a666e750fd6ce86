import type { Capabilities } from '../database/contract.js';
import { isSecretKey, settingByDatabaseKey } from '../registry/index.js';
import type { SettingsCipher } from './cipher.js';
import { decodeRows } from './decode.js';
import { rowFits } from './row-value.js';
import type { SettingsTable } from './store.js';

/** Facts about the settings table that an operator wants to know. Names keys, never values. */
export interface SettingsFacts {
  readonly exists: boolean;
  readonly hasOrigin: boolean;
  readonly rows: number;
  readonly explicit: number;
  readonly seeded: number;
  readonly encrypted: number;
  /** Secrets that stand in plain text. */
  readonly plainSecrets: readonly string[];
  /** Rows encrypted with a key that is not at hand. */
  readonly unreadable: readonly string[];
  /** Rows that no setting of the registry claims. */
  readonly unknown: readonly string[];
  /** Rows whose value is not what their type says. */
  readonly malformed: readonly string[];
}

/** Looks over the settings table. Nothing is changed and nothing is thrown for a row that is in a bad way. */
export function inspectSettings(
  table: SettingsTable,
  cipher: SettingsCipher,
  capabilities: Pick<Capabilities, 'caseInsensitiveKeys'>,
): SettingsFacts {
  const { rows, unreadable } = decodeRows(table, cipher, capabilities);
  const all = [...rows.values()];
  const keys = (list: typeof all): string[] => list.map((row) => row.stored.key).sort();
  const explicit = [...table.rows.values()].filter((row) => row.origin === 'explicit').length;
  return {
    exists: table.exists,
    hasOrigin: table.hasOrigin,
    rows: table.rows.size,
    explicit,
    seeded: table.rows.size - explicit,
    encrypted: all.filter((row) => row.encrypted).length + unreadable.size,
    plainSecrets: keys(all.filter((row) => !row.encrypted && isSecretKey(row.stored.key))),
    unreadable: [...unreadable.values()].map((finding) => finding.key ?? '').sort(),
    unknown: keys(all.filter((row) => settingByDatabaseKey(row.stored.key.toLowerCase()) === undefined)),
    malformed: keys(all.filter(({ stored, text }) => !rowFits(stored, text))),
  };
}
