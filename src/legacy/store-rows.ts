import type { Database } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import type { SettingsCipher } from '../settings/cipher.js';
import { decodeRows } from '../settings/decode.js';
import { readBack } from '../settings/read-back.js';
import type { StoredRow } from '../settings/row.js';
import {
  createSettingsTable,
  deleteSettings,
  readSettings,
  writeSettings,
  type SettingsTable,
} from '../settings/store.js';
import type { BuiltPlan } from './build-plan.js';
import type { Proof } from './proof.js';

export interface StoreInputs {
  readonly built: BuiltPlan;
  readonly database: Database;
  /** The table as the plan was made from it. */
  readonly table: SettingsTable;
  readonly cipher: SettingsCipher;
}

function sameRow(a: StoredRow | undefined, b: StoredRow | undefined): boolean {
  return (
    a?.stored === b?.stored &&
    a?.originText === b?.originText &&
    a?.modifiedAtIso === b?.modifiedAtIso &&
    a?.type === b?.type
  );
}

/** @throws ToolError `legacy/changed-meanwhile` when any row differs from what the plan was made from */
function assertSameTable(planned: SettingsTable, now: SettingsTable): void {
  const keys = new Set([...planned.rows.keys(), ...now.rows.keys()]);
  const changed = [...keys].filter((key) => !sameRow(planned.rows.get(key), now.rows.get(key)));
  if (changed.length === 0 && planned.hasOrigin === now.hasOrigin) return;
  throw new ToolError(
    'legacy/changed-meanwhile',
    `Settings were changed after the plan was made: ${changed.slice(0, 5).join(', ')}`,
    { hint: 'Nothing was written. Run the command again.' },
  );
}

/** Rows that are not as written in a table that was missing are somebody else's, who made the table meanwhile. */
function asChangedMeanwhile(error: unknown): unknown {
  if (!(error instanceof ToolError) || error.code !== 'settings/read-back-mismatch') return error;
  return new ToolError(
    'legacy/changed-meanwhile',
    'Somebody else created the settings table after the plan was made',
    { hint: 'Nothing was written. Run the command again.' },
  );
}

/** @throws ToolError `legacy/proof-failed` */
function proven(
  built: BuiltPlan,
  newBytes: Uint8Array | undefined,
  rows: Parameters<BuiltPlan['proveWith']>[1],
): Proof {
  const proof = built.proveWith(newBytes, rows);
  if (proof.differences.length === 0) return proof;
  const keys = proof.differences.map(({ key }) => key).join(', ');
  throw new ToolError('legacy/proof-failed', `The server would behave differently afterwards: ${keys}`, {
    hint: 'Nothing was kept. Please report this with the plan (--dry-run --json).',
  });
}

/**
 * Stores the plan's rows in one transaction: reads the table again and insists that it is as planned, writes, reads
 * back, and proves with what was read back that the server will behave the same. Any failure rolls everything back.
 * A table that was missing is made first and not read again: rows that somebody else has put in since are kept by the
 * insert, and then found by the read-back and the proof.
 * @param newBytes the file's new text, for the proof
 * @param beforeCommit the last chance to stop
 */
export async function storeRows(
  { built, database, table, cipher }: StoreInputs,
  newBytes: Uint8Array | undefined,
  beforeCommit: () => Promise<void>,
): Promise<Proof> {
  const { writes, deletes } = built.plan;
  const changesRows = writes.length > 0 || deletes.length > 0;
  if (!changesRows) {
    // The file is cut because the rows are there: they must still be.
    return database.transaction(async (session) => {
      const now = await readSettings(session, { forUpdate: true });
      assertSameTable(table, now);
      const proof = proven(built, newBytes, decodeRows(now, cipher, session.capabilities).rows);
      await beforeCommit();
      return proof;
    });
  }
  // Where DDL ends a transaction the table is made first; an empty table changes nothing for a server.
  const createsInside = !table.exists && database.capabilities.transactionalDdl;
  if (!table.exists && !createsInside) await createSettingsTable(database);
  return database.transaction(async (session) => {
    if (createsInside) await createSettingsTable(session);
    if (table.exists) assertSameTable(table, await readSettings(session, { forUpdate: true }));
    await writeSettings(session, table, writes, table.exists ? 'replace' : 'keep');
    if (deletes.length > 0) await deleteSettings(session, deletes);
    const stored = await readBack(session, { written: writes, deleted: deletes }).catch((error: unknown) => {
      throw table.exists ? error : asChangedMeanwhile(error);
    });
    const proof = proven(built, newBytes, decodeRows(stored, cipher, session.capabilities).rows);
    await beforeCommit();
    return proof;
  });
}
