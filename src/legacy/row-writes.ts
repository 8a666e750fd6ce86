import { ToolError, type Diagnostic } from '../errors/index.js';
import type { SettingsCipher } from '../settings/cipher.js';
import type { DecodedRow } from '../settings/decode.js';
import { writeOf, type RowWrite } from '../settings/row.js';
import type { SettingKey } from '../config/setting-key.js';
import type { DesiredRow } from './decide.js';
import type { PlanInputs } from './plan-inputs.js';

/** What decides how values are stored. */
type SealingFacts = Pick<PlanInputs, 'cipher' | 'options' | 'production' | 'now'>;

function descriptionOf({ key }: DesiredRow): string | null {
  return key.setting?.description ?? key.provider?.field.description ?? null;
}

/** What to store for a row. A value that stays keeps its stored form, unless a plain secret is to be encrypted. */
function rowWrite(
  desired: DesiredRow,
  row: DecodedRow | undefined,
  cipher: SettingsCipher,
  now: Date,
): RowWrite {
  const { key, text, origin, sameValue } = desired;
  if (sameValue && row) {
    const encrypt = key.secret && cipher.canEncrypt && !row.encrypted;
    return { ...writeOf(row.stored), origin, ...(encrypt ? { stored: cipher.seal(text, now) } : {}) };
  }
  return {
    key: row?.stored.key ?? key.key,
    stored: cipher.seal(text, now),
    type: key.databaseType ?? 'string',
    description: row?.stored.description ?? descriptionOf(desired),
    modifiedAt: now,
    // An author is a user of the server, and this is none.
    modifiedBy: null,
    origin,
  };
}

/** True when a secret may be stored as things are: encrypted, or in plain text where that was allowed. */
export function mayStoreSecrets({ cipher, options, production }: SealingFacts): boolean {
  return cipher.canEncrypt || (options.allowPlaintextSecrets && !production);
}

/** True for a value that a row may hold: as a secret, and by its length once it is encrypted. */
export function mayStore({ secret }: SettingKey, text: string, facts: SealingFacts): boolean {
  if (secret && !mayStoreSecrets(facts)) return false;
  try {
    facts.cipher.seal(text, facts.now);
    return true;
  } catch (error) {
    if (error instanceof ToolError && error.code === 'settings/value-too-long') return false;
    throw error;
  }
}

/**
 * The rows to write, encoded. A change of origin or encryption alone leaves time and author as they were.
 * @returns also a finding for each value that the server would refuse to read once it is encrypted
 */
export function rowWrites(
  desired: readonly DesiredRow[],
  rows: ReadonlyMap<string, DecodedRow>,
  cipher: SettingsCipher,
  now: Date,
): { readonly rows: RowWrite[]; readonly findings: Diagnostic[] } {
  const writes: RowWrite[] = [];
  const findings: Diagnostic[] = [];
  for (const row of desired) {
    try {
      writes.push(rowWrite(row, rows.get(row.key.key), cipher, now));
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      findings.push({
        code: error.code,
        severity: 'error',
        message: `${row.key.path}: ${error.message}`,
        key: row.key.path,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
  }
  return { rows: writes, findings };
}
