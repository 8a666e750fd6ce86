import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeEngines, type TestEngine } from '../support/database.js';
import { connect, freshUrl, queryRows } from '../support/connection.js';
import { withDatabase } from '../support/rows.js';
import { backup, digests, folder, restore } from './library.js';

/** How deep the engine's own kind of JSON nests at the most, or a depth that no recursion stands. */
const depths: Record<TestEngine, number> = {
  sqlite: 100_000,
  postgres: 6000,
  mysql: 30,
  mssql: 100,
  oracle: 100,
};

const types: Record<TestEngine, string> = {
  sqlite: 'json',
  postgres: 'jsonb',
  mysql: 'json',
  mssql: 'nvarchar(max)',
  oracle: 'clob',
};

describeEngines((engine) => {
  it('JSON that nests deep goes out, is compared and comes back', async () => {
    const [from, to] = [await freshUrl(engine), await freshUrl(engine)];
    for (const url of [from, to]) {
      await withDatabase(engine, url, (statement) =>
        statement(`create table deep (id int not null primary key, doc ${types[engine]})`),
      );
    }
    const source = await connect(from);
    const depth = depths[engine];
    const arrays = '['.repeat(depth) + ']'.repeat(depth);
    const objects = `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;
    await source.knex('deep').insert([
      { id: 1, doc: arrays },
      { id: 2, doc: objects },
    ]);
    const file = join(folder(), 'backup');
    const first = await backup(source, file);
    const target = await connect(to);
    await restore(target, file);
    // The engine-neutral digest takes each value apart.
    expect(await digests(await backup(target, `${file}-2`))).toEqual(await digests(first));
    expect(await queryRows(target, 'select id from deep where doc is not null')).toHaveLength(2);
  });
});
