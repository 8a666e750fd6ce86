import type { Knex } from 'knex';
import type { DatabaseTarget } from '../../contract.js';
import type { HeldLock } from '../dialect.js';

/** The lock belongs to the database; the schema is part of its name, so that runs on two schemas do not wait. */
const named = `declare @name nvarchar(255) = concat(schema_name(), N'.', ?)`;

/** A lock of the session, which the server frees when the session ends. */
export async function takeLock(knex: Knex, _: DatabaseTarget, name: string): Promise<HeldLock | undefined> {
  const [row] = await knex.raw<{ answer: number }[]>(
    `${named}; declare @answer int; exec @answer = sp_getapplock @Resource = @name, @LockMode = 'Exclusive',
     @LockOwner = 'Session', @LockTimeout = 0; select @answer as answer`,
    [name],
  );
  return Number(row?.answer) >= 0 ? { release: () => undefined } : undefined;
}

/** Asks for the lock of others, and for one of its own. */
export async function isLocked(knex: Knex, _: DatabaseTarget, name: string): Promise<boolean> {
  const [row] = await knex.raw<{ held: number }[]>(
    `${named}; select case when applock_test('public', @name, 'Exclusive', 'Session') = 0
       or applock_mode('public', @name, 'Session') <> 'NoLock' then 1 else 0 end as held`,
    [name],
  );
  return row?.held === 1;
}
