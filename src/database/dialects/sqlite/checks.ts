import type { Knex } from 'knex';
import type { BrokenConstraint, TableFacts } from '../../schema-facts.js';

/**
 * Tables with rows that a check of theirs does not take: written while `ignore_check_constraints` was on. The engine
 * says the table alone. What is ignored is looked at from here on.
 */
export async function brokenChecks(knex: Knex, tables: readonly TableFacts[]): Promise<BrokenConstraint[]> {
  const checked = await knex.raw<{ name: string }[]>(
    `select name from sqlite_master where type = 'table' and sql like '%check%'`,
  );
  const names = new Set(checked.map(({ name }) => name));
  const broken: BrokenConstraint[] = [];
  await knex.raw('pragma ignore_check_constraints = off');
  for (const { name } of tables.filter((table) => names.has(table.name))) {
    const quoted = `'${name.replaceAll("'", "''")}'`;
    const rows = await knex.raw<{ quick_check: string }[]>(`pragma quick_check(${quoted})`);
    if (rows.some((row) => row.quick_check.startsWith('CHECK constraint failed')))
      broken.push({ table: name, name: 'check', kind: 'check' });
  }
  return broken;
}
