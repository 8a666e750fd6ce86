import { expect, it } from 'vitest';
import { RUN_LOCK, type Database } from '../../src/database/index.js';
import { readBack } from '../../src/settings/read-back.js';
import { isExplicit, writeOf, type RowWrite } from '../../src/settings/row.js';
import {
  createSettingsTable,
  deleteSettings,
  readSettings,
  writeSettings,
} from '../../src/settings/store.js';
import { connect, connectFresh, freshUrl, queryRows, withQuery } from '../support/connection.js';
import { describeEngines, type TestEngine } from '../support/database.js';
import { failure } from '../support/errors.js';

const now = new Date('2026-03-29T01:30:00.123Z');

function row(key: string, changes: Partial<RowWrite> = {}): RowWrite {
  return {
    key,
    stored: 'value',
    type: 'string',
    description: null,
    modifiedAt: now,
    modifiedBy: null,
    origin: 'explicit',
    ...changes,
  };
}

async function withTable(engine: TestEngine): Promise<Database> {
  const database = await connectFresh(engine);
  await createSettingsTable(database);
  return database;
}

/** The column list of an older server, in the engine's own words. */
const oldTable: Record<TestEngine, string> = {
  sqlite: `create table system_settings (setting_key varchar(256) primary key, value text not null,
    setting_type varchar(50) not null, description text, modified_at datetime not null, modified_by varchar(36))`,
  postgres: `create table system_settings (setting_key varchar(256) primary key, value text not null,
    setting_type varchar(50) not null, description text, modified_at timestamptz not null, modified_by varchar(36))`,
  mysql: `create table system_settings (setting_key varchar(256) primary key, value longtext not null,
    setting_type varchar(50) not null, description longtext, modified_at datetime(3) not null, modified_by varchar(36))`,
  mssql: `create table system_settings (setting_key nvarchar(256) primary key, value nvarchar(max) not null,
    setting_type nvarchar(50) not null, description nvarchar(max), modified_at datetimeoffset not null, modified_by nvarchar(36))`,
  oracle: `create table system_settings (setting_key varchar2(256 char) primary key, value clob not null,
    setting_type varchar2(50 char) not null, description clob, modified_at timestamp with time zone not null, modified_by varchar2(36 char))`,
};

/** The catalogue's word on the table that the tool creates: name, type, nullable. */
const catalogue: Record<TestEngine, { query: string; expected: string[] }> = {
  sqlite: {
    query: `select name || ' ' || lower(type) || case "notnull" when 1 then ' no' else ' yes' end || case pk when 1 then ' key' else '' end as line from pragma_table_info('system_settings')`,
    expected: [
      'setting_key varchar(256) no key',
      'value text no',
      'setting_type varchar(50) no',
      'description text yes',
      'modified_at datetime no',
      'modified_by varchar(36) yes',
      'origin varchar(16) yes',
    ],
  },
  postgres: {
    query: `select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' no' else ' yes' end || case when i.indisprimary then ' key' else '' end as line
      from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and a.attnum = any(i.indkey)
      where a.attrelid = 'system_settings'::regclass and a.attnum > 0 and not a.atthasdef order by a.attnum`,
    expected: [
      'setting_key character varying(256) no key',
      'value text no',
      'setting_type character varying(50) no',
      'description text yes',
      'modified_at timestamp with time zone no',
      'modified_by character varying(36) yes',
      'origin character varying(16) yes',
    ],
  },
  mysql: {
    query: `select concat(column_name, ' ', column_type, if(is_nullable = 'NO', ' no', ' yes'), if(column_key = 'PRI', ' key', '')) as line
      from information_schema.columns where table_schema = database() and table_name = 'system_settings' order by ordinal_position`,
    expected: [
      'setting_key varchar(256) no key',
      'value longtext no',
      'setting_type varchar(50) no',
      'description longtext yes',
      'modified_at datetime(3) no',
      'modified_by varchar(36) yes',
      'origin varchar(16) yes',
    ],
  },
  mssql: {
    query: `select concat(c.name, ' ', t.name, '(', c.max_length, case when c.is_nullable = 1 then ') yes' else ') no' end,
        case when i.index_column_id is null then '' else ' key' end) as line
      from sys.columns c join sys.types t on t.user_type_id = c.user_type_id
        left join sys.index_columns i on i.object_id = c.object_id and i.column_id = c.column_id
      where c.object_id = object_id('system_settings') order by c.column_id`,
    // Lengths are in bytes, two for a character.
    expected: [
      'setting_key nvarchar(512) no key',
      'value nvarchar(-1) no',
      'setting_type nvarchar(100) no',
      'description nvarchar(-1) yes',
      'modified_at datetimeoffset(10) no',
      'modified_by nvarchar(72) yes',
      'origin nvarchar(32) yes',
    ],
  },
  oracle: {
    query: `select lower(column_name || ' ' || data_type) || case when char_length > 0 then '(' || char_length || ')' end
        || case nullable when 'Y' then ' yes' else ' no' end || case when column_name = 'SETTING_KEY' then ' key' end as "line"
      from user_tab_columns where table_name = 'SYSTEM_SETTINGS' order by column_id`,
    expected: [
      'setting_key varchar2(256) no key',
      'value clob no',
      'setting_type varchar2(50) no',
      'description clob yes',
      'modified_at timestamp(6) with time zone no',
      'modified_by varchar2(36) yes',
      'origin varchar2(16) yes',
    ],
  },
};

/** Engines in which DDL ends a transaction. */
const committingDdl: ReadonlySet<TestEngine> = new Set(['mysql', 'oracle']);

async function linesOf(database: Database, query: string): Promise<unknown[]> {
  return (await queryRows(database, query)).map((r) => r['line']);
}

describeEngines((engine) => {
  it('creates the table of the contract', async () => {
    const database = await withTable(engine);
    expect(await linesOf(database, catalogue[engine].query)).toEqual(catalogue[engine].expected);
    await createSettingsTable(database); // a second time changes nothing
    expect(await linesOf(database, catalogue[engine].query)).toEqual(catalogue[engine].expected);
  });

  it.runIf(engine !== 'sqlite')('constrains the origin', async () => {
    const database = await withTable(engine);
    const table = await readSettings(database);
    const error = await failure(writeSettings(database, table, [row('a', { origin: 'guessed' })]));
    expect(error.code).toBe('database/constraint');
  });

  it.runIf(committingDdl.has(engine))('refuses to create the table where that would commit', async () => {
    const database = await connectFresh(engine);
    expect((await failure(database.transaction((session) => createSettingsTable(session)))).code).toBe(
      'internal/unexpected',
    );
  });

  it.runIf(!committingDdl.has(engine))(
    'creates the table in a transaction that can be rolled back',
    async () => {
      const database = await connectFresh(engine);
      await database
        .transaction(async (session) => {
          await createSettingsTable(session);
          throw new Error('back');
        })
        .catch(() => undefined);
      expect((await readSettings(database)).exists).toBe(false);
    },
  );

  it('reads a missing table as empty, with the columns it will have', async () => {
    const table = await readSettings(await connectFresh(engine));
    expect(table).toMatchObject({ exists: false, hasOrigin: true });
    expect(table.rows.size).toBe(0);
    expect(table.get('a')).toBeUndefined();
  });

  it('refuses a table that is another', async () => {
    const database = await connectFresh(engine);
    await database.knex.raw('create table system_settings (setting_key varchar(20), value varchar(20))');
    const error = await failure(readSettings(database));
    expect(error.code).toBe('settings/unexpected-table');
    expect(error.message).toContain('setting_type');
  });

  it('writes and reads every kind of text', async () => {
    const database = await withTable(engine);
    const texts = [
      "it's",
      '"x"',
      '\\',
      '\\n',
      '?',
      '??',
      '$1',
      ':name',
      '😀',
      'ä\u2028',
      '  ',
      'a\nb\tc',
      '%',
      '{"a":1}',
      'x'.repeat(100_000),
    ];
    const writes = texts.map((stored, index) => row(`k${index}`, { stored, description: stored }));
    await writeSettings(database, await readSettings(database), writes);
    const table = await readBack(database, { written: writes });
    expect([...table.rows.values()].map((r) => r.stored).sort()).toEqual([...texts].sort());
  });

  it('reads back every column', async () => {
    const database = await withTable(engine);
    const modifiedBy = '6f1e0c8a-9a5e-4f0e-8d55-0123456789ab';
    const write = row('session.timeout_minutes', {
      stored: '60',
      type: 'int',
      description: 'Minutes',
      modifiedBy,
    });
    await writeSettings(database, await readSettings(database), [write]);
    const stored = (await readSettings(database)).get('session.timeout_minutes');
    expect(stored).toEqual({
      key: 'session.timeout_minutes',
      stored: '60',
      type: 'int',
      description: 'Minutes',
      modifiedAt: now,
      modifiedAtIso: '2026-03-29T01:30:00.123Z',
      modifiedBy,
      origin: 'explicit',
      originText: 'explicit',
    });
  });

  it.each([
    '1969-12-31T23:59:59.999Z',
    '2026-03-29T02:30:00.001Z',
    '2026-10-25T01:30:00.500Z',
    '2100-01-01T00:00:00.000Z',
  ])('keeps the instant %s, whatever zone another session reads in', async (iso) => {
    const url = await freshUrl(engine);
    const database = await connect(url);
    await createSettingsTable(database);
    await writeSettings(database, await readSettings(database), [row('a', { modifiedAt: new Date(iso) })]);
    expect((await readSettings(database)).get('a')?.modifiedAt?.toISOString()).toBe(iso);
    const zoned: Record<TestEngine, string | undefined> = {
      sqlite: undefined,
      postgres: "set time zone 'America/St_Johns'",
      mysql: "set time_zone = '-03:30'",
      mssql: undefined,
      oracle: "alter session set time_zone = '-03:30'",
    };
    const other = await connect(url);
    if (zoned[engine] !== undefined) await other.knex.raw(zoned[engine]);
    expect((await readSettings(other)).get('a')?.modifiedAt?.toISOString()).toBe(iso);
  });

  it('puts a row back with every digit of its time', async () => {
    const iso: Record<TestEngine, string> = {
      sqlite: '2026-01-02T03:04:05.123456789Z',
      postgres: '2026-01-02T03:04:05.123456Z',
      mysql: '2026-01-02T03:04:05.123Z',
      mssql: '2026-01-02T03:04:05.1234567Z',
      oracle: '2026-01-02T03:04:05.123456Z',
    };
    const database = await withTable(engine);
    const table = await readSettings(database);
    await writeSettings(database, table, [row('a', { modifiedAt: iso[engine], origin: null })]);
    const stored = (await readSettings(database)).get('a');
    expect(stored?.modifiedAtIso).toBe(iso[engine]);
    if (!stored) throw new Error('No row.');
    await writeSettings(database, table, [row('a', { stored: 'other' })]);
    await writeSettings(database, table, [writeOf(stored)]);
    expect((await readSettings(database)).get('a')).toEqual(stored);
  });

  it('replaces a row, or keeps it', async () => {
    const database = await withTable(engine);
    const table = await readSettings(database);
    await writeSettings(database, table, [row('a', { stored: '1' })]);
    await writeSettings(
      database,
      table,
      [row('a', { stored: '2', origin: 'seeded' }), row('b', { stored: '2' })],
      'keep',
    );
    const kept = await readBack(database, { written: [row('a', { stored: '2' })], existing: 'keep' });
    expect([kept.get('a')?.stored, kept.get('a')?.origin, kept.get('b')?.stored]).toEqual([
      '1',
      'explicit',
      '2',
    ]);
    await writeSettings(database, table, [
      row('a', { stored: '3', type: 'int', origin: 'seeded', description: 'd' }),
    ]);
    expect((await readSettings(database)).get('a')).toMatchObject({
      stored: '3',
      type: 'int',
      origin: 'seeded',
      description: 'd',
    });
  });

  it('deletes rows', async () => {
    const database = await withTable(engine);
    await writeSettings(database, await readSettings(database), [row('a'), row('b'), row('c')]);
    await deleteSettings(database, ['a', 'c', 'not there']);
    await deleteSettings(database, []);
    const table = await readBack(database, { written: [row('b')], deleted: ['a', 'c'] });
    expect([...table.rows.keys()]).toEqual(['b']);
  });

  it('refuses empty values before anything is sent', async () => {
    const database = await withTable(engine);
    const table = await readSettings(database);
    const before = database.roundTrips;
    for (const stored of ['', null as unknown as string, undefined as unknown as string]) {
      expect((await failure(writeSettings(database, table, [row('a'), row('b', { stored })]))).code).toBe(
        'settings/empty-value',
      );
    }
    expect(database.roundTrips).toBe(before);
  });

  it('refuses one key twice, by the rules of the engine', async () => {
    const database = await withTable(engine);
    const table = await readSettings(database);
    expect((await failure(writeSettings(database, table, [row('a'), row('a')]))).code).toBe(
      'settings/duplicate-key',
    );
    const cases = writeSettings(database, table, [row('auth.X'), row('auth.x')]);
    const oneKey: Record<TestEngine, boolean> = {
      sqlite: false,
      postgres: false,
      mysql: true,
      mssql: true,
      oracle: false,
    };
    if (oneKey[engine]) expect((await failure(cases)).code).toBe('settings/duplicate-key');
    else await cases;
    expect((await readSettings(database)).rows.size).toBe(oneKey[engine] ? 0 : 2);
  });

  it('finds keys as the engine does', async () => {
    const database = await withTable(engine);
    await writeSettings(database, await readSettings(database), [row('Auth.Thing', { stored: 'here' })]);
    const found: Record<TestEngine, string | undefined> = {
      sqlite: undefined,
      postgres: undefined,
      mysql: 'here',
      mssql: 'here',
      oracle: undefined,
    };
    expect((await readSettings(database)).get('auth.thing')?.stored).toBe(found[engine]);
    expect((await readSettings(database)).get('Auth.Thing')?.stored).toBe('here');
  });

  it('works without a column for the origin, and leaves unknown columns alone', async () => {
    const database = await connectFresh(engine);
    await database.knex.raw(oldTable[engine]);
    await database.knex.raw('alter table system_settings add note varchar(20)');
    await database.knex.raw(
      `insert into system_settings values ('a', '1', 'int', null, ${engine === 'oracle' ? `timestamp '2025-01-01 00:00:00 +00:00'` : `'2025-01-01 00:00:00'`}, null, 'mine')`,
    );
    const table = await readSettings(database);
    expect(table).toMatchObject({ exists: true, hasOrigin: false });
    expect(table.columns).toContain('note');
    expect(table.get('a')).toMatchObject({ stored: '1', origin: null, originText: null });
    const writes = [row('a', { stored: '2' }), row('b')];
    await writeSettings(database, table, writes);
    await readBack(database, { written: writes });
    expect(await linesOf(database, 'select note as line from system_settings order by setting_key')).toEqual([
      'mine',
      null,
    ]);
  });

  it('takes NULL and unknown words for the origin as seeded', async () => {
    const database = await withTable(engine);
    const table = await readSettings(database);
    await writeSettings(database, table, [
      row('a', { origin: null }),
      row('b', { origin: 'seeded' }),
      row('c'),
    ]);
    if (engine === 'sqlite') await writeSettings(database, table, [row('d', { origin: 'imported' })]);
    const { rows } = await readSettings(database);
    const explicit = [...rows.values()].filter(isExplicit).map((r) => r.key);
    expect(explicit).toEqual(['c']);
    if (engine === 'sqlite') expect(rows.get('d')).toMatchObject({ origin: null, originText: 'imported' });
  });

  it('reads broken rows without falling over', async () => {
    const database = await withTable(engine);
    await database.knex.raw(
      "insert into system_settings (setting_key, value, setting_type, modified_at) values ('a', '', 'colour', '2025-01-01 00:00:00')",
    );
    expect((await readSettings(database)).get('a')).toMatchObject({ stored: '', type: 'colour' });
    if (engine !== 'sqlite') return;
    await database.knex.raw(
      "insert into system_settings values ('b', x'6869', 'string', null, 'yesterday', null, null)",
    );
    await database.knex.raw(
      "insert into system_settings values ('c', 42, 'int', null, 1735689600, null, null)",
    );
    const { rows } = await readSettings(database);
    expect(rows.get('b')).toMatchObject({ stored: 'hi', modifiedAt: null, modifiedAtIso: null });
    expect(rows.get('c')).toMatchObject({ stored: '42', modifiedAtIso: '2025-01-01T00:00:00.000Z' });
  });

  it('rolls back when the database changes what is written', async () => {
    const database = await withTable(engine);
    const triggers: Record<TestEngine, string[]> = {
      sqlite: [
        `create trigger shout after insert on system_settings begin update system_settings set value = upper(value) where setting_key = new.setting_key; end`,
      ],
      postgres: [
        `create function shout() returns trigger language plpgsql as $$ begin new.value := upper(new.value); return new; end $$`,
        `create trigger shout before insert on system_settings for each row execute function shout()`,
      ],
      mysql: [
        `create trigger shout before insert on system_settings for each row set new.value = upper(new.value)`,
      ],
      mssql: [
        `create trigger shout on system_settings after insert as update s set value = upper(s.value)
           from system_settings s join inserted i on i.setting_key = s.setting_key`,
      ],
      oracle: [
        `create or replace trigger shout before insert on system_settings for each row
         begin :new.value := upper(:new.value); end;`,
      ],
    };
    for (const statement of triggers[engine]) await database.knex.raw(statement);
    const writes = [row('quiet', { stored: 'hush-hush' })];
    const error = await failure(
      database.transaction(async (session) => {
        await writeSettings(session, await readSettings(session), writes);
        await readBack(session, { written: writes });
      }),
    );
    expect(error.code).toBe('settings/read-back-mismatch');
    expect(error.message).toContain('quiet: value');
    expect(error.hint?.toLowerCase()).toContain('system_settings.shout. drop them');
    expect(error.message.toLowerCase()).not.toContain('hush');
    expect((await readSettings(database)).rows.size).toBe(0);
  });

  it.each([
    ['a missing row', [row('b')], []],
    ['another value', [row('a', { stored: 'other' })], []],
    ['another type', [row('a', { type: 'int' })], []],
    ['another time', [row('a', { modifiedAt: new Date(now.getTime() + 1) })], []],
    ['another author', [row('a', { modifiedBy: 'x' })], []],
    ['another origin', [row('a', { origin: 'seeded' })], []],
    ['another description', [row('a', { description: 'x' })], []],
    ['a row that should be gone', [], ['a']],
  ])('notices %s', async (_, written, deleted) => {
    const database = await withTable(engine);
    await writeSettings(database, await readSettings(database), [row('a')]);
    expect((await failure(readBack(database, { written, deleted }))).code).toBe(
      'settings/read-back-mismatch',
    );
  });

  it('keeps other sessions from changing what a transaction has read', async () => {
    const url = await freshUrl(engine);
    // What is set in a session there lasts no longer than a transaction.
    const hasty = engine === 'postgres' ? withQuery(url, 'lock_timeout=50ms') : url;
    const [one, two] = [await connect(url), await connect(hasty)];
    await createSettingsTable(one);
    const impatient: Record<TestEngine, string> = {
      sqlite: 'pragma busy_timeout = 50',
      postgres: 'select 1',
      mysql: 'set innodb_lock_wait_timeout = 1',
      mssql: 'set lock_timeout 50',
      oracle: 'alter session set ddl_lock_timeout = 1',
    };
    await two.knex.raw(impatient[engine]);
    const before = await readSettings(two);
    await one.transaction(async (session) => {
      const table = await readSettings(session, { forUpdate: true });
      expect((await failure(writeSettings(two, before, [row('theirs')]))).code).toBe('database/busy');
      await writeSettings(session, table, [row('mine')]);
    });
    await writeSettings(two, before, [row('theirs')]);
    expect((await readSettings(two)).rows.size).toBe(2);
  });

  it.each([10, 1000])('needs the same few round trips for %i settings', async (count) => {
    const url = await freshUrl(engine);
    const setUp = await connect(url);
    await createSettingsTable(setUp);
    const database = await connect(url);
    const writes = Array.from({ length: count }, (_, i) => row(`key.${i}`, { stored: `value ${i}` }));
    await readSettings(database);
    await database.lock(RUN_LOCK);
    await database.transaction(async (session) => {
      const table = await readSettings(session, { forUpdate: true });
      await writeSettings(session, table, writes);
      await readBack(session, { written: writes });
    });
    const expected: Record<TestEngine, number> = { sqlite: 6, postgres: 7, mysql: 9, mssql: 8, oracle: 8 };
    // One statement of SQL Server holds values for three hundred rows.
    const more = engine === 'mssql' ? Math.ceil(count / 299) - 1 : 0;
    expect(database.roundTrips).toBe(expected[engine] + more);
  });

  it('splits what one statement cannot hold', async () => {
    const database = await withTable(engine);
    const count = 12_000;
    const writes = Array.from({ length: count }, (_, i) => row(`key.${i}`));
    const before = database.roundTrips;
    await database.transaction(async (session) => {
      await writeSettings(session, await readSettings(session), writes);
      expect((await readBack(session, { written: writes })).rows.size).toBe(count);
      await deleteSettings(
        session,
        writes.map((w) => w.key),
      );
    });
    // A list of Oracle holds a thousand values.
    const most: Partial<Record<TestEngine, number>> = { mssql: 60, oracle: 20 };
    expect(database.roundTrips - before).toBeLessThan(most[engine] ?? 10);
    expect((await readSettings(database)).rows.size).toBe(0);
  });

  it('names the columns that a table lacks', async () => {
    const database = await connectFresh(engine);
    await database.knex.raw(
      'create table system_settings (setting_key varchar(256), modified_at varchar(40))',
    );
    const error = await failure(readSettings(database));
    expect(error).toMatchObject({
      code: 'settings/unexpected-table',
      message: 'The table system_settings has no column value, setting_type, description, modified_by',
    });
    expect(error.hint).toContain('migrations');
  });
});

it('keeps the text of a time that is written otherwise than the tool writes it', async () => {
  const database = await withTable('sqlite');
  const times = {
    own: '2026-03-29 01:30:00.123+00:00',
    other: '2026-03-29T03:30:00.123+02:00',
    none: 'yesterday',
  };
  for (const [key, time] of Object.entries(times))
    await database.knex.raw("insert into system_settings values (?, 'v', 'string', null, ?, null, null)", [
      key,
      time,
    ]);
  await writeSettings(database, await readSettings(database), [row('written')]);
  const { rows } = await readSettings(database);
  const found = Object.fromEntries(
    [...rows].map(([key, one]) => [key, [one.modifiedAtIso, one.modifiedAtText]]),
  );
  expect(found).toEqual({
    own: [now.toISOString(), undefined],
    other: [now.toISOString(), times.other],
    none: [null, undefined],
    written: [now.toISOString(), undefined],
  });
});
