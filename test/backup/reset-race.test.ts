import { join } from 'node:path';
import { expect, it } from 'vitest';
import { performReset, type ResetScope } from '../../src/backup/index.js';
import { readBackup } from '../../src/backup/read.js';
import { backupBytes, writeBackupFile } from '../../src/backup/index.js';
import { connect, freshUrl, queryRows } from '../support/connection.js';
import { describeEngines, type TestEngine } from '../support/database.js';
import { folder, noSignal } from './library.js';

/** Asks whether a session waits for a lock. */
const waiting: Partial<Record<TestEngine, string>> = {
  postgres: `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  mysql: `select 1 from information_schema.processlist where command = 'Query' and db = database()
    and (state like 'Waiting%' or state = 'Update' or info like 'insert%')`,
};

const reading = { values: true, sums: true, digests: 'none' } as const;

async function idsIn(file: string): Promise<unknown[]> {
  const ids: unknown[] = [];
  for await (const event of (await readBackup(backupBytes(file), undefined, noSignal, reading)).events) {
    if (event.type === 'rows') ids.push(...event.rows.map(([id]) => id));
  }
  return ids;
}

describeEngines((engine) => {
  it.each<ResetScope>(['data', 'schema'])(
    'loses no row that another writes meanwhile, scope %s',
    async (scope) => {
      const url = await freshUrl(engine);
      const [database, other, witness] = [await connect(url), await connect(url), await connect(url)];
      await database.knex.raw('create table z (id int primary key)');
      await database.knex.raw('insert into z values (1)');
      if (engine === 'sqlite') await other.knex.raw('pragma busy_timeout = 0');
      const file = join(folder(), 'backup');
      let writing: Promise<string> | undefined;
      /** Writes a row once the backup is read, and waits until that is done or waits itself. */
      const interfere = async (): Promise<void> => {
        let done = false;
        writing = other
          .knex('z')
          .insert({ id: 2 })
          .then(
            () => 'written',
            () => 'refused',
          )
          .finally(() => (done = true));
        const question = waiting[engine];
        while (!done && (question === undefined || (await queryRows(witness, question)).length === 0)) {
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await performReset(database, scope, noSignal, {
        backUp: async (session) => {
          await writeBackupFile(
            { database, session, selection: { scope: 'all' }, tool: 't', now: new Date(), signal: noSignal },
            file,
            { name: file, overwrite: false, inUse: [] },
          );
          await interfere();
        },
      });
      const outcome = await writing;
      const saved = await idsIn(file);
      expect(saved).toContain(1);
      // The row is where somebody finds it: in the backup, in the table, or its writer was told that it is nowhere.
      if (outcome === 'refused') return;
      const left = await queryRows(database, 'select id from z');
      expect([...saved, ...left.map(({ id }) => Number(id))]).toContain(2);
    },
  );
});
