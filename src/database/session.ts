import type { Knex } from 'knex';
import { ToolError, type ErrorCode } from '../errors/index.js';
import type { CheckBeside } from './column-sums.js';
import type { DatabaseSession, DatabaseTarget } from './contract.js';
import type { Dialect } from './dialects/dialect.js';
import { insertBatches } from './insert-batches.js';
import { blocksOfRows, linesOfBlocks } from './row-blocks.js';
import { rowLine } from './row-line.js';
import { mostRowBytes } from './row-size.js';
import type { ColumnFacts, PortableRow, TableFacts } from './schema-facts.js';
import type { RowBlock } from './row-blocks.js';
import type { RowLines, Transfer } from './transfer.js';
import { shortly } from './watch.js';

/** What a session needs to know of the connection that it is on. */
export interface SessionContext {
  readonly target: DatabaseTarget;
  /** Our error for a driver's. */
  translate(this: void, error: unknown): unknown;
  /** Sees to it that work which goes past knex ends; it says when it gets on. */
  guard<T>(this: void, work: (progress: () => void) => Promise<T>): Promise<T>;
}

/** Faults that lie in a table, and not in the connection as a whole. */
const tableFaults: ReadonlySet<ErrorCode> = new Set([
  'database/no-such-table',
  'database/permission',
  'database/constraint',
  'database/statement-failed',
]);

/** The error with the table that was worked on. Drivers do not always tell it. */
function atTable(error: unknown, table: string): unknown {
  if (!(error instanceof ToolError) || !tableFaults.has(error.code)) return error;
  const { code, message, hint, diagnostics } = error;
  return new ToolError(code, `${message}, at the table ${table}`, {
    ...(hint === undefined ? {} : { hint }),
    diagnostics,
    cause: error,
  });
}

async function translated<T>(work: Promise<T>, { translate }: SessionContext, table?: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw table === undefined ? translate(error) : atTable(translate(error), table);
  }
}

async function* translatedRows<T>(
  rows: AsyncIterable<T>,
  { translate, guard }: SessionContext,
  table: string,
): AsyncIterable<T> {
  const iterator = rows[Symbol.asyncIterator]();
  let isDone = false;
  try {
    for (;;) {
      const next = await guard(() => iterator.next());
      if (next.done === true) break;
      yield next.value;
    }
    isDone = true;
  } catch (error) {
    throw atTable(translate(error), table);
  } finally {
    // A reader that leaves early; what waits for a silent server would wait here as well.
    if (!isDone) await shortly(iterator.return?.());
  }
}

/** Runs `work` on a source; what the source itself fails with is no fault of the database. */
async function untranslated<T>(
  source: AsyncIterable<T>,
  work: (source: AsyncIterable<T>) => Promise<void>,
): Promise<void> {
  let fault: { readonly error: unknown } | undefined;
  async function* watched(): AsyncGenerator<T> {
    try {
      yield* source;
    } catch (error) {
      fault = { error };
      throw error;
    }
  }
  try {
    await work(watched());
  } catch (error) {
    throw fault ? fault.error : error;
  }
}

/** The same rows; says each time that some are asked for, which is a sign of life. */
async function* telling<T>(source: AsyncIterable<T>, progress: () => void): AsyncGenerator<T> {
  for await (const item of source) {
    progress();
    yield item;
  }
}

async function* rowsOfLines(batches: AsyncIterable<RowLines>): AsyncGenerator<readonly PortableRow[]> {
  for await (const batch of batches) yield batch.rows();
}

/** Rows in bulk go past knex in some engines, so that their errors are translated here. */
function createTransfer({ transfer }: Dialect, knex: Knex, context: SessionContext): Transfer {
  /** Runs `work` on a source; what that fails with by itself is no fault of the database. */
  const load = <T>(
    table: string,
    source: AsyncIterable<T>,
    work: (told: AsyncIterable<T>) => Promise<void>,
  ): Promise<void> =>
    untranslated(source, (items) => {
      const loaded = context.guard((progress) => work(telling(items, progress)));
      return translated(loaded, context, table);
    });
  const loadRows =
    (table: string, columns: readonly ColumnFacts[], count: number) =>
    (batches: AsyncIterable<readonly PortableRow[]>): Promise<void> =>
      transfer.loadRows?.(knex, table, columns, batches, count) ??
      insertBatches(batches, (batch) => transfer.insertRows(knex, table, columns, batch));
  const readBlocks = (
    table: TableFacts,
    columns: readonly ColumnFacts[],
    mostBytes: number | undefined,
    beside?: CheckBeside,
  ): AsyncIterable<RowBlock> => {
    const most = mostBytes ?? mostRowBytes();
    const lineOf = rowLine(table, columns, mostBytes);
    return (
      transfer.readBlocks?.(knex, table, columns, most, lineOf, beside) ??
      blocksOfRows(transfer.readRows(knex, table, columns, most, beside), lineOf)
    );
  };
  return {
    inspect: () => translated(transfer.inspect(knex, context.target), context),
    readRows: (table, columns = table.columns, mostBytes = mostRowBytes()) =>
      translatedRows(transfer.readRows(knex, table, columns, mostBytes), context, table.name),
    readBlocks: (table, columns = table.columns, mostBytes, beside) =>
      translatedRows(readBlocks(table, columns, mostBytes, beside), context, table.name),
    readLines: (table, columns, take) =>
      translatedRows(
        transfer.readLines?.(knex, table, columns, mostRowBytes(), take) ??
          linesOfBlocks(readBlocks(table, columns, undefined), take),
        context,
        table.name,
      ),
    checks: (table, columns) => transfer.checks?.(knex, table, columns),
    async countRows(table) {
      // knex's own marks for names would cut one at a dot or at the word `as`.
      const source = transfer.rowsOf?.(table, knex) ?? transfer.quote(table.name);
      const count = knex.count<{ rows: unknown }[]>({ rows: '*' }).from(knex.raw(source));
      const [row] = await translated(Promise.resolve(count), context, table.name);
      return Number(row?.['rows']);
    },
    insertRows: (table, ...args) =>
      translated(
        context.guard(() => transfer.insertRows(knex, table, ...args)),
        context,
        table,
      ),
    loadRows: (table, columns, batches, count) => load(table, batches, loadRows(table, columns, count)),
    loadLines: (table, columns, batches, count) =>
      load(
        table,
        batches,
        (told) =>
          transfer.loadLines?.(knex, table, columns, told, count) ??
          loadRows(table, columns, count)(rowsOfLines(told)),
      ),
    firingTriggers: (tables, how) => transfer.firingTriggers(knex, tables, how),
    filters: (tables) => transfer.filters?.(knex, tables) ?? Promise.resolve([]),
    guards: (tables) => transfer.guards(knex, tables),
    uniqueKeys: (tables) => transfer.uniqueKeys(knex, tables),
    emptyTables: (...args) => transfer.emptyTables(knex, ...args),
    brokenConstraints: (tables) => transfer.brokenConstraints?.(knex, tables) ?? Promise.resolve([]),
    stiffConstraints: (constraints) => transfer.stiffConstraints?.(knex, constraints) ?? Promise.resolve([]),
    brokenInLoad: (tables) => transfer.brokenInLoad(knex, tables),
    continueCounter: (...args) => transfer.continueCounter(knex, ...args),
    continueSequence: (...args) => transfer.continueSequence(knex, ...args),
  };
}

/** The work that can be done on one connection, inside of a transaction or outside. */
export function createSession(
  dialect: Dialect,
  knex: Knex,
  inTransaction: boolean,
  context: SessionContext,
): DatabaseSession {
  const { capabilities, schema } = dialect;
  /** For `??` in a statement. */
  const named = (table: string): string | Knex.Raw => {
    const name = schema.tableName?.(knex, table);
    return name === undefined ? table : knex.raw(name);
  };
  return {
    knex,
    transfer: createTransfer(dialect, knex, context),
    capabilities,
    instants: schema.instants,
    inTransaction,

    async readTable(table, { forUpdate = false, instants = [] } = {}) {
      try {
        return await schema.readTable(knex, table, { inTransaction, forUpdate, instants });
      } catch (error) {
        if (error instanceof ToolError && error.code === 'database/no-such-table') return undefined;
        throw error;
      }
    },

    async hasTable(table) {
      try {
        await knex.raw('select 1 from ?? where 1 = 0', [named(table)]);
        return true;
      } catch (error) {
        if (error instanceof ToolError && error.code === 'database/no-such-table') return false;
        // It is there, or nobody can tell.
        if (error instanceof ToolError && error.code === 'database/permission') return true;
        throw error;
      }
    },

    createTable(definition) {
      if (inTransaction && !capabilities.transactionalDdl) {
        // The engine would commit what was done so far without a word.
        throw new ToolError('internal/unexpected', 'A table was to be created inside of a transaction');
      }
      return schema.createTable(knex, definition);
    },

    async createFilledTable(definition, row) {
      if (schema.createFilledTable) return schema.createFilledTable(knex, definition, row);
      await this.createTable(definition);
      await this.upsert(definition.name, definition.primaryKey, [row], 'keep');
    },

    async upsert(table, key, rows, existing) {
      if (rows.length > 0) await schema.upsert(knex, { table, key, rows, existing });
    },

    async deleteRows(table, column, values) {
      if (values.length === 0) return;
      const marks = values.map(() => '?').join(', ');
      await knex.raw(`delete from ?? where ?? in (${marks})`, [named(table), column, ...values]);
    },
  };
}
