// What counts as lost. Every rule is looked at after each break and at the end; none of them asks the tool.
//
// Rows        A database holds the old rows or the new ones: all of one, never a mixture. Rows are compared decrypted,
//             by key, value, type and origin, so that an envelope that nobody can open is a loss too.
// File        A file holds its old bytes or its new ones.
// Import      New file: then the new rows too, since a value that left the file must be in the database. Old file:
// and undo    old rows or new ones. The rule is the same for undo, which puts the file back before it takes rows away:
//             "new file, old rows" is a loss at every moment, and never a state on the way.
// Backup      Under the name of the backup stands the old file, or a new one that can be read to its end.
// Reset       Rows are there, or a backup that can be read to its end and holds every one of them.
// Ledger      A backup that verifies has the sum that sessions beside it never change, and every row of pg_dump's, where
//             that reads the same state.
// Re-encrypt  Every row opens with the current or the previous key, with its value, origin and times as they were.
// Output      No secret and no stack trace, whatever happened.
// In the end  The run that was let alone ends well and leaves the new state, and no file of a half-done run.
import { createDecipheriv } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Something that must not happen has happened. */
export class Loss extends Error {}

export function insist(condition, message) {
  if (!condition) throw new Loss(message);
}

/** What an envelope `ENC:v1:context:time:base64(nonce, ciphertext, tag)` holds under one of the keys. */
function open(stored, keys) {
  if (!stored.startsWith('ENC:v1:')) return stored;
  const bytes = Buffer.from(stored.split(':').slice(4).join(':'), 'base64');
  for (const key of keys) {
    try {
      const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(-16));
      return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      // Another key, or nobody's.
    }
  }
  throw new Loss('an envelope opens with no key');
}

const missingTable = /no such table|does not exist|doesn't exist/;

/**
 * The settings of a database, decrypted, as texts that can be compared; none without a table.
 * @param keys in hexadecimal; a value may be under any of them
 * @returns {Promise<{rows: string[], times: string[], allUnderFirst: boolean}>} `times`: when each row was stated
 */
export async function settingsOf(target, keys) {
  let stored;
  try {
    stored = await target.query(
      'SELECT setting_key, value, setting_type, origin, modified_at FROM system_settings',
    );
  } catch (error) {
    if (!missingTable.test(error.message)) throw error;
    stored = [];
  }
  const sorted = stored.toSorted((a, b) => (a.setting_key < b.setting_key ? -1 : 1));
  return {
    rows: sorted.map((row) =>
      JSON.stringify([row.setting_key, open(row.value, keys), row.setting_type, row.origin]),
    ),
    times: sorted.map((row) => `${row.setting_key} ${new Date(row.modified_at).toISOString()}`),
    allUnderFirst: sorted.every((row) => {
      try {
        return open(row.value, keys.slice(0, 1)) !== row.value;
      } catch {
        return false;
      }
    }),
  };
}

/** The rows of tables as texts that can be compared. */
export async function contentOf(target, tables) {
  const all = [];
  for (const table of tables) {
    for (const row of await target.query(`SELECT * FROM ${table} ORDER BY id`)) {
      all.push(`${table} ${JSON.stringify(row)}`);
    }
  }
  return all;
}

export const same = (some, others) =>
  some.length === others.length && some.every((text, i) => text === others[i]);

/** Old or new; throws for anything between. @returns {'old' | 'new'}, `new` where they are equal */
export function eitherOf(what, current, old, fresh) {
  const equal = Array.isArray(current) ? same : (a, b) => a.equals(b);
  if (equal(current, fresh)) return 'new';
  insist(equal(current, old), `${what} neither old nor new`);
  return 'old';
}

/** Insists that a folder holds no file but those whose names are expected. */
export function noLeftovers(folder, expected) {
  const extra = readdirSync(folder).filter((name) => !expected.test(name));
  insist(extra.length === 0, `left behind: ${extra.join(', ')}`);
}

/** Changes one bit in the middle of a file: what a self-test plants. */
export function flipByte(file) {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(file, bytes);
}
