import { join } from 'node:path';
import { expect, it } from 'vitest';
import { performReset } from '../../src/backup/index.js';
import { connectFresh, queryRows } from '../support/connection.js';
import { describeEngines } from '../support/database.js';
import { failure } from '../support/errors.js';
import { backup, digests, folder, noSignal, restore } from './library.js';

/** What query builders and servers read more into than a name. */
const names = ['a.b', 'x as y', 'is it?', 'o:n', 'x AS y.z', '100%', "it's", 'back\\slash', '$1', '*'];

describeEngines((engine) => {
  const quote = (name: string): string => (engine === 'mysql' ? `\`${name}\`` : `"${name}"`);

  it('takes tables and columns of any name', async () => {
    const [source, target] = [await connectFresh(engine), await connectFresh(engine)];
    // Marks of the query builder, not of the tool, are what the tables cannot be made with.
    const run = async ({ knex }: typeof source, sql: string): Promise<unknown> =>
      knex.raw(sql.replaceAll('?', engine === 'postgres' ? '\\?' : '?'));
    for (const database of [source, target]) {
      for (const name of names) {
        await run(database, `create table ${quote(name)} (id int primary key, ${quote(name)} int)`);
      }
    }
    for (const name of names) await run(source, `insert into ${quote(name)} values (1, 2)`);
    const file = join(folder(), 'backup');
    const first = await backup(source, file);
    await restore(target, file);
    await restore(target, file, { replace: true });
    expect(await digests(await backup(target, `${file}-2`))).toEqual(await digests(first));
    await performReset(target, 'data', noSignal);
    expect(await target.transfer.countRows({ name: 'a.b' })).toBe(0);
    await performReset(target, 'schema', noSignal);
    expect((await target.transfer.inspect()).tables).toEqual([]);
  });

  it('names the table that a fault was met at', async () => {
    const database = await connectFresh(engine);
    expect(await failure(database.transfer.countRows({ name: 'a.b' }))).toMatchObject({
      code: 'database/no-such-table',
      message: expect.stringContaining('at the table a.b') as string,
    });
    expect(await queryRows(database, 'select 1 as one')).toHaveLength(1);
  });
});
