import { constraintText } from '../database/broken.js';
import { quoteStandard } from '../database/insert.js';
import type { BrokenConstraint, DatabaseSession, ForeignKeyFacts } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import type { BackupTable } from './format.js';
import { isSameButForForm } from './scratch-keys.js';
import type { ScratchNames } from './scratch-names.js';

/** Its columns of the backup, and none when one is missing there: MariaDB puts a hidden one into some keys. */
export function primaryKeyOf({ primaryKey, columns }: BackupTable): readonly string[] {
  const known = new Set(columns.map(({ name }) => name));
  return primaryKey.every((name) => known.has(name)) ? primaryKey : [];
}

/** Foreign keys of a table by who checks them in a scratch file. */
export interface ScratchForeignKeys {
  /** SQLite itself. */
  readonly declared: readonly ForeignKeyFacts[];
  /**
   * `assertPointsSomewhere`. SQLite wants that what a key points at is unique, which MySQL and MariaDB do not, and no
   * backup says whether columns beside the primary key are.
   */
  readonly asked: readonly ForeignKeyFacts[];
}

const together = (names: readonly string[]): string => [...names].sort().join('\0');

/** The foreign keys between columns of the backup; SQLite lets others be declared, and checks none of them. */
export function scratchForeignKeys(table: BackupTable, tables: readonly BackupTable[]): ScratchForeignKeys {
  const declared: ForeignKeyFacts[] = [];
  const asked: ForeignKeyFacts[] = [];
  for (const key of table.foreignKeys) {
    const { columns, references, referencedColumns } = key;
    const parent = tables.find(({ name }) => name === references);
    const has = (of: BackupTable | undefined, name: string): boolean =>
      of?.columns.some((column) => column.name === name) === true;
    const isWhole =
      columns.length === referencedColumns.length &&
      columns.every((name) => has(table, name)) &&
      referencedColumns.every((name) => has(parent, name));
    if (!parent || !isWhole) continue;
    const isPrimary = together(primaryKeyOf(parent)) === together(referencedColumns);
    (isPrimary ? declared : asked).push(key);
  }
  return { declared, asked };
}

async function hasOrphans(
  { knex }: DatabaseSession,
  table: BackupTable,
  key: ForeignKeyFacts,
  names: ScratchNames,
): Promise<boolean> {
  const parent = key.references ?? '';
  const child = (name: string): string => `c.${quoteStandard(names.column(table.name, name))}`;
  const pairs = key.columns.map(
    (name, i) => `p.${quoteStandard(names.column(parent, key.referencedColumns[i] ?? ''))} = ${child(name)}`,
  );
  const rows = await knex.raw<unknown[]>(
    `select 1 from ${quoteStandard(names.table(table.name))} c
     where ${key.columns.map((name) => `${child(name)} is not null`).join(' and ')}
       and not exists (select 1 from ${quoteStandard(names.table(parent))} p where ${pairs.join(' and ')}) limit 1`,
  );
  return rows.length > 0;
}

/**
 * Checks the keys that a scratch file cannot have, with its rows in place.
 * @throws ToolError `backup/broken-foreign-key` for one that the backup does not name as broken
 */
export async function assertPointsSomewhere(
  session: DatabaseSession,
  tables: readonly BackupTable[],
  names: ScratchNames,
): Promise<void> {
  const broken: BrokenConstraint[] = [];
  for (const table of tables) {
    for (const key of scratchForeignKeys(table, tables).asked) {
      if (table.broken?.some(({ name, kind }) => kind === 'foreign key' && name === key.name) === true)
        continue;
      if (!(await hasOrphans(session, table, key, names))) continue;
      const columns = key.columns.map((column) => names.column(table.name, column));
      const own = names.table(table.name);
      const found: BrokenConstraint = {
        table: own,
        name: `${own}_${columns.join('_')}_fkey`,
        kind: 'foreign key',
        ...(key.references === undefined ? {} : { references: names.table(key.references) }),
      };
      if (!(await isSameButForForm(session, tables, names, found))) broken.push({ ...found, name: key.name });
    }
  }
  if (broken.length === 0) return;
  throw new ToolError(
    'backup/broken-foreign-key',
    `Rows would point at rows that are not there: ${broken.map(constraintText).join(', ')}`,
    { hint: 'Take another backup, of all tables.' },
  );
}
