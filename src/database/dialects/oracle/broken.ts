import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import { brokenKey } from '../../broken.js';
import type { BrokenConstraint, ForeignKeyFacts, StiffConstraint, TableFacts } from '../../schema-facts.js';
import type { RawResult } from './client.js';
import { quote } from './quote.js';

/** Foreign keys and checks of the schema with their state, and the condition of a check. */
export const query = `select k.table_name, k.constraint_name, k.constraint_type, k.status, k.validated, p.owner as parent_owner,
    p.table_name as parent, k.search_condition
  from all_constraints k left join all_constraints p on p.owner = k.r_owner and p.constraint_name = k.r_constraint_name
  where k.owner = sys_context('userenv', 'current_schema') and k.constraint_type in ('R', 'C')
  order by k.table_name, k.constraint_name`;

interface State {
  readonly table: string;
  readonly name: string;
  readonly isKey: boolean;
  readonly enabled: boolean;
  readonly validated: boolean;
  /** The table that a key points at, with its schema. */
  readonly parent: string;
  /** Of a check. */
  readonly condition: string;
}

async function states(knex: Knex): Promise<State[]> {
  const { rows } = await knex.raw<RawResult>(query);
  return rows.map((row) => ({
    table: String(row['table_name']),
    name: String(row['constraint_name']),
    isKey: row['constraint_type'] === 'R',
    enabled: row['status'] === 'ENABLED',
    validated: row['validated'] === 'VALIDATED',
    parent: `${quote(String(row['parent_owner']))}.${quote(String(row['parent']))}`,
    condition: String(row['search_condition']),
  }));
}

/** Rows that point nowhere; one with a NULL points at nothing, which is allowed. */
function orphans({ columns, referencedColumns }: ForeignKeyFacts, parent: string): string {
  const set = columns.map((column) => `c.${quote(column)} is not null`).join(' and ');
  const pairs = columns.map(
    (column, index) => `p.${quote(referencedColumns[index] ?? '')} = c.${quote(column)}`,
  );
  return `${set} and not exists (select 1 from ${parent} p where ${pairs.join(' and ')})`;
}

async function hasRows(knex: Knex, table: string, condition: string): Promise<boolean> {
  const sql = `select case when exists (select 1 from ${quote(table)} c where ${condition}) then 1 else 0 end as found from dual`;
  const { rows } = await knex.raw<RawResult>(sql.replaceAll('?', '\\?'));
  return String(rows[0]?.['found']) !== '0';
}

/** A key to a table that this user may not read is left to the server. */
async function isBrokenKey(
  knex: Knex,
  table: string,
  key: ForeignKeyFacts,
  parent: string,
): Promise<boolean> {
  try {
    return await hasRows(knex, table, orphans(key, parent));
  } catch (error) {
    const unseen = error instanceof ToolError && /^database\/(no-such-table|permission)$/.test(error.code);
    if (unseen) return false;
    throw error;
  }
}

/** What rows do not satisfy of that which was never asked of them: NOVALIDATE, and what is switched off. */
export async function brokenConstraints(
  knex: Knex,
  tables: readonly TableFacts[],
): Promise<BrokenConstraint[]> {
  const broken: BrokenConstraint[] = [];
  for (const { table, name, isKey, validated, parent, condition } of await states(knex)) {
    const facts = tables.find((each) => each.name === table);
    if (!facts || validated) continue;
    const key = facts.foreignKeys.find((each) => each.name === name);
    if (key && (await isBrokenKey(knex, table, key, parent))) broken.push(brokenKey(table, key));
    // As the server does, a check takes what it cannot tell.
    if (!isKey && (await hasRows(knex, table, `not (${condition})`)))
      broken.push({ table, name, kind: 'check' });
  }
  return broken;
}

/** A new row is asked whatever is switched on, whether older rows were or not. */
export async function stiffConstraints(
  knex: Knex,
  constraints: readonly BrokenConstraint[],
): Promise<StiffConstraint[]> {
  if (constraints.length === 0) return [];
  const enabled = (await states(knex)).filter((each) => each.enabled);
  return constraints
    .filter(({ table, name }) => enabled.some((each) => each.table === table && each.name === name))
    .map((constraint) => {
      const [alter, name] = [`ALTER TABLE ${quote(constraint.table)}`, quote(constraint.name)];
      return {
        ...constraint,
        switchOff: `${alter} DISABLE CONSTRAINT ${name}`,
        putBack: `${alter} ENABLE NOVALIDATE CONSTRAINT ${name}`,
      };
    });
}
