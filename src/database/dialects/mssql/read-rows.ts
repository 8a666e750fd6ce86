import type { Knex } from 'knex';
import { overlongOr, RowBatch } from '../../row-batch.js';
import type { ColumnFacts, PortableRow, PortableValue, TableFacts } from '../../schema-facts.js';
import { withConnection } from './client.js';
import type { Driver } from './driver.js';
import { namesOf } from './names.js';
import { beginStream, createRequest, endStream, type Cell } from './statement.js';
import { decode, selected, type DriverValue } from './values.js';
import type { Connection } from 'tedious';

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

function decoded(value: unknown, column: ColumnFacts): PortableValue {
  try {
    return decode(value as DriverValue, column);
  } catch (error) {
    return overlongOr(error);
  }
}

/** A query whose rows arrive in batches; while a batch waits to be taken the server waits as well. */
class RowQuery {
  readonly #full: (readonly PortableRow[])[] = [];
  readonly #request: InstanceType<Driver['Request']>;
  #ended = false;
  #fault: { readonly error: unknown } | undefined;
  #isStopped = false;
  #error: Error | undefined;
  #wake: () => void = () => undefined;
  readonly #end: Promise<void>;

  constructor(
    driver: Driver,
    private readonly connection: Connection,
    sql: string,
    columns: readonly ColumnFacts[],
    private readonly batch: RowBatch,
  ) {
    const { promise, resolve } = deferred();
    this.#end = promise;
    this.#request = createRequest(driver, sql, [], (error) => {
      this.#ended = true;
      endStream(connection);
      this.#error = error ?? undefined;
      this.#wake();
      resolve();
    });
    this.#request.on('row', (cells: Cell[]) => {
      if (this.#isStopped) return;
      try {
        const row = cells.map(({ value }, index) => decoded(value, columns[index] as ColumnFacts));
        const full = this.batch.add(row);
        if (!full) return;
        this.#full.push(full);
      } catch (error) {
        // The driver would have it for itself.
        this.#fault = { error };
        this.#isStopped = true;
      }
      this.#request.pause();
      this.#wake();
    });
    beginStream(connection, () => this.#stop());
    connection.execSqlBatch(this.#request);
  }

  async *batches(): AsyncGenerator<readonly PortableRow[]> {
    try {
      for (;;) {
        for (let full = this.#full.shift(); full; full = this.#full.shift()) yield full;
        if (this.#fault) throw this.#fault.error;
        if (this.#ended) break;
        await this.#change();
      }
      if (this.#error) throw this.#error;
      yield this.batch.take();
    } finally {
      if (!this.#ended) await this.#stop();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#request.resume();
    });
  }

  /** The connection takes no other statement before this one has ended. */
  async #stop(): Promise<void> {
    this.#isStopped = true;
    this.connection.cancel();
    this.#request.resume();
    await this.#end;
  }
}

/** All rows of a table, with memory for a batch of them. */
export async function* readRows(
  knex: Knex,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  mostBytes: number,
): AsyncIterable<readonly PortableRow[]> {
  const sql = `select ${columns.map(selected).join(', ')} from ${namesOf(knex).of(table.name)}`;
  const query = await withConnection(knex, (connection, driver) =>
    Promise.resolve(new RowQuery(driver, connection, sql, columns, new RowBatch(table, columns, mostBytes))),
  );
  yield* query.batches();
}
