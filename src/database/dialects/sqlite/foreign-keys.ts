import type { Knex } from 'knex';
import { groupBy } from '../../group-by.js';
import { quoteStandard } from '../../insert.js';
import { brokenKey } from '../../broken.js';
import type { BrokenConstraint, ForeignKeyFacts, TableFacts } from '../../schema-facts.js';

const together = (columns: readonly string[]): string =>
  columns
    .map((column) => column.toLowerCase())
    .sort()
    .join('\0');

/** Each list of columns that is unique in a table; none where there is no such table. */
async function uniqueColumns(knex: Knex, table: string): Promise<Set<string>> {
  const rows = await knex.raw<{ key: string; name: string }[]>(
    `select 'primary key' as key, name from pragma_table_info(?) where pk > 0
     union all select 'index ' || l.name, i.name from pragma_index_list(?) l, pragma_index_info(l.name) i
       where l."unique" = 1 and l.partial = 0 and i.name is not null`,
    [table, table],
  );
  const keys = [...groupBy(rows, ({ key }) => key).values()];
  return new Set(keys.map((parts) => together(parts.map(({ name }) => name))));
}

async function isBroken(knex: Knex, table: string, key: ForeignKeyFacts, parent: string): Promise<boolean> {
  const set = key.columns.map((column) => `c.${quoteStandard(column)} is not null`);
  // The parent comes first, so that its collation decides.
  const same = key.columns.map(
    (column, i) => `p.${quoteStandard(key.referencedColumns[i] ?? '')} = c.${quoteStandard(column)}`,
  );
  const rows = await knex.raw<unknown[]>(
    `select 1 from ${quoteStandard(table)} c where ${set.join(' and ')} and not exists
       (select 1 from ${quoteStandard(parent)} p where ${same.join(' and ')}) limit 1`,
  );
  return rows.length > 0;
}

/**
 * Foreign keys with rows that point nowhere. A key to a table that is not there, or to columns that are not unique, is
 * passed over: SQLite lets it be declared and has no way to keep it, so that its rows are as they were.
 */
export async function brokenForeignKeys(
  knex: Knex,
  tables: readonly TableFacts[],
): Promise<BrokenConstraint[]> {
  const broken: BrokenConstraint[] = [];
  for (const { name, foreignKeys } of tables) {
    const checked: { readonly key: ForeignKeyFacts; readonly parent: string }[] = [];
    for (const key of foreignKeys) {
      const parent = key.references ?? '';
      const unique = await uniqueColumns(knex, parent);
      if (unique.has(together(key.referencedColumns))) checked.push({ key, parent });
    }
    if (checked.length === foreignKeys.length && foreignKeys.length > 0) {
      // Keys are numbered in the order in which the catalogue lists them.
      const rows = await knex.raw<{ number: number }[]>(
        'select distinct fkid as number from pragma_foreign_key_check(?)',
        [name],
      );
      const numbers = new Set(rows.map(({ number }) => Number(number)));
      broken.push(
        ...foreignKeys.filter((_, number) => numbers.has(number)).map((key) => brokenKey(name, key)),
      );
      continue;
    }
    // The engine's own check ends at the first key that it cannot keep.
    for (const { key, parent } of checked) {
      if (await isBroken(knex, name, key, parent)) broken.push(brokenKey(name, key));
    }
  }
  return broken;
}
