import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { sameAddress } from '../../src/database/same-database.js';
import { parseDatabaseUrl } from '../../src/database/url.js';
import { connect, freshUrl } from '../support/connection.js';
import { describeEngines } from '../support/database.js';

const same = (a: string, b: string): boolean => sameAddress(parseDatabaseUrl(a), parseDatabaseUrl(b));

it.each([
  ['a default port', 'postgres://u:p@db/tmi', 'postgresql://u:p@db:5432/tmi'],
  ['names of this machine', 'postgres://localhost/tmi', 'postgres://[::1]/tmi'],
  ['the case of a host and its last dot', 'mysql://DB.Example.com./tmi', 'mysql://db.example.com/tmi'],
  ['a user, a password and parameters', 'postgres://a:b@db/tmi', 'postgres://c@db/tmi?sslmode=require'],
  ['a slash at the end', 'postgres://db/tmi/', 'postgres://db/tmi'],
  ['another word for the engine', 'sqlserver://db?database=TMI', 'mssql://db/tmi'],
  ['the case of a service and of a schema', 'oracle://TMI@db/ORCL', 'oracle://tmi@db:1521/orcl'],
])('%s makes no difference', (_, a, b) => {
  expect(same(a, b)).toBe(true);
});

it.each([
  ['the database', 'postgres://db/tmi', 'postgres://db/tmi2'],
  ['the case of a PostgreSQL database', 'postgres://db/tmi', 'postgres://db/TMI'],
  ['the port', 'mysql://db/tmi', 'mysql://db:3307/tmi'],
  ['the host', 'postgres://db/tmi', 'postgres://db2/tmi'],
  ['the engine', 'postgres://db:3306/tmi', 'mysql://db:3306/tmi'],
  ['the schema of Oracle', 'oracle://tmi@db/orcl', 'oracle://other@db/orcl'],
  ['the schema of PostgreSQL', 'postgres://db/tmi', 'postgres://db/tmi?search_path=other'],
  ['the folder of a socket', 'postgres:///tmi?host=/run/a', 'postgres:///tmi?host=/run/b'],
])('%s does', (_, a, b) => {
  expect(same(a, b)).toBe(false);
});

it('compares the files of SQLite, not their names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-same-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const url = (name: string): string => `sqlite://${folder}/${name}`;
  writeFileSync(join(folder, 'a.db'), '');
  writeFileSync(join(folder, 'b.db'), '');
  symlinkSync('a.db', join(folder, 'link.db'));
  linkSync(join(folder, 'a.db'), join(folder, 'hard.db'));
  expect(same(url('a.db'), url('../') + folder.slice(5) + '/a.db')).toBe(true);
  expect(same(url('a.db'), `${url('link.db')}?mode=ro`)).toBe(true);
  expect(same(url('a.db'), url('hard.db'))).toBe(true);
  expect(same(url('a.db'), url('b.db'))).toBe(false);
  expect(same(url('a.db'), url('missing.db'))).toBe(false);
});

describeEngines((engine) => {
  it('knows a database by what its server calls it', async () => {
    const [one, other] = [await freshUrl(engine), await freshUrl(engine)];
    const identity = async (url: string): Promise<string | undefined> =>
      (await connect(url)).serverIdentity();
    if (engine === 'sqlite') {
      expect(await identity(one)).toBeUndefined();
      return;
    }
    const known = await identity(one);
    expect(known).toEqual(expect.any(String));
    expect(await identity(one)).toBe(known);
    expect(await identity(other)).not.toBe(known);
  });
});
