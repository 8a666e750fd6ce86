import { ToolError, type Diagnostic } from '../errors/index.js';
import type { SettingsCipher } from './cipher.js';
import type { DecodedRows } from './decode.js';
import { shortenedList } from './shortened-list.js';
import { isEncrypted, momentOf, readEnvelope } from './encryption.js';
import { otherKeyHint, serverKeyHint } from './key-words.js';
import type { StoredRow } from './row.js';
import type { SettingsTable } from './store.js';

/** What a plan takes away from the rows that the key at hand cannot open, by key as stored. */
export interface Resolved {
  readonly deleted: ReadonlySet<string>;
  /** Rows whose value the operator said to replace whatever it is. */
  readonly replaced: ReadonlySet<string>;
}

/** What must be known of the keys at hand. */
type Keys = Pick<SettingsCipher, 'canEncrypt' | 'home'>;

const nothing: Resolved = { deleted: new Set(), replaced: new Set() };

/**
 * Rows that say that the server has another key than the one at hand: whole envelopes that it does not open. Without
 * any key, every envelope says so. A damaged envelope beside a key says nothing.
 */
function foreignRows(
  table: Pick<SettingsTable, 'rows'>,
  { unreadable }: Pick<DecodedRows, 'unreadable'>,
  cipher: Pick<SettingsCipher, 'canEncrypt'>,
  { deleted, replaced }: Resolved,
): StoredRow[] {
  const closed = new Set([...unreadable.values()].map(({ key }) => key));
  return [...table.rows.values()].filter(({ key, stored }) => {
    if (!isEncrypted(stored) || !closed.has(key) || deleted.has(key)) return false;
    return !cipher.canEncrypt || (readEnvelope(stored) !== undefined && !replaced.has(key));
  });
}

function named(rows: readonly StoredRow[]): string {
  return shortenedList(rows.map(({ key }) => key).sort());
}

/** The moment of an encryption tells the generations of one context apart. */
function wantedKey(rows: readonly StoredRow[]): string {
  const [envelope] = rows.flatMap(({ stored }) => readEnvelope(stored) ?? []);
  if (!envelope) return 'a key that the damaged value does not tell';
  return `the key of context ${envelope.contextId} that was in use at ${momentOf(envelope)}`;
}

/** One finding for each key that rows want. */
function findingsOf(rows: readonly StoredRow[], tried: string): Diagnostic[] {
  const contexts = new Map<number | undefined, StoredRow[]>();
  for (const row of rows) {
    const id = readEnvelope(row.stored)?.contextId;
    contexts.set(id, [...(contexts.get(id) ?? []), row]);
  }
  return [...contexts.values()].map((own) => ({
    code: 'settings/cannot-decrypt',
    severity: 'error',
    message: `${own.length === 1 ? '1 row wants' : `${own.length} rows want`} ${wantedKey(own)}, and ${tried} (${named(own)})`,
    key: 'settings_encryption_key',
  }));
}

const lost = 'If the key is lost, remove such rows first: tmi-dbtool settings unset KEY…';

function foreignKeyError(
  rows: readonly StoredRow[],
  { canEncrypt: encrypts, home }: Keys,
  outcome: string,
): ToolError {
  const tried = encrypts ? 'the configured keys do not fit' : 'no settings_encryption_key is configured';
  const findings = findingsOf(rows, tried);
  const hint = `${encrypts ? otherKeyHint(home) : serverKeyHint(home)} ${lost}`;
  const [only] = findings;
  if (only && findings.length === 1) {
    const diagnostics = [{ ...only, hint }];
    return new ToolError('settings/cannot-decrypt', `${only.message}; ${outcome}`, { diagnostics, hint });
  }
  const message = `${rows.length} rows want other keys than those configured; ${outcome}`;
  return new ToolError('settings/cannot-decrypt', message, { diagnostics: findings, hint });
}

/**
 * Insists, before values are stored, that the key at hand is the server's: else rows of two keys, or plain text, would
 * stand beside each other, and the server could not read what was written.
 * @param resolved rows that the same change takes away
 * @throws ToolError `settings/cannot-decrypt`, naming the keys that the rows want
 */
export function assertKeyFits(
  table: Pick<SettingsTable, 'rows'>,
  decoded: Pick<DecodedRows, 'unreadable'>,
  cipher: Keys,
  resolved: Resolved = nothing,
): void {
  const rows = foreignRows(table, decoded, cipher, resolved);
  if (rows.length > 0) throw foreignKeyError(rows, cipher, 'nothing was written');
}

/**
 * Insists that the key at hand opens some row where rows are encrypted. A server, or a release phase, whose key variable
 * was forgotten is stopped here although it has nothing to write. A few rows of a lost key do not stop it.
 * @param outcome what it led to, such as `nothing was written`
 * @throws ToolError `settings/cannot-decrypt`, naming the keys that the rows want
 */
export function assertKeyOpensSome(
  table: Pick<SettingsTable, 'rows'>,
  decoded: DecodedRows,
  cipher: Keys,
  outcome: string,
): void {
  const opens = [...decoded.rows.values()].some((row) => row.encrypted);
  const rows = opens ? [] : foreignRows(table, decoded, cipher, nothing);
  if (rows.length > 0) throw foreignKeyError(rows, cipher, outcome);
}
