import type { CheckBeside, ColumnChecks } from './column-sums.js';
import type { RowBlock } from './row-blocks.js';
import type { UniqueKey } from './unique-keys.js';
import type {
  BrokenConstraint,
  ColumnFacts,
  ForeignKeyFacts,
  PortableRow,
  ReadFilter,
  SchemaFacts,
  StiffConstraint,
  TableFacts,
  TableGuard,
} from './schema-facts.js';

/** A foreign key with the table that it belongs to. */
export interface ForeignKeyOfTable {
  readonly table: string;
  readonly key: ForeignKeyFacts;
}

/** Rows as lines of JSON, and as values for who asks. */
export interface RowLines {
  /** Each with its end, nothing of which has been looked into. */
  readonly lines: Buffer;
  /**
   * The values of some of the lines, ready to be written.
   * @param part whole lines of `lines`; all of them without it
   * @throws what is wrong with them
   */
  rows(part?: Buffer): readonly PortableRow[];
}

/** Rows and tables in terms that all engines share. All of it works on the session that it was taken from. */
export interface Transfer {
  /** Tables, views and sequences of the schema that the connection works in. */
  inspect(): Promise<SchemaFacts>;
  /**
   * All rows of a table in batches, in no particular order.
   * @param mostBytes of one row as text; left out, what a line and the memory of Node.js can hold
   * @throws ToolError `backup/too-large` with the table, the column and the key of a larger one
   */
  readRows(
    table: TableFacts,
    columns?: readonly ColumnFacts[],
    mostBytes?: number,
  ): AsyncIterable<readonly PortableRow[]>;
  /**
   * The same as lines of a backup, of which an engine that can makes no values.
   * @param beside of `checks` for these columns, begun: what the engine says of each row goes to it
   * @throws ToolError `backup/too-large`, also for a line of more than `mostBytes`
   */
  readBlocks(
    table: TableFacts,
    columns?: readonly ColumnFacts[],
    mostBytes?: number,
    beside?: CheckBeside,
  ): AsyncIterable<RowBlock>;
  /**
   * All rows of a table as lines of a backup, in no particular order.
   * @param take is given each without its end, which is gone once it returns
   * @returns how many there were, some at a time
   */
  readLines(
    table: TableFacts,
    columns: readonly ColumnFacts[],
    take: (line: string | Buffer) => void,
  ): AsyncIterable<number>;
  /** How to hold what is read of a table against what the engine holds; undefined where the engine has no way. */
  checks(table: TableFacts, columns: readonly ColumnFacts[]): ColumnChecks | undefined;
  /** Its own rows, without those of tables that inherit from it. */
  countRows(table: Pick<TableFacts, 'name' | 'partitioned'>): Promise<number>;
  /** @param columns the target's columns that `rows` hold, in the order of the rows' values */
  insertRows(table: string, columns: readonly ColumnFacts[], rows: readonly PortableRow[]): Promise<void>;
  /**
   * All rows of a table, in the engine's fastest way. The next batch is asked for while the engine takes those before;
   * nothing else may use the session meanwhile. Only in a bulk transaction.
   * @param rows how many will come
   */
  loadRows(
    table: string,
    columns: readonly ColumnFacts[],
    batches: AsyncIterable<readonly PortableRow[]>,
    rows: number,
  ): Promise<void>;
  /** The same with rows as lines, of which an engine that can makes no values. */
  loadLines(
    table: string,
    columns: readonly ColumnFacts[],
    batches: AsyncIterable<RowLines>,
    rows: number,
  ): Promise<void>;
  /**
   * Triggers of these tables, as `table.trigger`, that fire for rows which are written now.
   * @param how a load adds and deletes rows; what else writes changes them, too
   */
  firingTriggers(tables: readonly string[], how: 'load' | 'change'): Promise<readonly string[]>;
  /**
   * What hides rows of these tables from the user, or changes their values on the way. Nothing, where the engine itself
   * refuses to read such a table.
   */
  filters(tables: readonly string[]): Promise<readonly ReadFilter[]>;
  /** Those of these tables that refuse a deletion, by triggers which are switched on. */
  guards(tables: readonly string[]): Promise<readonly TableGuard[]>;
  /** Unique keys and indexes of these tables over all rows and over columns as they are, beside their primary keys. */
  uniqueKeys(tables: readonly string[]): Promise<readonly UniqueKey[]>;
  /**
   * Deletes all rows of these tables, whatever order their foreign keys ask for. Only in a bulk transaction.
   * @param onTable called before each table, where the engine empties one after the other
   */
  emptyTables(tables: readonly string[], onTable?: (table: string) => void): Promise<void>;
  /** What rows of these tables do not satisfy, although the engine has it: such rows go back only where it is told so. */
  brokenConstraints(tables: readonly TableFacts[]): Promise<readonly BrokenConstraint[]>;
  /** The same in a load, of what the engine was not asked to check in it. */
  brokenInLoad(tables: readonly TableFacts[]): Promise<readonly BrokenConstraint[]>;
  /** Those of these constraints that a load cannot pass by. */
  stiffConstraints(constraints: readonly BrokenConstraint[]): Promise<readonly StiffConstraint[]>;
  /**
   * Makes a counter give at least `next`; never turns it back. Where DDL takes no part in transactions it is called
   * before the tables are loaded, else in the same transaction after them.
   */
  continueCounter(table: string, column: string, next: string): Promise<void>;
  continueSequence(name: string, next: string): Promise<void>;
}
