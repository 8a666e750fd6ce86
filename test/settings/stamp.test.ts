import { describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { inspectSettings } from '../../src/settings/inspect.js';
import { SettingsCipher } from '../../src/settings/cipher.js';
import { isStampedProduction, markedServer, markServer, stampProduction } from '../../src/settings/stamp.js';
import { readSettings } from '../../src/settings/store.js';
import { connect, connectFresh, queryRows } from '../support/connection.js';
import { describeEngines, type TestEngine } from '../support/database.js';
import { carryOut, prepareImport } from '../support/import-library.js';
import { whyMissing } from '../support/servers/index.js';
import { Workspace } from '../support/workspace.js';

const production = 'database: {url: "$URL"}\nauth: {build_mode: production}\ntimmy: {enabled: true}\n';
const at = ['--config', 'config.yml'];

async function stamped(w: Workspace): Promise<boolean> {
  const database = await connect(w.url, { readOnly: true });
  return isStampedProduction(database);
}

describeEngines((engine) => {
  it('writes the stamp once, in as few round trips as the engine allows', async () => {
    const database = await connectFresh(engine);
    expect(await isStampedProduction(database)).toBe(false);
    const before = database.roundTrips;
    expect(await stampProduction(database)).toBe(true);
    const trips: Record<TestEngine, number> = { sqlite: 2, postgres: 1, mysql: 1, mssql: 3, oracle: 3 };
    expect(database.roundTrips - before).toBeLessThanOrEqual(trips[engine]);
    expect(await isStampedProduction(database)).toBe(true);
    expect(await stampProduction(database)).toBe(true);
    expect(await queryRows(database, 'select name, value from tmi_dbtool_stamp')).toEqual([
      { name: 'mode', value: 'production' },
    ]);
  });

  it('leaves an import with its stamp at few round trips', async () => {
    const w = await Workspace.create(engine, production);
    const prepared = await prepareImport({ file: w.file, url: w.url });
    let trips = 0;
    await carryOut(prepared, async (step) => {
      if (step !== 'done') return;
      await stampProduction(prepared.database);
      trips = prepared.database.roundTrips;
    });
    // Four of them are the receipt's, which the database holds as well.
    const most: Record<TestEngine, number> = { sqlite: 12, postgres: 12, mysql: 14, mssql: 16, oracle: 16 };
    expect(trips).toBeLessThanOrEqual(most[engine]);
  });

  it.each([
    ['import-legacy', ['import-legacy', 'config.yml', '--yes']],
    ['seed-settings', ['seed-settings', ...at]],
    ['settings set', ['settings', 'set', 'ui.default_theme', 'dark', ...at]],
  ])('is left by %s for a production server, and by nobody else', async (_, args) => {
    const w = await Workspace.create(engine, production);
    const dry = await w.run([...args, '--dry-run']);
    expect({ code: dry.code, err: dry.err }).toEqual({ code: 0, err: '' });
    expect(await stamped(w)).toBe(false);
    expect((await w.run(args)).code).toBe(0);
    expect(await stamped(w)).toBe(true);
    const status = JSON.parse((await w.run(['db', 'status', ...at, '--json'])).out) as object;
    expect(status).toMatchObject({ production: true });
    expect((status as { tables: { name: string }[] }).tables.map(({ name }) => name)).toEqual([
      'system_settings',
    ]);
    expect((await w.run(['db', 'status', ...at])).out).toContain('production');

    const other = await Workspace.create(engine, production.replace('production', 'test'));
    expect((await other.run(args)).code).toBe(0);
    expect(await stamped(other)).toBe(false);
  });

  it('is no part of a backup, a comparison, a digest or the settings', async () => {
    const w = await Workspace.create(engine, production);
    expect((await w.import(['--yes'])).code).toBe(0);
    const digest = (await w.run(['settings', 'digest', '--config', 'config.yml'])).out;
    const without = await connect(w.url);
    await without.knex.raw('drop table tmi_dbtool_stamp');
    await without.close();
    expect((await w.run(['settings', 'digest', '--config', 'config.yml'])).out).toBe(digest);
    expect((await w.run(['db', 'backup', ...at, '--output', 'b.gz'])).code).toBe(0);
    const database = await connect(w.url);
    await stampProduction(database);
    const facts = inspectSettings(
      await readSettings(database),
      SettingsCipher.from({}),
      database.capabilities,
    );
    expect(facts.exists).toBe(true);
    await database.close();
    expect((await w.run(['db', 'verify', 'b.gz', ...at, '--against'])).code).toBe(0);
    const name = w.databaseName;
    const restored = await w.run(['db', 'restore', 'b.gz', ...at, '--replace', '--confirm', name, '--json']);
    expect(restored.code).toBe(0);
    expect((JSON.parse(restored.out) as { untouched: unknown }).untouched).toEqual([]);
    expect(await stamped(w)).toBe(true);
    // A database with nothing but its stamp has nothing to back up.
    const empty = await Workspace.create(engine, production);
    const bare = await connect(empty.url);
    await stampProduction(bare);
    await bare.close();
    expect((await empty.run(['db', 'backup', ...at])).err).toContain('[backup/no-such-table]');
  });
});

describe.skipIf(whyMissing('postgres'))('a user who may not create tables', () => {
  it('is told, and has the work done', async () => {
    const w = await Workspace.create('postgres', production);
    const owner = await connect(w.url);
    expect((await w.run(['seed-settings', ...at, '--only', 'ui'])).code).toBe(0);
    await owner.knex.raw('drop table tmi_dbtool_stamp');
    for (const sql of [
      `do $$ begin create role tmi_writer login password 'writer'; exception when duplicate_object then null; end $$`,
      'revoke create on schema public from public',
      'grant select, insert, update, delete on system_settings to tmi_writer',
    ]) {
      await owner.knex.raw(sql);
    }
    const asWriter = Object.assign(new URL(w.url), { username: 'tmi_writer', password: 'writer' }).href;
    const run = await w.run([
      'settings',
      'set',
      'ui.default_theme',
      'dark',
      ...at,
      '--database-url',
      asWriter,
    ]);
    expect(run.code).toBe(0);
    expect(run.err).toContain('could not be stamped');
    // With the stamp of somebody else all is well.
    await stampProduction(owner);
    await owner.knex.raw('grant select on tmi_dbtool_stamp to tmi_writer');
    const again = await w.run([
      'settings',
      'set',
      'ui.default_theme',
      'auto',
      ...at,
      '--database-url',
      asWriter,
    ]);
    expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: '' });
  });
});

describeEngines((engine) => {
  it('marks which server a database belongs to, once, beside its other stamp', async () => {
    const database = await connectFresh(engine);
    expect(await markedServer(database)).toBeUndefined();
    await stampProduction(database);
    expect(await markedServer(database)).toBeUndefined();
    await markServer(database, 'documented');
    expect(await markedServer(database)).toBe('documented');
    expect(await isStampedProduction(database)).toBe(true);
    const written = vi.spyOn(database, 'createFilledTable');
    await markServer(database, 'documented');
    expect(written).not.toHaveBeenCalled();
    expect(await queryRows(database, 'select name, value from tmi_dbtool_stamp order by name')).toEqual([
      { name: 'mode', value: 'production' },
      { name: 'server', value: 'documented' },
    ]);
  });

  it('stamps a production database that a server has marked before', async () => {
    const database = await connectFresh(engine);
    await markServer(database, 'documented');
    expect(await stampProduction(database)).toBe(true);
    expect([await isStampedProduction(database), await markedServer(database)]).toEqual([true, 'documented']);
  });

  it('takes no word for a server that it does not know', async () => {
    const database = await connectFresh(engine);
    await markServer(database, 'documented');
    await database.knex.raw("update tmi_dbtool_stamp set value = '9.9'");
    expect(await markedServer(database)).toBeUndefined();
  });
});

it('does not stop a server that may not mark its database', async () => {
  const refused = async (): Promise<never> => Promise.reject(new Error('no right'));
  const database = { readTable: async () => Promise.resolve(undefined), createFilledTable: refused };
  await expect(markServer(database as unknown as Database, '1.8')).resolves.toBeUndefined();
});
