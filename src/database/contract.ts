import type { Knex } from 'knex';
import type { EngineName } from './engine-name.js';
import type { BrokenConstraint } from './schema-facts.js';
import type { MissingRight, NeededRights } from './rights.js';
import type { TableDefinition } from './table-definition.js';
import type { ForeignKeyOfTable, Transfer } from './transfer.js';

/** What an engine can do. Code above the database layer asks for these, never for an engine's name. */
export interface Capabilities {
  /** DDL takes part in transactions. */
  readonly transactionalDdl: boolean;
  /** The empty text and NULL are one value. */
  readonly emptyStringIsNull: boolean;
  /** Most bind variables in one statement. */
  readonly maxBindVariables: number;
  /** Most values in one list behind IN, where that is fewer. */
  readonly maxListItems?: number;
  /** Key comparison under the usual collation ignores case. */
  readonly caseInsensitiveKeys: boolean;
}

/** Where a database is, without anything secret. Safe to print. */
export interface DatabaseTarget {
  readonly engine: EngineName;
  /** Host, or undefined for a file or a socket. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** Database, service or alias; for SQLite the file's path as given. */
  readonly database: string;
  readonly user: string | undefined;
}

/** A table as it stands. `columns` are the lower-cased names in table order. */
export interface TableContents {
  readonly columns: readonly string[];
  readonly rows: readonly Record<string, unknown>[];
}

export interface ReadTableOptions {
  /**
   * Inside a transaction: no other session can change the table until the transaction ends, so that a decision
   * made from these rows still holds when it is written. Outside of a transaction it has no effect.
   */
  readonly forUpdate?: boolean;
  /**
   * Columns of points in time that are wanted with every digit, for engines whose drivers would cut them. A table
   * without one of them is read all the same.
   */
  readonly instants?: readonly string[];
}

/** Points in time between the tool and an engine, always in UTC whatever the session's time zone is. */
export interface InstantCodec {
  /** True where a time is kept as the text that was written, so that it can be put back in its own form. */
  readonly keepsText?: true;
  /** What to bind for a column of points in time. A text in ISO form keeps digits that a Date cannot hold. */
  toColumn(instant: Date | string): string;
  /**
   * The column's value as ISO text in UTC with at least three digits of a second, and more where the column
   * holds more; undefined when it holds no readable time.
   */
  toIso(value: unknown): string | undefined;
}

/** One open connection with the work that must run on it. Nested transactions do not exist here. */
export interface DatabaseSession {
  /** Knex bound to the transaction, or to the connection outside of one. */
  readonly knex: Knex;
  readonly capabilities: Capabilities;
  readonly instants: InstantCodec;
  /** Whole tables, in terms that all engines share. */
  readonly transfer: Transfer;
  /** True inside of a transaction. */
  readonly inTransaction: boolean;
  /** Reads a whole table in one round trip; undefined when the table does not exist. */
  readTable(table: string, options?: ReadTableOptions): Promise<TableContents | undefined>;
  /** Asks for a table without its rows; one that the user may not read is there as well. */
  hasTable(table: string): Promise<boolean>;
  /** Creates a table when there is none of its name. In a transaction only where `transactionalDdl` says so. */
  createTable(definition: TableDefinition): Promise<void>;
  /**
   * Creates a table that holds one row, in one round trip where the engine has a way. A table or row that is there
   * stays. Only outside of a transaction.
   * @param row plain words, which need no escaping
   */
  createFilledTable(definition: TableDefinition, row: Readonly<Record<string, string>>): Promise<void>;
  /**
   * Inserts rows in one statement; every row has the same columns. A row whose key exists is replaced, column by
   * column, or left as it is.
   */
  upsert(
    table: string,
    key: string,
    rows: readonly Readonly<Record<string, unknown>>[],
    existing: 'replace' | 'keep',
  ): Promise<void>;
  /** Deletes the rows whose `column` holds one of `values`, in one statement. */
  deleteRows(table: string, column: string, values: readonly string[]): Promise<void>;
}

/** A statement on its way to the database, without its values. */
export type StatementListener = (sql: string) => void;

export interface DropOptions {
  readonly signal?: AbortSignal;
  readonly onDropped?: () => void;
  readonly before?: (session: DatabaseSession) => Promise<void>;
}

export interface Database extends DatabaseSession {
  readonly target: DatabaseTarget;
  /** Statements sent so far, `BEGIN`, `COMMIT` and the session's set-up included. */
  readonly roundTrips: number;
  /** Calls `listener` for every statement from now on. */
  onQuery(listener: StatementListener): void;
  /** `postgres://user@host:5432/name`, for messages: never a password, never a query string. */
  describe(): string;
  /**
   * Runs `work` in one transaction: commits when it resolves, rolls back and rethrows when it rejects. One that the
   * database ended in favour of another is repeated a few times, so `work` does nothing that may not be done twice.
   * @throws ToolError `database/conflict` when repeating did not help
   */
  transaction<T>(work: (session: DatabaseSession) => Promise<T>): Promise<T>;
  /** Runs `work`, which only reads, on one state of the whole database, whatever others write meanwhile. */
  snapshot<T>(work: (session: DatabaseSession) => Promise<T>): Promise<T>;
  /**
   * A transaction that fills `tables`, in which foreign keys are checked at the end and triggers of users rest where
   * the engine can do so. `work` asks for `brokenInLoad` where the engine does not check by itself.
   * @param circular foreign keys that no order of the tables satisfies
   * @param tolerated what the rows do not satisfy, and need not, since they did not where they come from
   */
  load<T>(
    tables: readonly string[],
    circular: readonly ForeignKeyOfTable[],
    work: (session: DatabaseSession) => Promise<T>,
    tolerated?: readonly BrokenConstraint[],
  ): Promise<T>;
  /**
   * Drops all that the current schema holds and nothing outside of it; all or nothing where `transactionalDdl`.
   * @param options `signal` stops it between two statements; `onDropped` is told of each that is done;
   *   `before` runs when nobody else writes to the tables any more, up to the drop, or where an engine can do neither on
   *   one state of them
   * @throws ToolError `database/referenced-from-outside`
   */
  dropAll(options?: DropOptions): Promise<void>;
  /** Everything besides tables that `dropAll` would drop, such as `view v` and `function f(integer)`. */
  droppable(): Promise<readonly string[]>;
  /** The schema that a database of this engine has of itself; undefined where there are none. */
  readonly defaultSchema: string | undefined;
  /**
   * Takes the named lock for as long as the connection lives.
   * @throws ToolError `database/locked` when another run holds it. Killing the process frees it.
   */
  lock(name: string): Promise<void>;
  /** Begins what `lock` needs first, where that is a session of its own, so that it need not be waited for. */
  prepareLock(): void;
  /** True when a run of the tool holds the named lock; nothing is taken to find out. */
  isLocked(name: string): Promise<boolean>;
  /** What of `needs` the user lacks, each with what to type; nothing is written to find out. */
  missingRights(needs: readonly NeededRights[]): Promise<readonly MissingRight[]>;
  /** How the connection is encrypted, such as `TLSv1.3`; undefined when it is not. */
  encryption(): Promise<string | undefined>;
  /**
   * What the server calls this database, by which two addresses are known to lead to one: opaque, equal for the same
   * database only. Undefined where the server does not tell, or not this user.
   */
  serverIdentity(): Promise<string | undefined>;
  /** A type of a column definition as `inspect` shows it. */
  shownType(declared: string): string;
  close(): Promise<void>;
}
