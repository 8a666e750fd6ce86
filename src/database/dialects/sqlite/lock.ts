import { chownSync, closeSync, existsSync, openSync, realpathSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import type { Knex } from 'knex';
import type { DatabaseTarget } from '../../contract.js';
import type { HeldLock } from '../dialect.js';

/** Two runs may name one file by different links; both must meet at one lock. */
function lockPath(database: string, name: string): string {
  const absolute = resolve(database);
  const real = existsSync(absolute)
    ? realpathSync(absolute)
    : join(realpathSync(dirname(absolute)), basename(absolute));
  return `${real}-${name}-lock`;
}

/** Creates the lock's file for the owner of the database, so that a run as root does not shut others out. */
function ensureFile(path: string, database: string): void {
  if (existsSync(path)) return;
  const owner = existsSync(database) ? statSync(database) : undefined;
  closeSync(openSync(path, 'a', owner?.mode ?? 0o600));
  try {
    if (owner) chownSync(path, owner.uid, owner.gid);
  } catch {
    // Only root may give files away; everybody else owns what they create.
  }
}

/** Which file lies at a path: the number alone is given to the next file once nobody has the last one open. */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.ino} ${found.birthtimeNs}`;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

/** Only who holds the lock removes its file; a run that opened the file before that finds it gone and begins anew. */
function release(holder: BetterSqlite3.Database, path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It stays, empty: the lock is in the operating system, not in the file's existence.
  }
  holder.close();
}

/**
 * Does something with the lock's file, which must be there, and again with the next one when its holder removed it
 * meanwhile: SQLite fails in more than one way on a file that is gone, and a lock on it is none.
 */
async function withFile<T>(
  path: string,
  options: BetterSqlite3.Options,
  use: (file: BetterSqlite3.Database) => T,
): Promise<T | undefined> {
  const { default: driver } = await import('better-sqlite3');
  for (let identity = identityOf(path); identity !== undefined; identity = identityOf(path)) {
    let file: BetterSqlite3.Database | undefined;
    try {
      file = new driver(path, { ...options, timeout: 0, fileMustExist: true });
      const result = use(file);
      if (identity === identityOf(path)) return result;
      file.close();
    } catch (error) {
      try {
        if (identity === identityOf(path)) throw error;
      } finally {
        file?.close();
      }
    }
  }
  return undefined;
}

/**
 * A lock of the operating system on an empty file beside the database, held by a second connection in an
 * exclusive transaction, so that readers and a running server are not disturbed. It ends with the process.
 */
export async function takeLock(_: Knex, target: DatabaseTarget, name: string): Promise<HeldLock | undefined> {
  if (target.database === ':memory:') return { release: () => undefined };
  const path = lockPath(target.database, name);
  try {
    for (;;) {
      ensureFile(path, target.database);
      const holder = await withFile(path, {}, (file) => file.exec('BEGIN EXCLUSIVE'));
      if (holder) return { release: () => release(holder, path) };
    }
  } catch (error) {
    if (isBusy(error)) return undefined;
    throw error;
  }
}

/** Without its file nobody holds the lock; with it, the operating system knows. */
export async function isLocked(_: Knex, target: DatabaseTarget, name: string): Promise<boolean> {
  if (target.database === ':memory:') return false;
  try {
    await withFile(lockPath(target.database, name), { readonly: true }, (file) => {
      // A reader is kept out by whoever writes exclusively.
      file.prepare('select count(*) from sqlite_master').get();
      file.close();
    });
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  }
}
