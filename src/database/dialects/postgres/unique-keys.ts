import type { Knex } from 'knex';
import { uniqueKeysAmong, type UniqueKey, type UniquePart } from '../../unique-keys.js';
import { here } from './partitions.js';

/** Indexes of all rows, and of their columns alone. What an index holds beside its key is no part of it. */
const query = `select c.relname as table, i.indexrelid::text as index, a.attname as column
  from pg_index i join pg_class c on c.oid = i.indrelid
    cross join lateral unnest(i.indkey::int2[]) with ordinality u (n, place)
    left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.n and u.n > 0
  where c.relnamespace = ${here} and c.relkind in ('r', 'p') and i.indisunique and not i.indisprimary
    and i.indpred is null and u.place <= i.indnkeyatts
  order by c.relname, i.indexrelid, u.place`;

export async function uniqueKeys(knex: Knex, tables: readonly string[]): Promise<readonly UniqueKey[]> {
  const { rows } = await knex.raw<{ rows: UniquePart[] }>(query);
  return uniqueKeysAmong(rows, tables);
}
