import type { Knex } from 'knex';
import type { ColumnFacts, PortableRow } from '../../schema-facts.js';
import type { RowLines } from '../../transfer.js';
import { InsertLines } from './insert-lines.js';
import { insertInto, insertRows, MAX_INSERT_ROWS, onConnection, send } from './insert-rows.js';

/** Bytes of rows in one statement: more make nothing quicker, and take memory. */
const MOST_BYTES = 200_000;

/** Rows on their way into statements, each of which is made while the server takes the one before. */
class Statements {
  #rows: string[] = [];
  #count = 0;
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly knex: Knex,
    private readonly into: string,
  ) {}

  /** @param values rows with commas between them */
  async add(values: Buffer, count: number): Promise<void> {
    if (this.#bytes + values.length > MOST_BYTES || this.#count + count > MAX_INSERT_ROWS) await this.send();
    this.#rows.push(values.toString('utf8'));
    this.#count += count;
    this.#bytes += values.length;
  }

  /** Sends what waits; returns while the server is at work on it. */
  async send(): Promise<void> {
    if (this.#count === 0) return;
    const sql = this.into + this.#rows.join(',');
    [this.#rows, this.#count, this.#bytes] = [[], 0, 0];
    await this.next(() => onConnection(this.knex, (connection) => send(connection, sql, null)));
  }

  /** Begins `work` once the server has taken all that was sent before. */
  async next(work: () => Promise<void>): Promise<void> {
    await this.#writing;
    this.#writing = work();
    // Its fault is met by the next `await`.
    this.#writing.catch(() => undefined);
  }

  /** Once the server has taken all that was sent. */
  settled(): Promise<void> {
    return this.#writing;
  }
}

/** See `Transfer.loadLines`. */
export async function loadLines(
  knex: Knex,
  table: string,
  columns: readonly ColumnFacts[],
  batches: AsyncIterable<RowLines>,
): Promise<void> {
  const quick = new InsertLines(columns, MAX_INSERT_ROWS);
  const statements = new Statements(knex, insertInto(table, columns));
  try {
    for await (const batch of batches) {
      const rare: PortableRow[] = [];
      for (const made of quick.of(batch.lines)) {
        if ('values' in made) await statements.add(made.values, made.count);
        else for (const row of batch.rows(made.lines)) rare.push(row);
      }
      if (rare.length > 0) await statements.next(() => insertRows(knex, table, columns, rare));
    }
    await statements.send();
    await statements.settled();
  } finally {
    // Nothing may be sent behind a statement that is still at work.
    await statements.settled().catch(() => undefined);
  }
}
