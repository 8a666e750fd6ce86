import { expect, it } from 'vitest';
import { connect, freshUrl, queryRows } from '../support/connection.js';
import { describeServers } from '../support/database.js';
import { failure } from '../support/errors.js';
import type { ServerEngine } from '../support/servers/index.js';

/** Statements that end with the error of a conflict, as long as the counter table says so. */
const conflict: Partial<Record<ServerEngine, string>> = {
  postgres: `do $$ begin raise exception 'x' using errcode = '40001'; end $$`,
  mysql: `signal sqlstate '40001' set mysql_errno = 1213`,
};

describeServers((engine) => {
  const statement = conflict[engine];
  it.skipIf(statement === undefined)('repeats a transaction that others got in the way of', async () => {
    const database = await connect(await freshUrl(engine));
    await database.knex.raw('create table things (a int)');
    let attempts = 0;
    await database.transaction(async ({ knex }) => {
      attempts += 1;
      await knex.raw(`insert into things values (${attempts})`);
      if (attempts < 3) await knex.raw(statement ?? '');
    });
    expect(attempts).toBe(3);
    expect(await queryRows(database, 'select a from things')).toEqual([{ a: 3 }]);
  });

  it.skipIf(statement === undefined)('gives up after a few times with a fault of its own', async () => {
    const database = await connect(await freshUrl(engine));
    let attempts = 0;
    const error = await failure(
      database.transaction(async ({ knex }) => {
        attempts += 1;
        await knex.raw(statement ?? '');
      }),
    );
    expect(attempts).toBe(4);
    expect(error).toMatchObject({ code: 'database/conflict', exitCode: 1 });
  });
});
