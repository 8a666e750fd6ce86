import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectDatabase } from '../../src/database/connect.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { connect } from '../support/connection.js';
import { failure } from '../support/errors.js';

function freshPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-sqlite-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'tmi.db');
}

const attempt = (url: string, readOnly = false) =>
  failure(connectDatabase({ url: new SecretValue(url), readOnly }));

/** A file with one row, written by another program, as a server leaves it. */
function writeFile(path: string, journal: 'wal' | 'delete'): void {
  const other = new BetterSqlite3(path);
  other.pragma(`journal_mode = ${journal}`);
  other.exec('create table things (a int); insert into things values (1)');
  other.close();
}

describe('an SQLite file', () => {
  it('is created by a connection that may write', async () => {
    const path = freshPath();
    const database = await connect(`sqlite://${path}`);
    await database.knex.raw('create table things (a int)');
    expect(existsSync(path)).toBe(true);
  });

  it('needs its folder', async () => {
    const path = join(dirname(freshPath()), 'nowhere', 'tmi.db');
    for (const readOnly of [false, true]) {
      const error = await attempt(`sqlite://${path}`, readOnly);
      expect(error).toMatchObject({ code: 'database/no-such-database', exitCode: 6 });
      expect(error.message).toContain(path);
    }
  });

  it('cannot be a folder', async () => {
    const path = freshPath();
    mkdirSync(path);
    expect((await attempt(`sqlite://${path}`)).code).toBe('database/unreachable');
  });

  it('must be a database', async () => {
    const path = freshPath();
    writeFileSync(path, 'server:\n  port: 8080\n'.repeat(100));
    for (const readOnly of [false, true]) {
      expect((await attempt(`sqlite://${path}`, readOnly)).code).toBe('database/damaged');
    }
  });

  it('keeps foreign keys', async () => {
    const database = await connect('sqlite://:memory:');
    await database.knex.raw('create table parents (id int primary key)');
    await database.knex.raw('create table children (parent int references parents (id))');
    const error = await failure(Promise.resolve(database.knex('children').insert({ parent: 1 })));
    expect(error.code).toBe('database/constraint');
  });

  it('keeps other writers out from the beginning of a transaction', async () => {
    const path = freshPath();
    writeFile(path, 'wal');
    const database = await connect(`sqlite://${path}`);
    const other = new BetterSqlite3(path, { timeout: 0 });
    onTestFinished(() => void other.close());
    await database.transaction(async () => {
      expect(() => other.exec('begin immediate')).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }));
    });
    other.exec('begin immediate; rollback');
  });
});

describe('reading only', () => {
  it.each(['wal', 'delete'] as const)(
    'changes nothing beside a file with journal mode %s',
    async (journal) => {
      const path = freshPath();
      writeFile(path, journal);
      const before = readFileSync(path);
      const database = await connect(`sqlite://${path}`, { readOnly: true });
      expect((await database.readTable('things'))?.rows).toEqual([{ a: 1 }]);
      expect(readdirSync(dirname(path))).toEqual(['tmi.db']);
      await database.close();
      expect(readFileSync(path).equals(before)).toBe(true);
    },
  );

  it('takes a missing file for an empty database', async () => {
    const path = freshPath();
    const database = await connect(`sqlite://${path}`, { readOnly: true });
    expect(await database.readTable('things')).toBeUndefined();
    expect(existsSync(path)).toBe(false);
  });

  it('sees what a running server has in its log', async () => {
    const path = freshPath();
    writeFile(path, 'wal');
    const server = new BetterSqlite3(path);
    onTestFinished(() => void server.close());
    server.exec('insert into things values (2)');
    const database = await connect(`sqlite://${path}`, { readOnly: true });
    expect((await database.readTable('things'))?.rows).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('writes beside a running server', async () => {
    const path = freshPath();
    writeFile(path, 'wal');
    const server = new BetterSqlite3(path);
    onTestFinished(() => void server.close());
    const database = await connect(`sqlite://${path}`);
    await database.transaction(({ knex }) => knex('things').insert({ a: 3 }));
    expect(server.prepare('select count(*) as n from things').get()).toEqual({ n: 2 });
  });

  it('creates a file that only its owner may read, whatever the umask', async () => {
    const path = freshPath();
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    const database = await connect(`sqlite://${path}`);
    await database.knex.raw('create table things (a int)');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leaves the mode of a file that is there', async () => {
    const path = freshPath();
    writeFile(path, 'delete');
    chmodSync(path, 0o664);
    const database = await connect(`sqlite://${path}`);
    await database.knex.raw('create table more (a int)');
    expect(statSync(path).mode & 0o777).toBe(0o664);
  });

  it.each(['option', 'mode=ro'])('refuses to write (%s)', async (how) => {
    const path = freshPath();
    writeFile(path, 'delete');
    const database =
      how === 'option'
        ? await connect(`sqlite://${path}`, { readOnly: true })
        : await connect(`sqlite://${path}?mode=ro`);
    const error = await failure(Promise.resolve(database.knex('things').insert({ a: 2 })));
    expect(error.code).toBe('database/read-only');
    expect((await failure(database.knex.raw('create table more (a int)').then())).code).toBe(
      'database/read-only',
    );
  });

  it.skipIf(process.getuid?.() === 0)('needs no right to write', async () => {
    const path = freshPath();
    writeFile(path, 'wal');
    chmodSync(path, 0o400);
    chmodSync(dirname(path), 0o500);
    onTestFinished(() => chmodSync(dirname(path), 0o700));
    const database = await connect(`sqlite://${path}`, { readOnly: true });
    expect((await database.readTable('things'))?.rows).toEqual([{ a: 1 }]);
  });
});

describe('the log of a database that is opened or closed at this moment', () => {
  /** A log whose index cannot be made, as it is for a reader who may not write in the folder. */
  function withoutIndex(): string {
    const path = freshPath();
    writeFile(path, 'wal');
    writeFileSync(`${path}-wal`, '');
    symlinkSync('nowhere', `${path}-shm`);
    return path;
  }

  it('is read once the other one is done', async () => {
    const path = withoutIndex();
    // Another process: opening blocks this one.
    spawn('sh', ['-c', `sleep 0.03; rm '${path}-shm' '${path}-wal'`]);
    const database = await connect(`sqlite://${path}`, { readOnly: true });
    expect((await database.readTable('things'))?.rows).toEqual([{ a: 1 }]);
  });

  it('is a fault where it stays like that', async () => {
    const error = await attempt(`sqlite://${withoutIndex()}`, true);
    expect(error.code).toBe('database/unreachable');
    expect(error.message).toContain('SQLITE_CANTOPEN');
  });
});

describe('a file that is not there', () => {
  it('is not made by reading, nor by a transaction that only looked', async () => {
    const path = freshPath();
    const database = await connect(`sqlite://${path}`);
    expect(await database.readTable('t')).toBeUndefined();
    await database.snapshot((session) => session.readTable('t'));
    await database.transaction((session) => session.readTable('t'));
    await expect(
      database.transaction(async (session) => {
        await session.readTable('t');
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
    await database.close();
    expect(existsSync(path)).toBe(false);
  });

  it('is made by the first write, inside of a transaction or outside, for its owner alone', async () => {
    for (const inside of [true, false]) {
      const path = freshPath();
      const database = await connect(`sqlite://${path}`);
      if (inside) {
        await database.transaction(async ({ knex }) => {
          expect(await knex.raw('select count(*) as n from sqlite_master')).toEqual([{ n: 0 }]);
          await knex.raw('create table t (a integer)');
          await knex.raw('insert into t values (1)');
        });
      } else {
        await database.knex.raw('create table t (a integer)');
        await database.knex.raw('insert into t values (1)');
      }
      expect(await database.knex.raw('select a from t')).toEqual([{ a: 1 }]);
      await database.close();
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(await (await connect(`sqlite://${path}`)).knex.raw('select a from t')).toEqual([{ a: 1 }]);
    }
  });

  it('rolls back what a failed transaction wrote', async () => {
    const database = await connect(`sqlite://${freshPath()}`);
    const failed = database.transaction(async ({ knex }) => {
      await knex.raw('create table t (a integer)');
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await database.knex.raw('select * from sqlite_master')).toEqual([]);
  });

  it('is seen as soon as another run has made it, and a transaction that did not see it writes nothing', async () => {
    const path = freshPath();
    const [one, two] = [await connect(`sqlite://${path}`), await connect(`sqlite://${path}`)];
    const overtaken = one.transaction(async ({ knex }) => {
      expect(await knex.raw('select * from sqlite_master')).toEqual([]);
      await two.knex.raw('create table t (a integer)');
      await knex.raw('create table mine (a integer)');
    });
    await expect(overtaken).rejects.toMatchObject({ code: 'database/busy' });
    expect(await one.knex.raw('select name from sqlite_master')).toEqual([{ name: 't' }]);
    await one.knex.raw('insert into t values (2)');
    expect(await two.knex.raw('select a from t')).toEqual([{ a: 2 }]);
  });
});
