import type { Knex } from 'knex';
import { ToolError } from '../../../errors/index.js';
import type { DatabaseTarget } from '../../contract.js';
import { RUN_LOCK } from '../../run-lock.js';
import type { HeldLock } from '../dialect.js';
import { beginOn, type OracleClient } from './client.js';
import { quote } from './quote.js';

/** The table whose lock is that of the runs named `name`. It holds no rows. */
export const lockTable = (name: string): string => `${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_LOCK`;

/** Tables of that kind, as the end of a condition on the catalogue. They are the tool's own and stay where they are. */
export const isLockTable = (column: string): string => `${column} = '${lockTable(RUN_LOCK)}'`;

/** True for the fault of a lock that somebody else holds. */
const isHeld = (error: unknown): boolean => error instanceof ToolError && error.code === 'database/busy';

const isMissing = (error: unknown): boolean =>
  error instanceof ToolError && error.code === 'database/no-such-table';

/**
 * Locks of a session need a grant on DBMS_LOCK, which ordinary users do not have; a lock on an empty table of the
 * schema needs none, and is the same for everybody. It ends with a transaction, so that it has a session of its own.
 * The table is made on first use, in the same round trip. One second is allowed for somebody who just looks.
 */
function takeStatement(table: string): string {
  const lock = `lock table ${quote(table)} in exclusive mode wait 1`;
  return `declare
  absent exception;
  taken exception;
  pragma exception_init(absent, -942);
  pragma exception_init(taken, -955);
begin
  execute immediate '${lock}';
exception
  when absent then
    begin
      execute immediate 'create table ${quote(table)} ("NOTHING" number(1))';
    exception
      when taken then null;
    end;
    execute immediate '${lock}';
end;`;
}

/** The server frees the lock with its session, also when the process was killed. */
export async function takeLock(knex: Knex, _: DatabaseTarget, name: string): Promise<HeldLock | undefined> {
  const connection = await (knex.client as OracleClient).openConnection();
  beginOn(connection);
  try {
    await knex.raw(takeStatement(lockTable(name))).connection(connection);
    return { release: () => connection.close().catch(() => undefined) };
  } catch (error) {
    await connection.close().catch(() => undefined);
    if (isHeld(error)) return undefined;
    throw error;
  }
}

/**
 * Ordinary users cannot see the locks of others. The weakest of all locks is asked for and given back in one round trip,
 * which only the lock of a run stands against.
 */
export async function isLocked(knex: Knex, _: DatabaseTarget, name: string): Promise<boolean> {
  try {
    await knex.raw(`lock table ${quote(lockTable(name))} in row share mode nowait`);
    return false;
  } catch (error) {
    if (isHeld(error)) return true;
    if (isMissing(error)) return false;
    throw error;
  }
}
