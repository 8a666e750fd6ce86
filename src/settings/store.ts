import type { DatabaseSession, ReadTableOptions, TableContents } from '../database/contract.js';
import { ToolError } from '../errors/index.js';
import { foldKey } from './key.js';
import type { Origin, RowWrite, StoredRow } from './row.js';
import { systemSettings, type SettingsColumn } from './table.js';

/** The table `system_settings` as it was read at one moment. */
export interface SettingsTable {
  readonly exists: boolean;
  /** False for tables of servers before 1.8.22. True for a missing table, since the tool creates it with one. */
  readonly hasOrigin: boolean;
  /** Lower-cased, in table order; also those that the tool does not know and never writes. */
  readonly columns: readonly string[];
  /** By key as stored. Look keys up with `get`, which compares as the database does. */
  readonly rows: ReadonlyMap<string, StoredRow>;
  get(key: string): StoredRow | undefined;
}

const columnNames: readonly SettingsColumn[] = systemSettings.columns.map((column) => column.name);

/** Text of a column. Drivers give numbers for what was written as a number into SQLite. */
function text(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : null;
}

function originOf(value: string | null): Origin | null {
  return value === 'seeded' || value === 'explicit' ? value : null;
}

/** The text of a time that is kept in another form than the one it would be written in. */
function ownForm(
  { instants }: DatabaseSession,
  time: unknown,
  iso: string | null,
): Pick<StoredRow, 'modifiedAtText'> {
  if (!instants.keepsText || typeof time !== 'string' || iso === null) return {};
  return time === instants.toColumn(iso) ? {} : { modifiedAtText: time };
}

function rowOf(session: DatabaseSession, raw: Readonly<Record<string, unknown>>): StoredRow {
  const column = (name: SettingsColumn) => text(raw[name]);
  const time = raw['modified_at'];
  const iso = session.instants.toIso(time) ?? null;
  return {
    key: column('setting_key') ?? '',
    stored: column('value') ?? '',
    type: column('setting_type') ?? '',
    description: column('description'),
    modifiedAt: iso === null ? null : new Date(iso),
    modifiedAtIso: iso,
    ...ownForm(session, time, iso),
    modifiedBy: column('modified_by'),
    origin: originOf(column('origin')),
    originText: column('origin'),
  };
}

function tableOf(session: DatabaseSession, contents: TableContents | undefined): SettingsTable {
  const columns = contents?.columns ?? columnNames;
  const missing = columnNames.filter((name) => name !== 'origin' && !columns.includes(name));
  if (missing.length > 0) {
    throw new ToolError(
      'settings/unexpected-table',
      `The table ${systemSettings.name} has no column ${missing.join(', ')}`,
      {
        hint: 'Check that the URL names the database of a TMI server, and that its migrations have run.',
      },
    );
  }
  const rows = new Map((contents?.rows ?? []).map((raw) => rowOf(session, raw)).map((row) => [row.key, row]));
  const folded = new Map([...rows.values()].map((row) => [foldKey(row.key, session.capabilities), row]));
  return {
    exists: contents !== undefined,
    hasOrigin: columns.includes('origin'),
    columns,
    rows,
    get: (key) => rows.get(key) ?? folded.get(foldKey(key, session.capabilities)),
  };
}

/**
 * Reads all settings in one round trip. With `forUpdate`, inside a transaction, nobody else can change them
 * until it ends.
 * @throws ToolError `settings/unexpected-table` when columns are missing that every server has
 */
export async function readSettings(
  session: DatabaseSession,
  options?: ReadTableOptions,
): Promise<SettingsTable> {
  const contents = await session.readTable(systemSettings.name, { ...options, instants: ['modified_at'] });
  return tableOf(session, contents);
}

/** Creates the table exactly as the server does. Nothing happens when it exists. */
export function createSettingsTable(session: DatabaseSession): Promise<void> {
  return session.createTable(systemSettings);
}

function assertWritable(session: DatabaseSession, writes: readonly RowWrite[]): void {
  const seen = new Map<string, string>();
  for (const { key, stored } of writes) {
    if (!stored) {
      throw new ToolError(
        'settings/empty-value',
        `The setting ${key} was about to be written without a value`,
        {
          hint: 'Clearing a setting deletes its row.',
        },
      );
    }
    const folded = foldKey(key, session.capabilities);
    const other = seen.get(folded);
    if (other !== undefined) {
      const message = `The keys ${other} and ${key} are one key to this database, and both were about to be written`;
      throw new ToolError('settings/duplicate-key', message, { hint: 'Keep one of the two.' });
    }
    seen.set(folded, key);
  }
}

/** Servers limit the size of a statement, MariaDB by default to 16 MiB. */
const STATEMENT_TEXT_LIMIT = 4_000_000;

/** Cuts rows into statements. Realistic numbers of settings fit into one. */
function inStatements(
  rows: readonly Record<string, string | null>[],
  maxRows: number,
): Record<string, string | null>[][] {
  const statements: Record<string, string | null>[][] = [];
  let size = Infinity;
  for (const row of rows) {
    const rowSize = Object.values(row).reduce((sum, value) => sum + (value?.length ?? 0), 0);
    const current = statements.at(-1);
    if (current && current.length < maxRows && size + rowSize <= STATEMENT_TEXT_LIMIT) {
      current.push(row);
      size += rowSize;
    } else {
      statements.push([row]);
      size = rowSize;
    }
  }
  return statements;
}

function timeOf({ instants }: DatabaseSession, { modifiedAt, modifiedAtText }: RowWrite): string {
  const isSame =
    modifiedAtText !== undefined && instants.toIso(modifiedAtText) === instants.toIso(modifiedAt);
  return isSame ? modifiedAtText : instants.toColumn(modifiedAt);
}

/**
 * Inserts or updates settings, in one statement for realistic numbers. Columns that the tool does not know
 * keep their values. With `existing: 'keep'` a row that exists is left alone.
 * @param table as read before: it says whether there is a column for the origin
 * @throws ToolError `settings/empty-value`, `settings/duplicate-key`; nothing was sent then
 */
export async function writeSettings(
  session: DatabaseSession,
  table: Pick<SettingsTable, 'hasOrigin'>,
  writes: readonly RowWrite[],
  existing: 'replace' | 'keep' = 'replace',
): Promise<void> {
  assertWritable(session, writes);
  const rows = writes.map((write) => ({
    setting_key: write.key,
    value: write.stored,
    setting_type: write.type,
    description: write.description,
    modified_at: timeOf(session, write),
    modified_by: write.modifiedBy,
    ...(table.hasOrigin ? { origin: write.origin } : {}),
  }));
  const maxRows = Math.floor(session.capabilities.maxBindVariables / columnNames.length);
  for (const statement of inStatements(rows, maxRows)) {
    await session.upsert(systemSettings.name, systemSettings.primaryKey, statement, existing);
  }
}

/** Deletes settings, in one statement for realistic numbers. Keys that are not there do not matter. */
export async function deleteSettings(session: DatabaseSession, keys: readonly string[]): Promise<void> {
  const { maxBindVariables, maxListItems = maxBindVariables } = session.capabilities;
  const most = Math.min(maxBindVariables, maxListItems);
  for (let start = 0; start < keys.length; start += most) {
    const part = keys.slice(start, start + most);
    await session.deleteRows(systemSettings.name, systemSettings.primaryKey, part);
  }
}
