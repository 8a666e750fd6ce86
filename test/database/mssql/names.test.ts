import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connect } from '../../support/connection.js';
import { failure } from '../../support/errors.js';
import { texts } from './script.js';
import { rows } from '../../support/stand-ins/tds-catalog.js';
import { sessionBegin } from '../../support/stand-ins/tds-sqlite.js';
import { World } from './world.js';

const config = 'database: {url: "$URL"}\n';
const base = ['--config', 'config.yml'];
const now = new Date('2026-02-03T04:05:06Z');

/** A user whose schema is `app`, and beside it the tables of somebody who works in `dbo`. */
async function besideDbo(): Promise<World> {
  const w = await World.start({}, 'app');
  w.write(config);
  w.database.direct.exec(`
    create table dbo.system_settings (setting_key nvarchar(256) primary key, value nvarchar(2147483647),
      setting_type nvarchar(50), description nvarchar(2147483647), modified_at datetimeoffset, modified_by nvarchar(36),
      origin nvarchar(16));
    insert into dbo.system_settings values ('ui.default_theme', 'theirs', 'string', null, '2026-01-01 00:00:00.0000000 +00:00', null, 'explicit');
    create table dbo.users (id nvarchar(36) primary key); insert into dbo.users values ('theirs');
    create table dbo.tmi_dbtool_receipts (id nvarchar(64) primary key)`);
  return w;
}

const theirs = (w: World): unknown => [
  w.rows('select setting_key, value from dbo.system_settings'),
  w.rows('select * from dbo.users'),
  w.rows('select * from dbo.tmi_dbtool_receipts'),
];

it('works in the schema of its user alone, whatever has the same name in dbo', async () => {
  const w = await besideDbo();
  const before = theirs(w);
  const ok = async (args: readonly string[]) => {
    const run = await w.run([...args, ...base], { now });
    expect({ code: run.code, err: run.err }, args.join(' ')).toEqual({
      code: 0,
      err: expect.any(String) as string,
    });
    return run;
  };

  // Nothing is read from dbo where there is no table yet.
  expect((await ok(['settings', 'list', '--json'])).out).not.toContain('theirs');
  await ok(['settings', 'set', 'ui.default_theme', 'dark']);
  await ok(['settings', 'set', 'operator.name', 'TMI']);
  await ok(['settings', 'unset', 'operator.name']);
  expect(w.rows('select setting_key, value from main.system_settings')).toEqual([
    { setting_key: 'ui.default_theme', value: 'dark' },
  ]);
  expect((await ok(['db', 'status', '--json'])).json()).toMatchObject({
    tables: [{ name: 'system_settings', rows: 1 }],
  });

  await ok(['db', 'backup', '--output', 'b.gz']);
  w.database.direct.exec('delete from main.system_settings');
  await ok(['db', 'restore', 'b.gz']);
  expect(w.rows('select value from main.system_settings')).toEqual([{ value: 'dark' }]);

  // The default schema of the engine is not the one that would fall.
  const reset = ['db', 'reset', '--scope', 'schema', '--no-backup', ...base];
  expect((await w.run([...reset, '--confirm', 'tmi'], { now })).code).toBe(4);
  expect((await w.run([...reset, '--confirm', 'tmi.app'], { now })).code).toBe(0);
  expect(w.rows(`select name from main.sqlite_master where name = 'system_settings'`)).toEqual([]);
  expect(theirs(w)).toEqual(before);
});

it('imports and undoes in the schema of its user', async () => {
  const w = await besideDbo();
  const before = theirs(w);
  const text = `${config}operator: {name: TMI}\n`;
  w.write(text);
  const plain = ['--non-interactive', '--allow-plaintext-secrets', '--yes'];
  const run = await w.run(['import-legacy', 'config.yml', ...plain], { now });
  expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: expect.any(String) as string });
  expect(w.rows('select setting_key from main.system_settings')).toEqual([{ setting_key: 'operator.name' }]);
  const receipt = w.files().find((name) => name.endsWith('.receipt.json')) ?? '';
  expect((await w.run(['import-legacy', '--undo', join(w.folder, receipt)])).code).toBe(0);
  expect(w.rows('select * from main.system_settings')).toEqual([]);
  expect(w.text()).toBe(text);
  expect(theirs(w)).toEqual(before);
});

it('says that the schema of the user is not there', async () => {
  const w = await World.start({
    login: () => ({
      close: () => undefined,
      run: ({ sql }) => (sql === sessionBegin ? { results: [texts(['schema'], [{ schema: null }])] } : {}),
    }),
  });
  const error = await failure(connect(w.url));
  expect(error).toMatchObject({ code: 'database/permission' });
  expect(error.hint).toContain('WITH DEFAULT_SCHEMA');
});

it('writes a schema of any name', async () => {
  const w = await World.start({
    login: () => ({
      close: () => undefined,
      run({ sql }) {
        if (sql === sessionBegin) return { results: [texts(['schema'], [{ schema: "o'dd]?" }])] };
        return sql.startsWith('delete') ? { results: [rows({ '': 'int' }, [{ '': 1 }])] } : {};
      },
    }),
  });
  const database = await connect(w.url);
  await database.deleteRows('what?', 'id', ['1']);
  await database.transfer.continueCounter('what?', 'id', '5');
  await database.upsert('t', 'id', [{ id: '1' }], 'keep');
  const sent = w.server.statements.slice(1).map(({ sql }) => sql);
  expect(sent[0]).toMatch(/^delete from \[o'dd\]\]\?\]\.\[what\?\] where \[id\] in \(@p0\)/);
  expect(sent[1]).toContain("object_id(N'[o''dd]]?].[what?]') and name = @p0");
  expect(sent[2]).toContain("merge into [o'dd]]?].[t] with (holdlock)");
});
