import { describe, expect, it } from 'vitest';
import { main } from '../../commands/main.js';
import { untidiness } from '../../src/config/untidy.js';
import { FakeIo } from '../support/io.js';

describe('untidiness', () => {
  it.each([
    ['value\r', /carriage return/],
    ['a\rb', /carriage return/],
    ['"value"', /quotes/],
    ["'value'", /quotes/],
    ['a\u00a0b', /NBSP/],
    ['\ufeffvalue', /no width/],
    ['a\u200bb', /no width/],
    ['a\ufffdb', /no UTF-8/],
    [' value', /blank/],
    ['value\t', /blank/],
  ])('finds what is wrong with %j, and says what to do', (text, what) => {
    expect(untidiness(text)?.what).toMatch(what);
    expect(untidiness(text)?.fix).toMatch(/\.$/);
  });

  it.each([
    '',
    '"',
    'value',
    'it\'s "quoted" inside',
    '["a"]',
    '-----BEGIN KEY-----\nAA=\n-----END KEY-----\n',
    'ümläut 🔑',
    'two words',
  ])('takes %j as it was meant', (text) => {
    expect(untidiness(text)).toBeUndefined();
  });
});

describe('a database URL', () => {
  it.each([
    ['a variable', ['db', 'status'], 'TMI_DATABASE_URL'],
    ['the command line', ['db', 'status', '--database-url', '"sqlite:///nowhere/x.db"'], '--database-url'],
  ])('of %s is refused with the name before it is connected to', async (_, args, by) => {
    const io = new FakeIo({ env: { TMI_DATABASE_URL: 'sqlite:///nowhere/secret-name.db\r' } });
    expect(await main(args, io)).toBe(2);
    expect(io.err).toContain(`The database URL of ${by} `);
    expect(io.err).toMatch(/hint: /);
  });
});
