import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backupBytes, readBackupFile, rehearseRestore } from '../../src/backup/index.js';
import { assertPointsSomewhere } from '../../src/backup/scratch-foreign-keys.js';
import { scratchNames } from '../../src/backup/scratch-names.js';
import type { Database } from '../../src/database/contract.js';
import { connectFresh } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { isMariadb, whyMissing } from '../support/servers/index.js';
import { backup, folder, noSignal } from './library.js';

/** Backs up and rehearses. @returns rows by table, as the rehearsal planned them */
async function rehearsed(source: Database): Promise<Record<string, number>> {
  const file = join(folder(), 'backup');
  await backup(source, file);
  const verified = await readBackupFile(file, undefined, noSignal);
  const request = { open: () => backupBytes(file), signal: noSignal };
  const { tables } = await rehearseRestore(verified, request, `${file}.db`);
  return Object.fromEntries(tables.map(({ name, rows }) => [name, rows]));
}

describe.skipIf(whyMissing('mysql'))('of MySQL and MariaDB', () => {
  it('takes numbers beyond 63 bits', async () => {
    const source = await connectFresh('mysql');
    for (const sql of [
      'create table big (id bigint unsigned primary key, bits bit(64), y year, small int unsigned)',
      'create table small (id int primary key, big bigint unsigned, foreign key (big) references big (id))',
      `insert into big values (18446744073709551615, b'1111111111111111111111111111111111111111111111111111111111111111',
         0, 4294967295), (1, 1, 2025, 0), (9223372036854775808, null, null, 7)`,
      'insert into small values (1, 18446744073709551615), (2, 1), (3, null)',
    ]) {
      await source.knex.raw(sql);
    }
    expect(await rehearsed(source)).toEqual({ big: 3, small: 3 });
  });

  it('takes tables with a history', async (context) => {
    if (!(await isMariadb())) context.skip('this server is MySQL');
    const source = await connectFresh('mysql');
    for (const sql of [
      'create table versioned (id int primary key, v int) with system versioning',
      `create table explicit_one (id int, v int, s timestamp(6) generated always as row start,
         e timestamp(6) generated always as row end, period for system_time (s, e), primary key (id, e))
         with system versioning`,
      'create table after_it (id int references versioned (id))',
      'insert into versioned values (1, 1)',
      'update versioned set v = 2',
      'insert into explicit_one (id, v) values (1, 1)',
      'update explicit_one set v = 2',
      'insert into after_it values (1)',
    ]) {
      await source.knex.raw(sql);
    }
    expect(await rehearsed(source)).toEqual({ after_it: 1, explicit_one: 1, versioned: 1 });
  });
});

describe.skipIf(whyMissing('postgres'))('of PostgreSQL', () => {
  it('takes tables without columns', async () => {
    const source = await connectFresh('postgres');
    await source.knex.raw('create table zerocol (); insert into zerocol default values');
    await source.knex.raw('insert into zerocol default values; create table other (id int)');
    expect(await rehearsed(source)).toEqual({ other: 0, zerocol: 2 });
  });
});

describe('of SQLite', () => {
  it('takes keys that SQLite cannot check', async () => {
    const source = await connectFresh('sqlite');
    for (const sql of [
      'create table parents (id integer primary key)',
      'create table children (x references missing_t(id), y references parents(nope))',
      'pragma foreign_keys = off',
      'insert into children values (1, 2)',
    ]) {
      await source.knex.raw(sql);
    }
    expect(await rehearsed(source)).toEqual({ children: 1, parents: 0 });
  });
});

describe('what a scratch file has otherwise', () => {
  it.each(['UTF-16le', 'UTF-16be'])(
    'is no false alarm: texts of a file in %s that are none',
    async (encoding) => {
      const source = await connectFresh('sqlite');
      await source.knex.raw(`pragma encoding = '${encoding}'`);
      await source.knex.raw('create table t (id int primary key, v text)');
      await source.knex.raw(
        `insert into t values (null, cast(x'00d8' as text)), (null, cast(x'd800' as text)), (1, 'ok')`,
      );
      expect(await rehearsed(source)).toEqual({ t: 3 });
    },
  );

  it.skipIf(whyMissing('mysql'))(
    'is no false alarm: names and keys that differ in their case alone',
    async () => {
      const source = await connectFresh('mysql');
      for (const sql of [
        'create table parents (name varchar(20) collate utf8mb4_general_ci primary key)',
        'create table Parents (id int primary key)',
        `create table children (p varchar(20) collate utf8mb4_general_ci, foreign key (p) references parents (name))`,
        `insert into parents values ('Über'), ('b')`,
        'insert into Parents values (1), (2), (3)',
        `insert into children values ('über'), ('B ')`,
      ])
        await source.knex.raw(sql);
      const rows = Object.values(await rehearsed(source)).sort();
      expect(rows).toEqual([2, 2, 3]);
    },
  );

  it.skipIf(whyMissing('mysql'))(
    'is no false alarm: a key to columns that are not unique, and orphans of it are found',
    async () => {
      const source = await connectFresh('mysql');
      for (const sql of [
        'create table parents (id int primary key, kind int, key (kind))',
        'create table children (id int primary key, k int, foreign key (k) references parents (kind))',
        'insert into parents values (1, 7), (2, 7), (3, 8)',
        'insert into children values (1, 7), (2, 8), (3, null)',
      ])
        await source.knex.raw(sql);
      expect(await rehearsed(source)).toEqual({ children: 3, parents: 3 });
      // An orphan that the backup names goes through; one that it does not name is none of the engine's.
      await source.knex.raw('set foreign_key_checks = 0');
      await source.knex.raw('insert into children values (4, 99)');
      expect(await rehearsed(source)).toEqual({ children: 4, parents: 3 });
      const database = await connectFresh('sqlite');
      for (const sql of [
        'create table parents (id int primary key, kind int)',
        'create table children (id int primary key, k int)',
        'insert into children values (4, 99)',
      ])
        await database.knex.raw(sql);
      const column = (name: string) => ({ name, kind: 'integer', type: 'int', nullable: true }) as const;
      const table = { type: 'table', primaryKey: ['id'], foreignKeys: [], counters: [] } as const;
      const key = { name: 'k', columns: ['k'], references: 'parents', referencedColumns: ['kind'] };
      const tables = [
        { ...table, name: 'parents', columns: [column('id'), column('kind')] },
        {
          ...table,
          name: 'children',
          columns: [column('id'), column('k')],
          foreignKeys: [{ ...key, deferrable: true }],
        },
      ];
      const error = await failure(assertPointsSomewhere(database, tables, scratchNames(tables)));
      expect([error.code, error.message]).toEqual([
        'backup/broken-foreign-key',
        expect.stringContaining('children'),
      ]);
    },
  );

  it('finds nothing odd in times as servers write them, and in no day that there is', async () => {
    const source = await connectFresh('sqlite');
    await source.knex.raw('create table t (id integer primary key, at datetime)');
    const odd = ['2026-02-30 00:00:00', '0000-00-00 00:00:00', '12026-01-01 00:00:00Z', 'soon'];
    const right = ['2026-11-15 12:00:00.1234+00:00', '2024-02-29T23:59:59Z', '2026-11-15 12:00:00'];
    for (const at of right) await source.knex('t').insert({ at });
    expect((await backup(source, join(folder(), 'backup'))).elsewhere).toEqual([]);
    for (const at of odd) {
      await source.knex('t').delete();
      await source.knex('t').insert({ at });
      const { elsewhere } = await backup(source, join(folder(), 'backup'));
      expect(
        elsewhere.map((text) => text.split(':')[0]),
        at,
      ).toEqual(['t.at']);
    }
  });

  it.skipIf(whyMissing('postgres'))('is said by name at the time of the backup', async () => {
    const source = await connectFresh('postgres');
    await source.knex.raw(
      'create table t (id int, "ID" int, at timestamp, d date); create table "T" (x float8, n numeric, fine numeric)',
    );
    await source.knex.raw(
      `insert into t values (1, 2, 'infinity', '-infinity'); insert into "T" values ('NaN', 'NaN', -1.50)`,
    );
    const { elsewhere } = await backup(source, join(folder(), 'backup'));
    expect(elsewhere.map((text) => text.split(':')[0])).toEqual([
      'T and t',
      't.id and t.ID',
      'T.x',
      'T.n',
      't.at',
      't.d',
    ]);
    expect(await rehearsed(source)).toEqual({ T: 1, 't~2': 1 });
  });
});
