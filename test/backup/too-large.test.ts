import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backupBytes, readBackupFile } from '../../src/backup/index.js';
import { readBackup } from '../../src/backup/read.js';
import { connect, freshUrl, queryRows } from '../support/connection.js';
import { describeEngines, type TestEngine } from '../support/database.js';
import { failure } from '../support/errors.js';
import { withDatabase } from '../support/rows.js';
import { backup, folder, noSignal, restore } from './library.js';

const MOST = 400_000;

/** Types for texts and bytes of any size, and a text of one character. */
const types: Record<TestEngine, { readonly text: string; readonly bytes: string }> = {
  sqlite: { text: 'text', bytes: 'blob' },
  postgres: { text: 'text', bytes: 'bytea' },
  mysql: { text: 'longtext', bytes: 'longblob' },
  mssql: { text: 'nvarchar(max)', bytes: 'varbinary(max)' },
  oracle: { text: 'clob', bytes: 'blob' },
};

/** Row 2 of three has a value of this size, in a table whose key stands before its texts or behind them. */
async function createLarge(
  engine: TestEngine,
  value: { readonly body?: string; readonly raw?: Buffer },
  keyFirst = true,
): Promise<string> {
  const url = await freshUrl(engine);
  const { text, bytes } = types[engine];
  const key = 'id int not null primary key';
  const rest = `note varchar(20), body ${text}, raw_bytes ${bytes}`;
  await withDatabase(engine, url, (statement) =>
    statement(`create table large (${keyFirst ? `${key}, ${rest}` : `${rest}, ${key}`})`),
  );
  const database = await connect(url);
  for (const id of [1, 2, 3]) {
    const own = id === 2 ? { body: value.body ?? 'b', raw_bytes: value.raw ?? Buffer.from('r') } : {};
    await database.knex('large').insert({ id, note: `note ${id}`, ...own });
  }
  await database.close();
  return url;
}

/** Backs up with a small bound. @returns the error's code, its message, and what is left in the folder */
async function refused(url: string): Promise<readonly [code: string, message: string, files: string[]]> {
  const path = folder();
  const database = await connect(url);
  const error = await failure(backup(database, join(path, 'backup'), { mostRowBytes: MOST }));
  // The connection is good for more.
  expect(await queryRows(database, 'select count(*) as n from large')).toHaveLength(1);
  return [error.code, error.message.toLowerCase(), readdirSync(path)];
}

describeEngines((engine) => {
  const named = (column: string): unknown =>
    expect.stringContaining(`column ${column} of large, in the row id = 2,`);

  it('names table, column and key of a text that is too large', async () => {
    const url = await createLarge(engine, { body: 'ü'.repeat(300_000) + 'x'.repeat(200_000) });
    expect(await refused(url)).toEqual(['backup/too-large', named('body'), []]);
  });

  it('names them where the key stands behind it', async () => {
    const url = await createLarge(engine, { body: 'x'.repeat(MOST + 1) }, false);
    expect(await refused(url)).toEqual(['backup/too-large', named('body'), []]);
  });

  it('names them where it is bytes', async () => {
    const url = await createLarge(engine, { raw: Buffer.alloc(MOST, 7) });
    expect(await refused(url)).toEqual(['backup/too-large', named('raw_bytes'), []]);
  });

  it('counts what JSON makes of characters that it escapes', async () => {
    const url = await createLarge(engine, { body: '\u0001'.repeat(MOST / 4) });
    expect(await refused(url)).toEqual(['backup/too-large', named('body'), []]);
  });

  it('holds a row that just fits', async () => {
    const url = await createLarge(engine, { body: 'x'.repeat(MOST - 1000) });
    const file = join(folder(), 'backup');
    await backup(await connect(url), file, { mostRowBytes: MOST });
    expect((await readBackupFile(file, undefined, noSignal)).rows).toBe(3);
  });
});

it('names what of a backup memory cannot hold, and puts nothing into the database', async () => {
  const url = await createLarge('sqlite', { body: `"\\${'ü'.repeat(MOST)}"`, raw: Buffer.from('r') });
  const file = join(folder(), 'backup');
  await backup(await connect(url), file);
  const read = async (mostRowBytes: number): Promise<unknown[]> => {
    const rows: unknown[] = [];
    const options = { values: true, sums: false, digests: 'none', mostRowBytes } as const;
    for await (const event of (await readBackup(backupBytes(file), undefined, noSignal, options)).events) {
      if (event.type === 'rows') rows.push(...event.rows);
    }
    return rows;
  };
  // Two bytes for each letter, and what stands around them.
  expect(await read(2 * MOST + 100)).toHaveLength(3);
  const error = await failure(read(2 * MOST));
  expect([error.code, error.exitCode, error.message]).toEqual([
    'backup/too-large',
    1,
    'A value of the backup is too large for the memory here: column body of large, in the row id = 2, which takes more than 1 MB as text',
  ]);
  // Hashing needs no memory for it.
  expect((await readBackupFile(file, undefined, noSignal)).rows).toBe(3);
});

describe('a row that memory cannot hold, in a backup of which other tables are restored', () => {
  // With bytes the row has a tag, which verifying looks into.
  const values = {
    'of text': { body: 'x'.repeat(3 * MOST) },
    'with a tag': { raw: Buffer.alloc(3 * MOST, 7) },
  };
  const selections = {
    'some tables': { scope: 'tables', names: ['SMALL'] },
    'the settings': { scope: 'settings' },
  } as const;

  async function twoDatabases(value: { body?: string; raw?: Buffer }): Promise<readonly [string, string]> {
    const [from, into] = [await createLarge('sqlite', value), await createLarge('sqlite', {})];
    for (const url of [from, into]) {
      await withDatabase('sqlite', url, async (statement) => {
        await statement('create table small (id int not null primary key, body text)');
        await statement('create table system_settings (setting_key text primary key, value text)');
      });
    }
    await withDatabase('sqlite', from, async (statement) => {
      await statement(`insert into small values (1, 'one')`);
      await statement(`insert into system_settings values ('a.b', 'set')`);
    });
    return [from, into];
  }

  describe.each(Object.entries(values))('%s', (_, value) => {
    it.each(Object.entries(selections))('does not keep %s', async (_name, selection) => {
      const [from, into] = await twoDatabases(value);
      const file = join(folder(), 'backup');
      await backup(await connect(from), file);
      const database = await connect(into);
      const own = { selection, mostRowBytes: MOST };
      for (const options of [
        { ...own, dryRun: true },
        own,
        { ...own, replace: true, onSettings: () => undefined },
      ]) {
        await restore(database, file, options);
      }
      expect(
        await queryRows(database, 'select body from small union all select value from system_settings'),
      ).toEqual(selection.scope === 'settings' ? [{ body: 'set' }] : [{ body: 'one' }]);
      // What is wanted is still refused, by name.
      for (const names of [['large'], ['small', 'Large']]) {
        const error = await failure(
          restore(database, file, {
            selection: { scope: 'tables', names },
            replace: true,
            mostRowBytes: MOST,
          }),
        );
        expect([error.code, error.message]).toEqual([
          'backup/too-large',
          expect.stringContaining('of large, in the row id = 2,'),
        ]);
      }
    });
  });
});
