import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import { referencedFromOutside } from '../../faults.js';

/** A statement that drops something, and nothing else with it. */
interface Drop {
  readonly statement: string;
}

const own = `quotename(schema_name()) + N'.' + quotename`;

const outside = `select top (1) 1 as found from sys.foreign_keys f join sys.objects r on r.object_id = f.referenced_object_id
  where r.schema_id = schema_id() and f.schema_id <> schema_id()`;

const keys = `select N'alter table ' + ${own}(p.name) + N' drop constraint ' + quotename(f.name) as statement
  from sys.foreign_keys f join sys.objects p on p.object_id = f.parent_object_id where f.schema_id = schema_id()`;

/** A table with a history lets neither be dropped until they are parted. */
const histories = `select N'alter table ' + ${own}(name) + N' set (system_versioning = off)' as statement
  from sys.tables where schema_id = schema_id() and temporal_type = 2`;

/** Everything that stands in the schema by itself: constraints, triggers and indexes go with their tables. */
const everything = `select N'drop ' + case o.type when 'U' then case t.is_external when 1 then N'external table ' else N'table ' end
      when 'V' then N'view ' when 'SO' then N'sequence ' when 'SN' then N'synonym ' when 'AF' then N'aggregate '
      when 'D' then N'default ' when 'R' then N'rule ' when 'P' then N'procedure ' when 'PC' then N'procedure '
      else N'function ' end + ${own}(o.name) as statement
    from sys.objects o left join sys.tables t on t.object_id = o.object_id
    where o.schema_id = schema_id() and o.parent_object_id = 0 and o.is_ms_shipped = 0
      and o.type in ('U', 'V', 'SO', 'SN', 'AF', 'D', 'R', 'P', 'PC', 'FN', 'IF', 'TF', 'FS', 'FT')
  union all select N'drop type ' + ${own}(name) from sys.types where schema_id = schema_id() and is_user_defined = 1
  union all select N'drop xml schema collection ' + ${own}(name) from sys.xml_schema_collections where schema_id = schema_id()`;

/** Views may be bound to tables, which cannot go before them. */
const viewsFirst = (drops: readonly Drop[]): Drop[] => {
  const isView = ({ statement }: Drop): boolean => statement.startsWith('drop view ');
  return [...drops.filter(isView), ...drops.filter((drop) => !isView(drop))];
};

/**
 * Carries a statement out unless something that still stands needs the object. Where the refusal ended the transaction,
 * the next statement would be one that nothing takes back.
 */
async function attempt(knex: Knex, statement: string): Promise<void> {
  try {
    await knex.raw(statement);
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'database/in-use') throw error;
    const [state] = await knex.raw<{ open: number }[]>('select @@trancount as [open]');
    if (Number(state?.open) < 1) throw error;
  }
}

/** Everything besides tables that falls, without its schema. */
export async function droppable(knex: Knex): Promise<readonly string[]> {
  const all = await knex.raw<Drop[]>(everything);
  return all
    .map(({ statement }) => statement.replace(/^drop /, '').replace(/\[(?:[^\]]|\]\])*\]\./, ''))
    .filter((label) => !/^(external )?table /.test(label))
    .map((label) => label.replace(/\[((?:[^\]]|\]\])*)\]$/, (_, name: string) => name.replaceAll(']]', ']')));
}

/**
 * Drops one by one, again and again until nothing is left: views stand on views, tables use functions and sequences.
 * The schema itself stays, with its grants.
 * @throws ToolError `database/referenced-from-outside` when something of another schema stands in the way
 */
export async function dropAll(knex: Knex, onStatement: () => void): Promise<void> {
  const list = (sql: string): Promise<Drop[]> => knex.raw<Drop[]>(sql).then();
  if ((await knex.raw<unknown[]>(outside)).length > 0) throw referencedFromOutside();
  for (const { statement } of [...(await list(keys)), ...(await list(histories))]) {
    onStatement();
    await knex.raw(statement);
  }
  let left = viewsFirst(await list(everything));
  while (left.length > 0) {
    for (const { statement } of left) {
      onStatement();
      await attempt(knex, statement);
    }
    const remaining = viewsFirst(await list(everything));
    if (remaining.length >= left.length) throw referencedFromOutside();
    left = remaining;
  }
}
