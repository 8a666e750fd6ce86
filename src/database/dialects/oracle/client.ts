import type { Knex } from 'knex';
import {
  errorNumber,
  type BindDefinition,
  type Binds,
  type ColumnMetadata,
  type Driver,
  type DriverConnection,
  type FetchType,
} from './driver.js';
import { quoteOwn, shownName } from './quote.js';

/** What `knex.raw(…).options(…)` takes here. */
export interface StatementOptions {
  /** Rows for one statement that is carried out for each, in one round trip. */
  readonly bindRows?: readonly Binds[];
  readonly bindDefs?: readonly BindDefinition[] | Readonly<Record<string, BindDefinition>>;
  /** An error number of the server that counts as success. */
  readonly tolerate?: number;
}

/** What `knex.raw` answers here. */
export interface RawResult {
  readonly rows: Record<string, unknown>[];
  /** Names of the columns, also when there is no row; plain upper case becomes lower case. */
  readonly columns: readonly string[];
}

interface Statement {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  readonly options?: StatementOptions;
  readonly method?: string;
  output?: (response: unknown) => unknown;
  response?: Record<string, unknown>[];
  columns?: readonly string[];
  rowsAffected?: number;
}

/** A knex client that can open connections beside its own. */
export interface OracleClient extends Knex.Client {
  /** A connection of its own, outside of the pool; whoever opens it closes it. */
  openConnection(): Promise<DriverConnection>;
}

/** Rows that one network packet asks for; settings fit into it. */
const FETCH_ROWS = 500;

/** Connections in a transaction: on all others each statement commits by itself. */
const open = new WeakSet<DriverConnection>();

/** Numbers as their text, large texts and bytes at once instead of as handles, times as ISO text. */
function fetchTypes(driver: Driver): (column: ColumnMetadata) => FetchType | undefined {
  const times = new Set([
    driver.DB_TYPE_DATE,
    driver.DB_TYPE_TIMESTAMP,
    driver.DB_TYPE_TIMESTAMP_TZ,
    driver.DB_TYPE_TIMESTAMP_LTZ,
  ]);
  const types = new Map<object, FetchType>([
    [driver.DB_TYPE_NUMBER, { type: driver.DB_TYPE_VARCHAR }],
    [driver.DB_TYPE_CLOB, { type: driver.DB_TYPE_VARCHAR }],
    [driver.DB_TYPE_NCLOB, { type: driver.DB_TYPE_NVARCHAR }],
    [driver.DB_TYPE_BLOB, { type: driver.DB_TYPE_RAW }],
  ]);
  const toIso = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);
  return ({ dbType }) => (times.has(dbType) ? { converter: toIso } : types.get(dbType));
}

/** Marks a connection as being in a transaction, until a commit or rollback on it. */
export function beginOn(connection: DriverConnection): void {
  open.add(connection);
}

async function endOn(connection: DriverConnection, how: 'commit' | 'rollback'): Promise<void> {
  open.delete(connection);
  await connection[how]();
}

/** The database begins a transaction with the first statement of one; only its end is sent. */
function transactionClass(Base: new (client: unknown, ...options: unknown[]) => KnexTransaction) {
  return class extends Base {
    begin(connection: DriverConnection): Promise<void> {
      beginOn(connection);
      return Promise.resolve();
    }

    commit(connection: DriverConnection, value: unknown): Promise<unknown> {
      return this.query(connection, 'commit', 1, value);
    }

    rollback(connection: DriverConnection, error: unknown): Promise<unknown> {
      return this.query(connection, 'rollback', 2, error);
    }
  };
}

interface KnexTransaction {
  query(connection: unknown, sql: string, status?: 1 | 2, value?: unknown): Promise<unknown>;
}

/** Carries a statement out. `set transaction` opens a transaction, which knex does not know of. */
async function run(
  driver: Driver,
  connection: DriverConnection,
  { sql, bindings = [], options = {} }: Statement,
): Promise<Pick<Statement, 'response' | 'columns' | 'rowsAffected'>> {
  const end = /^(commit|rollback)$/.exec(sql)?.[1] as 'commit' | 'rollback' | undefined;
  if (end) {
    await endOn(connection, end);
    return {};
  }
  if (/^set transaction /.test(sql)) beginOn(connection);
  const settings = {
    autoCommit: !open.has(connection),
    outFormat: driver.OUT_FORMAT_OBJECT,
    fetchArraySize: FETCH_ROWS,
    prefetchRows: FETCH_ROWS,
    fetchTypeHandler: fetchTypes(driver),
  };
  const { bindRows, bindDefs, tolerate } = options;
  try {
    const result = bindRows
      ? await connection.executeMany(sql, bindRows, {
          autoCommit: settings.autoCommit,
          ...(bindDefs ? { bindDefs } : {}),
        })
      : await connection.execute(sql, bindings, settings);
    const { rows = [], metaData = [], rowsAffected } = result;
    return {
      response: rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [shownName(name), value])),
      ),
      columns: metaData.map(({ name }) => shownName(name)),
      ...(rowsAffected === undefined ? {} : { rowsAffected }),
    };
  } catch (error) {
    if (tolerate !== undefined && errorNumber(error) === tolerate) return {};
    throw error;
  }
}

/**
 * Knex's client for Oracle with its own way of running statements. Knex's fetches times without their last digits and
 * numbers as doubles, asks for a commit after each statement, answers no names of columns, and cannot send many rows.
 */
export function oracleClient(
  base: typeof Knex.Client,
  transaction: new (client: unknown, ...options: unknown[]) => KnexTransaction,
  driver: Driver,
): typeof Knex.Client {
  const OracleTransaction = transactionClass(transaction);
  return class extends base implements OracleClient {
    /** The driver stays here: where knex sees one, it changes variables of the process. */
    _driver(): undefined {
      return undefined;
    }

    openConnection(): Promise<DriverConnection> {
      return driver.getConnection(this.connectionSettings);
    }

    override acquireRawConnection(): Promise<DriverConnection> {
      return this.openConnection();
    }

    override async destroyRawConnection(connection: DriverConnection): Promise<void> {
      // One that is broken cannot be closed, and need not be.
      await connection.close().catch(() => undefined);
    }

    override transaction(...options: unknown[]): never {
      return new OracleTransaction(this, ...options) as never;
    }

    override wrapIdentifierImpl(value: string): string {
      return value === '*' ? '*' : quoteOwn(value);
    }

    processPassedConnection(): void {
      // A connection that is passed along was opened by this client.
    }

    async _query(connection: DriverConnection, statement: Statement): Promise<Statement> {
      return Object.assign(statement, await run(driver, connection, statement));
    }

    processResponse(statement: Statement, runner: unknown): unknown {
      const { response = [], columns = [], method } = statement;
      if (statement.output) return statement.output.call(runner, response);
      if (method === 'select') return response;
      if (method === 'first') return response[0];
      if (method === 'insert' || method === 'update' || method === 'del') return statement.rowsAffected ?? 0;
      return { rows: response, columns } satisfies RawResult;
    }
  };
}
