import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import { referencedFromOutside } from '../../faults.js';
import { quoteStandard } from '../../insert.js';
import { here, tableOf } from './partitions.js';

interface Named {
  /** The whole statement that drops it, without CASCADE: nothing else falls with it. */
  readonly drop: string;
  /** The current schema as the statement writes it, with the dot behind it. */
  readonly within: string;
}

const own = (catalog: string, oid: string): string =>
  `not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.objsubid = 0
    and e.deptype in ('e','i','a'))`;

/** Kinds of objects of a catalog that are called by a name alone. */
const namedKinds: readonly (readonly [catalog: string, prefix: string, words: string])[] = [
  ['pg_collation', 'coll', 'collation'],
  ['pg_conversion', 'con', 'conversion'],
  ['pg_statistic_ext', 'stx', 'statistics'],
  ['pg_ts_config', 'cfg', 'text search configuration'],
  ['pg_ts_dict', 'dict', 'text search dictionary'],
  ['pg_ts_parser', 'prs', 'text search parser'],
  ['pg_ts_template', 'tmpl', 'text search template'],
];

/** Kinds whose names count for an access method. */
const indexKinds: readonly (readonly [catalog: string, prefix: string, words: string])[] = [
  ['pg_opclass', 'opc', 'operator class'],
  ['pg_opfamily', 'opf', 'operator family'],
];

/** Everything that stands in the schema by itself: what belongs to an extension, a table or a column does not. */
const everything = [
  `select format('drop %s %I.%I', case c.relkind when 'v' then 'view' when 'm' then 'materialized view'
      when 'S' then 'sequence' when 'f' then 'foreign table' else 'table' end, current_schema(), c.relname) as drop
    from pg_class c where c.relnamespace = ${here} and c.relkind in ('r','p','v','m','f','S') and (${own('pg_class', 'c.oid')}
      or c.relispartition and ${tableOf('c.oid')} = c.oid)`,
  ...indexKinds.map(
    ([
      catalog,
      prefix,
      words,
    ]) => `select format('drop ${words} %I.%I using %I', current_schema(), o.${prefix}name, m.amname)
    from ${catalog} o join pg_am m on m.oid = o.${prefix}method
    where o.${prefix}namespace = ${here} and ${own(catalog, 'o.oid')}`,
  ),
  `select format('drop operator %s', o.oid::regoperator) from pg_operator o
    where o.oprnamespace = ${here} and ${own('pg_operator', 'o.oid')}`,
  // A cast lies in no schema, and its types cannot go before it.
  `select format('drop cast (%s as %s)', format_type(k.castsource, null), format_type(k.casttarget, null))
    from pg_cast k left join pg_proc p on p.oid = k.castfunc
      join pg_type a on a.oid = k.castsource join pg_type b on b.oid = k.casttarget
    where ${here} in (a.typnamespace, b.typnamespace, p.pronamespace) and ${own('pg_cast', 'k.oid')}`,
  `select format('drop %s %s', case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
      p.oid::regprocedure) from pg_proc p where p.pronamespace = ${here} and ${own('pg_proc', 'p.oid')}`,
  `select format('drop %s %I.%I', case t.typtype when 'd' then 'domain' else 'type' end, current_schema(), t.typname)
    from pg_type t where t.typnamespace = ${here} and ${own('pg_type', 't.oid')}
      and (t.typtype in ('e','d','r','p') or (t.typtype = 'b' and t.typelem = 0) or (t.typtype = 'c' and exists
        (select from pg_class r where r.oid = t.typrelid and r.relkind = 'c')))`,
  ...namedKinds.map(
    ([catalog, prefix, words]) => `select format('drop ${words} %I.%I', current_schema(), n.${prefix}name)
    from ${catalog} n where n.${prefix}namespace = ${here} and ${own(catalog, 'n.oid')}`,
  ),
].join('\n  union all\n  ');

/** Whatever lies in the schema, of kinds too that the list above does not know; extensions may stay. */
const remains = `select distinct pg_describe_object(d.classid, d.objid, 0) as name from pg_depend d
  where d.refclassid = 'pg_namespace'::regclass and d.refobjid = ${here} and d.deptype = 'n'
    and d.classid <> 'pg_extension'::regclass and not exists (select from pg_depend e where e.classid = d.classid
      and e.objid = d.objid and e.objsubid = 0 and e.deptype in ('e','i','a')) order by name`;

const listed = `select d.drop, quote_ident(current_schema()) || '.' as within from (${everything}) d`;

/** They fall with their tables. */
const triggers = `select format('trigger %I', t.tgname) as label from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = ${here} and not t.tgisinternal and t.tgparentid = 0 order by t.tgname`;

/** Everything besides tables that falls, as its statement names it, without the schema. */
export async function droppable(knex: Knex): Promise<readonly string[]> {
  const all = await list<Named>(knex, listed);
  return all
    .map(({ drop, within }) => drop.replace('drop ', '').replace(within, ''))
    .filter((label) => !label.startsWith('table '))
    .concat((await list<{ label: string }>(knex, triggers)).map(({ label }) => label));
}

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
 * @throws ToolError `database/referenced-from-outside` when something of another schema stands in the way;
 * `reset/incomplete` for an object of a kind that this tool does not know
 */
export async function dropAll(knex: Knex, onStatement: () => void): Promise<void> {
  const keys = await list<{ table: string; name: string }>(
    knex,
    `select c.relname as table, k.conname as name from pg_constraint k join pg_class c on c.oid = k.conrelid
     where c.relnamespace = ${here} and k.contype = 'f' and k.conparentid = 0`,
  );
  for (const { table, name } of keys) {
    onStatement();
    await knex.raw(`alter table ${quoteStandard(table)} drop constraint ${quoteStandard(name)}`);
  }
  let left = await list<Named>(knex, listed);
  while (left.length > 0) {
    for (const { drop } of left) {
      onStatement();
      await attempt(knex, drop);
    }
    const remaining = await list<Named>(knex, listed);
    if (remaining.length >= left.length) throw referencedFromOutside();
    left = remaining;
  }
  const unknown = await list<{ name: string }>(knex, remains);
  if (unknown.length === 0) return;
  const names = unknown.map(({ name }) => name).join(', ');
  throw new ToolError('reset/incomplete', `The schema holds what cannot be dropped here: ${names}`, {
    hint: 'Nothing was dropped. Drop it by hand, and run the command again.',
  });
}
