import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { connectDatabase } from '../../../src/database/connect.js';
import { RUN_LOCK } from '../../../src/database/index.js';
import {
  createSettingsTable,
  deleteSettings,
  readSettings,
  writeSettings,
} from '../../../src/settings/store.js';
import type { RowWrite } from '../../../src/settings/row.js';
import { readBack } from '../../../src/settings/read-back.js';
import { SecretValue } from '../../../src/values/secret-value.js';
import { carryOut, prepareImport } from '../../support/import-library.js';
import { expectHidden, failure } from '../../support/errors.js';
import { connections } from '../../support/stand-ins/oracle/driver.js';
import { syntaxFaults } from '../../support/sql-grammar.js';
import { OracleWorkspace } from './workspace.js';

vi.mock('oracledb', async () => ({
  default: (await import('../../support/stand-ins/oracle/driver.js')).driver,
}));

const row = (key: string): RowWrite => ({
  key,
  stored: 'value',
  type: 'string',
  description: '',
  modifiedAt: '2025-03-01T10:20:30.123456789Z',
  modifiedBy: null,
  origin: 'explicit',
});

const providers = (count: number): string =>
  Array.from(
    { length: count },
    (_, i) => `      p${i}: {enabled: false, client_id: c${i}, name: n${i}, icon: i, scopes: [a]}\n`,
  ).join('');

const config = (count: number): string =>
  `database: {url: "$URL"}\nauth:\n  oauth:\n    providers:\n${providers(count)}`;

describe('a session', () => {
  it('shows no password, in whatever form', async () => {
    const w = new OracleWorkspace();
    const database = await w.connect();
    for (const shown of [database.describe(), inspect(database, { depth: 10 }), JSON.stringify(database)]) {
      expect(shown).not.toContain(w.schema.password);
    }
    expect(database.describe()).toMatch(/^oracle:\/\/app@oracle\.invalid:1521\/tmi\d+$/);
  });

  it('reports a wrong password by its number only', async () => {
    const w = new OracleWorkspace();
    const url = w.url.replace(w.schema.password, 'CANARY-wrong');
    const error = await failure(connectDatabase({ url: new SecretValue(url) }));
    expect(error).toMatchObject({ code: 'database/login-refused', exitCode: 6 });
    expect(error.message).toMatch(/user "app", error ORA-01017\)$/);
    expectHidden(error, 'CANARY-wrong');
    expectHidden(error, 'invalid credential');
  });

  it('commits each statement by itself, and only the whole of a transaction', async () => {
    const w = new OracleWorkspace();
    const database = await w.connect();
    await database.knex.raw('create table "THINGS" ("A" varchar2(9 char))');
    await database.knex('things').insert({ a: 'one' });
    expect(w.stored('THINGS')).toEqual([{ A: 'one' }]);
    await database
      .transaction(async ({ knex }) => {
        await knex('things').insert({ a: 'two' });
        expect(w.stored('THINGS')).toHaveLength(1);
        throw new Error('back');
      })
      .catch(() => undefined);
    expect(w.stored('THINGS')).toHaveLength(1);
    await database.transaction(({ knex }) => knex('things').insert({ a: '' }));
    expect(w.stored('THINGS')).toEqual([{ A: 'one' }, { A: null }]);
    expect(await database.knex('things').where({ a: 'one' }).update({ a: 'three' })).toBe(1);
    expect((await database.readTable('things'))?.rows).toEqual([{ a: 'three' }, { a: null }]);
  });

  it('finds no table where there is none, and the columns of an empty one', async () => {
    const w = new OracleWorkspace();
    const database = await w.connect();
    expect(await database.readTable('nothing')).toBeUndefined();
    await w.define('create table things (a number(9,0), b varchar2(9 char))');
    expect(await database.readTable('things')).toEqual({ columns: ['a', 'b'], rows: [] });
    await database.transaction(async (session) => {
      expect(await session.readTable('nothing', { forUpdate: true })).toBeUndefined();
      expect(await session.readTable('things', { forUpdate: true, instants: ['c'] })).toMatchObject({
        columns: ['a', 'b'],
      });
    });
  });

  it('keeps values out of the errors of statements', async () => {
    const w = new OracleWorkspace();
    const database = await w.connect();
    await w.define('create table things (a varchar2(9 char) primary key)');
    await database.knex('things').insert({ a: 'hush-hush' });
    const error = await failure(Promise.resolve(database.knex('things').insert({ a: 'hush-hush' })));
    expect(error.code).toBe('database/constraint');
    expect(error.message).toContain('ORA-00001');
    expectHidden(error, 'hush-hush');
    expectHidden(error, 'unique constraint (');
    const long = await failure(Promise.resolve(database.knex('things').insert({ a: 'x'.repeat(10) })));
    expect(long.message).toContain('ORA-12899');
    expect((await failure(Promise.resolve(database.knex.raw('selekt 1')))).code).toBe(
      'database/statement-failed',
    );
  });

  it('ends with the connection, and makes no new one', async () => {
    const w = new OracleWorkspace();
    const database = await w.connect();
    connections.at(-1)?.cut();
    for (const sql of ['select 1 from dual', 'select 2 from dual']) {
      const error = await failure(Promise.resolve(database.knex.raw(sql)));
      expect(error).toMatchObject({ code: 'database/connection-lost', exitCode: 6 });
    }
  });
});

describe('the lock of a run', () => {
  it('is held by one, can be seen, and goes with its session', async () => {
    const w = new OracleWorkspace();
    const [one, two] = [await w.connect(), await w.connect()];
    expect(await two.isLocked(RUN_LOCK)).toBe(false);
    expect(w.schema.tables.size).toBe(0);
    await one.lock(RUN_LOCK);
    await one.lock(RUN_LOCK);
    expect(await two.isLocked(RUN_LOCK)).toBe(true);
    expect(await one.isLocked(RUN_LOCK)).toBe(true);
    expect((await failure(two.lock(RUN_LOCK))).code).toBe('database/locked');
    // The run goes on to commit and roll back, and keeps it.
    await one.transaction(({ knex }) => knex.raw('select 1 from dual'));
    expect(await two.isLocked(RUN_LOCK)).toBe(true);
    await one.close();
    expect(await two.isLocked(RUN_LOCK)).toBe(false);
    await two.lock(RUN_LOCK);
  });

  it('goes when the process is killed', async () => {
    const w = new OracleWorkspace();
    const [one, two] = [await w.connect(), await w.connect()];
    await one.lock(RUN_LOCK);
    connections.at(-1)?.cut();
    await two.lock(RUN_LOCK);
  });

  it('keeps other sessions from changing what a transaction has read', async () => {
    const w = new OracleWorkspace();
    const [one, two] = [await w.connect(), await w.connect()];
    await createSettingsTable(one);
    const before = await readSettings(two);
    await one.transaction(async (session) => {
      const table = await readSettings(session, { forUpdate: true });
      expect((await failure(writeSettings(two, before, [row('theirs')]))).code).toBe('database/busy');
      await writeSettings(session, table, [row('mine')]);
      await readBack(session, { written: [row('mine')] });
    });
    await writeSettings(two, before, [row('theirs')]);
    expect((await readSettings(two)).rows.size).toBe(2);
  });
});

describe('round trips', () => {
  it.each([10, 400])(
    'of an import into the table of a server, receipt included, are twelve at most, for %i rows',
    async (rows) => {
      const w = new OracleWorkspace(config(rows / 5));
      const setUp = await w.connect();
      await createSettingsTable(setUp);
      await setUp.lock(RUN_LOCK);
      await setUp.close();
      const prepared = await prepareImport({ file: w.file, url: w.url });
      await carryOut(prepared);
      expect(Object.keys(w.settings())).toHaveLength(rows);
      expect(prepared.database.roundTrips).toBeLessThanOrEqual(12);
    },
  );

  it('of an import that makes the table are no more', async () => {
    const w = new OracleWorkspace(config(20));
    const prepared = await prepareImport({ file: w.file, url: w.url });
    await carryOut(prepared);
    expect(prepared.database.roundTrips).toBeLessThanOrEqual(12);
  });

  it('take lists of a thousand, as the server does', async () => {
    const w = new OracleWorkspace();
    const database = await w.connect();
    await createSettingsTable(database);
    const keys = Array.from({ length: 1001 }, (_, i) => `key.${i}`);
    await writeSettings(
      database,
      await readSettings(database),
      keys.map((key) => row(key)),
    );
    const before = w.schema.statements.length;
    await database.transaction((session) => deleteSettings(session, keys));
    expect(w.schema.statements.slice(before).map((sql) => sql.match(/:\d+/g)?.length)).toEqual([1000, 1]);
    expect(w.stored('SYSTEM_SETTINGS')).toEqual([]);
  });
});

describe('statements', () => {
  it('are refused by the stand-in when the grammar refuses them, which it does', async () => {
    const w = new OracleWorkspace();
    await expect(w.define('select 1 frm dual where')).rejects.toMatchObject({ errorNum: 900 });
    await expect(w.define(`begin execute immediate 'x'; end`)).rejects.toMatchObject({ errorNum: 900 });
  });

  it('were all well formed, those within the block of the lock too', async () => {
    const w = new OracleWorkspace(config(2));
    await carryOut(await prepareImport({ file: w.file, url: w.url }));
    const sent = [...new Set(w.schema.statements)];
    const inner = sent.flatMap((sql) =>
      [...sql.matchAll(/execute immediate '([^']*)'/g)].map(([, text = '']) => text),
    );
    expect(inner).toHaveLength(3);
    for (const sql of [...sent, ...inner]) expect(syntaxFaults('oracle', sql), sql).toEqual([]);
    expect(sent.some((sql) => sql.startsWith('merge into "SYSTEM_SETTINGS" using dual'))).toBe(true);
  });
});
