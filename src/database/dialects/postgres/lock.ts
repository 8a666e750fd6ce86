import type { Knex } from 'knex';
import type { DatabaseTarget } from '../../contract.js';
import type { HeldLock, SessionForLock } from '../dialect.js';
import { openSession } from './own-session.js';

/** Limits that would end a session which does nothing but hold a lock. Not every server knows all of them. */
const withoutLimits = `select set_config(name, '0', true) from pg_settings
  where name in ('idle_in_transaction_session_timeout', 'transaction_timeout', 'statement_timeout')`;

/**
 * An advisory lock of a transaction, in a session of its own: a pooler leads the statements outside of a transaction to
 * any session, and would keep a lock of a session for whoever comes next. The lock belongs to the database; the schema is
 * part of its key, so that runs on two schemas of one database do not wait for each other. The server frees it when the
 * session ends.
 */
export async function takeLock(
  knex: Knex,
  _: DatabaseTarget,
  name: string,
  session?: SessionForLock,
): Promise<HeldLock | undefined> {
  const { connection, isLost, close } = session ?? (await openSession(knex));
  try {
    const results = await knex
      .raw<{ rows: { taken?: boolean }[] }[]>(
        `begin; ${withoutLimits};
         select pg_try_advisory_xact_lock(hashtextextended(coalesce(current_schema(), '') || '.' || ?, 0)) as taken`,
        [name],
      )
      .connection(connection);
    if (results.at(-1)?.rows[0]?.taken === true) return { release: close, isLost };
  } catch (error) {
    await close();
    throw error;
  }
  await close();
  return undefined;
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
