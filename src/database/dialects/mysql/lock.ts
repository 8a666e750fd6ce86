import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { DatabaseTarget } from '../../contract.js';
import type { HeldLock } from '../dialect.js';

/** Such locks belong to the whole server, so the database is part of the name. A name has at most 64 characters. */
function lockName(name: string, database: string): string {
  const plain = `${name}:${database}`;
  if (plain.length <= 64) return plain;
  return createHash('sha256').update(plain).digest('hex');
}

/** A lock of the session, which the server frees when the session ends. */
export async function takeLock(
  knex: Knex,
  target: DatabaseTarget,
  name: string,
): Promise<HeldLock | undefined> {
  const bindings = [lockName(name, target.database)];
  const [rows] = (await knex.raw('select get_lock(?, 0) as taken', bindings)) as [{ taken: unknown }[]];
  return Number(rows[0]?.taken) === 1 ? { release: () => undefined } : undefined;
}

export async function isLocked(knex: Knex, target: DatabaseTarget, name: string): Promise<boolean> {
  const bindings = [lockName(name, target.database)];
  const [rows] = (await knex.raw('select is_used_lock(?) as holder', bindings)) as [{ holder: unknown }[]];
  return rows[0]?.holder !== null;
}
