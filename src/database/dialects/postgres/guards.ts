import type { Knex } from 'knex';
import { guardsAmong, type TriggerText } from '../../guards.js';
import { here, tableOf } from './partitions.js';
import type { TableGuard } from '../../schema-facts.js';

/** Triggers for DELETE (8) or TRUNCATE (32), which partitions have of their table as well. */
const query = `select r.relname as table, t.tgname as name, p.prosrc as text
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
    join pg_class r on r.oid = ${tableOf('c.oid')}
  where r.relnamespace = ${here}
    and not t.tgisinternal and t.tgenabled in ('O', 'A') and t.tgtype & 40 <> 0`;

/** A truncation passes triggers for DELETE, and a load lets all of them rest: so they are asked before. */
export async function guards(knex: Knex, tables: readonly string[]): Promise<readonly TableGuard[]> {
  const { rows } = await knex.raw<{ rows: TriggerText[] }>(query);
  return guardsAmong(rows, tables, /\braise\s+(exception\b|sqlstate\b|[a-z_]+\s*(;|using\b)|'|;)/i);
}
