import type { Knex } from 'knex';
import { uniqueKeysAmong, type UniqueKey } from '../../unique-keys.js';
import type { RawResult } from './client.js';

/** Indexes of columns alone; the constraint of a primary key has one as well. */
export const query = `select i.table_name, i.index_name, c.column_name
  from all_indexes i join all_ind_columns c on c.index_owner = i.owner and c.index_name = i.index_name
  where i.table_owner = sys_context('userenv', 'current_schema') and i.uniqueness = 'UNIQUE' and i.index_type = 'NORMAL'
    and not exists (select 1 from all_constraints k where k.owner = i.table_owner and k.constraint_type = 'P'
      and k.table_name = i.table_name and k.index_name = i.index_name)
  order by i.table_name, i.index_name, c.column_position`;

export async function uniqueKeys(knex: Knex, tables: readonly string[]): Promise<readonly UniqueKey[]> {
  const { rows } = await knex.raw<RawResult>(query);
  const parts = rows.map((row) => ({
    table: String(row['table_name']),
    index: String(row['index_name']),
    column: String(row['column_name']),
  }));
  return uniqueKeysAmong(parts, tables);
}
