import { closeSync, existsSync, lstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { FileOnWrite } from './file-on-write.js';

type Driver = typeof BetterSqlite3;

/** Milliseconds to wait for another process that is writing. */
const BUSY_TIMEOUT_MS = 5000;

const PRIVATE = 0o600;

/** Where the header says which journal a file is written with: 1 for a rollback journal, 2 for a write-ahead log. */
const JOURNAL_VERSION_OFFSETS = [18, 19] as const;
const WRITE_AHEAD_LOG = 2;

/** A path that cannot hold a database, found before the driver is asked. `code` is read by `classify`. */
class FileFault extends Error {
  readonly code: 'TMI_NO_FOLDER' | 'TMI_NOT_A_FILE';

  constructor(code: FileFault['code']) {
    super(code);
    this.code = code;
  }
}

function usesWriteAheadLog(path: string): boolean {
  const header = Buffer.alloc(20);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  return JOURNAL_VERSION_OFFSETS.every((offset) => header[offset] === WRITE_AHEAD_LOG);
}

/**
 * A database with a write-ahead log that nobody has open. SQLite would create the log and its index even to
 * read, which needs the right to write and leaves files behind that belong to the wrong user. Nobody has it
 * open, so the file alone is complete, and it is read into memory instead.
 */
function isIdleLogged(path: string): boolean {
  return !existsSync(`${path}-wal`) && usesWriteAheadLog(path);
}

function copyInMemory(driver: Driver, path: string): BetterSqlite3.Database {
  const content = readFileSync(path);
  for (const offset of JOURNAL_VERSION_OFFSETS) content[offset] = 1;
  return new driver(content, { readonly: true });
}

function openReadOnly(driver: Driver, path: string): BetterSqlite3.Database {
  if (!existsSync(path)) return new driver(':memory:');
  if (isIdleLogged(path)) {
    const before = statSync(path).mtimeMs;
    const copy = copyInMemory(driver, path);
    // Somebody may have begun to write while it was read.
    if (isIdleLogged(path) && statSync(path).mtimeMs === before) return copy;
    copy.close();
  }
  return new driver(path, { readonly: true, timeout: BUSY_TIMEOUT_MS });
}

/** How often and after how many milliseconds a reader looks again at a log that others are beginning or ending. */
const LOOKS = 50;
const LOOK_MS = 20;

/** A fault of who reads a write-ahead log. */
function isOfLog(driver: Driver, error: unknown, path: string): boolean {
  if (!(error instanceof driver.SqliteError) || !/^SQLITE_(CANTOPEN|READONLY)/.test(error.code)) return false;
  try {
    return usesWriteAheadLog(path);
  } catch {
    return false; // the file itself cannot be read
  }
}

/**
 * Who may not write in the folder can read a write-ahead log once its index is there, and the file alone once both are
 * gone; between the two, while the first one opens the database or the last one closes it, SQLite refuses.
 */
function openToRead(driver: Driver, path: string): BetterSqlite3.Database {
  for (let look = 1; ; look++) {
    try {
      return checked(openReadOnly(driver, path), true);
    } catch (error) {
      if (look === LOOKS || !isOfLog(driver, error, path)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
    }
  }
}

/**
 * Opens a file to write. SQLite would create a missing one with the mode of the umask, for everybody to read, and the
 * settings may hold secrets in the clear; its log and journal take the mode of the file itself.
 */
function openToWrite(driver: Driver, path: string): BetterSqlite3.Database {
  try {
    closeSync(openSync(path, 'a', PRIVATE));
  } catch {
    // The driver finds the same fault, and its own code for it is the one that `classify` reads.
  }
  return new driver(path, { timeout: BUSY_TIMEOUT_MS });
}

/**
 * Opens a SQLite file, and reads its header so that a file which is no database is found at once. For reading
 * only, nothing is created beside it and a missing file is an empty database; to write, it is made with the first write.
 * @throws FileFault, or the driver's error
 */
export function openFile(
  driver: Driver,
  path: string,
  readOnly: boolean,
): BetterSqlite3.Database | FileOnWrite {
  if (path === ':memory:') return new driver(path);
  if (!existsSync(dirname(resolve(path)))) throw new FileFault('TMI_NO_FOLDER');
  // A folder; or a pipe, whose opening nothing could end.
  if (existsSync(path) && !statSync(path).isFile()) throw new FileFault('TMI_NOT_A_FILE');
  if (readOnly) return openToRead(driver, path);
  const open = (): BetterSqlite3.Database => checked(openToWrite(driver, path), readOnly);
  // A link that leads nowhere is followed at once: the lock of a run lies beside the file that it leads to.
  const isMissing = lstatSync(path, { throwIfNoEntry: false }) === undefined;
  return isMissing ? new FileOnWrite(path, new driver(':memory:'), open) : open();
}

function checked(database: BetterSqlite3.Database, readOnly: boolean): BetterSqlite3.Database {
  try {
    database.pragma('schema_version');
    database.pragma('foreign_keys = ON');
    // Kilobytes of pages: rows are read and written as quickly as with the sixteen megabytes of the driver.
    database.pragma('cache_size = -6000');
    if (readOnly) database.pragma('query_only = ON');
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}
