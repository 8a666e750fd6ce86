import type { DatabaseSession } from '../database/contract.js';
import { ToolError } from '../errors/index.js';
import type { RowWrite, StoredRow } from './row.js';
import { readSettings, type SettingsTable } from './store.js';
import { systemSettings } from './table.js';

/** What a transaction meant to leave behind. */
export interface ExpectedSettings {
  readonly written: readonly RowWrite[];
  readonly deleted?: readonly string[];
  /** `keep` when rows that were there before were left alone: then only their presence is checked. */
  readonly existing?: 'replace' | 'keep';
}

/** Equal to the millisecond. Finer digits may be rounded by the column. */
function sameInstant(meant: Date | string, row: StoredRow, session: DatabaseSession): boolean {
  const iso = session.instants.toIso(meant);
  if (iso === undefined || row.modifiedAt === null) return false;
  const tolerance = iso.length > '2026-01-01T00:00:00.000Z'.length ? 1 : 0;
  return Math.abs(Date.parse(iso) - row.modifiedAt.getTime()) <= tolerance;
}

/** The columns in which a row differs from what was meant. */
function differences(
  meant: RowWrite,
  row: StoredRow,
  table: SettingsTable,
  session: DatabaseSession,
): string[] {
  const equal: Record<string, boolean> = {
    value: meant.stored === row.stored,
    setting_type: meant.type === row.type,
    // Where the empty text is NULL, the two are one.
    description: (meant.description ?? '') === (row.description ?? ''),
    modified_at: sameInstant(meant.modifiedAt, row, session),
    modified_by: meant.modifiedBy === row.modifiedBy,
    origin: !table.hasOrigin || meant.origin === row.originText,
  };
  return Object.keys(equal).filter((column) => equal[column] === false);
}

function fault(meant: RowWrite, table: SettingsTable, session: DatabaseSession, keep: boolean): string[] {
  const row = table.get(meant.key);
  if (!row) return [`${meant.key}: the row is missing`];
  const columns = keep ? [] : differences(meant, row, table, session);
  return columns.length === 0 ? [] : [`${meant.key}: ${columns.join(', ')}`];
}

/**
 * Reads the table again, in one round trip, and compares it with what was meant. Call it inside the
 * transaction: the error then rolls everything back.
 * @returns the table as it stands now
 * @throws ToolError `settings/read-back-mismatch`, naming keys and columns, never values
 */
export async function readBack(session: DatabaseSession, expected: ExpectedSettings): Promise<SettingsTable> {
  const table = await readSettings(session);
  const keep = expected.existing === 'keep';
  const faults = [
    ...expected.written.flatMap((meant) => fault(meant, table, session, keep)),
    ...(expected.deleted ?? [])
      .filter((key) => table.get(key))
      .map((key) => `${key}: the row is still there`),
  ];
  if (faults.length === 0) return table;
  const triggers = await session.transfer.firingTriggers([systemSettings.name], 'change');
  throw new ToolError(
    'settings/read-back-mismatch',
    `The database returned something other than what was written (${faults.slice(0, 10).join('; ')})`,
    {
      hint:
        triggers.length > 0
          ? `Nothing was kept. These triggers change rows while they are written: ${triggers.join(', ')}. Drop them or switch them off, and run the command again.`
          : `Nothing was kept. No trigger fires on ${systemSettings.name}, so a column changes what it is given: tmi-dbtool db status says which differs from what the server creates.`,
    },
  );
}
