import type { Knex } from 'knex';
import { brokenKey } from '../../broken.js';
import type { BrokenConstraint, ForeignKeyFacts, TableFacts } from '../../schema-facts.js';
import { quote } from './quote.js';

async function hasRows(knex: Knex, sql: string): Promise<boolean> {
  const [rows] = (await knex.raw(`${sql} limit 1`)) as [unknown[]];
  return rows.length > 0;
}

/** Rows of a parent up to which the server keeps its keys in memory. */
const FEW_ROWS = 100_000;

/**
 * Rows that point nowhere: written while `foreign_key_checks` was off.
 * @param isFew where one row of each value is looked at, which takes half the time: a key and what it points at compare
 * values alike, and every key has an index. The server lays the values aside before it looks at them.
 */
function orphans(
  table: string,
  key: ForeignKeyFacts,
  parent: string,
  { hint, isFew }: { readonly hint: string; readonly isFew: boolean },
): string {
  const list = key.columns.map((column) => quote(column));
  const set = list.map((column) => `${column} is not null`).join(' and ');
  const pairs = list.map((column, i) => `c.${column} = p.${quote(key.referencedColumns[i] ?? '')}`);
  const lost = `not exists (select 1 from ${quote(parent)} p where ${pairs.join(' and ')})`;
  return isFew
    ? `select 1 from (select distinct ${list.join(', ')} from ${quote(table)} where ${set}) c where ${lost}`
    : `select 1 from ${quote(table)} c ${hint} where ${set} and ${lost}`;
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

/** @param hint behind the name of a table whose keys are looked at */
export async function brokenConstraints(
  knex: Knex,
  tables: readonly TableFacts[],
  hint = '',
): Promise<readonly BrokenConstraint[]> {
  const broken: BrokenConstraint[] = [];
  const rowsOf = new Map(tables.map(({ name, estimatedRows }) => [name, estimatedRows]));
  for (const { name, foreignKeys } of tables) {
    for (const key of foreignKeys) {
      const parent = key.references;
      if (parent === undefined) continue;
      const isFew = hint === '' && (rowsOf.get(parent) ?? Infinity) <= FEW_ROWS;
      const sql = orphans(name, key, parent, { hint, isFew });
      if (await hasRows(knex, sql)) broken.push(brokenKey(name, key));
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
): Promise<readonly BrokenConstraint[]> => brokenConstraints(knex, tables, 'use index ()');
