import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/contract.js';
import { MANY_ROWS } from '../../src/database/dialects/sqlite/rebuild.js';
import { connectFresh, queryRows } from '../support/connection.js';
import { backup, digests, folder, restore } from './library.js';

const schema = [
  'create table Things (id integer primary key, owner integer not null, body text, code text unique)',
  'create index things_owner on things (owner, body desc)',
  `create index "things ?""odd" on THINGS (lower(body)) where body <> '?'`,
  'create unique index things_unique on things (id, owner)',
];

/** Names and statements, in no order: what is made anew stands at the end. */
const definitions = (database: Database): Promise<Record<string, unknown>[]> =>
  queryRows(database, 'select type, name, tbl_name, sql from sqlite_master order by name');

/** Names in the order in which they were made. */
const order = async (database: Database): Promise<unknown[]> =>
  (
    await queryRows(
      database,
      "select name from sqlite_master where type = 'index' and sql is not null order by rowid",
    )
  ).map(({ name }) => name);

async function made(rows: number): Promise<Database> {
  const database = await connectFresh('sqlite');
  for (const statement of schema) await database.knex.raw(statement);
  await database.knex.raw(
    `insert into things with recursive s(n) as (select 1 union all select n + 1 from s where n < ${rows})
     select n, 1 + n % 100, 'body ' || n, 'c' || n from s`,
  );
  return database;
}

describe('a large table of SQLite', () => {
  it('comes back with every index as it was', async () => {
    const source = await made(MANY_ROWS);
    const file = join(folder(), 'backup');
    const first = await backup(source, file);
    const before = await definitions(source);
    await restore(source, file, { replace: true });
    expect(await definitions(source)).toEqual(before);
    // It was the way through the rebuilding that was taken, and not for what enforces something.
    expect(await order(source)).toEqual(['things_unique', 'things_owner', 'things ?"odd']);
    expect(await queryRows(source, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(await digests(await backup(source, `${file}-2`))).toEqual(await digests(first));
  });

  it('is loaded row by row where its indexes were analysed, since that would go with them', async () => {
    const source = await made(MANY_ROWS);
    const file = join(folder(), 'backup');
    await backup(source, file);
    await source.knex.raw('analyze');
    const statistics = await queryRows(source, 'select * from sqlite_stat1 order by 1, 2');
    await restore(source, file, { replace: true });
    expect(statistics).not.toEqual([]);
    expect(await queryRows(source, 'select * from sqlite_stat1 order by 1, 2')).toEqual(statistics);
    expect(await order(source)).toEqual(['things_owner', 'things ?"odd', 'things_unique']);
  });

  it('stays as it was, indexes and all, when the restore is taken back', async () => {
    const source = await made(MANY_ROWS);
    const file = join(folder(), 'backup');
    await backup(source, file);
    const before = [await definitions(source), await order(source)];
    const controller = new AbortController();
    const onStep = (step: string): void => {
      if (step === 'compare') controller.abort(new Error('stopped'));
    };
    const restored = restore(source, file, { replace: true, signal: controller.signal, onStep });
    await expect(restored).rejects.toThrow();
    expect([await definitions(source), await order(source)]).toEqual(before);
    expect(await queryRows(source, 'select count(*) as n from things')).toEqual([{ n: MANY_ROWS }]);
  });
});
