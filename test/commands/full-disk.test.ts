import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Binary, finished, type BinaryRun } from '../support/binary.js';
import { connect, queryRows } from '../support/connection.js';
import { createServerTable, insertRow, readRows, withDatabase } from '../support/rows.js';

// The real program with no room for what it writes: a limit on the size of files, which every user can set, and a
// file system that is really full, which only root can make.
let binary: Binary;
beforeAll(async () => void (binary = await Binary.create()));
afterAll(() => binary.dispose());

/** Room in bytes, from nothing to not quite enough. */
const rooms = [0, 16_384, 65_536];

/** What an operator may be told, by exit code 1. */
const told = /\[(backup\/cannot-write|config\/cannot-write-file|database\/no-space)\]/;

/** A place with little room: the folder to work in, and how to run a program there. */
interface Place {
  readonly folder: string;
  run(args: readonly string[]): Promise<BinaryRun>;
  /** Makes room again. */
  relieve(): void;
}

function start(words: readonly string[], cwd: string): Promise<BinaryRun> {
  const [command = '', ...args] = words;
  return finished(
    spawn(command, args, { cwd, env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-full-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** No file may grow beyond `room`: writes fail with EFBIG. */
function limited(room: number): Place {
  const folder = ownFolder();
  let limit = `ulimit -f ${room / 512}; `;
  return {
    folder,
    run: (args) => start(['sh', '-c', `${limit}exec "$@"`, 'sh', ...binary.command, ...args], folder),
    relieve: () => (limit = ''),
  };
}

/** A file system in memory with `room` left once `prepare` has put its files there: writes fail with ENOSPC. */
function mounted(room: number): Place & { fill(): void } {
  const folder = join(ownFolder(), 'mounted');
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  const ballast = join(folder, 'ballast');
  return {
    folder,
    run: (args) => start([...binary.command, ...args], folder),
    fill() {
      writeFileSync(ballast, '');
      for (const size of [65_536, 4096]) {
        try {
          for (;;) writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
        } catch {
          // Full.
        }
      }
      execFileSync('truncate', ['-s', `-${room}`, ballast]);
    },
    relieve: () => rmSync(ballast, { force: true }),
  };
}

const canMount = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false; // not root, or a container without the right to
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();

/** What is left but the ballast, and the empty file by which runs keep out of each other's way. */
const left = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name !== 'ballast' && !name.endsWith('-tmi-dbtool-lock'));

/** A database with a table of settings and half a megabyte that gzip cannot make smaller. */
async function database(folder: string): Promise<string> {
  const url = `sqlite://${join(folder, 'tmi.db')}`;
  await createServerTable('sqlite', url, { origin: true });
  await insertRow('sqlite', url, { key: 'ui.default_theme', value: 'dark', origin: 'explicit' });
  await withDatabase('sqlite', url, async (statement) => {
    await statement('create table blobs (id integer primary key, body text)');
    await statement(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 50)
       insert into blobs select i, hex(randomblob(5000)) from n`,
    );
  });
  return url;
}

async function isWhole(url: string, rows: number): Promise<void> {
  const opened = await connect(url);
  expect(await queryRows(opened, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(await queryRows(opened, 'select count(*) as n from blobs')).toEqual([{ n: rows }]);
  await opened.close();
}

const kinds: readonly (readonly [string, boolean, (room: number) => Place & { fill?(): void }])[] = [
  ['a limit on files', true, limited],
  ['a full file system', canMount, mounted],
];

describe.each(kinds)('%s', (_, possible, make) => {
  // Skipped where no file system can be mounted: that takes root, and the right to in a container.
  it.skipIf(!possible).each(rooms)('leaves no backup and no export with %i bytes', async (room) => {
    const elsewhere = ownFolder();
    const url = await database(elsewhere);
    const place = make(room);
    place.fill?.();
    const backup = await place.run(['db', 'backup', '--database-url', url, '--output', 'b.gz']);
    expect(backup.code, backup.err).toBe(1);
    expect(backup.err).toMatch(told);
    expect(left(place.folder)).toEqual([]);

    await withDatabase('sqlite', url, async (statement) => {
      await statement(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < 300)
         insert into system_settings (setting_key, value, setting_type, modified_at, origin)
         select 'ui.k' || i, hex(randomblob(500)), 'string', '2026-01-01 00:00:00+00:00', 'explicit' from n`,
      );
    });
    const exported = await place.run(['settings', 'export', '--database-url', url, '--output', 'x.yml']);
    expect(exported.code, exported.err).toBe(1);
    expect(exported.err).toMatch(told);
    expect(left(place.folder)).toEqual([]);
    place.relieve();
    expect((await place.run(['db', 'backup', '--database-url', url, '--output', 'b.gz'])).code).toBe(0);
    expect((await place.run(['settings', 'export', '--database-url', url, '--output', 'x.yml'])).code).toBe(
      0,
    );
  });

  it.skipIf(!possible).each(rooms)('imports all or nothing with %i bytes', async (room) => {
    const elsewhere = ownFolder();
    const url = await database(elsewhere);
    const place = make(room);
    const file = join(place.folder, 'config.yml');
    // The text fits into the largest room, its backup and the receipt beside it do not.
    const text = `database: {url: "${url}"}\ntimmy: {enabled: true}\n${'# comment\n'.repeat(4000)}`;
    writeFileSync(file, text);
    place.fill?.();
    const run = await place.run(['import-legacy', file, '--yes']);
    const moved = (await readRows('sqlite', url)).has('timmy.enabled');
    if (run.code === 1) {
      expect(run.err).toMatch(told);
      if (!moved) {
        expect(readFileSync(file, 'utf8')).toBe(text);
        expect(left(place.folder)).toEqual(['config.yml']);
      }
    } else expect(run.code, run.err).toBe(0);
    await isWhole(url, 50);
    // With room again the work is done, or finished.
    place.relieve();
    const again = await place.run(['import-legacy', file, '--yes']);
    expect(again.code, again.err).toBe(0);
    expect((await readRows('sqlite', url)).has('timmy.enabled')).toBe(true);
    expect(readFileSync(file, 'utf8')).not.toContain('timmy');
  });

  it.skipIf(!possible).each(rooms)('restores all or nothing with %i bytes', async (room) => {
    const elsewhere = ownFolder();
    const from = await database(elsewhere);
    const place = make(room);
    const backup = join(elsewhere, 'b.gz');
    expect(
      (
        await start(
          [...binary.command, 'db', 'backup', '--database-url', from, '--output', backup],
          elsewhere,
        )
      ).code,
    ).toBe(0);
    const url = `sqlite://${join(place.folder, 'tmi.db')}`;
    await createServerTable('sqlite', url, { origin: true });
    await withDatabase('sqlite', url, async (statement) => {
      await statement('create table blobs (id integer primary key, body text)');
      await statement(`insert into blobs values (1, 'old')`);
    });
    place.fill?.();
    const args = [
      'db',
      'restore',
      backup,
      '--database-url',
      url,
      '--replace',
      '--confirm',
      'tmi.db',
      '--no-backup',
    ];
    const run = await place.run(args);
    expect(run.code, run.err).toBe(1);
    expect(run.err).toMatch(told);
    expect(left(place.folder)).toEqual(['tmi.db']);
    await isWhole(url, 1);
    place.relieve();
    expect((await place.run(args)).code).toBe(0);
    await isWhole(url, 50);
  });
});
