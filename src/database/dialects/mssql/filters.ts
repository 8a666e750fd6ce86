import type { Knex } from 'knex';
import type { ReadFilter } from '../../schema-facts.js';

interface Found {
  readonly table: string;
  readonly name: string;
  readonly kind: 'policy' | 'mask';
}

/**
 * Filters of policies bind every user, the owner too. Masks bind who lacks UNMASK; servers before 2022 know that right
 * for a whole database alone, and answer NULL for one column.
 */
const query = `select o.name as [table], p.name, 'policy' as kind
    from sys.security_policies p join sys.security_predicates f on f.object_id = p.object_id
      join sys.objects o on o.object_id = f.target_object_id
    where p.is_enabled = 1 and f.predicate_type = 0 and o.schema_id = schema_id()
  union all
  select o.name, c.name, 'mask'
    from sys.masked_columns c join sys.objects o on o.object_id = c.object_id
    where c.is_masked = 1 and o.schema_id = schema_id()
      and coalesce(has_perms_by_name(db_name(), 'DATABASE', 'UNMASK'), 0) = 0
      and coalesce(has_perms_by_name(quotename(schema_name()) + '.' + quotename(o.name), 'OBJECT', 'UNMASK', c.name, 'COLUMN'), 0) = 0
  order by 1, 2`;

const wayOut = {
  policy: 'Type as its owner: ALTER SECURITY POLICY … WITH (STATE = OFF), and switch it on again afterwards.',
  mask: 'Type as an administrator: GRANT UNMASK TO ….',
};

export async function filters(knex: Knex, tables: readonly string[]): Promise<readonly ReadFilter[]> {
  const found = await knex.raw<Found[]>(query);
  return found
    .filter(({ table }) => tables.includes(table))
    .map(({ table, name, kind }) => ({
      table,
      by: kind === 'policy' ? `the policy ${name}` : `the mask of ${name}`,
      wayOut: wayOut[kind],
    }));
}
