import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import { referencedFromOutside } from '../../faults.js';
import { quoteStandard } from '../../insert.js';

interface Named {
  /** The whole statement that drops it, without CASCADE: nothing else falls with it. */
  readonly drop: string;
}

const here = `(select oid from pg_namespace where nspname = current_schema())`;
const own = (catalog: string, oid: string): string =>
  `not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.objsubid = 0
    and e.deptype in ('e','i','a'))`;

/** Everything that stands in the schema by itself: what belongs to an extension, a table or a column does not. */
const everything = `
  select format('drop %s %I.%I', case c.relkind when 'v' then 'view' when 'm' then 'materialized view'
      when 'S' then 'sequence' when 'f' then 'foreign table' else 'table' end, current_schema(), c.relname) as drop
    from pg_class c where c.relnamespace = ${here} and c.relkind in ('r','p','v','m','f','S') and ${own('pg_class', 'c.oid')}
  union all
  select format('drop %s %s', case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
      p.oid::regprocedure) from pg_proc p where p.pronamespace = ${here} and ${own('pg_proc', 'p.oid')}
  union all
  select format('drop %s %I.%I', case t.typtype when 'd' then 'domain' else 'type' end, current_schema(), t.typname)
    from pg_type t where t.typnamespace = ${here} and ${own('pg_type', 't.oid')}
      and (t.typtype in ('e','d','r') or (t.typtype = 'c' and exists
        (select from pg_class r where r.oid = t.typrelid and r.relkind = 'c')))
  union all
  select format('drop collation %I.%I', current_schema(), l.collname) from pg_collation l
    where l.collnamespace = ${here} and ${own('pg_collation', 'l.oid')}
  union all
  select format('drop text search configuration %I.%I', current_schema(), g.cfgname) from pg_ts_config g
    where g.cfgnamespace = ${here} and ${own('pg_ts_config', 'g.oid')}`;

async function list<T>(knex: Knex, sql: string): Promise<T[]> {
  return (await knex.raw<{ rows: T[] }>(sql)).rows;
}

/** True when the statement could be carried out; something that still stands may need the object. */
async function attempt(knex: Knex, statement: string): Promise<boolean> {
  await knex.raw('savepoint tmi_drop');
  try {
    await knex.raw(statement);
    await knex.raw('release savepoint tmi_drop');
    return true;
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'database/in-use') throw error;
    await knex.raw('rollback to savepoint tmi_drop');
    return false;
  }
}

/**
 * Drops one by one, again and again until nothing is left: views stand on views, types are used by functions. The
 * schema itself stays, with its grants and the extensions in it.
 * @throws ToolError `database/referenced-from-outside` when something of another schema stands in the way
 */
export async function dropAll(knex: Knex): Promise<void> {
  const keys = await list<{ table: string; name: string }>(
    knex,
    `select c.relname as table, k.conname as name from pg_constraint k join pg_class c on c.oid = k.conrelid
     where c.relnamespace = ${here} and k.contype = 'f' and k.conparentid = 0`,
  );
  for (const { table, name } of keys) {
    await knex.raw(`alter table ${quoteStandard(table)} drop constraint ${quoteStandard(name)}`);
  }
  let left = await list<Named>(knex, everything);
  while (left.length > 0) {
    for (const { drop } of left) await attempt(knex, drop);
    const remaining = await list<Named>(knex, everything);
    if (remaining.length >= left.length) throw referencedFromOutside();
    left = remaining;
  }
}
