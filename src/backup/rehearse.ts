import { connectDatabase } from '../database/index.js';
import { quoteStandard } from '../database/insert.js';
import type { Database, ValueKind } from '../database/index.js';
import { isReservedTable } from '../database/reserved-names.js';
import { ToolError } from '../errors/index.js';
import { SecretValue } from '../values/index.js';
import { isTagged } from '../database/portable.js';
import { assertPointsSomewhere, primaryKeyOf, scratchForeignKeys } from './scratch-foreign-keys.js';
import { isSameButForForm } from './scratch-keys.js';
import { scratchNames, type ScratchNames } from './scratch-names.js';
import { readBackup } from './read.js';
import type { BackupColumn, BackupTable } from './format.js';
import { restoreBackup, type RestorePlan, type RestoreRequest } from './restore.js';
import type { VerifiedBackup } from './verify.js';

/** Types of scratch tables that keep each kind exactly; decimals, doubles (NaN is NULL there) and times stay texts. */
const types: Partial<Record<ValueKind, string>> = {
  // Not `integer`, which as a primary key would number rows by itself.
  integer: 'int',
  boolean: 'boolean',
  binary: 'blob',
};

/** Types of whole numbers that go beyond the 64 bits with a sign of a SQLite integer; a text keeps their digits. */
const wideInteger = /^(bigint.*unsigned|bit\b|number)/;

function typeOf({ kind, type }: BackupColumn): string {
  return kind === 'integer' && wideInteger.test(type) ? 'text' : (types[kind] ?? 'text');
}

/** What stands for the columns of a table that has none, as PostgreSQL allows and SQLite does not. */
const NO_COLUMN = 'tmi_no_column integer';

function createStatement(table: BackupTable, tables: readonly BackupTable[], scratch: ScratchNames): string {
  const list = (names: readonly string[], of = table.name): string =>
    `(${names.map((name) => quoteStandard(scratch.column(of, name))).join(', ')})`;
  const primaryKey = primaryKeyOf(table);
  const lines = [
    ...(table.columns.length === 0 ? [NO_COLUMN] : []),
    ...table.columns.map(
      (column) =>
        `${quoteStandard(scratch.column(table.name, column.name))} ${typeOf(column)}${column.nullable ? '' : ' not null'}`,
    ),
    ...(primaryKey.length > 0 ? [`primary key ${list(primaryKey)}`] : []),
    ...scratchForeignKeys(table, tables).declared.map(
      (key) =>
        `foreign key ${list(key.columns)} references ${quoteStandard(scratch.table(key.references ?? ''))} ${list(key.referencedColumns, key.references)}`,
    ),
  ];
  // Without STRICT a type is a preference, and a value of another type keeps its own.
  return `create table ${quoteStandard(scratch.table(table.name))} (${lines.join(', ')})`;
}

/** @throws ToolError `backup/not-fitting` for a table that SQLite does not take, whatever engine it comes from */
async function createTable(
  { knex }: Database,
  table: BackupTable,
  tables: readonly BackupTable[],
  names: ScratchNames,
): Promise<void> {
  try {
    await knex.raw(createStatement(table, tables, names));
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'database/statement-failed') throw error;
    const reason = isReservedTable('sqlite', table.name)
      ? 'SQLite keeps names that begin with sqlite_ for itself'
      : 'SQLite has no table of its name or with its columns';
    throw new ToolError(
      'backup/not-fitting',
      `A rehearsal cannot create the table ${table.name}: ${reason}`,
      {
        cause: error,
        hint: 'Rehearse it with db restore --dry-run against an empty database of the engine that was backed up.',
      },
    );
  }
}

/** The encoding in which a file kept texts that are none, which all of it are in; undefined where there are no such. */
async function encodingOf({
  open,
  keys,
  signal,
}: Pick<RestoreRequest, 'open' | 'keys' | 'signal'>): Promise<string | undefined> {
  const { events } = await readBackup(open(), keys, signal, { values: true, sums: false, digests: 'none' });
  for await (const event of events) {
    if (event.type !== 'rows') continue;
    for (const row of event.rows) {
      for (const value of row) {
        if (!isTagged(value)) continue;
        if ('utf16le' in value) return 'UTF-16le';
        if ('utf16be' in value) return 'UTF-16be';
      }
    }
  }
  return undefined;
}

/**
 * Restores a backup into a new SQLite file and compares: proof that it can be restored, its keys included.
 * @param file path of a file that does not exist; the caller removes it
 */
export async function rehearseRestore(
  backup: VerifiedBackup,
  request: Pick<RestoreRequest, 'open' | 'size' | 'keys' | 'signal' | 'onProgress' | 'onStep'>,
  file: string,
): Promise<RestorePlan> {
  const database = await connectDatabase({ url: new SecretValue(`sqlite://${file}`) });
  try {
    const tables = [...backup.facts.values()];
    const names = scratchNames(tables);
    const encoding = await encodingOf(request);
    if (encoding !== undefined) await database.knex.raw(`pragma encoding = '${encoding}'`);
    for (const table of tables) await createTable(database, table, tables, names);
    const plan = await restoreBackup({
      ...request,
      database,
      names,
      acceptsKey: (session, key) => isSameButForForm(session, tables, names, key),
      replace: false,
      cutTimes: false,
      dryRun: false,
    });
    await assertPointsSomewhere(database, tables, names);
    return plan;
  } finally {
    await database.close();
  }
}
