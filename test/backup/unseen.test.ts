import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect, freshUrl } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { testServer, whyMissing } from '../support/servers/index.js';
import { backup, folder } from './library.js';

/** A database with two tables, and its URL for a new user with the given rights. `db` in them is its name. */
async function urlWith(grants: readonly string[]): Promise<string> {
  const url = new URL(await freshUrl('mysql'));
  const database = url.pathname.slice(1);
  const user = `u_${database.slice(-8)}`;
  const admin = await mysql.createConnection((await testServer('mysql')).url);
  await admin.query(`create table ${database}.open (id int primary key, v int, w int)`);
  await admin.query(`create table ${database}.hidden (id int primary key)`);
  await admin.query(`create user '${user}'@'%' identified by 'CANARY-unseen'`);
  for (const grant of grants) await admin.query(`grant ${grant.replace('db', database)} to '${user}'@'%'`);
  onTestFinished(async () => {
    await admin.query(`drop user '${user}'@'%'`);
    await admin.end();
  });
  return Object.assign(url, { username: user, password: 'CANARY-unseen' }).href;
}

describe.skipIf(whyMissing('mysql'))('a backup by a user of MariaDB', () => {
  it('who may see some tables says that others are not in it', async () => {
    const url = await urlWith(['select on db.open']);
    const { tables, left } = await backup(await connect(url), join(folder(), 'backup'));
    expect(tables.map(({ name }) => name)).toEqual(['open']);
    expect(left).toEqual([expect.stringMatching(/^tables that the database user u_\w+@% may not see/)]);
  });

  it('who may see all of them says nothing', async () => {
    const url = await urlWith(['select on db.*']);
    const { tables, left } = await backup(await connect(url), join(folder(), 'backup'));
    expect([tables.map(({ name }) => name), left]).toEqual([['hidden', 'open'], []]);
  });

  it('who may read some columns of a table is refused with its name', async () => {
    const url = await urlWith(['select (id, v) on db.open']);
    const error = await failure(backup(await connect(url), join(folder(), 'backup')));
    expect([error.code, error.message]).toEqual([
      'database/permission',
      expect.stringContaining('may not read every column of open'),
    ]);
  });
});
