import { createRequire } from 'node:module';

/** A type of the database, as the driver has it. */
export interface DbType {
  readonly name: string;
}

interface Checks {
  _verifyExecOpts(options: object, many: boolean): object;
  _processExecuteBinds(binds: unknown): Promise<readonly unknown[]>;
  _processExecuteManyBinds(rows: unknown, definitions: unknown): Promise<readonly unknown[]>;
}

interface Parsed {
  _prepare(sql: string): void;
  readonly isQuery: boolean;
  readonly bindInfoList: readonly unknown[];
  readonly bindInfoDict: ReadonlyMap<string, unknown>;
}

type TypeName =
  | 'VARCHAR'
  | 'NVARCHAR'
  | 'CLOB'
  | 'NCLOB'
  | 'BLOB'
  | 'RAW'
  | 'NUMBER'
  | 'BINARY_DOUBLE'
  | 'DATE'
  | 'TIMESTAMP'
  | 'TIMESTAMP_TZ'
  | 'TIMESTAMP_LTZ';

type Constants = Readonly<Record<`DB_TYPE_${TypeName}`, DbType>> & {
  readonly OUT_FORMAT_ARRAY: number;
  readonly OUT_FORMAT_OBJECT: number;
};

const load = createRequire(import.meta.url);

/** The real driver, also where a test has put the stand-in in its place: its constants and its checks are used. */
export const real = load('oracledb') as Constants & { readonly Connection: { readonly prototype: object } };

const { Statement } = load('oracledb/lib/thin/statement.js') as { Statement: new () => Parsed };

interface FetchedAs {
  readonly name: string;
  readonly dbType: DbType;
  readonly fetchType?: DbType;
  readonly converter?: (value: unknown) => unknown;
}

const { prototype: results } = load('oracledb/lib/impl/resultset.js') as {
  prototype: { _determineFetchType(column: FetchedAs, options: object, all: readonly FetchedAs[]): void };
};

/**
 * What the driver makes of a column whose type a handler may change.
 * @throws NJS-119 for a change that it cannot make
 */
export function fetchedAs(name: string, dbType: DbType, fetchTypeHandler: unknown): FetchedAs {
  const column: FetchedAs = { name, dbType };
  results._determineFetchType(column, fetchTypeHandler === undefined ? {} : { fetchTypeHandler }, []);
  return column;
}

const checks = Object.create(real.Connection.prototype) as Checks;

function parsed(sql: string): Parsed {
  const statement = new Statement();
  statement._prepare(sql);
  return statement;
}

function checkNumber(sql: string, given: number, isNamed: boolean): void {
  const { bindInfoList, bindInfoDict } = parsed(sql);
  const wanted = isNamed ? bindInfoDict.size : bindInfoList.length;
  if (wanted === given) return;
  throw Object.assign(
    new Error(`NJS-098: ${wanted} bind placeholders were used, but ${given} values provided`),
    {
      code: 'NJS-098',
    },
  );
}

/** Lets the driver itself look at a statement, its values and its options, as it does before anything is sent. */
export async function checkExecute(sql: string, binds: unknown, options: object): Promise<void> {
  checks._verifyExecOpts(options, false);
  const values = await checks._processExecuteBinds(binds);
  checkNumber(sql, values.length, !Array.isArray(binds));
}

export async function checkExecuteMany(
  sql: string,
  rows: readonly unknown[],
  options: { readonly bindDefs?: unknown },
): Promise<void> {
  checks._verifyExecOpts(options, true);
  if (parsed(sql).isQuery) throw new Error('NJS-157: executeMany() cannot be used with SELECT');
  const values = await checks._processExecuteManyBinds(rows, options.bindDefs);
  checkNumber(sql, values.length, !Array.isArray(rows[0]));
}
