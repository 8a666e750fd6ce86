import type { Knex } from 'knex';
import { quoteStandard } from '../../insert.js';

/** Rows from which on an index is built faster in one go than row by row, what that costs included. */
export const MANY_ROWS = 20_000;

interface Rebuilt {
  readonly drop: string;
  /** Statements that make it again. */
  readonly create: string;
  readonly comment: string | null;
}

/**
 * What can be taken away and made again without a trace, since its definition says everything about it: indexes that
 * nothing refers to, of the default tablespace, be they plain or those of a primary key or a unique constraint that no
 * foreign key points at; and foreign keys within the table, or into one that this transaction has locked for itself. Not
 * where somebody else owns the table or indexes may not be made in its schema, where event triggers see the statements,
 * and not on partitions; nor where a check waits for the end, since no index is made meanwhile.
 */
const rebuildable = `
  with target as (
    select c.oid, n.nspname, c.relname, has_schema_privilege(n.oid, 'CREATE') as may_create
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = to_regclass(?) and c.relkind = 'r' and not c.relispartition and pg_has_role(c.relowner, 'USAGE')
      and not exists (select from pg_event_trigger where evtenabled <> 'D')
      and not exists (select from pg_constraint where conrelid = c.oid and contype = 'f' and condeferrable and confrelid <> conrelid)
  ), own_index as (
    select t.oid as table_oid, t.nspname, t.relname as tab, i.oid, i.relname as name, x.indisunique, i.reloptions,
      case when obj_description(i.oid, 'pg_class') is not null then
        format('comment on index %I.%I is %L', t.nspname, i.relname, obj_description(i.oid, 'pg_class')) end as comment
    from target t join pg_index x on x.indrelid = t.oid join pg_class i on i.oid = x.indexrelid
    where t.may_create and not x.indisexclusion and not x.indisclustered
      and not x.indisreplident and x.indisvalid and x.indisready and x.indislive and not i.relispartition
      and i.reltablespace = 0
      and not exists (select from pg_depend where refclassid = 'pg_class'::regclass and refobjid = i.oid)
      and not exists (select from pg_attribute where attrelid = i.oid and coalesce(attstattarget, -1) <> -1)
  ), own_constraint as (
    select 'constraint' as kind, i.nspname, i.tab, k.oid, k.conname, i.comment as index_comment
    from own_index i join pg_constraint k on k.conindid = i.oid and k.conrelid = i.table_oid
    where k.contype in ('p', 'u') and i.reloptions is null and not k.condeferrable and k.conislocal and k.coninhcount = 0
      and not exists (select from pg_inherits where i.table_oid in (inhparent, inhrelid))
      and not exists (select from pg_constraint f where f.conindid = i.oid and f.oid <> k.oid)
      and not exists (select from pg_depend where refclassid = 'pg_constraint'::regclass and refobjid = k.oid
        and not (classid = 'pg_class'::regclass and objid = i.oid))
    union all
    select 'key', t.nspname, t.relname, k.oid, k.conname, null
    from target t join pg_constraint k on k.conrelid = t.oid join pg_class r on r.oid = k.confrelid
    where k.contype = 'f' and k.conparentid = 0 and k.conislocal
      and r.relkind = 'r' and not r.relispartition
      and has_table_privilege(k.confrelid, 'REFERENCES')
      and exists (select from pg_locks where locktype = 'relation' and pid = pg_backend_pid() and granted
        and mode = 'AccessExclusiveLock' and relation = k.confrelid
        and database = (select oid from pg_database where datname = current_database()))
      and not exists (select from pg_trigger where tgconstraint = k.oid and tgenabled <> 'O')
  )
  select 'index' as kind, format('drop index %I.%I', nspname, name) as drop, pg_get_indexdef(oid) as create, comment
  from own_index i
  where not indisunique and not exists (select from pg_constraint where conindid = i.oid)
  union all
  select kind, format('alter table only %I.%I drop constraint %I', nspname, tab, conname),
    format('alter table only %I.%I add constraint %I %s', nspname, tab, conname, pg_get_constraintdef(oid)),
    nullif(concat_ws('; ', index_comment, case when obj_description(oid, 'pg_constraint') is not null then
      format('comment on constraint %I on %I.%I is %L', conname, nspname, tab, obj_description(oid, 'pg_constraint')) end), '')
  from own_constraint
  order by kind`;

/**
 * Loads a table without the indexes and foreign keys that are quicker made afterwards, in the transaction that has
 * locked it.
 * @param load fills the table
 */
export async function withoutIndexes(knex: Knex, table: string, load: () => Promise<void>): Promise<void> {
  const { rows } = await knex.raw<{ rows: Rebuilt[] }>(rebuildable, [quoteStandard(table)]);
  if (rows.length === 0) return load();
  // Foreign keys before the indexes that may serve them, and afterwards the other way round.
  for (const { drop } of [...rows].reverse()) await knex.raw(drop.replaceAll('?', '\\?'));
  await load();
  await knex.raw(`set local default_tablespace = ''`);
  for (const { create, comment } of rows) {
    await knex.raw(create.replaceAll('?', '\\?'));
    if (comment !== null) await knex.raw(comment.replaceAll('?', '\\?'));
  }
}
