import { existsSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';

/** Statements that change nothing. Whatever is not surely one of them counts as a write. */
const reading = /^\s*(select\b|explain\b|pragma\b[^=]*$|begin\b|commit\b|rollback;?\s*$)/i;

/** Read by `classify`. */
class Overtaken extends Error {
  readonly code = 'SQLITE_BUSY';
}

/**
 * A database whose file is not there yet, and is made by the first statement that writes: a run that ends before, with a
 * question answered by no or with a fault, leaves no empty file behind. Until then it reads as an empty database, and as
 * the file itself as soon as another run has made it.
 *
 * It has of the driver's handle what is used here.
 */
export class FileOnWrite implements Pick<BetterSqlite3.Database, 'prepare' | 'aggregate' | 'close'> {
  readonly #path: string;
  readonly #empty: BetterSqlite3.Database;
  readonly #open: () => BetterSqlite3.Database;
  #file: BetterSqlite3.Database | undefined;

  /**
   * @param empty a database in memory
   * @param open makes the file and opens it
   */
  constructor(path: string, empty: BetterSqlite3.Database, open: () => BetterSqlite3.Database) {
    this.#path = path;
    this.#empty = empty;
    this.#open = open;
  }

  /** Goes on with a transaction in the file, in which nobody may have written what it did not see. */
  #openInTransaction(): BetterSqlite3.Database {
    const file = this.#open();
    try {
      file.exec('BEGIN IMMEDIATE');
      if (file.prepare('select 1 from sqlite_master').get() === undefined) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    throw new Overtaken('Another run has made the file since');
  }

  readonly prepare = ((sql: string) => {
    const writes = !reading.test(sql);
    if (!this.#file && this.#empty.inTransaction) {
      if (writes) this.#file = this.#openInTransaction();
    } else if (!this.#file && (writes || existsSync(this.#path))) this.#file = this.#open();
    return (this.#file ?? this.#empty).prepare(sql);
  }) as BetterSqlite3.Database['prepare'];

  readonly aggregate = ((...args: Parameters<BetterSqlite3.Database['aggregate']>) =>
    (this.#file ?? this.#empty).aggregate(...args)) as BetterSqlite3.Database['aggregate'];

  close(): BetterSqlite3.Database {
    this.#file?.close();
    return this.#empty.close();
  }
}
