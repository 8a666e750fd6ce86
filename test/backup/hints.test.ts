import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect, connectFresh, freshUrl } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { testServer, whyMissing } from '../support/servers/index.js';
import { backup, folder, restore } from './library.js';

/** The URL of a database whose texts have no encoding: any bytes are texts. */
async function asciiUrl(): Promise<string> {
  const { url } = await testServer('postgres');
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const name = `ascii_${process.pid}`;
  await admin.query(
    `create database ${name} encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' template template0`,
  );
  onTestFinished(async () => {
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

describe.skipIf(whyMissing('postgres'))('what an operator reads of', () => {
  it('a text that the encoding does not have names the encoding, not a value that is too long', async () => {
    const url = await asciiUrl();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`set client_encoding = 'SQL_ASCII'`);
    await client.query('create table t (v text)');
    await client.query(`insert into t values (E'\\350')`);
    await client.end();
    const path = folder();
    const error = await failure(backup(await connect(url), join(path, 'backup')));
    expect(error.message).toMatch(/bytes that the encoding .* does not have .* table t$/);
    expect(error.hint).toContain('encodings');
    expect(readdirSync(path)).toEqual([]);
  });

  it('a NUL of SQLite names the table, the column and the kind of text', async () => {
    const source = await connectFresh('sqlite');
    await source.knex.raw('create table t (id integer primary key, v text)');
    await source.knex.raw(`insert into t values (1, 'a' || char(0) || 'b')`);
    const file = join(folder(), 'backup');
    expect((await backup(source, file)).elsewhere).toEqual([
      't.v: texts with the character NUL, which PostgreSQL refuses',
    ]);
    const target = await connectFresh('postgres');
    await target.knex.raw('create table t (id int primary key, v text)');
    const error = await failure(restore(target, file));
    expect(error.message).toContain('table t');
    expect(error.hint).toContain('NUL');
  });

  it('a row without a partition names what is missing', async () => {
    const source = await connectFresh('postgres');
    await source.knex.raw(
      'create table t (id int primary key) partition by range (id); create table t1 partition of t for values from (0) to (10)',
    );
    await source.knex.raw('insert into t values (5)');
    const file = join(folder(), 'backup');
    await backup(source, file);
    const target = await connectFresh('postgres');
    await target.knex.raw('create table t (id int primary key) partition by range (id)');
    const error = await failure(restore(target, file));
    expect(error.message).toContain('table t');
    expect(`${error.message} ${error.hint}`).toMatch(/partition/);
  });

  it('a database that takes no connections says so', async () => {
    const url = await freshUrl('postgres');
    const admin = new pg.Client({ connectionString: (await testServer('postgres')).url });
    await admin.connect();
    await admin.query(`alter database ${new URL(url).pathname.slice(1)} with allow_connections false`);
    await admin.end();
    const error = await failure(connect(url));
    expect(`${error.message} ${error.hint}`).toMatch(/connections/);
  });
});
