import '../support/property-seed.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDatabaseUrl } from '../../src/database/url.js';
import { composePostgresUrl, expectedOfPart, type PostgresParts } from '../../src/legacy/compose-url.js';
import { plain } from './sample.js';
import { Workspace } from '../support/workspace.js';

const text = fc.string({
  unit: fc.constantFrom('a', '@', '/', '%', ':', '\0', '\ud800', 'ž', '😀'),
  minLength: 1,
});
const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV6().map((address) => `[${address}]`),
  fc.constantFrom('::1', 'fe80::1%eth0', '/var/run/postgresql', 'db_1', 'h/x?y', 'a b', 'u@h', 'h:1', ''),
  text,
);
const port = fc.oneof(fc.nat({ max: 70_000 }).map(String), text);
const parts = fc.record<PostgresParts>({ host, port, user: text, password: text, database: text });

it('makes a URL that reads as its parts, or finds a fault in one', () => {
  let good = 0;
  fc.assert(
    fc.property(parts, (made) => {
      const faults = Object.entries(made).filter(
        ([name, part]) => expectedOfPart(name as keyof PostgresParts, part) !== undefined,
      );
      if (faults.length > 0) return;
      good += 1;
      const { target, password, socket } = parseDatabaseUrl(composePostgresUrl(made) ?? '');
      expect(target).toEqual({
        engine: 'postgres',
        host: made.host?.replace(/^\[(.*)\]$/, '$1'),
        port: Number(made.port),
        database: made.database,
        user: made.user,
      });
      expect(password?.reveal()).toBe(made.password);
      expect(socket).toBeUndefined();
    }),
    { numRuns: 500 },
  );
  expect(good).toBeGreaterThan(0);
});

it.each([
  ['host', '/var/run/postgresql', 'a host name or address; servers find no socket in a URL'],
  ['host', '"h/x?y"', 'a host name or address'],
  ['host', '"u@h"', 'a host name or address'],
  ['host', '"h:5433"', 'a host name or address'],
  ['port', 'abc', 'a number from 1 to 65535'],
  ['port', '65536', 'a number from 1 to 65535'],
  ['port', '0', 'a number from 1 to 65535'],
  ['database', '"d\\0"', 'text without the character U+0000'],
  ['password', '"CANARY\\0"', 'text without the character U+0000'],
  ['sslmode', 'on', 'one of disable, allow, prefer, require, verify-ca, verify-full'],
])('refuses a %s of %s with its position, and writes nothing', async (name, written, expected) => {
  const others = { host: 'h', port: '5432', user: 'u', password: 'CANARY', database: 'd' };
  const block = Object.entries({ ...others, [name]: written }).map(([part, value]) => `${part}: ${value}`);
  const w = await Workspace.create(
    'sqlite',
    `auth: {build_mode: test}\noperator: {name: A}\ndatabase:\n  postgres:\n    ${block.join('\n    ')}\n`,
  );
  const before = w.text();
  const line = 5 + block.findIndex((part) => part.startsWith(`${name}:`));
  for (const args of [
    [...plain, '--database-url', w.url],
    [...plain, '--dry-run', '--database-url', w.url],
    plain,
  ]) {
    const { code, err } = await w.import(args);
    expect(code).toBe(3);
    expect(err).toContain(`:${line}:5: database.postgres.${name} is not valid: expected ${expected}`);
    expect(err).toContain('postgres://user:password@host:5432/database');
    expect(err).not.toContain('CANARY');
  }
  expect(w.text()).toBe(before);
  expect(w.files()).toEqual(['config.yml']);
});

it('keeps a password that stands without a user, and an address in brackets', () => {
  expect(composePostgresUrl({ host: '[::1]', password: 'p', database: 'd' })).toBe('postgres://:p@[::1]/d');
});

it('leaves a block alone that is dead beside a URL, whatever it holds', async () => {
  const w = await Workspace.create(
    'sqlite',
    'auth: {build_mode: test}\ndatabase: {url: "$URL", postgres: {host: /run, port: abc, database: d}}\n',
  );
  expect((await w.import(plain)).code).toBe(0);
});

it.each<[PostgresParts, string | undefined]>([
  [{ host: 'h', database: 'd' }, 'postgres://h/d'],
  [{ host: 'h', database: 'd', user: 'u' }, 'postgres://u@h/d'],
  [{ host: 'h', database: 'd', password: 'p' }, 'postgres://:p@h/d'],
  [{ host: 'h', database: 'd', user: 'u', password: 'p', port: '1' }, 'postgres://u:p@h:1/d'],
  [{ host: '[::1]', database: 'd', sslmode: 'require' }, 'postgres://[::1]/d?sslmode=require'],
  [{ host: 'h' }, undefined],
  [{ database: 'd' }, undefined],
])('makes of %j the URL %j', (made, url) => {
  expect(composePostgresUrl(made)).toBe(url);
});
