/** The part of the driver oracledb that the dialect uses. It publishes no types. */

/** A type of the database, such as `DB_TYPE_CLOB`. */
export type DriverType = object;

export interface ColumnMetadata {
  readonly name: string;
  readonly dbType: DriverType;
}

export interface FetchType {
  readonly type?: DriverType;
  readonly converter?: (value: unknown) => unknown;
}

export interface BindDefinition {
  readonly type: DriverType;
  readonly maxSize?: number;
}

export interface ExecuteOptions {
  readonly autoCommit?: boolean;
  readonly outFormat?: number;
  readonly resultSet?: boolean;
  readonly fetchArraySize?: number;
  readonly prefetchRows?: number;
  readonly fetchTypeHandler?: (column: ColumnMetadata) => FetchType | undefined;
  readonly bindDefs?: readonly BindDefinition[] | Readonly<Record<string, BindDefinition>>;
}

export interface ResultSet {
  getRows(count: number): Promise<unknown[][]>;
  close(): Promise<void>;
}

export interface ExecuteResult {
  readonly rows?: Record<string, unknown>[];
  readonly metaData?: readonly ColumnMetadata[];
  readonly rowsAffected?: number;
  readonly resultSet?: ResultSet;
}

/** One value for each placeholder, by position or by name. */
export type Binds = readonly unknown[] | Readonly<Record<string, unknown>>;

export interface DriverConnection {
  readonly oracleServerVersionString: string;
  execute(sql: string, binds: Binds, options: ExecuteOptions): Promise<ExecuteResult>;
  executeMany(sql: string, rows: readonly Binds[], options: ExecuteOptions): Promise<ExecuteResult>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  close(): Promise<void>;
}

export interface Driver {
  readonly OUT_FORMAT_ARRAY: number;
  readonly OUT_FORMAT_OBJECT: number;
  readonly DB_TYPE_VARCHAR: DriverType;
  readonly DB_TYPE_NVARCHAR: DriverType;
  readonly DB_TYPE_CLOB: DriverType;
  readonly DB_TYPE_NCLOB: DriverType;
  readonly DB_TYPE_BLOB: DriverType;
  readonly DB_TYPE_RAW: DriverType;
  readonly DB_TYPE_NUMBER: DriverType;
  readonly DB_TYPE_BINARY_DOUBLE: DriverType;
  readonly DB_TYPE_DATE: DriverType;
  readonly DB_TYPE_TIMESTAMP: DriverType;
  readonly DB_TYPE_TIMESTAMP_TZ: DriverType;
  readonly DB_TYPE_TIMESTAMP_LTZ: DriverType;
  getConnection(settings: object): Promise<DriverConnection>;
}

/** Loads the driver. Without Oracle's client libraries it speaks the protocol itself ("thin"). */
export async function loadDriver(): Promise<Driver> {
  const { default: driver } = (await import('oracledb')) as { default: Driver };
  return driver;
}

/** The error number of the server, such as 942; undefined for errors of the driver itself. */
export function errorNumber(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { errorNum, code } = error as { errorNum?: unknown; code?: unknown };
  if (typeof errorNum === 'number' && errorNum > 0) return errorNum;
  const digits = typeof code === 'string' ? /^ORA-(\d+)$/.exec(code)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}
