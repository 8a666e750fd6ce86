import { quoteStandard } from '../database/insert.js';
import type { BrokenConstraint, DatabaseSession } from '../database/index.js';
import type { BackupTable } from './format.js';
import type { ScratchNames } from './scratch-names.js';

/** What collations that look away from case, accents and blanks at the end make of a text. */
const folded = (value: unknown): string =>
  typeof value === 'string'
    ? value
        .normalize('NFKD')
        .replace(/\p{M}+/gu, '')
        .toLowerCase()
        .replace(/ +$/, '')
    : String(value);

async function keysIn(
  session: DatabaseSession,
  table: string,
  columns: readonly string[],
): Promise<Set<string>> {
  const set = columns.map((column) => `${quoteStandard(column)} is not null`).join(' and ');
  const rows = await session.knex.raw<Record<string, unknown>[]>(
    `select distinct ${columns.map((column, i) => `${quoteStandard(column)} as c${i}`).join(', ')}
     from ${quoteStandard(table)} where ${set}`,
  );
  return new Set(rows.map((row) => JSON.stringify(columns.map((_, i) => folded(row[`c${i}`])))));
}

/**
 * True for a key that holds where collations look away from the case of letters and the like, as those of MySQL and SQL
 * Server do: a scratch file compares texts by their bytes. Whether the key held where it was, the backup says.
 */
export async function isSameButForForm(
  session: DatabaseSession,
  tables: readonly BackupTable[],
  names: ScratchNames,
  broken: BrokenConstraint,
): Promise<boolean> {
  if (broken.kind !== 'foreign key') return false;
  const table = tables.find(({ name }) => names.table(name) === broken.table);
  const key = table?.foreignKeys.find(
    (each) =>
      broken.name ===
      `${broken.table}_${each.columns.map((column) => names.column(table.name, column)).join('_')}_fkey`,
  );
  if (!table || key?.references === undefined) return false;
  const { references } = key;
  const children = await keysIn(
    session,
    broken.table,
    key.columns.map((column) => names.column(table.name, column)),
  );
  const parents = await keysIn(
    session,
    names.table(references),
    key.referencedColumns.map((column) => names.column(references, column)),
  );
  return [...children].every((child) => parents.has(child));
}
