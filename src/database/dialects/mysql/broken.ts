import type { Knex } from 'knex';
import { brokenKey } from '../../broken.js';
import type { BrokenConstraint, ForeignKeyFacts, TableFacts } from '../../schema-facts.js';
import { quote } from './quote.js';

async function hasRows(knex: Knex, sql: string): Promise<boolean> {
  const [rows] = (await knex.raw(`${sql} limit 1`)) as [unknown[]];
  return rows.length > 0;
}

/**
 * Rows that point nowhere: written while `foreign_key_checks` was off. A key and what it points at compare their values
 * alike, so that one row of each value will do; the index that every key has gives these in half the time of all rows.
 * @param isPlain where all rows are read in their order, in which values are not together
 */
function orphans(table: string, key: ForeignKeyFacts, parent: string, isPlain: boolean): string {
  const list = key.columns.map((column) => quote(column));
  const pairs = list.map((column, i) => `c.${column} = p.${quote(key.referencedColumns[i] ?? '')}`);
  const set = list.map((column) => `${column} is not null`).join(' and ');
  const rows = isPlain
    ? `select ${list.join(', ')} from ${quote(table)} use index () where ${set}`
    : `select distinct ${list.join(', ')} from ${quote(table)} where ${set}`;
  return `select 1 from (${rows}) c where not exists
    (select 1 from ${quote(parent)} p where ${pairs.join(' and ')})`;
}

interface Check {
  readonly table: string;
  readonly name: string;
  readonly clause: string;
}

/** Checks of MariaDB, which a session may switch off. MySQL has none that can be passed by, and its view no table. */
async function checksOf(knex: Knex): Promise<readonly Check[]> {
  const [rows] = (await knex
    .raw(
      `select table_name as \`table\`, constraint_name as name, check_clause as clause
       from information_schema.check_constraints where constraint_schema = database()`,
    )
    .catch(() => [[]])) as [Record<string, unknown>[]];
  return rows.map((row) => ({
    table: String(row['table']),
    name: String(row['name']),
    clause: String(row['clause']),
  }));
}

/** @param isPlain where tables are read from the first to the last row */
export async function brokenConstraints(
  knex: Knex,
  tables: readonly TableFacts[],
  isPlain = false,
): Promise<readonly BrokenConstraint[]> {
  const broken: BrokenConstraint[] = [];
  for (const { name, foreignKeys } of tables) {
    for (const key of foreignKeys) {
      if (key.references === undefined) continue;
      if (await hasRows(knex, orphans(name, key, key.references, isPlain))) broken.push(brokenKey(name, key));
    }
  }
  const names = new Set(tables.map(({ name }) => name));
  for (const { table, name, clause } of await checksOf(knex)) {
    if (!names.has(table)) continue;
    if (await hasRows(knex, `select 1 from ${quote(table)} where not (${clause})`))
      broken.push({ table, name, kind: 'check' });
  }
  return broken;
}

/**
 * The same of rows that this transaction wrote. Of each the server would ask the table, when it met it in an index,
 * whether it is to be seen; without one it reads the table from the first to the last row.
 */
export const brokenInLoad = (
  knex: Knex,
  tables: readonly TableFacts[],
): Promise<readonly BrokenConstraint[]> => brokenConstraints(knex, tables, true);
