import type { Knex } from 'knex';
import { groupBy } from '../../group-by.js';
import { quoteStandard } from '../../insert.js';
import { here, tableOf } from './partitions.js';
import type {
  ColumnFacts,
  CounterFacts,
  ForeignKeyFacts,
  SchemaFacts,
  TableFacts,
  ValueKind,
} from '../../schema-facts.js';

type Raw = Record<string, unknown>;

async function select(knex: Knex, sql: string): Promise<Raw[]> {
  return (await knex.raw<{ rows: Raw[] }>(sql)).rows;
}

const kinds: Readonly<Record<string, ValueKind>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  oid: 'integer',
  numeric: 'decimal',
  float4: 'float',
  float8: 'float',
  bool: 'boolean',
  bytea: 'binary',
  timestamptz: 'timestamp',
  timestamp: 'timestamp',
  date: 'date',
  time: 'time',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'json',
};

/** What belongs to an extension is not the schema's own. */
const own = (catalog: string, oid: string): string =>
  `not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;

const queries = {
  head: `select current_schema() as schema, current_setting('server_version') as version,
    exists (select from pg_largeobject_metadata) as large`,
  relations: `select c.oid::text, c.relname as name, c.relkind::text as kind, ${tableOf('c.oid')} <> c.oid as partition,
      greatest(c.reltuples, 0)::bigint::text as rows,
      case when c.relkind in ('r','p') then pg_total_relation_size(c.oid)::text end as bytes
    from pg_class c where c.relnamespace = ${here} and c.relkind in ('r','p','v','m','f') and ${own('pg_class', 'c.oid')}
    order by c.relname`,
  // A domain counts as what it is made of, which may be another domain. Few arrays are not cut by commas. A server of
  // release 18 calls a column NOT NULL whose rows were not looked at.
  columns: `with recursive made_of (domain, base, modifier) as (
      select oid, typbasetype, typtypmod from pg_type where typtype = 'd'
      union all select m.domain, t.typbasetype, case when m.modifier = -1 then t.typtypmod else m.modifier end
        from made_of m join pg_type t on t.oid = m.base where t.typtype = 'd')
    select a.attrelid::text as oid, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
      b.typname as base, not a.attnotnull or exists (select from pg_constraint n where n.conrelid = a.attrelid
        and n.contype = 'n' and n.conkey = array[a.attnum] and not n.convalidated) as nullable,
      b.typcategory = 'A' and coalesce((select i.typdelim = ',' from pg_type i where i.oid = b.typelem), true) as is_array,
      a.atthasdef or a.attidentity <> '' as has_default, a.attgenerated <> '' as generated,
      case when b.typname in ('timestamp','timestamptz','time')
        then nullif(coalesce(d.modifier, a.atttypmod), -1) end as fraction
    from pg_attribute a join pg_class c on c.oid = a.attrelid
      left join lateral (select m.base, m.modifier from made_of m join pg_type t on t.oid = m.base
        where m.domain = a.atttypid and t.typtype <> 'd') d on true
      join pg_type b on b.oid = coalesce(d.base, a.atttypid)
    where c.relnamespace = ${here} and c.relkind in ('r','p') and a.attnum > 0 and not a.attisdropped
    order by a.attrelid, a.attnum`,
  constraints: `select k.conrelid::text as oid, k.conname as name, k.condeferrable as deferrable, k.contype::text as type,
      case when f.relnamespace = ${here} then f.relname end as target,
      array(select a.attname::text from unnest(k.conkey) with ordinality u(n, i) join pg_attribute a
        on a.attrelid = k.conrelid and a.attnum = u.n order by u.i) as columns,
      array(select a.attname::text from unnest(k.confkey) with ordinality u(n, i) join pg_attribute a
        on a.attrelid = k.confrelid and a.attnum = u.n order by u.i) as referenced
    from pg_constraint k join pg_class c on c.oid = k.conrelid left join pg_class f on f.oid = k.confrelid
    where c.relnamespace = ${here} and k.contype in ('p','f','c')
      and (k.conparentid = 0 or c.relispartition and ${tableOf('c.oid')} = c.oid) order by k.conname`,
  sequences: `select c.relname as name, d.refobjid::text as oid, a.attname as column, s.seqincrement::text as step
    from pg_sequence s join pg_class c on c.oid = s.seqrelid
      left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a','i')
        and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
        and d.refobjid in (select oid from pg_class where relnamespace = ${here})
      left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where c.relnamespace = ${here} and ${own('pg_class', 'c.oid')} order by c.relname`,
  // What a column takes its numbers from counts for it, whoever owns it.
  defaults: `select d.adrelid::text as oid, a.attname as column, q.relname as sequence
    from pg_attrdef d join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
      join pg_class q on q.oid = p.refobjid and q.relkind = 'S' and q.relnamespace = ${here}
      join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum`,
} as const;

function columnOf(row: Raw): ColumnFacts {
  const base = String(row['base']);
  return {
    name: String(row['name']),
    kind: row['is_array'] === true ? 'array' : (kinds[base] ?? 'text'),
    type: String(row['type']),
    nullable: row['nullable'] === true,
    hasDefault: row['has_default'] === true,
    generated: row['generated'] === true,
    ...(typeof row['fraction'] === 'number' ? { fractionDigits: row['fraction'] } : {}),
    ...(row['fraction'] === null && ['timestamp', 'timestamptz', 'time'].includes(base)
      ? { fractionDigits: 6 }
      : {}),
  };
}

function foreignKeyOf(row: Raw): ForeignKeyFacts {
  return {
    name: String(row['name']),
    columns: row['columns'] as string[],
    references: typeof row['target'] === 'string' ? row['target'] : undefined,
    referencedColumns: row['referenced'] as string[],
    deferrable: row['deferrable'] === true,
  };
}

/** Sequences with the number that each gives next: a sequence that was never asked gives the one that it stands at. */
async function readSequences(knex: Knex): Promise<Raw[]> {
  const sequences = await select(knex, queries.sequences);
  if (sequences.length === 0) return [];
  const parts = sequences.map(
    ({ name, step }, index) =>
      `select ${index} as index, (last_value + case when is_called then ${String(step)} else 0 end)::text as next
       from ${quoteStandard(String(name))}`,
  );
  const numbers = await select(knex, `${parts.join(' union all ')} order by index`);
  return sequences.map((sequence, index) => ({ ...sequence, next: numbers[index]?.['next'] }));
}

/** The numbers that columns of a table take next, from sequences that they own or that their defaults ask. */
function countersOf(table: unknown, sequences: readonly Raw[], defaults: readonly Raw[]): CounterFacts[] {
  const counters = new Map<string, CounterFacts>();
  const add = (column: unknown, next: unknown): void => {
    counters.set(String(column), { column: String(column), next: String(next) });
  };
  for (const each of defaults.filter(({ oid }) => oid === table)) {
    const sequence = sequences.find(({ name }) => name === each['sequence']);
    if (sequence) add(each['column'], sequence['next']);
  }
  for (const each of sequences.filter(({ oid }) => oid === table)) add(each['column'], each['next']);
  return [...counters.values()];
}

/** Reads the current schema: seven statements, whatever its size. */
export async function inspect(knex: Knex): Promise<SchemaFacts> {
  const [head = {}] = await select(knex, queries.head);
  const relations = await select(knex, queries.relations);
  const columns = groupBy(await select(knex, queries.columns), (row) => row['oid']);
  const constraints = groupBy(await select(knex, queries.constraints), (row) => row['oid']);
  const sequences = await readSequences(knex);
  const defaults = await select(knex, queries.defaults);
  const named = (...kind: string[]): Raw[] => relations.filter((row) => kind.includes(String(row['kind'])));
  const tables = named('r', 'p')
    .filter((row) => row['partition'] !== true)
    .map((row): TableFacts => {
      const constraint = (type: string): Raw[] =>
        (constraints.get(row['oid']) ?? []).filter((each) => each['type'] === type);
      return {
        name: String(row['name']),
        columns: (columns.get(row['oid']) ?? []).map(columnOf),
        primaryKey: (constraint('p')[0]?.['columns'] as string[] | undefined) ?? [],
        foreignKeys: constraint('f').map(foreignKeyOf),
        counters: countersOf(row['oid'], sequences, defaults),
        checks: constraint('c').map((each) => String(each['name'])),
        estimatedRows: Number(row['rows']),
        bytes: Number(row['bytes']),
        transactional: true,
        partitioned: row['kind'] === 'p',
      };
    });
  return {
    schema: typeof head['schema'] === 'string' ? head['schema'] : undefined,
    engineVersion: String(head['version']),
    tables,
    sequences: sequences
      .filter((row) => row['oid'] === null)
      .map((row) => ({ name: String(row['name']), next: String(row['next']) })),
    views: named('v', 'm').map((row) => String(row['name'])),
    special: named('f').map((row) => String(row['name'])),
    // They belong to the database, not to a schema, and a column of numbers points at them.
    ...(head['large'] === true ? { unseen: 'large objects' } : {}),
  };
}
