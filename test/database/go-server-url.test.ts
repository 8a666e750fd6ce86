import { describe, expect, it } from 'vitest';
import { goServerDifferences, goServerRedisDifferences } from '../../src/database/go-server-url.js';

const kindsOf = (url: string) => goServerDifferences(url).map(({ kind }) => kind);

describe('goServerDifferences', () => {
  it.each([
    ['postgres://tmi:p@db.example.com:5432/prod?sslmode=require', []],
    ['postgres://tmi@localhost/tmi', []],
    ['postgres://tmi:p@h1,h2/prod?sslmode=require', []],
    ['postgres://tmi@localhost/prod', ['go-url-other-database']],
    ['postgres://tmi:@localhost/prod', ['go-url-other-database']],
    ['postgres://tmi:a%20b@localhost/prod', ['go-url-other-database']],
    ['postgres://tmi:p@localhost/my%20prod', ['go-url-other-database']],
    ['postgres://tmi:%27p@localhost/prod', ['go-url-password']],
    ['postgres://tmi:p%5Cq@localhost/prod', ['go-url-password']],
    ['postgres://tmi:p@/prod?host=/var/run/postgresql', ['go-url-host']],
    ['postgres://tmi:p@localhost/prod?search_path=a&options=-c%20x', ['go-url-parameters']],
    ['postgres://tmi:p@localhost/prod?sslmode=verify-full&sslrootcert=/ca.pem', ['go-url-parameters']],
    ['postgres://tmi:p@db.example.com/prod', ['go-url-no-tls']],
    ['mysql://tmi:p@db.example.com/prod', []],
    ['mysql://tmi:p@db.example.com/prod?tls=true', ['go-url-no-tls']],
    ['mysql://tmi:p@db.example.com/prod?charset=utf8', ['go-url-parameters']],
    ['mysql://tmi:p@[::1]/prod', ['go-url-host']],
    ['sqlserver://tmi:p@db.example.com?database=prod', []],
    ['sqlserver://tmi:p%40q@db.example.com?database=prod', ['go-url-password']],
    ['sqlserver://tmi:p@db.example.com/prod?encrypt=true', ['go-url-parameters']],
    ['sqlite://./tmi.db', []],
    ['sqlite:///tmi.db?mode=ro', ['go-url-parameters']],
    ['sqlite:tmi.db', ['go-url-sqlite']],
    ['file:tmi.db', ['go-url-sqlite']],
    ['oracle://tmi:p@db.example.com:1521/prod', []],
    ['nonsense', []],
  ])('of %s are %j', (url, kinds) => {
    expect(kindsOf(url)).toEqual(kinds);
  });

  it('hold no part of a password', () => {
    for (const url of [
      "postgres://tmi:'CAN ARY%5C@db.example.com/prod",
      'sqlserver://tmi:CANARY%40@h/prod?x=1',
      'redis://tmi:CANARY@h',
    ]) {
      expect(JSON.stringify([goServerDifferences(url), goServerRedisDifferences(url)])).not.toContain('CAN');
    }
  });
});

describe('goServerRedisDifferences', () => {
  it.each([
    ['redis://:p@r.example.com:6379/0', []],
    ['redis://r.example.com', []],
    ['rediss://:p@r.example.com:6379/0', ['go-url-no-tls']],
    ['REDISS://tmi:p@r.example.com', ['go-url-no-tls', 'go-url-user']],
  ])('of %s are %j', (url, kinds) => {
    expect(goServerRedisDifferences(url).map(({ kind }) => kind)).toEqual(kinds);
  });
});
