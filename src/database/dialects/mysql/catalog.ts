import type { Knex } from 'knex';
import type { DatabaseTarget } from '../../contract.js';
import { groupBy } from '../../group-by.js';
import type {
  ColumnFacts,
  ForeignKeyFacts,
  SchemaFacts,
  SequenceFacts,
  TableFacts,
  ValueKind,
} from '../../schema-facts.js';
import { quote } from './quote.js';
import { unseenTables } from './rights.js';

type Raw = Readonly<Record<string, unknown>>;

/** Rows with lower-cased names: servers disagree about the case in which the catalogue answers. */
async function select(knex: Knex, sql: string): Promise<Raw[]> {
  const [rows] = (await knex.raw(sql)) as [Raw[]];
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value])),
  );
}

const kinds: Readonly<Record<string, ValueKind>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  year: 'integer',
  bit: 'integer',
  decimal: 'decimal',
  float: 'float',
  double: 'float',
  binary: 'binary',
  varbinary: 'binary',
  tinyblob: 'binary',
  blob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
  geometry: 'binary',
  point: 'binary',
  linestring: 'binary',
  polygon: 'binary',
  multipoint: 'binary',
  multilinestring: 'binary',
  multipolygon: 'binary',
  geometrycollection: 'binary',
  vector: 'binary',
  datetime: 'timestamp',
  timestamp: 'timestamp',
  date: 'date',
  time: 'time',
  uuid: 'uuid',
  json: 'json',
};

const text = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);

function columnOf(row: Raw, jsonColumns: ReadonlySet<string>): ColumnFacts {
  const base = text(row['data_type']).toLowerCase();
  const type = text(row['column_type']).toLowerCase();
  const extra = text(row['extra']).toLowerCase();
  // The server's word for a truth value is an integer of one digit, and one kind of JSON is text with a check.
  const isTruth = /^tinyint\(1\)/.test(type);
  const isJson = jsonColumns.has(`${text(row['table_name'])}.${text(row['column_name'])}`);
  const digits = row['datetime_precision'];
  return {
    name: text(row['column_name']),
    kind: isTruth ? 'boolean' : isJson ? 'json' : (kinds[base] ?? 'text'),
    type,
    nullable: text(row['is_nullable']) === 'YES',
    hasDefault: row['column_default'] !== null || /auto_increment|default_generated/.test(extra),
    generated: /(virtual|stored|persistent) generated/.test(extra) || /^(virtual|persistent)/.test(extra),
    ...(digits === null || digits === undefined ? {} : { fractionDigits: Number(digits) }),
  };
}

function foreignKeysOf(rows: readonly Raw[], database: string): ForeignKeyFacts[] {
  return [...groupBy(rows, (row) => text(row['constraint_name']))].map(([name, parts]) => ({
    name,
    columns: parts.map((part) => text(part['column_name'])),
    references:
      text(parts[0]?.['referenced_table_schema']) === database
        ? text(parts[0]?.['referenced_table_name'])
        : undefined,
    referencedColumns: parts.map((part) => text(part['referenced_column_name'])),
    deferrable: true,
  }));
}

/** Columns of MariaDB that are JSON: text that is checked to be. */
async function checkedJson(knex: Knex): Promise<Set<string>> {
  const rows = await select(
    knex,
    `select table_name, check_clause from information_schema.check_constraints
     where constraint_schema = database() and lower(check_clause) like 'json_valid(%'`,
  ).catch(() => []); // MySQL's view has no table in it, and needs none: its JSON is a type
  return new Set(
    rows.flatMap((row) => {
      const column = /^json_valid\(`(.+)`\)$/i.exec(text(row['check_clause']))?.[1];
      return column === undefined ? [] : [`${text(row['table_name'])}.${column}`];
    }),
  );
}

/** The sequences of MariaDB: tables of one row. Numbers that the server has set aside are passed over. */
async function readSequences(knex: Knex, names: readonly string[]): Promise<SequenceFacts[]> {
  const sequences: SequenceFacts[] = [];
  for (const name of names) {
    const [row = {}] = await select(knex, `select next_not_cached_value as next from ${quote(name)}`);
    sequences.push({ name, next: text(row['next']) });
  }
  return sequences;
}

/** Reads the current database's own catalogue: eight statements, whatever its size. */
export async function inspect(knex: Knex, target: DatabaseTarget): Promise<SchemaFacts> {
  const [head = {}] = await select(knex, 'select version() as version, database() as name');
  const objects = await select(
    knex,
    `select table_name, table_type, engine, table_rows, auto_increment, data_length + index_length as bytes
     from information_schema.tables where table_schema = database() order by table_name`,
  );
  const columns = await select(
    knex,
    `select table_name, column_name, data_type, column_type, is_nullable, column_default, extra, datetime_precision
     from information_schema.columns where table_schema = database() order by table_name, ordinal_position`,
  );
  const keys = await select(
    knex,
    `select table_name, constraint_name, column_name, referenced_table_schema, referenced_table_name,
       referenced_column_name from information_schema.key_column_usage
     where table_schema = database() and (constraint_name = 'PRIMARY' or referenced_table_name is not null)
     order by table_name, constraint_name, ordinal_position`,
  );
  const checks = await select(
    knex,
    `select table_name, constraint_name from information_schema.table_constraints
     where table_schema = database() and constraint_type = 'CHECK'`,
  );
  const jsonColumns = await checkedJson(knex);
  const columnsOf = groupBy(columns, (row) => text(row['table_name']));
  const keysOf = groupBy(keys, (row) => text(row['table_name']));
  const typed = (...types: string[]): Raw[] =>
    objects.filter((row) => types.includes(text(row['table_type'])));
  const name = (row: Raw): string => text(row['table_name']);
  const unseen = await unseenTables(knex, text(head['name'] ?? target.database));
  return {
    schema: undefined,
    engineVersion: text(head['version']),
    tables: typed('BASE TABLE', 'SYSTEM VERSIONED').map((row): TableFacts => {
      const own = columnsOf.get(name(row)) ?? [];
      const ownKeys = keysOf.get(name(row)) ?? [];
      const counter = own.find((column) => /auto_increment/i.test(text(column['extra'])));
      return {
        name: name(row),
        columns: own.map((column) => columnOf(column, jsonColumns)),
        primaryKey: ownKeys
          .filter((key) => key['constraint_name'] === 'PRIMARY')
          .map((key) => text(key['column_name'])),
        foreignKeys: foreignKeysOf(
          ownKeys.filter((key) => key['referenced_table_name'] !== null),
          text(head['name'] ?? target.database),
        ),
        counters: counter
          ? [{ column: text(counter['column_name']), next: text(row['auto_increment'] ?? 1) }]
          : [],
        checks: checks
          .filter((check) => name(check) === name(row))
          .map((check) => text(check['constraint_name'])),
        estimatedRows: Number(row['table_rows'] ?? 0),
        bytes: Number(row['bytes'] ?? 0),
        transactional: /^innodb$/i.test(text(row['engine'])),
      };
    }),
    sequences: await readSequences(knex, typed('SEQUENCE').map(name)),
    views: typed('VIEW').map(name),
    special: typed('SYSTEM VERSIONED').map((row) => `${name(row)} (history)`),
    ...(unseen === undefined ? {} : { unseen }),
  };
}
