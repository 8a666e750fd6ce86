import mysql from 'mysql2/promise';
import pg from 'pg';
import { expect, it } from 'vitest';
import { describeEngines, freshDatabase } from './database.js';
import { testServer, whyMissing } from './servers/index.js';

describeEngines((engine) => {
  it('gives every caller a database of its own', async () => {
    const [one, two] = await Promise.all([freshDatabase(engine), freshDatabase(engine)]);
    expect(one.url).not.toBe(two.url);
    await one.dispose();
    await two.dispose();
  });
});

it.skipIf(whyMissing('postgres'))('runs a PostgreSQL in a time zone other than UTC', async () => {
  const { url, ours } = await testServer('postgres');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  if (ours) expect((await client.query('show timezone')).rows).toEqual([{ TimeZone: 'Asia/Kathmandu' }]);
  await client.end();
});

it.skipIf(whyMissing('mysql'))('runs a MariaDB in a time zone other than UTC', async () => {
  const { url, ours } = await testServer('mysql');
  const connection = await mysql.createConnection(url);
  if (ours) expect((await connection.query('select @@time_zone as zone'))[0]).toEqual([{ zone: '+05:45' }]);
  await connection.end();
});
