import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import { here } from './partitions.js';
import type { BrokenConstraint, TableFacts } from '../../schema-facts.js';

interface Candidate {
  readonly table: string;
  readonly name: string;
  readonly kind: 'foreign key' | 'check';
  readonly references: string | null;
  /** A query that answers a row where a row does not satisfy it; null where it cannot be asked. */
  readonly query: string | null;
}

/** What an expression calls that is no part of the server: its answer may depend on anything. */
export const callsFunctions = `exists (select from pg_depend d where d.classid = 'pg_constraint'::regclass
  and d.objid = k.oid and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass))`;

/** Domains, with those that are made of them, by the columns of tables that have them. */
export const domainColumns = `with recursive made_of (type, domain) as (
    select oid, oid from pg_type where typtype = 'd'
    union select m.type, t.typbasetype from made_of m join pg_type t on t.oid = m.domain where t.typtype = 'd'
  )
  select distinct a.attrelid as relation, m.domain from pg_attribute a join made_of m on m.type = a.atttypid
  where a.attnum > 0 and not a.attisdropped`;

/**
 * Foreign keys of this schema, which a session that plays a replica does not check, and checks that were never made for
 * the rows that there were, or that ask something which may answer otherwise by now. Domains are not asked.
 */
const candidates = `with domains as (${domainColumns})
  select c.relname as table, k.conname as name, 'foreign key' as kind,
    case when f.relnamespace = ${here} then f.relname end as references,
    case when has_table_privilege(f.oid, 'select') then
      format('select from %s %s c where %s and not exists (select from %s %s p where %s)',
        case when c.relkind = 'p' then '' else 'only' end, c.oid::regclass,
        (select string_agg(format('c.%I is not null', a.attname), ' and ')
           from unnest(k.conkey) n join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n),
        case when f.relkind = 'p' then '' else 'only' end, f.oid::regclass,
        (select string_agg(format('p.%I = c.%I', b.attname, a.attname), ' and ')
           from unnest(k.conkey, k.confkey) u(n, m) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n
             join pg_attribute b on b.attrelid = k.confrelid and b.attnum = u.m)) end as query
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
  where c.relnamespace = ${here} and k.contype = 'f' and k.conparentid = 0
  union all
  select c.relname, k.conname, 'check', null,
    format('select from %s %s where not (%s)', case when c.relkind = 'p' then '' else 'only' end, c.oid::regclass,
      pg_get_expr(k.conbin, k.conrelid))
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where c.relnamespace = ${here} and k.contype = 'c' and (not k.convalidated or ${callsFunctions})
  union all
  select c.relname, k.conname, 'check', null, null
  from domains d join pg_constraint k on k.contypid = d.domain join pg_class c on c.oid = d.relation
  where c.relnamespace = ${here} and not k.convalidated
  order by 1, 2`;

/** True also where the question itself fails, such as in a function that the check calls. */
async function isBroken(knex: Knex, query: string | null): Promise<boolean> {
  if (query === null) return true;
  await knex.raw('savepoint tmi_broken');
  try {
    const { rows } = await knex.raw<{ rows: { broken: boolean }[] }>(
      `select exists (${query.replaceAll('?', '\\?')}) as broken`,
    );
    await knex.raw('release savepoint tmi_broken');
    return rows[0]?.broken === true;
  } catch (error) {
    if (!(error instanceof ToolError) || error.code === 'database/connection-lost') throw error;
    await knex.raw('rollback to savepoint tmi_broken');
    return true;
  }
}

/** Only in a transaction. */
export async function brokenConstraints(
  knex: Knex,
  tables: readonly TableFacts[],
): Promise<readonly BrokenConstraint[]> {
  const { rows } = await knex.raw<{ rows: Candidate[] }>(candidates);
  const names = new Set(tables.map(({ name }) => name));
  const broken: BrokenConstraint[] = [];
  for (const { table, name, kind, references, query } of rows) {
    // A key to a table that this user may not read is left to the server.
    if (!names.has(table) || (kind === 'foreign key' && query === null)) continue;
    if (await isBroken(knex, query))
      broken.push({ table, name, kind, ...(references === null ? {} : { references }) });
  }
  return broken;
}
