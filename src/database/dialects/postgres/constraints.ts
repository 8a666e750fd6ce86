import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import type { BrokenConstraint } from '../../schema-facts.js';
import { here, tableOf } from './partitions.js';
import { callsFunctions, domainColumns } from './broken.js';

interface Rested {
  readonly root: string;
  readonly name: string;
  /** The table, or the domain, as a statement names it. */
  readonly owner: string;
  /** It belongs to a table of another schema that points at `root`. */
  readonly outside: boolean;
  readonly kind: 'foreign key' | 'check';
  readonly drop: string;
  readonly create: string;
  readonly comment: string | null;
}

/** Constraints that a load has taken away. */
export interface RestedConstraints {
  has(table: string, name: string): boolean;
  putBack(): Promise<void>;
}

/**
 * Constraints that can be made again as they are, since nothing refers to them. A key whose triggers are switched off by
 * hand checks nothing anyway.
 */
const constraints = `with domains as (${domainColumns}), wanted as (
    select c.oid, c.relname, r.relname as root from pg_class c
      join pg_class r on r.oid = ${tableOf('c.oid')}
    where r.relnamespace = ${here} and r.relname = any(?) and pg_has_role(c.relowner, 'usage'))
  select w.root, k.conname as name, w.oid::regclass::text as owner,
    case k.contype when 'f' then 'foreign key' else 'check' end as kind,
    format('alter table %s drop constraint %I', w.oid::regclass, k.conname) as drop,
    format('alter table %s add constraint %I %s', w.oid::regclass, k.conname, pg_get_constraintdef(k.oid)) as create,
    format('comment on constraint %I on %s is %L', k.conname, w.oid::regclass, obj_description(k.oid, 'pg_constraint')) as comment,
    obj_description(k.oid, 'pg_constraint') is not null as commented, false as outside
  from wanted w join pg_constraint k on k.conrelid = w.oid
  where k.conparentid = 0 and k.coninhcount = 0
    and (k.contype = 'f' and not exists (select from pg_trigger where tgconstraint = k.oid and tgenabled <> 'O')
      and (w.root, k.conname) in (select * from unnest(?::text[], ?::text[]))
      or k.contype = 'c' and (${callsFunctions} or (w.root, k.conname) in (select * from unnest(?::text[], ?::text[]))))
  union all
  select distinct on (k.oid) w.root, k.conname, k.contypid::regtype::text, 'check',
    format('alter domain %s drop constraint %I', k.contypid::regtype, k.conname),
    format('alter domain %s add constraint %I %s', k.contypid::regtype, k.conname, pg_get_constraintdef(k.oid)),
    format('comment on constraint %I on domain %s is %L', k.conname, k.contypid::regtype, obj_description(k.oid, 'pg_constraint')),
    obj_description(k.oid, 'pg_constraint') is not null, false
  from wanted w join domains d on d.relation = w.oid join pg_constraint k on k.contypid = d.domain
    join pg_type t on t.oid = k.contypid
  where k.contype = 'c' and pg_has_role(t.typowner, 'usage')
    and (${callsFunctions} or (w.root, k.conname) in (select * from unnest(?::text[], ?::text[])))
  union all
  select w.root, k.conname, k.conrelid::regclass::text, 'foreign key',
    format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname),
    format('alter table %s add constraint %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)),
    format('comment on constraint %I on %s is %L', k.conname, k.conrelid::regclass, obj_description(k.oid, 'pg_constraint')),
    obj_description(k.oid, 'pg_constraint') is not null, true
  from wanted w join pg_constraint k on k.confrelid = w.oid join pg_class c on c.oid = k.conrelid
  where k.contype = 'f' and k.conparentid = 0 and c.relnamespace <> ${here}
    and not exists (select from wanted other where other.oid = ${tableOf('c.oid')})`;

/** What stands in the way of an empty table, in a schema that is not this one. */
function dependsOutside({ root, owner, name }: Rested, hint: string): ToolError {
  return new ToolError(
    'backup/depends',
    `The foreign key ${name} of ${owner}, in another schema, points at rows of ${root} that would be gone; nothing was kept`,
    { hint },
  );
}

/** The statement without a look at the rows that there are. */
const unchecked = (create: string): string => (/ NOT VALID$/.test(create) ? create : `${create} NOT VALID`);

async function attempt(knex: Knex, statement: string): Promise<ToolError | undefined> {
  await knex.raw('savepoint tmi_constraint');
  try {
    await knex.raw(statement.replaceAll('?', '\\?'));
    await knex.raw('release savepoint tmi_constraint');
    return undefined;
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'database/constraint') throw error;
    await knex.raw('rollback to savepoint tmi_constraint');
    return error;
  }
}

/**
 * Takes constraints away for the time of a load: those that rows to come do not satisfy, and checks that call functions,
 * which may ask tables that are not filled yet. What is put back is checked against all rows. Where rows break what they
 * have broken before, it is put back as NOT VALID.
 */
export async function restConstraints(
  knex: Knex,
  tables: readonly string[],
  tolerated: readonly BrokenConstraint[],
): Promise<RestedConstraints> {
  const lists = [tolerated.map(({ table }) => table), tolerated.map(({ name }) => name)];
  const { rows } = await knex.raw<{ rows: (Rested & { readonly commented: boolean })[] }>(constraints, [
    [...tables],
    ...([...lists, ...lists, ...lists] as unknown as string[]),
  ]);
  for (const rested of rows) {
    try {
      await knex.raw(rested.drop.replaceAll('?', '\\?'));
    } catch (error) {
      if (!rested.outside || !(error instanceof ToolError) || error.code !== 'database/permission')
        throw error;
      throw dependsOutside(
        rested,
        `Work as the owner of ${rested.owner}, who can let the key rest meanwhile.`,
      );
    }
  }
  const isTolerated = (table: string, name: string): boolean =>
    tolerated.some((each) => each.table === table && each.name === name);
  return {
    has: (table, name) => rows.some((each) => each.root === table && each.name === name),
    async putBack() {
      for (const rested of rows) {
        const { root, name, kind, create, comment, commented, outside } = rested;
        const refusal = await attempt(knex, create);
        if (refusal && outside)
          throw dependsOutside(
            rested,
            `Empty ${rested.owner} first, or restore a backup that holds those rows.`,
          );
        if (refusal && !isTolerated(root, name)) {
          throw new ToolError(refusal.code, `${refusal.message}: ${kind} ${name} of ${root}`, {
            hint: 'Rows of the backup do not satisfy it. Nothing was kept.',
            cause: refusal,
          });
        }
        if (refusal) await knex.raw(unchecked(create).replaceAll('?', '\\?'));
        if (commented && comment !== null) await knex.raw(comment.replaceAll('?', '\\?'));
      }
    },
  };
}
