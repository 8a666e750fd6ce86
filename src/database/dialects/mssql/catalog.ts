import type { Knex } from 'knex';
import { groupBy } from '../../group-by.js';
import type { ColumnFacts, ForeignKeyFacts, SchemaFacts, TableFacts, ValueKind } from '../../schema-facts.js';

type Raw = Readonly<Record<string, unknown>>;

const kinds: Readonly<Record<string, ValueKind>> = {
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  bigint: 'integer',
  decimal: 'decimal',
  numeric: 'decimal',
  money: 'decimal',
  smallmoney: 'decimal',
  float: 'float',
  real: 'float',
  bit: 'boolean',
  binary: 'binary',
  varbinary: 'binary',
  image: 'binary',
  timestamp: 'binary',
  geometry: 'binary',
  geography: 'binary',
  datetime: 'timestamp',
  datetime2: 'timestamp',
  smalldatetime: 'timestamp',
  datetimeoffset: 'timestamp',
  date: 'date',
  time: 'time',
  uniqueidentifier: 'uuid',
  json: 'json',
};

/** What is kept of a second where the catalogue's scale does not say. */
const fixedFractions: Readonly<Record<string, Pick<ColumnFacts, 'fractionDigits' | 'timeSteps'>>> = {
  datetime: { fractionDigits: 3, timeSteps: 'thirds' },
  smalldatetime: { fractionDigits: 0, timeSteps: 'minutes' },
};

/** The number that an identity or a sequence gives next, which is the first one where none was given yet. */
const next = (last: string, first: string, step: string): string =>
  `convert(varchar(40), case when ${last} is null then convert(decimal(38, 0), ${first})
     else convert(decimal(38, 0), ${last}) + convert(decimal(38, 0), ${step}) end)`;

const queries = {
  head: `select schema_name() as [schema], convert(nvarchar(128), serverproperty('ProductVersion')) as version,
      has_perms_by_name(db_name(), 'DATABASE', 'VIEW DEFINITION') as sees`,
  // Special: what cannot be read like a table, written like one, or rolled back.
  objects: `select o.object_id as id, o.name, rtrim(o.type) as type, case when t.is_memory_optimized = 1
      or t.temporal_type = 1 or t.is_external = 1 or t.is_filetable = 1 or t.is_node = 1 or t.is_edge = 1
      or exists (select 1 from sys.columns c where c.object_id = o.object_id and (c.system_type_id = 98
        or (c.system_type_id = 240 and c.user_type_id not in (128, 129, 130)))) then 1 else 0 end as special
    from sys.objects o left join sys.tables t on t.object_id = o.object_id
    where o.schema_id = schema_id() and o.type in ('U', 'V') and o.is_ms_shipped = 0 order by o.name`,
  sizes: `select p.object_id as id, sum(case when p.index_id < 2 and a.type = 1 then p.rows else 0 end) as rows,
      sum(a.total_pages) * 8192 as bytes
    from sys.partitions p join sys.allocation_units a on a.container_id = p.partition_id
      join sys.tables t on t.object_id = p.object_id
    where t.schema_id = schema_id() group by p.object_id`,
  // A type of users counts as what it is made of.
  columns: `select c.object_id as id, c.name, y.name as type, c.max_length, c.precision, c.scale,
      c.is_nullable as nullable, c.is_identity as counts, c.is_computed as computed, c.generated_always_type as period,
      case when c.default_object_id <> 0 then 1 else 0 end as has_default,
      ${next('i.last_value', 'i.seed_value', 'i.increment_value')} as next
    from sys.columns c join sys.tables t on t.object_id = c.object_id
      join sys.types y on y.user_type_id = case c.system_type_id when 240 then c.user_type_id else c.system_type_id end
      left join sys.identity_columns i on i.object_id = c.object_id and i.column_id = c.column_id
    where t.schema_id = schema_id() order by c.object_id, c.column_id`,
  primaryKeys: `select k.parent_object_id as id, col_name(x.object_id, x.column_id) as name
    from sys.key_constraints k
      join sys.index_columns x on x.object_id = k.parent_object_id and x.index_id = k.unique_index_id
    where k.type = 'PK' and k.schema_id = schema_id() order by k.parent_object_id, x.key_ordinal`,
  // A key that somebody switched off binds nobody.
  foreignKeys: `select f.parent_object_id as id, f.name, case when r.schema_id = schema_id() then r.name end as target,
      col_name(x.parent_object_id, x.parent_column_id) as part,
      col_name(x.referenced_object_id, x.referenced_column_id) as referenced
    from sys.foreign_keys f join sys.foreign_key_columns x on x.constraint_object_id = f.object_id
      join sys.objects r on r.object_id = f.referenced_object_id
    where f.schema_id = schema_id() and f.is_disabled = 0 order by f.name, x.constraint_column_id`,
  checks: `select parent_object_id as id, name, definition from sys.check_constraints where schema_id = schema_id() order by name`,
  sequences: `select name, ${next('last_used_value', 'current_value', 'increment')} as next
    from sys.sequences where schema_id = schema_id() order by name`,
} as const;

/** The catalogue has for a user what he has some right on, and policies for who may see definitions. */
const unseen =
  'tables, and policies that hide rows, which the database user may not see, if there are any (it has no VIEW DEFINITION on the database)';

/** The type as it is declared, `nvarchar(256)`. Lengths of Unicode text are in bytes in the catalogue. */
function typeText({ type, max_length, precision, scale }: Raw): string {
  const name = String(type);
  const length = Number(max_length);
  if (/^n(var)?char$/.test(name)) return `${name}(${length < 0 ? 'max' : length / 2})`;
  if (/^(var)?(char|binary)$/.test(name)) return `${name}(${length < 0 ? 'max' : length})`;
  if (/^(decimal|numeric)$/.test(name)) return `${name}(${Number(precision)},${Number(scale)})`;
  return /^(time|datetime2|datetimeoffset)$/.test(name) ? `${name}(${Number(scale)})` : name;
}

/** Before the server had a type for JSON it was text with a check. */
function isCheckedJson(column: string, checks: readonly Raw[]): boolean {
  return checks.some(({ definition }) => {
    const checked = /^\(+isjson\(\[?(.+?)\]?(?:,\s*value)?\)\s*[=>]\s*\(*[01]\)*$/i.exec(
      String(definition),
    )?.[1];
    return checked === column;
  });
}

function columnOf(row: Raw, checks: readonly Raw[]): ColumnFacts {
  const type = String(row['type']);
  const isScaled = /^(time|datetime2|datetimeoffset)$/.test(type);
  return {
    name: String(row['name']),
    kind: isCheckedJson(String(row['name']), checks) ? 'json' : (kinds[type] ?? 'text'),
    type: typeText(row),
    nullable: row['nullable'] === true,
    hasDefault: row['has_default'] === 1 || row['counts'] === true,
    generated: row['computed'] === true || Number(row['period']) > 0 || type === 'timestamp',
    ...(isScaled ? { fractionDigits: Number(row['scale']) } : fixedFractions[type]),
  };
}

function foreignKeysOf(rows: readonly Raw[]): ForeignKeyFacts[] {
  return [...groupBy(rows, (row) => String(row['name']))].map(([name, parts]) => ({
    name,
    columns: parts.map((part) => String(part['part'])),
    references: typeof parts[0]?.['target'] === 'string' ? parts[0]['target'] : undefined,
    referencedColumns: parts.map((part) => String(part['referenced'])),
    // The engine checks at once; a load switches its keys off and has them checked at its end.
    deferrable: true,
  }));
}

/** Reads the current schema: eight statements, whatever its size. */
export async function inspect(knex: Knex): Promise<SchemaFacts> {
  const select = (query: keyof typeof queries): Promise<Raw[]> => knex.raw<Raw[]>(queries[query]).then();
  const byTable = async (query: keyof typeof queries): Promise<Map<unknown, Raw[]>> =>
    groupBy(await select(query), (row) => row['id']);
  const [head = {}] = await select('head');
  const objects = await select('objects');
  const sizes = await byTable('sizes');
  const columns = await byTable('columns');
  const primaryKeys = await byTable('primaryKeys');
  const foreignKeys = await byTable('foreignKeys');
  const checks = await byTable('checks');
  const sequences = await select('sequences');
  const named = (type: string, special: 0 | 1): Raw[] =>
    objects.filter((row) => row['type'] === type && row['special'] === special);
  const name = (row: Raw): string => String(row['name']);
  return {
    schema: typeof head['schema'] === 'string' ? head['schema'] : undefined,
    engineVersion: String(head['version']),
    tables: named('U', 0).map((row): TableFacts => {
      const own = (rows: Map<unknown, Raw[]>): Raw[] => rows.get(row['id']) ?? [];
      const [size = {}] = own(sizes);
      return {
        name: name(row),
        columns: own(columns).map((column) => columnOf(column, own(checks))),
        primaryKey: own(primaryKeys).map(name),
        foreignKeys: foreignKeysOf(own(foreignKeys)),
        counters: own(columns)
          .filter((column) => column['counts'] === true)
          .map((column) => ({ column: name(column), next: String(column['next']) })),
        checks: own(checks).map(name),
        estimatedRows: Number(size['rows'] ?? 0),
        bytes: Number(size['bytes'] ?? 0),
        transactional: true,
      };
    }),
    sequences: sequences.map((row) => ({ name: name(row), next: String(row['next']) })),
    views: named('V', 0).map(name),
    special: named('U', 1).map(name),
    ...(head['sees'] === 0 ? { unseen } : {}),
  };
}
