import type { Knex } from 'knex';
import { groupBy } from '../../group-by.js';
import type {
  ColumnFacts,
  CounterFacts,
  ForeignKeyFacts,
  SchemaFacts,
  TableFacts,
  ValueKind,
} from '../../schema-facts.js';
import type { DriverConnection } from './driver.js';
import type { RawResult } from './client.js';
import { unseenRedaction } from './filters.js';
import { isLockTable } from './lock.js';

type Raw = Readonly<Record<string, unknown>>;

const here = `sys_context('userenv', 'current_schema')`;

/** Tables that somebody made, without those that belong to another object. */
export const realTables = `select t.table_name, t.num_rows, t.temporary, t.owner from all_tables t
    where t.owner = ${here} and t.nested = 'NO' and t.secondary = 'N' and t.dropped = 'NO'
      and (t.iot_type is null or t.iot_type = 'IOT') and not ${isLockTable('t.table_name')}
      and not exists (select 1 from all_mviews m where m.owner = t.owner and m.container_name = t.table_name)
      and not exists (select 1 from all_mview_logs l where l.log_owner = t.owner and l.log_table = t.table_name)`;

/** What is asked of the catalogue, all of it of the current schema only. */
export const queries = {
  head: `select ${here} as schema_name, case when ${here} = user then 1 else (select count(*) from session_privs
      where privilege in ('SELECT ANY TABLE', 'READ ANY TABLE')) end as sees from dual`,
  relations: `select r.table_name, r.num_rows, case when r.temporary = 'Y' or e.table_name is not null then 'special'
      else 'table' end as kind from (${realTables}) r
      left join all_external_tables e on e.owner = r.owner and e.table_name = r.table_name
    union all select o.table_name, o.num_rows, 'special' from all_object_tables o where o.owner = ${here} and o.nested = 'NO'
    union all select v.view_name, null, 'view' from all_views v where v.owner = ${here}
    union all select m.mview_name, null, 'view' from all_mviews m where m.owner = ${here}
    order by 1`,
  // An invisible column is hidden and somebody's; what the server adds, and columns that are out of use, are its own.
  columns: `select c.table_name, c.column_name, c.data_type, c.data_length, c.data_precision, c.data_scale, c.char_length,
      c.char_used, c.nullable, c.default_length, c.virtual_column, j.column_name as json_column
    from all_tab_cols c left join all_json_columns j
      on j.owner = c.owner and j.table_name = c.table_name and j.column_name = c.column_name
    where c.owner = ${here} and c.user_generated = 'YES' order by c.table_name, c.column_id, c.internal_column_id`,
  constraints: `select k.table_name, k.constraint_name, k.constraint_type, k.deferrable, c.column_name,
      case when k.r_owner = k.owner then p.table_name end as target, p.column_name as referenced
    from all_constraints k
      join all_cons_columns c on c.owner = k.owner and c.constraint_name = k.constraint_name
      left join all_cons_columns p
        on p.owner = k.r_owner and p.constraint_name = k.r_constraint_name and p.position = c.position
    where k.owner = ${here} and (k.constraint_type in ('P', 'R') or (k.constraint_type = 'C' and k.generated = 'USER NAME'))
    order by k.table_name, k.constraint_name, c.position`,
  counters: `select s.sequence_name, s.last_number, i.table_name, i.column_name, i.generation_type, c.default_on_null
    from all_sequences s left join all_tab_identity_cols i on i.owner = s.sequence_owner and i.sequence_name = s.sequence_name
      left join all_tab_cols c on c.owner = i.owner and c.table_name = i.table_name and c.column_name = i.column_name
    where s.sequence_owner = ${here} order by s.sequence_name`,
  sizes: `select coalesce(i.table_name, l.table_name, s.segment_name) as table_name, sum(s.bytes) as bytes
    from user_segments s
      left join all_indexes i on i.owner = user and i.index_name = s.segment_name
      left join all_lobs l on l.owner = user and l.segment_name = s.segment_name
    where ${here} = user group by coalesce(i.table_name, l.table_name, s.segment_name)`,
} as const;

async function select(knex: Knex, sql: string): Promise<readonly Raw[]> {
  return (await knex.raw<RawResult>(sql)).rows;
}

const text = (value: unknown): string => String(value);

const kinds: Readonly<Record<string, ValueKind>> = {
  FLOAT: 'decimal',
  BINARY_FLOAT: 'float',
  BINARY_DOUBLE: 'float',
  BOOLEAN: 'boolean',
  VARCHAR2: 'text',
  NVARCHAR2: 'text',
  CHAR: 'text',
  NCHAR: 'text',
  CLOB: 'text',
  NCLOB: 'text',
  LONG: 'text',
  RAW: 'binary',
  'LONG RAW': 'binary',
  BLOB: 'binary',
  DATE: 'timestamp',
  JSON: 'json',
};

/** Undefined for types whose values cannot be carried as text, such as objects and vectors. */
function kindOf(row: Raw): ValueKind | undefined {
  const type = text(row['data_type']);
  if (type === 'NUMBER') {
    if (text(row['data_scale']) !== '0') return 'decimal';
    // The server's word for a truth value is a number of one digit.
    return text(row['data_precision']) === '1' ? 'boolean' : 'integer';
  }
  if (type.startsWith('TIMESTAMP')) return 'timestamp';
  if (type.startsWith('INTERVAL')) return 'text';
  const kind = kinds[type];
  return kind === 'text' && row['json_column'] !== null ? 'json' : kind;
}

/** The type in words: the catalogue keeps lengths and digits apart from it. */
function typeOf(row: Raw): string {
  const type = text(row['data_type']);
  const length = text(row['char_length']);
  if (type === 'VARCHAR2' || type === 'CHAR') {
    return row['char_used'] === 'C'
      ? `${type.toLowerCase()}(${length} char)`
      : `${type.toLowerCase()}(${text(row['data_length'])} byte)`;
  }
  if (type === 'NVARCHAR2' || type === 'NCHAR') return `${type.toLowerCase()}(${length})`;
  if (type === 'RAW') return `raw(${text(row['data_length'])})`;
  if (type === 'NUMBER' && row['data_scale'] !== null) {
    const precision = row['data_precision'] === null ? '*' : text(row['data_precision']);
    return text(row['data_scale']) === '0'
      ? `number(${precision})`
      : `number(${precision},${text(row['data_scale'])})`;
  }
  return type.toLowerCase();
}

function columnOf(row: Raw): ColumnFacts {
  const type = typeOf(row);
  const kind = kindOf(row) ?? 'text';
  const digits = type === 'date' ? 0 : Number(/^timestamp\((\d)\)/.exec(type)?.[1] ?? 9);
  return {
    name: text(row['column_name']),
    kind,
    type,
    nullable: row['nullable'] === 'Y',
    hasDefault: row['default_length'] !== null,
    generated: row['virtual_column'] === 'YES',
    ...(kind === 'timestamp' ? { fractionDigits: digits } : {}),
  };
}

function foreignKeysOf(rows: readonly Raw[]): ForeignKeyFacts[] {
  const keys = rows.filter((row) => row['constraint_type'] === 'R');
  return [...groupBy(keys, (row) => text(row['constraint_name']))].map(([name, parts]) => ({
    name,
    columns: parts.map((part) => text(part['column_name'])),
    references: typeof parts[0]?.['target'] === 'string' ? parts[0]['target'] : undefined,
    referencedColumns: parts.map((part) => text(part['referenced'])),
    deferrable: parts[0]?.['deferrable'] === 'DEFERRABLE',
  }));
}

/** Foreign keys by their table. */
export async function readForeignKeys(knex: Knex): Promise<ReadonlyMap<string, readonly ForeignKeyFacts[]>> {
  const rows = groupBy(await select(knex, queries.constraints), (row) => text(row['table_name']));
  return new Map([...rows].map(([table, own]) => [table, foreignKeysOf(own)]));
}

/** A sequence, and the column that it counts for. */
interface Counter {
  readonly sequence: string;
  readonly next: string;
  readonly table: string | undefined;
  readonly column: string;
  /** `always`, `by default` or `by default on null`. */
  readonly generated: string;
}

export async function readCounters(knex: Knex): Promise<Counter[]> {
  return (await select(knex, queries.counters)).map((row) => ({
    sequence: text(row['sequence_name']),
    next: text(row['last_number']),
    table: row['table_name'] === null ? undefined : text(row['table_name']),
    column: text(row['column_name']),
    generated: `${text(row['generation_type']).toLowerCase()}${row['default_on_null'] === 'YES' ? ' on null' : ''}`,
  }));
}

async function serverVersion(knex: Knex): Promise<string> {
  const client = knex.client as Knex.Client;
  const connection = (await client.acquireConnection()) as DriverConnection;
  await client.releaseConnection(connection);
  return connection.oracleServerVersionString;
}

/** Reads the current schema: seven statements, whatever its size. */
export async function inspect(knex: Knex): Promise<SchemaFacts> {
  const [head] = await select(knex, queries.head);
  const relations = await select(knex, queries.relations);
  const columns = groupBy(await select(knex, queries.columns), (row) => text(row['table_name']));
  const constraints = groupBy(await select(knex, queries.constraints), (row) => text(row['table_name']));
  const counters = await readCounters(knex);
  const sizes = new Map(
    (await select(knex, queries.sizes)).map((row) => [text(row['table_name']), Number(row['bytes'])]),
  );
  const redaction = await unseenRedaction(knex);
  const unseen = [
    ...(head?.['sees'] === 0
      ? ['tables of the schema on which the database user has no right, if there are any']
      : []),
    ...(redaction === undefined ? [] : [redaction]),
  ];
  const name = (row: Raw): string => text(row['table_name']);
  // A table with a column that cannot be carried is one that cannot be read like others.
  const isPlain = (row: Raw): boolean =>
    row['kind'] === 'table' && (columns.get(name(row)) ?? []).every((column) => kindOf(column) !== undefined);
  const tables = relations.filter(isPlain).map((row): TableFacts => {
    const own = constraints.get(name(row)) ?? [];
    const namesOf = (type: string, column: string): string[] => [
      ...new Set(own.filter((part) => part['constraint_type'] === type).map((part) => text(part[column]))),
    ];
    return {
      name: name(row),
      columns: (columns.get(name(row)) ?? []).map(columnOf),
      primaryKey: namesOf('P', 'column_name'),
      foreignKeys: foreignKeysOf(own),
      counters: counters
        .filter((counter) => counter.table === name(row))
        .map(({ column, next }): CounterFacts => ({ column, next })),
      checks: namesOf('C', 'constraint_name'),
      estimatedRows: Number(row['num_rows'] ?? 0),
      bytes: sizes.get(name(row)),
      transactional: true,
    };
  });
  return {
    schema: text(head?.['schema_name']),
    engineVersion: await serverVersion(knex),
    tables,
    sequences: counters
      .filter((counter) => counter.table === undefined)
      .map(({ sequence, next }) => ({ name: sequence, next })),
    views: relations.filter((row) => row['kind'] === 'view').map(name),
    special: relations.filter((row) => row['kind'] !== 'view' && !isPlain(row)).map(name),
    ...(unseen.length > 0 ? { unseen: unseen.join('; ') } : {}),
  };
}
