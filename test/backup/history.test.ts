import { join } from 'node:path';
import { expect, it } from 'vitest';
import { assertHistoryMayGo, performReset, planReset } from '../../src/backup/index.js';
import type { Database } from '../../src/database/contract.js';
import { connectFresh, queryRows } from '../support/connection.js';
import { describeEngines, type TestEngine } from '../support/database.js';
import { failure } from '../support/errors.js';
import { backup, folder, noSignal, restore } from './library.js';

/** Triggers as servers have them on their audit tables, and one that refuses nothing. */
const guards: Record<TestEngine, readonly string[]> = {
  sqlite: [
    `create trigger audit_no_update before update on audit_entries begin select raise(abort, 'append-only'); end`,
    `create trigger audit_no_delete before delete on audit_entries begin select raise(abort, 'append-only'); end`,
    `create trigger notes_count after delete on notes begin update counts set n = n - 1; end`,
  ],
  postgres: [
    `create function append_only() returns trigger language plpgsql as
       $$ begin raise exception 'append-only' using errcode = 'P0001'; end $$`,
    `create function counted() returns trigger language plpgsql as
       $$ begin raise notice 'one less'; update counts set n = n - 1; return old; end $$`,
    'create trigger audit_no_update before update on audit_entries for each row execute function append_only()',
    'create trigger audit_no_delete before delete on audit_entries for each row execute function append_only()',
    'create trigger notes_count after delete on notes for each row execute function counted()',
  ],
  mysql: [
    `create trigger audit_no_update before update on audit_entries for each row
       signal sqlstate '45000' set message_text = 'append-only'`,
    `create trigger audit_no_delete before delete on audit_entries for each row
       signal sqlstate '45000' set message_text = 'append-only'`,
    'create trigger notes_count after delete on notes for each row update counts set n = n - 1',
  ],
  mssql: [
    `create trigger audit_no_delete on audit_entries instead of delete as throw 50000, 'append-only', 1`,
    'create trigger notes_count on notes after delete as update counts set n = n - 1',
  ],
  oracle: [
    `create trigger audit_no_delete before delete on audit_entries begin raise_application_error(-20001, 'append-only'); end;`,
    'create trigger notes_count after delete on notes begin update counts set n = n - 1; end;',
  ],
};

async function guarded(engine: TestEngine): Promise<Database> {
  const database = await connectFresh(engine);
  for (const sql of [
    'create table audit_entries (id int primary key, v varchar(20))',
    'create table notes (id int primary key)',
    'create table counts (id int primary key, n int)',
    "insert into audit_entries values (1, 'a')",
    "insert into audit_entries values (2, 'b')",
    'insert into notes values (1)',
    ...guards[engine],
  ]) {
    await database.knex.raw(sql);
  }
  return database;
}

const fold = (name: string): string => name.toLowerCase();
const count = async (database: Database): Promise<number> =>
  Number((await queryRows(database, 'select count(*) as n from audit_entries'))[0]?.['n']);

describeEngines((engine) => {
  it('names tables whose triggers refuse deletion, and stops before anything is changed', async () => {
    const database = await guarded(engine);
    const { history } = await planReset(database, 'data', { backsUp: false });
    expect(history).toMatchObject([{ rows: 2, unsaved: 2 }]);
    expect(history.map(({ table }) => fold(table))).toEqual(['audit_entries']);
    expect(history[0]?.triggers.map(fold)).toEqual(['audit_no_delete']);
    expect((await planReset(database, 'data')).history).toMatchObject([{ rows: 2, unsaved: 0 }]);
    const error = await failure(Promise.resolve().then(() => assertHistoryMayGo(history, false)));
    expect(error).toMatchObject({ code: 'backup/history', exitCode: 4 });
    expect(error.diagnostics[0]?.message).toContain('2 rows');

    const switchOff = history[0]?.switchOff ?? [];
    if (switchOff.length > 0) {
      // The engine cannot let them rest, so their owner does.
      const told = await failure(Promise.resolve().then(() => assertHistoryMayGo(history, true)));
      expect(told.hint).toContain(switchOff[0]);
      for (const statement of switchOff) await database.knex.raw(statement);
    }
    assertHistoryMayGo((await planReset(database, 'data')).history, true);
    await performReset(database, 'data', noSignal);
    expect(await count(database)).toBe(0);
  });

  it('counts the rows that a restore would take from history, and the backup does not hold', async () => {
    const database = await guarded(engine);
    const file = join(folder(), 'backup');
    await backup(database, file);
    await database.knex.raw("insert into audit_entries values (3, 'since then')");
    const { history } = await restore(database, file, { replace: true, dryRun: true });
    expect(history).toMatchObject([{ rows: 3, unsaved: 1 }]);
    const error = await failure(restore(database, file, { replace: true }));
    expect(error.code).toBe('backup/history');
    expect(await count(database)).toBe(3);
    if ((history[0]?.switchOff.length ?? 0) > 0) return;
    await restore(database, file, { replace: true, discardHistory: true });
    expect(await count(database)).toBe(2);
    // The guard is back.
    const refused = Promise.resolve(database.knex.raw('delete from audit_entries'));
    await expect(refused).rejects.toThrow();
  });
});
