import type { Knex } from 'knex';
import { groupBy } from '../../group-by.js';
import { quoteStandard } from '../../insert.js';
import type { ColumnFacts, ForeignKeyFacts, SchemaFacts, TableFacts, ValueKind } from '../../schema-facts.js';

type Raw = Record<string, unknown>;

/** By a part of the declared type, the first that matches. SQLite's own rules decide only how a value is stored. */
const kinds: readonly (readonly [RegExp, ValueKind])[] = [
  [/BOOL/, 'boolean'],
  [/DATETIME|TIMESTAMP/, 'timestamp'],
  [/JSON/, 'json'],
  [/UUID/, 'uuid'],
  [/INT/, 'integer'],
  [/CHAR|CLOB|TEXT/, 'text'],
  [/BLOB|BINARY|BYTEA|^$/, 'binary'],
  [/REAL|FLOA|DOUB/, 'float'],
  [/DATE/, 'date'],
  [/TIME/, 'time'],
  [/NUM|DEC/, 'decimal'],
];

export function kindOf(type: string): ValueKind {
  return kinds.find(([pattern]) => pattern.test(type.toUpperCase()))?.[1] ?? 'text';
}

function columnOf(row: Raw): ColumnFacts {
  const type = String(row['type']);
  const rowId = Number(row['pk']) > 0 && type.toUpperCase() === 'INTEGER';
  return {
    name: String(row['name']),
    kind: kindOf(type),
    type: type.toLowerCase(),
    nullable: Number(row['notnull']) === 0,
    hasDefault: row['dflt_value'] !== null || rowId,
    // 2 and 3 mark columns that are computed.
    generated: Number(row['hidden']) >= 2,
  };
}

async function foreignKeysOf(knex: Knex, table: string, primaryKeys: ReadonlyMap<string, readonly string[]>) {
  const rows = await knex.raw<Raw[]>('select * from pragma_foreign_key_list(?) order by id, seq', [table]);
  return [...groupBy(rows, (row) => row['id']).values()].map((parts): ForeignKeyFacts => {
    const references = String(parts[0]?.['table']);
    return {
      name: `${table}_${parts.map((part) => String(part['from'])).join('_')}_fkey`,
      columns: parts.map((part) => String(part['from'])),
      references,
      referencedColumns: parts.map((part, index) =>
        typeof part['to'] === 'string' ? part['to'] : (primaryKeys.get(references)?.[index] ?? ''),
      ),
      deferrable: true,
    };
  });
}

/** The numbers that tables with AUTOINCREMENT give next; undefined when there is no such table. */
async function nextNumbers(knex: Knex): Promise<Map<string, string> | undefined> {
  const [present] = await knex.raw<Raw[]>(`select 1 from sqlite_master where name = 'sqlite_sequence'`);
  if (!present) return undefined;
  const rows = await knex.raw<Raw[]>('select name, cast(seq + 1 as text) as next from sqlite_sequence');
  return new Map(rows.map((row) => [String(row['name']), String(row['next'])]));
}

async function countOf(knex: Knex, table: string): Promise<number> {
  const [row] = await knex.raw<Raw[]>(`select count(*) as n from ${quoteStandard(table)}`);
  return Number(row?.['n']);
}

export async function inspect(knex: Knex): Promise<SchemaFacts> {
  const [version] = await knex.raw<Raw[]>('select sqlite_version() as version');
  const objects = await knex.raw<Raw[]>(
    `select l.name, l.type, m.sql from pragma_table_list l left join sqlite_master m on m.name = l.name
     where l.schema = 'main' and l.name not like 'sqlite\\_%' escape '\\' order by l.name`,
  );
  const given = await nextNumbers(knex);
  const tables = objects.filter((row) => row['type'] === 'table');
  const columns = new Map<string, Raw[]>();
  for (const { name } of tables) {
    columns.set(String(name), await knex.raw<Raw[]>('select * from pragma_table_xinfo(?)', [String(name)]));
  }
  const primaryKeys = new Map(
    [...columns].map(([name, rows]) => [
      name,
      rows
        .filter((row) => Number(row['pk']) > 0)
        .sort((a, b) => Number(a['pk']) - Number(b['pk']))
        .map((row) => String(row['name'])),
    ]),
  );
  const facts: TableFacts[] = [];
  for (const { name: raw, sql } of tables) {
    const name = String(raw);
    const primaryKey = primaryKeys.get(name) ?? [];
    const counts = given !== undefined && /\bAUTOINCREMENT\b/i.test(String(sql));
    facts.push({
      name,
      columns: (columns.get(name) ?? []).map(columnOf),
      primaryKey,
      foreignKeys: await foreignKeysOf(knex, name, primaryKeys),
      counters: counts ? [{ column: primaryKey[0] ?? '', next: given.get(name) ?? '1' }] : [],
      checks: [],
      estimatedRows: await countOf(knex, name),
      bytes: undefined,
      transactional: true,
    });
  }
  return {
    schema: undefined,
    engineVersion: String(version?.['version']),
    tables: facts,
    sequences: [],
    views: objects.filter((row) => row['type'] === 'view').map((row) => String(row['name'])),
    special: objects.filter((row) => row['type'] === 'virtual').map((row) => String(row['name'])),
  };
}
