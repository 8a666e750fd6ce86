import type { Knex } from 'knex';
import { uniqueKeysAmong, type UniqueKey, type UniquePart } from '../../unique-keys.js';

const query = `select o.name as [table], i.name as [index], col_name(x.object_id, x.column_id) as [column]
  from sys.indexes i join sys.objects o on o.object_id = i.object_id
    join sys.index_columns x on x.object_id = i.object_id and x.index_id = i.index_id
  where o.schema_id = schema_id() and o.type = 'U' and i.is_unique = 1 and i.is_primary_key = 0 and i.is_disabled = 0
    and i.has_filter = 0 and x.key_ordinal > 0
  order by o.name, i.name, x.key_ordinal`;

export async function uniqueKeys(knex: Knex, tables: readonly string[]): Promise<readonly UniqueKey[]> {
  return uniqueKeysAmong(await knex.raw<UniquePart[]>(query), tables);
}
