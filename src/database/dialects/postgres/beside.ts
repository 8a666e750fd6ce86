import type { Knex } from 'knex';
import type { Client as PgClient } from 'pg';
import { ToolError } from '../../../errors/index.js';
import { sever } from '../../sever.js';
import { openSession, type OwnSession } from './own-session.js';

interface Snapshot {
  /** What begins a transaction in it, behind the words that take the snapshot over. */
  readonly begin: string;
  session: Promise<OwnSession | undefined> | undefined;
  /** Ends with what the session beside was given last. */
  last: Promise<unknown>;
}

/** Of what holds a snapshot now. A transaction that writes has changes of its own, which no other session sees. */
const snapshots = new WeakMap<Knex, Snapshot>();

/** A pooler whose sessions are all taken, perhaps by us, lets a second one wait for minutes, where the first can do its work. */
const PATIENCE_MS = 3000;

/** Not every server lets others share a snapshot, and an error would end the transaction that has it. */
const mayShare = `select not pg_catalog.pg_is_in_recovery() and coalesce(has_function_privilege(
  to_regprocedure('pg_catalog.pg_export_snapshot()'), 'execute'), false) as may`;

/**
 * What goes on beside a reading takes one core and no more, and its statements are not worth being compiled: the time
 * that this takes is seldom made good.
 */
const ownPace = 'set local max_parallel_workers_per_gather = 0; set local jit = off';

/** @param settings of its transaction, and locks, as statements */
export function offerSnapshot(knex: Knex, settings: readonly string[]): void {
  snapshots.set(knex, { begin: settings.join('; '), session: undefined, last: Promise.resolve() });
}

async function open(knex: Knex, { begin }: Snapshot): Promise<OwnSession | undefined> {
  const { rows: answers } = await knex.raw<{ rows: { may: boolean }[] }>(mayShare);
  if (answers[0]?.may !== true) return undefined;
  const session = await openSession(knex);
  const { connection } = session;
  const patience = setTimeout(() => sever(connection), PATIENCE_MS);
  try {
    const { rows } = await knex.raw<{ rows: { id: string }[] }>(
      'select pg_catalog.pg_export_snapshot() as id',
    );
    const id = rows[0]?.id ?? '';
    await knex
      .raw(
        `begin isolation level repeatable read read only; set transaction snapshot '${id}'; ${ownPace}; ${begin}`,
      )
      .connection(connection);
    return session;
  } catch (error) {
    sever(connection);
    throw error;
  } finally {
    clearTimeout(patience);
  }
}

/**
 * Does work in the session beside that of a snapshot, which is opened for the first; what comes next waits for what came
 * before. Undefined where there is none: the server refuses one more session, a pooler has none left or leads to another
 * server, or somebody waits for a table already, behind whom it would wait while he waits for us.
 * @returns once the session is there, with what waits for the result
 */
export async function besideSnapshot<T>(
  knex: Knex,
  work: (connection: PgClient) => Promise<T>,
): Promise<(() => Promise<T>) | undefined> {
  const snapshot = snapshots.get(knex);
  if (!snapshot) return undefined;
  snapshot.session ??= open(knex, snapshot).catch((error: unknown) => {
    if (error instanceof ToolError && error.code === 'internal/interrupted') throw error;
    return undefined;
  });
  const session = await snapshot.session;
  if (!session || session.isLost()) return undefined;
  const { connection } = session;
  const result = snapshot.last.then(() => work(connection));
  // Its fault is met where it is waited for.
  snapshot.last = result.catch(() => undefined);
  return () => result;
}

/** Ends what stands beside a snapshot, before that ends itself. */
export async function endBeside(knex: Knex): Promise<void> {
  const session = await snapshots.get(knex)?.session?.catch(() => undefined);
  snapshots.delete(knex);
  if (session) sever(session.connection);
}
