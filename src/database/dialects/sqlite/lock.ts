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

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
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
 * A lock of the operating system on an empty file beside the database, held by a second connection in an
 * exclusive transaction, so that readers and a running server are not disturbed. It ends with the process.
 */
export async function takeLock(_: Knex, target: DatabaseTarget, name: string): Promise<HeldLock | undefined> {
  if (target.database === ':memory:') return { release: () => undefined };
  const { default: driver } = await import('better-sqlite3');
  const path = lockPath(target.database, name);
  for (;;) {
    ensureFile(path, target.database);
    const inode = inodeOf(path);
    const holder = new driver(path, { timeout: 0 });
    try {
      holder.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      holder.close();
      if (isBusy(error)) return undefined;
      throw error;
    }
    if (inode !== undefined && inode === inodeOf(path)) return { release: () => release(holder, path) };
    holder.close();
  }
}

/** Without its file nobody holds the lock; with it, the operating system knows. */
export async function isLocked(_: Knex, target: DatabaseTarget, name: string): Promise<boolean> {
  if (target.database === ':memory:') return false;
  const path = lockPath(target.database, name);
  if (!existsSync(path)) return false;
  const { default: driver } = await import('better-sqlite3');
  const holder = new driver(path, { timeout: 0, readonly: true });
  try {
    // A reader is kept out by whoever writes exclusively.
    holder.prepare('select count(*) from sqlite_master').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    holder.close();
  }
}
