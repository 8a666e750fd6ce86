import type { Knex } from 'knex';
import { referencedFromOutside } from '../../faults.js';
import { readForeignKeys, realTables } from './catalog.js';
import type { RawResult } from './client.js';
import { quote } from './quote.js';

const here = `sys_context('userenv', 'current_schema')`;

export const queries = {
  /** Keys and views of other schemas. Synonyms are names only, and go on without what they name. */
  outside: `select k.constraint_name as name from all_constraints k
      where k.r_owner = ${here} and k.owner <> ${here}
    union all select d.name from all_dependencies d
      where d.referenced_owner = ${here} and d.owner <> ${here} and d.type in ('VIEW', 'MATERIALIZED VIEW')`,
  views: `select 'materialized view' as type, m.mview_name as name from all_mviews m where m.owner = ${here}
    union all select 'view', v.view_name from all_views v where v.owner = ${here}`,
  tables: `select r.table_name as name from (${realTables}) r
    union all select o.table_name from all_object_tables o where o.owner = ${here} and o.nested = 'NO'`,
  /** What is left when the tables are gone, with their indexes, triggers and identities. */
  others: `select lower(o.object_type) as type, o.object_name as name from all_objects o
    where o.owner = ${here} and o.generated = 'N' and o.secondary = 'N'
      and o.object_type in ('SEQUENCE', 'SYNONYM', 'PROCEDURE', 'FUNCTION', 'PACKAGE', 'TYPE')`,
} as const;

async function list(knex: Knex, sql: string): Promise<{ type: string; name: string }[]> {
  const { rows } = await knex.raw<RawResult>(sql);
  return rows.map((row) => ({ type: String(row['type']), name: String(row['name']) }));
}

/**
 * Drops everything, one by one; each is final at once. Keys go first, so that no table has to be dropped with what
 * depends on it: that would take foreign keys of other schemas along.
 * @throws ToolError `database/referenced-from-outside` before anything is dropped
 */
export async function dropAll(knex: Knex, onStatement: () => void): Promise<void> {
  const drop = async (statement: string): Promise<void> => {
    onStatement();
    await knex.raw(statement);
  };
  if ((await list(knex, queries.outside)).length > 0) throw referencedFromOutside();
  for (const [table, keys] of await readForeignKeys(knex)) {
    for (const key of keys) await drop(`alter table ${quote(table)} drop constraint ${quote(key.name)}`);
  }
  for (const { type, name } of await list(knex, queries.views)) await drop(`drop ${type} ${quote(name)}`);
  for (const { name } of await list(knex, queries.tables)) await drop(`drop table ${quote(name)} purge`);
  for (const { type, name } of await list(knex, queries.others)) {
    // Types may need each other in any order.
    await drop(`drop ${type} ${quote(name)}${type === 'type' ? ' force' : ''}`);
  }
}

/** Everything besides tables that falls; what the tables take along is theirs. */
export async function droppable(knex: Knex): Promise<readonly string[]> {
  const all = [...(await list(knex, queries.views)), ...(await list(knex, queries.others))];
  return all.map(({ type, name }) => `${type} ${name}`);
}
