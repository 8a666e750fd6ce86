import type { Knex } from 'knex';
import { uniqueKeysAmong, type UniqueKey, type UniquePart } from '../../unique-keys.js';

/** A part of a text (`sub_part`) counts as an expression does: it is not the column. */
const query = `select table_name as \`table\`, index_name as \`index\`,
    case when sub_part is null then column_name end as \`column\`
  from information_schema.statistics
  where table_schema = database() and non_unique = 0 and index_name <> 'PRIMARY'
  order by table_name, index_name, seq_in_index`;

export async function uniqueKeys(knex: Knex, tables: readonly string[]): Promise<readonly UniqueKey[]> {
  const [rows] = (await knex.raw(query)) as [UniquePart[]];
  return uniqueKeysAmong(rows, tables);
}
