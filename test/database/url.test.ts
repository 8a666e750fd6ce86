import { describe, expect, it } from 'vitest';
import { connectDatabase } from '../../src/database/connect.js';
import { describeTarget } from '../../src/database/target.js';
import { parseDatabaseUrl } from '../../src/database/url.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { expectHidden, failure, thrown } from '../support/errors.js';

function parts(url: string) {
  const { target, password, socket, parameters } = parseDatabaseUrl(url);
  return { ...target, password: password?.reveal(), socket, parameters: Object.fromEntries(parameters) };
}

describe('parseDatabaseUrl', () => {
  it.each([
    [
      'postgres://u:p@h:5433/d',
      { engine: 'postgres', host: 'h', port: 5433, database: 'd', user: 'u', password: 'p' },
    ],
    ['postgresql://u@h/d', { engine: 'postgres', port: 5432, password: undefined }],
    ['POSTGRES://u@h/d', { engine: 'postgres' }],
    [
      'mysql://u:p@h/d?parseTime=true&charset=utf8mb4&loc=UTC',
      { engine: 'mysql', port: 3306, database: 'd' },
    ],
    ['mysql://u:p@tcp(h:3307)/d', { engine: 'mysql', host: 'h', port: 3307, database: 'd' }],
    [
      'mysql://u:p@unix(/run/m.sock)/d',
      { host: undefined, port: undefined, socket: '/run/m.sock', database: 'd' },
    ],
    ['mysql://u@localhost/d?socket=/run/m.sock', { host: undefined, socket: '/run/m.sock' }],
    [
      'postgres://u@/d?host=/run/postgresql',
      { host: undefined, port: 5432, socket: '/run/postgresql', database: 'd' },
    ],
    ['postgres://u@%2Frun%2Fpostgresql/d', { host: undefined, socket: '/run/postgresql', database: 'd' }],
    ['postgres://u:p@[::1]:5433/d', { host: '::1', port: 5433 }],
    ['postgres://u:p@[2001:db8::1]/d', { host: '2001:db8::1', port: 5432 }],
    ['sqlserver://u:p@h?database=d', { engine: 'mssql', host: 'h', port: 1433, database: 'd' }],
    ['mssql://u:p@h:1444/d', { engine: 'mssql', port: 1444, database: 'd' }],
    [
      'sqlserver://u:p@h/SQLEXPRESS?database=d',
      { database: 'd', parameters: { database: 'd', instance: 'SQLEXPRESS' } },
    ],
    ['oracle://u:p@h:1522/service', { engine: 'oracle', host: 'h', port: 1522, database: 'service' }],
    [
      'oracle://u@tmi_high',
      { engine: 'oracle', host: undefined, port: undefined, database: 'tmi_high', password: undefined },
    ],
    [
      'oracle://u@tmi_high?wallet_location=/w',
      { database: 'tmi_high', parameters: { wallet_location: '/w' } },
    ],
    ['sqlite:///var/lib/tmi.db', { engine: 'sqlite', database: '/var/lib/tmi.db', host: undefined }],
    ['sqlite://./tmi.db', { database: './tmi.db' }],
    ['sqlite://tmi.db', { database: 'tmi.db' }],
    ['sqlite://:memory:', { database: ':memory:' }],
    ['sqlite:///a%20b.db?mode=ro', { database: '/a%20b.db', parameters: { mode: 'ro' } }],
    ['  postgres://u:p@h/d\n', { database: 'd' }],
  ])('reads %s', (url, expected) => {
    expect(parts(url)).toMatchObject(expected);
  });

  it.each([
    ['p%40ss', 'p@ss'],
    ['p%2Fs%3As%23%3F%25', 'p/s:s#?%'],
    ['p@ss', 'p@ss'],
    ['a:b', 'a:b'],
    ['%F0%9F%98%80', '😀'],
    ['a+b', 'a+b'],
    ['', ''],
  ])('decodes the password %s', (written, password) => {
    expect(parts(`postgres://us%40er:${written}@h:1/d`)).toMatchObject({
      password,
      user: 'us@er',
      host: 'h',
    });
  });

  it('takes a parameter with an @ for what it is', () => {
    expect(parts('postgres://h/d?user=a@b')).toMatchObject({ host: 'h', user: 'a@b' });
  });

  it.each([
    ['a slash in the password', 'postgres://u:Pass/W0rd@h:5432/d'],
    ['a slash behind digits', 'postgres://u:123/W0rd@h:5432/d'],
    ['a number sign in the password', 'postgres://u:Pass#W0rd@h:5432/d'],
    ['a question mark in the password', 'postgres://u:Pass?W0rd@h:5432/d'],
    ['a bare percent sign', 'postgres://u:Pass%W0rd@h:5432/d'],
    ['a port out of range', 'postgres://u:W0rd@h:99999/d'],
    ['no host', 'postgres://u:W0rd@/d'],
    ['no database', 'postgres://u:W0rd@h:5432'],
    ['no database behind the slash', 'mysql://u:W0rd@h:5432/'],
    ['an IPv6 address without brackets', 'postgres://u:W0rd@::1:5432/d'],
    ['an unknown scheme', 'mongodb://u:W0rd@h/d'],
    ['a scheme that every object has', 'constructor://u:W0rd@h/d'],
    ['no scheme', 'W0rd@h/d'],
    ['an SQLite folder', 'sqlite:///W0rd/'],
    ['nothing', ''],
  ])('refuses %s without showing it', (_, url) => {
    const error = thrown(() => parseDatabaseUrl(new SecretValue(url)));
    expect(error.code).toBe('database/invalid-url');
    expect(error.exitCode).toBe(2);
    expect(error.hint).toBeTruthy();
    expectHidden(error, 'W0rd');
  });

  it.each([
    ['sqlite:W0rd.db', 'has no // behind its scheme'],
    ['Postgres:W0rd@h/d', 'has no // behind its scheme'],
    ['u:W0rd@h/d', 'has no scheme'],
    ['W0rd.db', 'has no scheme'],
  ])('says what is missing in front of %s', (url, what) => {
    const error = thrown(() => parseDatabaseUrl(url));
    expect(error.message).toBe(`The database URL ${what}`);
    expectHidden(error, 'W0rd');
  });

  it.each([
    'postgres://u:W0rd@a:5432,b:5432/d',
    'postgres://u:W0rd@a,b/d',
    'postgres://u:W0rd@/d?host=a,b',
    'postgres://u:W0rd@a,b:6432/d',
  ])('works on one of several hosts only, and says who takes more: %s', async (text) => {
    const url = new SecretValue(text);
    const error = await failure(Promise.resolve().then(() => connectDatabase({ url })));
    expect(error).toMatchObject({ code: 'database/invalid-url', exitCode: 2 });
    expect(error.message).toContain('several hosts');
    expect(error.hint).toMatch(/TMI server.*--database-url/);
    expectHidden(error, 'W0rd');
  });

  it.each([
    ['postgres://u:W0rd@h/d?host=other', 'one host '],
    ['postgres://u:W0rd@h:5432/d?port=6432', 'one port '],
    ['mysql://u:W0rd@h/d?user=other', 'one user '],
    ['postgres://u:W0rd@h/d?search_path=a&search_path=W0rds', 'search_path twice'],
    ['mysql://u:W0rd@h/d?tls=true&tls=false', 'tls twice'],
  ])('leads to one database, and not to another for other drivers: %s', (url, said) => {
    const error = thrown(() => parseDatabaseUrl(new SecretValue(url)));
    expect(error).toMatchObject({ code: 'database/invalid-url', exitCode: 2 });
    expect(error.message).toContain(said);
    expectHidden(error, 'W0rd');
  });

  it.each([
    'postgres://u@h:5432/d?host=h&port=5432&user=u&search_path=a&search_path=a',
    'postgres://u@localhost/d?host=/run/postgresql',
    'postgres://u@h/d?host=&gssencmode=a&gssencmode=b',
    'postgres:///d?host=h&port=6432&user=u',
  ])('takes what is said twice in the same way: %s', (url) => {
    expect(parts(url)).toMatchObject({ database: 'd', user: 'u' });
  });

  it.each([
    'postgres://u:Pass/W0rd@h:5432/d',
    'postgres://u:Pass#W0rd@h/d',
    'postgres://u:Pass?W0rd@h/d',
    'postgres://u:100%@h/d',
  ])('tells to percent-encode', (url) => {
    expect(() => parseDatabaseUrl(url)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('%2F') as string }),
    );
  });
});

describe('describeTarget', () => {
  it.each([
    ['postgres://u:p@h/d?sslmode=require', 'postgres://u@h:5432/d'],
    ['postgres://u:p@[::1]/d', 'postgres://u@[::1]:5432/d'],
    ['postgres://u:p@/d?host=/run', 'postgres://u@/d'],
    ['sqlserver://u:p@h?database=d', 'sqlserver://u@h:1433/d'],
    ['oracle://u:p@alias', 'oracle://u@alias'],
    ['oracle://u:p@h:1521/s', 'oracle://u@h:1521/s'],
    ['sqlite:///a/b.db?mode=ro', 'sqlite:///a/b.db'],
    ['sqlite://:memory:', 'sqlite://:memory:'],
  ])('shortens %s', (url, expected) => {
    expect(describeTarget(parseDatabaseUrl(url).target)).toBe(expected);
  });
});
