import { resolve } from 'node:path';
import type { DatabaseTarget } from './contract.js';

/** The endings of what SQLite and the tool's lock keep beside a database file. */
const besides = ['', '-wal', '-shm', '-journal', '-tmi-dbtool-lock'] as const;

/**
 * The files that a database consists of, so that no output takes the place of one. Absolute; they need not exist.
 * @returns none for a database on a server
 */
export function filesOfTarget(target: DatabaseTarget): string[] {
  if (target.engine !== 'sqlite' || target.database === ':memory:') return [];
  const file = resolve(target.database);
  return besides.map((ending) => `${file}${ending}`);
}
