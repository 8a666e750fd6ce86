import type { Capabilities } from '../database/contract.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import { isSecretKey } from '../registry/index.js';
import type { SettingsCipher } from './cipher.js';
import { decodeRows } from './decode.js';
import { makeKeyHint } from './key-words.js';
import { refuseFaults, type RowChange, type SettingsPlan } from './plan.js';
import { isHiddenRow, shownValue } from '../redact/index.js';
import { writeOf, type RowWrite } from './row.js';
import type { SettingsTable } from './store.js';

/** How the rows are encrypted, by key. */
export interface EncryptionFacts {
  readonly current: readonly string[];
  readonly previous: readonly string[];
  readonly plain: readonly string[];
  readonly unreadable: readonly Diagnostic[];
}

interface Inputs {
  readonly table: SettingsTable;
  readonly cipher: SettingsCipher;
  readonly capabilities: Pick<Capabilities, 'caseInsensitiveKeys'>;
  readonly now: Date;
}

/** @throws ToolError `settings/no-encryption-key` */
function needKey(cipher: SettingsCipher): void {
  if (cipher.canEncrypt) return;
  throw new ToolError('settings/no-encryption-key', 'No settings_encryption_key is configured', {
    hint: makeKeyHint(cipher.home),
  });
}

/** Decrypts every row, and says with which key. Values do not leave the function. */
export function encryptionFacts({ table, cipher, capabilities }: Omit<Inputs, 'now'>): EncryptionFacts {
  const { rows, unreadable } = decodeRows(table, cipher, capabilities);
  // A broken row without a value has nothing to encrypt.
  const held = [...rows.values()].filter((row) => row.text !== '');
  const keysOf = (sealedWith: string): string[] =>
    held.flatMap((row) => (row.sealedWith === sealedWith ? [row.stored.key] : [])).sort();
  return {
    current: keysOf('current'),
    previous: keysOf('previous'),
    plain: keysOf('nothing'),
    unreadable: [...unreadable.values()],
  };
}

/**
 * Plans to bring every row under the current key, as a server does: rows of the previous key and rows in plain text.
 * Origin, time and author stay. A single row that cannot be read stops everything.
 * @throws ToolError `settings/no-encryption-key`; `settings/cannot-decrypt` and `settings/value-too-long` with every row
 */
export function planReencrypt({ table, cipher, capabilities, now }: Inputs): SettingsPlan {
  needKey(cipher);
  const { rows, unreadable } = decodeRows(table, cipher, capabilities);
  const faults = [...unreadable.values()];
  const writes: RowWrite[] = [];
  const changes: RowChange[] = [];
  for (const row of rows.values()) {
    if (row.sealedWith === 'current' || row.text === '') continue;
    const { key } = row.stored;
    try {
      const stored = cipher.seal(row.text, now);
      writes.push({ ...writeOf(row.stored), stored });
      const secret = isSecretKey(key);
      const shown = shownValue(row.text, isHiddenRow(key));
      const { origin } = row.stored;
      changes.push({ key, action: 'mark', secret, before: shown, after: shown, origin, encrypted: true });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      const { code, message } = error;
      faults.push({ code, severity: 'error', message: `${key}: ${message}`, key });
    }
  }
  refuseFaults(faults);
  return { changes, writes, deletes: [] };
}
