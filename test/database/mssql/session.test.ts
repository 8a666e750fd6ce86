import { expect, it } from 'vitest';
import { classify } from '../../../src/database/dialects/mssql/errors.js';
import type { FaultName } from '../../../src/database/faults.js';
import { RUN_LOCK } from '../../../src/database/index.js';
import {
  createSettingsTable,
  deleteSettings,
  readSettings,
  writeSettings,
} from '../../../src/settings/store.js';
import { connect } from '../../support/connection.js';
import { failure } from '../../support/errors.js';
import { TdsFault } from '../../support/stand-ins/tds-faults.js';
import type { TdsSession } from '../../support/stand-ins/tds-server.js';
import { TdsDatabase } from '../../support/stand-ins/tds-sqlite.js';
import { World } from './world.js';

const row = (key: string) => ({
  key,
  stored: `value of ${key}`,
  type: 'string',
  description: null,
  modifiedAt: '2026-01-02T03:04:05.1234567Z',
  modifiedBy: null,
  origin: 'explicit' as const,
});

it('keeps every digit of a time', async () => {
  const w = await World.start();
  const database = await connect(w.url);
  await createSettingsTable(database);
  const table = await readSettings(database);
  await writeSettings(database, table, [row('a')]);
  expect((await readSettings(database)).get('a')?.modifiedAtIso).toBe('2026-01-02T03:04:05.1234567Z');
  expect((await readSettings(database)).get('A')?.stored).toBe('value of a');
});

it('writes no more values in one statement than the server takes', async () => {
  const w = await World.start();
  const database = await connect(w.url);
  await createSettingsTable(database);
  const writes = Array.from({ length: 700 }, (_, index) => row(`key.${index}`));
  await database.transaction(async (session) => {
    await writeSettings(session, await readSettings(session, { forUpdate: true }), writes);
  });
  const merges = w.server.statements.filter(({ sql }) => sql.startsWith('merge'));
  expect(merges.map(({ parameters }) => Object.keys(parameters).length)).toEqual([2093, 2093, 714]);
  expect(w.rows('select count(*) as n from system_settings')).toEqual([{ n: 700 }]);
  await deleteSettings(
    database,
    writes.map(({ key }) => key),
  );
  expect(w.rows()).toEqual([]);
});

it('keeps a row that exists where it is told to', async () => {
  const w = await World.start();
  const database = await connect(w.url);
  await createSettingsTable(database);
  const table = await readSettings(database);
  await writeSettings(database, table, [row('a')]);
  await writeSettings(database, table, [{ ...row('a'), stored: 'other' }, row('b')], 'keep');
  expect(w.rows().map(({ value }) => value)).toEqual(['value of a', 'value of b']);
});

it('finds no table where there is none, inside of a transaction too', async () => {
  const w = await World.start();
  const database = await connect(w.url);
  expect(await database.readTable('nothing')).toBeUndefined();
  await database.transaction(async (session) => {
    expect(await session.readTable('nothing')).toBeUndefined();
    expect(await session.knex.raw('select 1 as one')).toEqual([{ one: 1 }]);
  });
});

it('counts what begins and ends a transaction, and keeps it on one connection', async () => {
  const w = await World.start();
  const [one, two] = [await connect(w.url), await connect(w.url)];
  await createSettingsTable(one);
  const before = one.roundTrips;
  await one.transaction(async ({ knex }) => {
    // Both at once: knex's own client would mix up their requests.
    await Promise.all([knex.raw('select 1 as one'), two.knex.raw('select 2 as two')]);
  });
  expect(one.roundTrips - before).toBe(3);
});

it('rolls back what rejects', async () => {
  const w = await World.start();
  const database = await connect(w.url);
  await createSettingsTable(database);
  const table = await readSettings(database);
  const fault = new Error('changed my mind');
  await expect(
    database.transaction(async (session) => {
      await writeSettings(session, table, [row('a')]);
      throw fault;
    }),
  ).rejects.toBe(fault);
  expect(w.rows()).toEqual([]);
  expect(w.server.statements.at(-1)?.sql).toBe('if @@trancount > 0 rollback transaction');
});

it('holds a lock for the length of the connection', async () => {
  const w = await World.start();
  const [one, two] = [await connect(w.url), await connect(w.url)];
  expect(await two.isLocked(RUN_LOCK)).toBe(false);
  await one.lock(RUN_LOCK);
  expect(await two.isLocked(RUN_LOCK)).toBe(true);
  expect(await failure(two.lock(RUN_LOCK))).toMatchObject({ code: 'database/locked', exitCode: 7 });
  await one.close();
  await expect.poll(() => two.isLocked(RUN_LOCK)).toBe(false);
  await two.lock(RUN_LOCK);
});

it('keeps writers out while it decides', async () => {
  const w = await World.start();
  const [one, two] = [await connect(w.url), await connect(w.url)];
  await createSettingsTable(one);
  const table = await readSettings(two);
  await one.transaction(async (session) => {
    await readSettings(session, { forUpdate: true });
    expect((await failure(writeSettings(two, table, [row('theirs')]))).code).toBe('database/busy');
  });
  await writeSettings(two, table, [row('theirs')]);
});

it('notices a connection that is cut in a transaction, and makes no new one', async () => {
  const w = await World.start({ before: ({ sql }) => (sql.startsWith('merge') ? 'cut' : undefined) });
  const database = await connect(w.url);
  await createSettingsTable(database);
  const table = await readSettings(database);
  const cut = database.transaction((session) => writeSettings(session, table, [row('a')]));
  expect(await failure(cut)).toMatchObject({ code: 'database/connection-lost', exitCode: 6 });
  const after = await failure(database.knex.raw('select 1').then());
  expect(after).toMatchObject({ code: 'database/connection-lost' });
  expect(w.rows()).toEqual([]);
  expect(w.server.logins).toHaveLength(1);
});

it.each([
  [1205, 'database/conflict'],
  [1222, 'database/busy'],
  [547, 'database/constraint'],
  [2627, 'database/constraint'],
  [8152, 'database/constraint'],
  [229, 'database/permission'],
  [3906, 'database/read-only'],
  [9002, 'database/no-space'],
  [102, 'database/statement-failed'],
] as const)('says what error %i means, and nothing of the statement', async (number, code) => {
  const inner = new TdsDatabase();
  const login = (): TdsSession => {
    const session = inner.session();
    return {
      close: () => session.close(),
      run: (statement) => {
        if (statement.sql.startsWith('merge')) throw new TdsFault(number, 'the value CANARY-value is wrong');
        return session.run(statement);
      },
    };
  };
  const w = await World.start({ login });
  const database = await connect(w.url);
  await createSettingsTable(database);
  const table = await readSettings(database);
  const error = await failure(
    database.transaction((session) =>
      writeSettings(session, table, [{ ...row('a'), stored: 'CANARY-value' }]),
    ),
  );
  expect(error.code).toBe(code);
  expect(error.message).toContain(String(number));
  expect(JSON.stringify(error) + String(error.stack)).not.toContain('CANARY-value');
});

it.each<[unknown, FaultName | undefined]>([
  [Object.assign(new Error('x'), { code: 'ETIMEOUT' }), 'timeout'],
  [Object.assign(new Error('x'), { code: 'EINSTLOOKUP' }), 'unreachable'],
  [Object.assign(new Error('x', { cause: { code: 'ENOTFOUND' } }), { code: 'EINSTLOOKUP' }), 'host-unknown'],
  [Object.assign(new Error('x'), { code: 'EPARAM' }), 'constraint'],
  [Object.assign(new Error('x'), { code: 'ESOCKET' }), 'connection-lost'],
  [new AggregateError([Object.assign(new Error('x'), { number: 547 })]), 'constraint'],
  [new Error('no error of a driver'), undefined],
])('classifies %o', (error, fault) => {
  expect(classify(error)?.fault).toBe(fault);
});
