import type { Knex } from 'knex';
import { guardsAmong, type TriggerText } from '../../guards.js';
import type { TableGuard } from '../../schema-facts.js';

const query = `select o.name as [table], g.name, m.definition as text
  from sys.triggers g join sys.objects o on o.object_id = g.parent_id
    join sys.sql_modules m on m.object_id = g.object_id
  where o.schema_id = schema_id() and o.type = 'U' and g.is_disabled = 0
    and exists (select 1 from sys.trigger_events e where e.object_id = g.object_id and e.type = 3)`;

export async function guards(knex: Knex, tables: readonly string[]): Promise<readonly TableGuard[]> {
  return guardsAmong(await knex.raw<TriggerText[]>(query), tables, /\b(raiserror|throw|rollback)\b/i);
}
