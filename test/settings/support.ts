import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SettingsCipher } from '../../src/settings/cipher.js';
import type { PlanContext } from '../../src/settings/draft.js';
import { foldKey } from '../../src/settings/key.js';
import type { RowWrite, StoredRow } from '../../src/settings/row.js';
import type { SettingsTable } from '../../src/settings/store.js';
import { SecretValue } from '../../src/values/index.js';

export const KEY = '0123456789abcdef'.repeat(4);
export const OLD_KEY = 'fedcba9876543210'.repeat(4);
export const now = new Date('2026-11-21T07:45:00.000Z');
export const earlier = '2025-03-01T10:20:30.125Z';
export const capabilities = { caseInsensitiveKeys: false };

export function cipherOf(current?: string, previous?: string): SettingsCipher {
  return SettingsCipher.from({
    ...(current === undefined ? {} : { current: new SecretValue(current) }),
    ...(previous === undefined ? {} : { previous: new SecretValue(previous) }),
  });
}

/** An envelope made with nothing but node's own crypto, as the contract describes it. */
export function seal(plain: string, key: string, context = 1, seconds = 1_740_824_430): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'hex'), nonce);
  const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  const sealed = Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]);
  return `ENC:v1:${context}:${seconds}:${sealed.toString('base64')}`;
}

/** The way back, likewise. */
export function unseal(envelope: string, key: string): string {
  const sealed = Buffer.from(envelope.split(':')[4] ?? '', 'base64');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(-16));
  return decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
}

export function storedRow(key: string, stored: string, changes: Partial<StoredRow> = {}): StoredRow {
  return {
    key,
    stored,
    type: 'string',
    description: 'a server wrote this',
    modifiedAt: new Date(earlier),
    modifiedAtIso: earlier,
    modifiedBy: null,
    origin: 'explicit',
    originText: 'explicit',
    ...changes,
  };
}

export const seeded = { origin: 'seeded', originText: 'seeded' } as const;

export function tableOf(rows: readonly StoredRow[], facts: Partial<SettingsTable> = {}): SettingsTable {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return { exists: true, hasOrigin: true, columns: [], rows: byKey, get: (key) => byKey.get(key), ...facts };
}

/** A table as a database with case-insensitive keys shows it. */
export function foldedTable(rows: readonly StoredRow[]): SettingsTable {
  const folded = new Map(rows.map((row) => [foldKey(row.key, { caseInsensitiveKeys: true }), row]));
  return tableOf(rows, { get: (key) => folded.get(key.toLowerCase()) });
}

export function contextOf(rows: readonly StoredRow[], changes: Partial<PlanContext> = {}): PlanContext {
  const cipher = cipherOf(KEY);
  const allowed = { production: false, allowPlaintextSecrets: false };
  return { table: tableOf(rows), cipher, capabilities, now, ...allowed, ...changes };
}

/** Writes by key, in the clear. */
export function plainWrites(writes: readonly RowWrite[], key = KEY): Record<string, string> {
  return Object.fromEntries(
    writes.map(({ key: name, stored }) => [name, stored.startsWith('ENC:') ? unseal(stored, key) : stored]),
  );
}
