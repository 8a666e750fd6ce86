import type { Knex } from 'knex';
import type { Capabilities, DatabaseTarget, InstantCodec, TableContents } from '../contract.js';
import type { CheckBeside, ColumnChecks } from '../column-sums.js';
import type { UniqueKey } from '../unique-keys.js';
import type { ClassifiedFault } from '../faults.js';
import type { TableDefinition } from '../table-definition.js';
import type {
  BrokenConstraint,
  ColumnFacts,
  PortableRow,
  ReadFilter,
  SchemaFacts,
  StiffConstraint,
  TableFacts,
  TableGuard,
} from '../schema-facts.js';
import type { MissingRight, NeededRights } from '../rights.js';
import type { RowBlock } from '../row-blocks.js';
import type { ForeignKeyOfTable, RowLines } from '../transfer.js';
import type { ParsedUrl } from '../url.js';

export interface ConnectOptions {
  /** Nothing is written: a file is opened for reading, and a missing file counts as an empty database. */
  readonly readOnly: boolean;
  /** Milliseconds to wait for the connection; undefined leaves it to the URL, else ten seconds. */
  readonly connectTimeoutMs: number | undefined;
  /** Variables that drivers of the engine read by themselves elsewhere, such as a password beside the URL. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder of an Oracle wallet, where the URL names none. */
  readonly walletLocation: string | undefined;
}

/** One way to connect. Where TLS is preferred but not demanded there are two, tried in order. */
export interface ConnectionAttempt {
  readonly client: typeof Knex.Client;
  /** The driver's settings. A function, so that knex keeps no copy that can be printed. */
  readonly connection: () => Promise<object>;
  /** Stops knex from asking the server for its version, which is a round trip. */
  readonly version: string | undefined;
  readonly timeoutMs: number;
  /**
   * Runs last of a login: learns what the work has to know of the session, and throws where the server that was reached is
   * not the one that the URL asks for.
   */
  readonly verify?: (knex: Knex) => Promise<void>;
}

export interface ReadTableContext {
  readonly inTransaction: boolean;
  readonly forUpdate: boolean;
  readonly instants: readonly string[];
}

export interface UpsertRequest {
  readonly table: string;
  readonly key: string;
  /** At least one row; all have the same columns. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly existing: 'replace' | 'keep';
}

export interface SchemaDialect {
  readonly instants: InstantCodec;
  /** @throws ToolError `database/no-such-table`, after which an open transaction can go on */
  readTable(knex: Knex, table: string, context: ReadTableContext): Promise<TableContents>;
  createTable(knex: Knex, definition: TableDefinition): Promise<void>;
  /** `createTable` and an insert of one row in one round trip, where the engine has a way. The values are plain words. */
  createFilledTable?(
    knex: Knex,
    definition: TableDefinition,
    row: Readonly<Record<string, string>>,
  ): Promise<void>;
  upsert(knex: Knex, request: UpsertRequest): Promise<void>;
  /** The name of a table beside values, where it needs more than what knex writes around it. */
  tableName?(knex: Knex, table: string): string;
}

/** @throws ToolError `backup/changed` when what was read is no one state of the database */
export type SnapshotCheck = () => Promise<void>;

/** How an engine reads and writes tables in bulk, and what it knows of its schema. See `Transfer` for the contract. */
export interface TransferDialect {
  /**
   * Begins a transaction which sees one state of the database and writes nothing. Nobody changes the shape of a table
   * or empties it in one stroke until its end: such changes are no part of an engine's versions of rows.
   * @returns what runs last, after all was read: it throws where such a change was not kept out and has been made
   */
  beginSnapshot(knex: Knex, target: DatabaseTarget): Promise<SnapshotCheck>;
  /** Ends what was opened beside it; runs before it ends itself. */
  endBeside?(knex: Knex): Promise<void>;
  /** What ends it and leaves the session as it was, where that is more than a rollback. */
  readonly snapshotEnd?: readonly string[];
  /** Statements around a transaction that loads tables, where the engine takes such settings only outside of one. */
  readonly beforeLoad: readonly string[];
  readonly afterLoad: readonly string[];
  inspect(knex: Knex, target: DatabaseTarget): Promise<SchemaFacts>;
  /** See `Transfer.readRows`. */
  readRows(
    knex: Knex,
    table: TableFacts,
    columns: readonly ColumnFacts[],
    mostBytes: number,
    beside?: CheckBeside,
  ): AsyncIterable<readonly PortableRow[]>;
  insertRows(
    knex: Knex,
    table: string,
    columns: readonly ColumnFacts[],
    rows: readonly PortableRow[],
  ): Promise<void>;
  /** Where there is a faster way than `insertRows` for each batch. */
  loadRows?(
    knex: Knex,
    table: string,
    columns: readonly ColumnFacts[],
    batches: AsyncIterable<readonly PortableRow[]>,
    rows: number,
  ): Promise<void>;
  /** See `Transfer`; left out where lines are made of values. */
  loadLines?(
    knex: Knex,
    table: string,
    columns: readonly ColumnFacts[],
    batches: AsyncIterable<RowLines>,
    rows: number,
  ): Promise<void>;
  /**
   * See `Transfer`; left out, and undefined for a table of which it has no way, where lines are made of values.
   * @param lineOf what makes a line of values
   */
  readBlocks?(
    knex: Knex,
    table: TableFacts,
    columns: readonly ColumnFacts[],
    mostBytes: number,
    lineOf: (row: PortableRow) => string,
    beside?: CheckBeside,
  ): AsyncIterable<RowBlock> | undefined;
  /** Left out where `readBlocks` is the quickest way. */
  readLines?(
    knex: Knex,
    table: TableFacts,
    columns: readonly ColumnFacts[],
    mostBytes: number,
    take: (line: string | Buffer) => void,
  ): AsyncIterable<number>;
  /** See `Transfer.checks`. */
  checks?(knex: Knex, table: TableFacts, columns: readonly ColumnFacts[]): ColumnChecks;
  /** What to write behind FROM for the rows of a table alone, where its name may mean those of others. */
  rowsOf?(table: Pick<TableFacts, 'name' | 'partitioned'>, knex: Knex): string;
  /** An identifier in the engine's quotation marks. */
  quote(name: string): string;
  /**
   * Runs first in a transaction that loads `tables`; what it answers runs last.
   * @param circular foreign keys that no order of the tables satisfies
   * @param tolerated what rows to come do not satisfy, and have not satisfied before; undefined where none come
   */
  prepareLoad(
    knex: Knex,
    tables: readonly string[],
    circular: readonly ForeignKeyOfTable[],
    tolerated: readonly BrokenConstraint[] | undefined,
  ): Promise<() => Promise<void>>;
  /** Triggers, as `table.trigger`, that fire for rows which the session writes now: not those that a load lets rest. */
  firingTriggers(knex: Knex, tables: readonly string[], how: 'load' | 'change'): Promise<readonly string[]>;
  /** See `Transfer`; left out where the engine has no such things, or refuses by itself. */
  filters?(knex: Knex, tables: readonly string[]): Promise<readonly ReadFilter[]>;
  guards(knex: Knex, tables: readonly string[]): Promise<readonly TableGuard[]>;
  /** See `Transfer`. */
  uniqueKeys(knex: Knex, tables: readonly string[]): Promise<readonly UniqueKey[]>;
  emptyTables(knex: Knex, tables: readonly string[], onTable?: (table: string) => void): Promise<void>;
  /** See `Transfer`; left out where the engine lets nothing pass. */
  brokenConstraints?(knex: Knex, tables: readonly TableFacts[]): Promise<readonly BrokenConstraint[]>;
  /** See `Transfer`; left out where a load passes every constraint by. */
  stiffConstraints?(
    knex: Knex,
    constraints: readonly BrokenConstraint[],
  ): Promise<readonly StiffConstraint[]>;
  brokenInLoad(knex: Knex, tables: readonly TableFacts[]): Promise<readonly BrokenConstraint[]>;
  continueCounter(knex: Knex, table: string, column: string, next: string): Promise<void>;
  continueSequence(knex: Knex, name: string, next: string): Promise<void>;
  /** Keeps others from writing to any table until all are dropped, where that needs no transaction. */
  holdForDrop?(knex: Knex): Promise<void>;
  /**
   * Drops all that the current schema holds and nothing outside of it.
   * @param onStatement called before each statement that drops; what it throws ends the work
   */
  dropAll(knex: Knex, onStatement: () => void): Promise<void>;
  /** Everything besides tables that `dropAll` would drop, with its kind before its name. */
  droppable(knex: Knex): Promise<readonly string[]>;
}

/** A lock that is held. `release` runs on a clean close, after which the connection ends as well. */
export interface HeldLock {
  release(): void | Promise<void>;
  /** True when the session that held it has ended; absent where that is the session of the work itself. */
  isLost?(): boolean;
}

/** A session that is open and holds nothing yet. */
export interface SessionForLock {
  readonly connection: unknown;
  readonly isLost: () => boolean;
  readonly close: () => Promise<void>;
}

/** Everything that the tool must know about an engine. The folders beside this file hold one each. */
export interface Dialect {
  readonly capabilities: Capabilities;
  attempts(parsed: ParsedUrl, options: ConnectOptions): Promise<readonly ConnectionAttempt[]>;
  /** True when an attempt failed only because the server has no TLS, so that the next may be tried. */
  isMissingTls(error: unknown): boolean;
  /** Statements that bring a new session into the state that the tool relies on. */
  readonly sessionSetup: readonly string[];
  /**
   * True where nothing but transactions and locks in sessions of their own ties the work to a session, so that one which
   * ended while it was idle is replaced by another.
   */
  readonly sessionsAreAlike?: boolean;
  readonly schema: SchemaDialect;
  readonly transfer: TransferDialect;
  /** Opens a session for a lock to come; left out where a lock needs none. */
  openForLock?(knex: Knex): Promise<SessionForLock>;
  /**
   * Takes the lock without waiting; undefined when another session holds it.
   * @param session one that was opened for it
   */
  takeLock(
    knex: Knex,
    target: DatabaseTarget,
    name: string,
    session?: SessionForLock,
  ): Promise<HeldLock | undefined>;
  /** True when a session holds the lock; nothing is taken or created to find out. */
  isLocked(knex: Knex, target: DatabaseTarget, name: string): Promise<boolean>;
  /** What of `needs` the user lacks; a constant number of round trips, and nothing is written to find out. */
  missingRights(
    knex: Knex,
    target: DatabaseTarget,
    needs: readonly NeededRights[],
  ): Promise<readonly MissingRight[]>;
  /** How the connection is encrypted, such as `TLSv1.3`; undefined when it is not. */
  encryption(knex: Knex): Promise<string | undefined>;
  /** What the server calls itself and this database; left out where an address tells all. See `Database`. */
  serverIdentity?(knex: Knex): Promise<string>;
  /** A type of a column as the engine's catalogue shows it, in lower case. */
  shownType(declared: string): string;
  /** What a driver's error means; undefined for an error that is not the driver's. */
  classify(error: unknown): ClassifiedFault | undefined;
}
