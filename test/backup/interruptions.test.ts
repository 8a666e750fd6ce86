import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readBackupFile, writeBackup } from '../../src/backup/index.js';
import { printed, startChild } from '../support/child.js';
import { connect, freshUrl, queryRows } from '../support/connection.js';
import { cutConnections } from '../support/cut-connections.js';
import { describeEngines, describeServers, type TestEngine } from '../support/database.js';
import { failure } from '../support/errors.js';
import { withDatabase } from '../support/rows.js';
import { backup, folder, noSignal, restore } from './library.js';

const ROWS = 20_000;

/** A table of numbers, wide enough to take a while. */
async function createNumbers(engine: TestEngine, url: string, rows: number): Promise<void> {
  const database = await connect(url);
  await database.knex.raw(
    'create table numbers (id integer primary key, pair integer not null, filler varchar(200) not null)',
  );
  for (let start = 0; start < rows; start += 400) {
    await database.knex('numbers').insert(
      Array.from({ length: Math.min(400, rows - start) }, (_, index) => ({
        id: start + index,
        pair: 0,
        filler: `${start + index}`.repeat(30).slice(0, 200),
      })),
    );
  }
  await database.close();
}

const count = async (url: string): Promise<number> => {
  const database = await connect(url);
  const [row] = await queryRows(database, 'select count(*) as n from numbers');
  await database.close();
  return Number(row?.['n']);
};

describeEngines((engine) => {
  it('sees one state of the database, whatever others write meanwhile', async () => {
    const url = await freshUrl(engine);
    await createNumbers(engine, url, ROWS);
    if (engine === 'sqlite')
      await withDatabase(engine, url, (statement) => statement('pragma journal_mode = wal'));
    const source = await connect(url);
    let changed: Promise<unknown> | undefined;
    const file = join(folder(), 'backup');
    await backup(source, file, {
      onProgress: () => {
        changed ??= withDatabase(engine, url, async (statement) => {
          await statement('update numbers set pair = 1');
          await statement('delete from numbers where id < 100');
        });
      },
    });
    expect(changed).toBeDefined();
    await changed;
    const read = await readBackupFile(file, undefined, noSignal);
    expect(read.rows).toBe(ROWS);
    const target = await freshUrl(engine);
    await createNumbers(engine, target, 0);
    await restore(await connect(target), file);
    const database = await connect(target);
    expect(Number((await queryRows(database, 'select sum(pair) as n from numbers'))[0]?.['n'])).toBe(0);
  });

  it('leaves nothing that looks like a backup when it is killed', async () => {
    const url = await freshUrl(engine);
    await createNumbers(engine, url, ROWS);
    const path = folder();
    const child = await startChild('test/backup/backup-child.ts', ['backup', url, join(path, 'backup')]);
    await printed(child, 'half\n');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(readdirSync(path).filter((name) => !name.endsWith('.tmp'))).toEqual([]);
  });

  it('restores nothing when it is killed', async () => {
    const [from, to] = [await freshUrl(engine), await freshUrl(engine)];
    await createNumbers(engine, from, ROWS);
    await createNumbers(engine, to, 3);
    const file = join(folder(), 'backup');
    await backup(await connect(from), file);
    const child = await startChild('test/backup/backup-child.ts', ['restore', to, file]);
    await printed(child, 'half\n');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(await count(to)).toBe(3);
    await restore(await connect(to), file, { replace: true });
    expect(await count(to)).toBe(ROWS);
  });

  it('takes its file away when the disk is full', async () => {
    const url = await freshUrl(engine);
    await createNumbers(engine, url, ROWS);
    const full = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' })),
    });
    const database = await connect(url);
    await expect(
      writeBackup(
        { database, selection: { scope: 'all' }, tool: 't', now: new Date(), signal: noSignal },
        full,
      ),
    ).rejects.toMatchObject({ code: 'ENOSPC' });
    // The connection is good for more.
    expect(await queryRows(database, 'select count(*) as n from numbers')).toHaveLength(1);
  });

  it('stops when it is asked to, and leaves no file', async () => {
    const url = await freshUrl(engine);
    await createNumbers(engine, url, ROWS);
    const path = folder();
    const aborter = new AbortController();
    await expect(
      backup(await connect(url), join(path, 'backup'), {
        signal: aborter.signal,
        onProgress: () => aborter.abort('SIGINT'),
      }),
    ).rejects.toThrow();
    expect(readdirSync(path)).toEqual([]);
  });
});

describeServers((engine) => {
  it('leaves no file when the connection is cut', async () => {
    const url = await freshUrl(engine);
    // More than the buffers between server and client hold.
    await createNumbers(engine, url, 4 * ROWS);
    const database = await connect(url);
    const file = join(folder(), 'backup');
    let cut: Promise<unknown> | undefined;
    const error = await failure(
      backup(database, file, {
        onProgress: () => {
          cut ??= cutConnections(engine, url);
        },
      }),
    );
    await cut;
    expect(error.code).toBe('database/connection-lost');
    expect(existsSync(file)).toBe(false);
  });
});

describe('a folder that cannot be written', () => {
  it('is named in the error', async () => {
    const url = await freshUrl('sqlite');
    await createNumbers('sqlite', url, 10);
    const error = await failure(backup(await connect(url), join(folder(), 'nowhere', 'backup')));
    expect(error.code).toBe('backup/cannot-write');
  });
});
