import type { Knex } from 'knex';
import type { DatabaseTarget } from '../../contract.js';
import type { HeldLock } from '../dialect.js';

/**
 * An advisory lock of the session. It belongs to the database; the schema is part of its key, so that runs on
 * two schemas of one database do not wait for each other. The server frees it when the session ends.
 */
export async function takeLock(knex: Knex, _: DatabaseTarget, name: string): Promise<HeldLock | undefined> {
  const result = await knex.raw<{ rows: { taken: boolean }[] }>(
    `select pg_try_advisory_lock(hashtextextended(coalesce(current_schema(), '') || '.' || ?, 0)) as taken`,
    [name],
  );
  return result.rows[0]?.taken === true ? { release: () => undefined } : undefined;
}

/** The server shows such a lock in two halves of 32 bits. */
export async function isLocked(knex: Knex, _: DatabaseTarget, name: string): Promise<boolean> {
  const result = await knex.raw<{ rows: { held: boolean }[] }>(
    `select exists (select from pg_locks l
       join (select hashtextextended(coalesce(current_schema(), '') || '.' || ?, 0) as key) k
         on (l.classid::bigint << 32) | l.objid::bigint = k.key
       where l.locktype = 'advisory' and l.granted
         and l.database = (select oid from pg_database where datname = current_database())) as held`,
    [name],
  );
  return result.rows[0]?.held === true;
}
