import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backupBytes, compareBackup, verifyBackup } from '../../src/backup/index.js';
import type { Database } from '../../src/database/contract.js';
import { connectFresh, queryRows } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { whyMissing } from '../support/servers/index.js';
import { backup, digests, folder, noSignal, restore } from './library.js';

/** What a comparison of a backup with a database says of each table. */
async function states(file: string, database: Database): Promise<string[]> {
  const verified = await verifyBackup(backupBytes(file), undefined, noSignal, undefined, { digests: 'all' });
  return (await compareBackup(verified, database, noSignal)).map(({ name, state }) => `${name} ${state}`);
}

const odd = [
  ['0044-03-15 12:00:00.25+00 BC', '0001-12-31 00:00:00 BC', '0044-03-15 BC'],
  ['4713-01-01 00:00:00+00 BC', '4713-01-01 00:00:00 BC', '4713-01-01 BC'],
  ['infinity', '-infinity', 'infinity'],
  ['294276-12-31 23:59:59.999999+00', '10000-01-01 00:00:00', '10000-01-01'],
  ['0044-03-15 12:00:00.25+00', '0001-12-31 00:00:00', '0044-03-15'],
  ['9999-12-31 23:59:59.999999+00', '0001-01-01 00:00:00', '0001-01-01'],
] as const;

const shown = 'select z::text as z, t::text as t, d::text as d from times order by id';

async function postgresTimes(rows: readonly (readonly string[])[]): Promise<Database> {
  const database = await connectFresh('postgres');
  await database.knex.raw('create table times (id int primary key, z timestamptz, t timestamp, d date)');
  for (const [index, row] of rows.entries()) {
    await database.knex.raw('insert into times values (?, ?, ?, ?)', [index, ...row]);
  }
  return database;
}

const list = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map((row) => Object.values(row));

describe.skipIf(whyMissing('postgres'))('PostgreSQL', () => {
  it('keeps times before our era, after the year 9999 and without an end', async () => {
    const source = await postgresTimes(odd);
    const file = join(folder(), 'backup');
    const first = await backup(source, file);
    await restore(source, file, { replace: true });
    expect(list(await queryRows(source, shown))).toEqual(odd);
    expect(await digests(await backup(source, `${file}-2`))).toEqual(await digests(first));

    // A time of our era with the same digits is another one.
    const other = await postgresTimes(odd.map((row) => row.map((text) => text.replace(' BC', ''))));
    expect(await states(file, other)).toEqual(['times differs']);
    await restore(other, file, { replace: true });
    expect(list(await queryRows(other, shown))).toEqual(odd);
  });

  it('carries them through SQLite and back', async () => {
    const source = await postgresTimes(odd);
    const scratch = await connectFresh('sqlite');
    await scratch.knex.raw('create table times (id integer primary key, z datetime, t datetime, d date)');
    const file = join(folder(), 'backup');
    const first = await backup(source, file);
    await restore(scratch, file);
    expect(await digests(await backup(scratch, `${file}-2`))).toEqual(await digests(first));
    await restore(source, `${file}-2`, { replace: true });
    expect(list(await queryRows(source, shown))).toEqual(odd);
  });

  it.skipIf(whyMissing('mysql'))('keeps them out of MariaDB, which has no such times', async () => {
    for (const row of odd.slice(0, 4)) {
      const source = await postgresTimes([row]);
      const target = await connectFresh('mysql');
      await target.knex.raw('create table times (id int primary key, z datetime(6), t datetime(6), d date)');
      const file = join(folder(), 'backup');
      await backup(source, file);
      await failure(restore(target, file));
      expect(await queryRows(target, 'select * from times')).toEqual([]);
    }
  });
});

it('takes texts of SQLite for one time only where they say one time', async () => {
  const texts = ['2024-01-01 10:00:00 PST', '2026-02-30 10:00:00', '2026-01-01 24:00:00', '10:00:00 BC'];
  const file = join(folder(), 'backup');
  const [source, target] = [await connectFresh('sqlite'), await connectFresh('sqlite')];
  for (const { knex } of [source, target])
    await knex.raw('create table times (id integer primary key, t datetime)');
  for (const text of texts) await source.knex.raw('insert into times (t) values (?)', [text]);
  await backup(source, file);
  const others = ['2024-01-01 10:00:00', '2026-03-02 10:00:00', '2026-01-02 00:00:00', '10:00:00'];
  for (const [index] of texts.entries()) {
    await target.knex.raw('delete from times');
    const row = texts.map((text, place) => (place === index ? (others[place] ?? '') : text));
    for (const text of row) await target.knex.raw('insert into times (t) values (?)', [text]);
    expect(await states(file, target), texts[index]).toEqual(['times differs']);
  }
  await restore(target, file, { replace: true });
  expect(list(await queryRows(target, 'select t from times order by id'))).toEqual(
    texts.map((text) => [text]),
  );
  expect(await states(file, target)).toEqual(['times same']);
});

it.skipIf(whyMissing('mysql'))(
  'keeps the first and the last time of MariaDB, and the time that is none',
  async () => {
    const source = await connectFresh('mysql');
    await source.knex.raw('create table times (id int auto_increment primary key, t datetime(6))');
    const texts = ['0001-01-01 00:00:00.000000', '9999-12-31 23:59:59.999999', '0000-00-00 00:00:00.000000'];
    await source.knex.raw(`set sql_mode = ''`);
    for (const text of texts) await source.knex.raw('insert into times (t) values (?)', [text]);
    const file = join(folder(), 'backup');
    await backup(source, file);
    await restore(source, file, { replace: true });
    const rows = await queryRows(source, 'select cast(t as char) as t from times order by id');
    expect(list(rows)).toEqual(texts.map((text) => [text]));
  },
);
