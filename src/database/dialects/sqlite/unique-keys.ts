import type { Knex } from 'knex';
import { uniqueKeysAmong, type UniqueKey, type UniquePart } from '../../unique-keys.js';

const query = `select l.name as "table", i.name as "index", c.name as "column"
  from pragma_table_list l join pragma_index_list(l.name) i join pragma_index_info(i.name) c
  where l.schema = 'main' and l.type = 'table' and i."unique" = 1 and i.origin <> 'pk' and i.partial = 0
  order by l.name, i.name, c.seqno`;

export async function uniqueKeys(knex: Knex, tables: readonly string[]): Promise<readonly UniqueKey[]> {
  return uniqueKeysAmong(await knex.raw<UniquePart[]>(query), tables);
}
