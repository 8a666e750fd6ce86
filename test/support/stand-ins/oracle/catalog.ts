import { query as states } from '../../../../src/database/dialects/oracle/broken.js';
import { queries as catalog } from '../../../../src/database/dialects/oracle/catalog.js';
import { queries as drops } from '../../../../src/database/dialects/oracle/drop-all.js';
import { queries as filters } from '../../../../src/database/dialects/oracle/filters.js';
import { query as guards } from '../../../../src/database/dialects/oracle/guards.js';
import { query as unique } from '../../../../src/database/dialects/oracle/unique-keys.js';
import { query as shapes } from '../../../../src/database/dialects/oracle/snapshot.js';
import type { Schema } from './server.js';
import type { Column, Table } from './tables.js';

type Row = Readonly<Record<string, unknown>>;

const LOCK = 'TMI_DBTOOL_LOCK';

function tablesOf(schema: Schema): Table[] {
  return [...schema.tables.values()].filter(({ name }) => name !== LOCK);
}

function columnRow(table: Table, column: Column): Row {
  const isText = /CHAR/.test(column.dataType);
  return {
    TABLE_NAME: table.name,
    COLUMN_NAME: column.name,
    DATA_TYPE: column.dataType,
    DATA_LENGTH: column.length * (isText && column.unit === 'char' ? 4 : 1),
    DATA_PRECISION: column.precision,
    DATA_SCALE: column.scale,
    CHAR_LENGTH: isText ? column.length : 0,
    CHAR_USED: isText ? (column.unit === 'char' ? 'C' : 'B') : null,
    NULLABLE: column.nullable && !table.primaryKey.includes(column.name) ? 'Y' : 'N',
    DEFAULT_LENGTH: column.identity === undefined ? null : 20,
    VIRTUAL_COLUMN: column.virtual ? 'YES' : 'NO',
    JSON_COLUMN: null,
  };
}

function constraintRows(table: Table): Row[] {
  const row = (type: string, name: string, column: string, more: Row = {}): Row => ({
    TABLE_NAME: table.name,
    CONSTRAINT_NAME: name,
    CONSTRAINT_TYPE: type,
    DEFERRABLE: 'NOT DEFERRABLE',
    COLUMN_NAME: column,
    TARGET: null,
    REFERENCED: null,
    ...more,
  });
  return [
    ...table.primaryKey.map((column) => row('P', `PK_${table.name}`, column)),
    ...table.checks.map(({ name }) => row('C', name, table.columns[0]?.name ?? '')),
    ...table.foreignKeys.flatMap((key) =>
      key.columns.map((column, index) =>
        row('R', key.name, column, {
          DEFERRABLE: key.deferrable ? 'DEFERRABLE' : 'NOT DEFERRABLE',
          TARGET: key.references,
          REFERENCED: key.referenced[index],
        }),
      ),
    ),
  ];
}

function stateRows(schema: Schema): Row[] {
  return tablesOf(schema).flatMap((table) => {
    const row = (type: string, name: string, parent: string | null, condition: string | null): Row => {
      const state = table.states.get(name) ?? 'validated';
      return {
        TABLE_NAME: table.name,
        CONSTRAINT_NAME: name,
        CONSTRAINT_TYPE: type,
        STATUS: state === 'disabled' ? 'DISABLED' : 'ENABLED',
        VALIDATED: state === 'validated' ? 'VALIDATED' : 'NOT VALIDATED',
        PARENT_OWNER: parent === null ? null : schema.user,
        PARENT: parent,
        SEARCH_CONDITION: condition,
      };
    };
    return [
      ...table.foreignKeys.map((key) => row('R', key.name, key.references, null)),
      ...table.checks.map((check) => row('C', check.name, null, check.condition)),
    ];
  });
}

function counterRows(schema: Schema): Row[] {
  return [...schema.sequences].map(([name, next], index) => {
    const [table = '', column] = name.split('.');
    const isIdentity = column !== undefined;
    const identity = schema.tables.get(table)?.columns.find((each) => each.name === column)?.identity;
    return {
      SEQUENCE_NAME: isIdentity ? `ISEQ$$_${index}` : name,
      LAST_NUMBER: next.toString(),
      TABLE_NAME: isIdentity ? table : null,
      COLUMN_NAME: column ?? null,
      GENERATION_TYPE: identity ?? null,
      DEFAULT_ON_NULL: isIdentity ? 'NO' : null,
    };
  });
}

/** A table that is made again is another one. */
const numbers = new WeakMap<Table, number>();
let made = 0;

function shapeRow(table: Table): Row {
  if (!numbers.has(table)) numbers.set(table, (made += 1));
  const number = numbers.get(table);
  return { OBJECT_NAME: table.name, OBJECT_ID: number, DATA_OBJECT_ID: number };
}

const answers: Readonly<Record<string, (schema: Schema) => Row[]>> = {
  [catalog.head]: ({ user }) => [{ SCHEMA_NAME: user, SEES: 1 }],
  [filters.scope]: ({ privileges, seesRedaction }) => [
    {
      PASSES_POLICIES: privileges.has('EXEMPT ACCESS POLICY') ? 1 : 0,
      PASSES_REDACTION: privileges.has('EXEMPT REDACTION POLICY') ? 1 : 0,
      SEES_REDACTION: seesRedaction ? 1 : 0,
      IS_SYS: 0,
    },
  ],
  [filters.policies]: ({ policies }) =>
    policies
      .filter(({ column }) => column === undefined)
      .map(({ table, name }) => ({ TABLE_NAME: table, NAME: name })),
  [filters.redaction]: ({ policies }) =>
    policies
      .filter(({ column }) => column !== undefined)
      .map(({ table, column }) => ({ TABLE_NAME: table, NAME: column })),
  [catalog.relations]: (schema) => [
    ...tablesOf(schema).map(({ name }) => ({ TABLE_NAME: name, NUM_ROWS: null, KIND: 'table' })),
    ...[...schema.views].map((name) => ({ TABLE_NAME: name, NUM_ROWS: null, KIND: 'view' })),
  ],
  [catalog.columns]: (schema) =>
    tablesOf(schema).flatMap((table) =>
      table.columns
        .filter(({ invisible }) => !invisible || !catalog.columns.includes('c.hidden_column'))
        .map((column) => columnRow(table, column)),
    ),
  [catalog.constraints]: (schema) => tablesOf(schema).flatMap(constraintRows),
  [catalog.counters]: counterRows,
  [states]: stateRows,
  [guards]: ({ guards: triggers }) => [...triggers],
  [unique]: (schema) =>
    tablesOf(schema).flatMap((table) =>
      table.unique.flatMap((columns, index) =>
        columns.map((column) => ({
          TABLE_NAME: table.name,
          INDEX_NAME: `UQ_${table.name}_${index}`,
          COLUMN_NAME: column,
        })),
      ),
    ),
  [shapes]: (schema) => tablesOf(schema).map(shapeRow),
  [catalog.sizes]: (schema) => tablesOf(schema).map(({ name }) => ({ TABLE_NAME: name, BYTES: 65_536 })),
  [drops.outside]: ({ outside }) => outside.map((NAME) => ({ NAME })),
  [drops.views]: ({ views }) => [...views].map((NAME) => ({ TYPE: 'view', NAME })),
  [drops.tables]: (schema) => tablesOf(schema).map(({ name }) => ({ NAME: name })),
  [drops.others]: ({ sequences }) =>
    [...sequences.keys()].filter((name) => !name.includes('.')).map((NAME) => ({ TYPE: 'sequence', NAME })),
  [`select sys_context('userenv', 'network_protocol') as protocol from dual`]: () => [{ PROTOCOL: 'tcps' }],
};

/** What the session may do, for the tables whose names stand in the question. */
function rightRows(schema: Schema, sql: string): Row[] {
  const row = (KIND: string, NAME: string, DETAIL: string | null = null): Row => ({ KIND, NAME, DETAIL });
  const asked = [...schema.tables.keys()].filter((name) => sql.includes(`'${name}'`));
  return [
    ...[...schema.privileges].map((name) => row('privilege', name)),
    ...asked.map((name) => row('table', name, schema.user)),
    ...(schema.quota === '0' ? [] : [row('quota', 'USERS', schema.quota)]),
    row('user', schema.user, schema.user),
    row('space', 'USERS'),
  ];
}

/** The rows of a question about the catalogue; undefined for any other statement. */
export function catalogRows(schema: Schema, sql: string): Row[] | undefined {
  if (sql.startsWith("select 'privilege' as kind")) return rightRows(schema, sql);
  return answers[sql]?.(schema);
}

/** Names of the columns that a question about the catalogue asks for, also when there is no row. */
export const catalogColumns = (rows: readonly Row[]): string[] => Object.keys(rows[0] ?? {});
