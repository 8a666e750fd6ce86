import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  displayReference,
  formatVaultReference,
  isReference,
  parseReference,
  suspiciousScheme,
} from '../../src/secrets/index.js';
import { SecretValue } from '../../src/values/secret-value.js';

describe('parseReference', () => {
  it('reads the three forms', () => {
    expect(parseReference('vault://kv/app')).toMatchObject({
      kind: 'vault',
      path: 'kv/app',
      optional: false,
    });
    expect(parseReference('vault://kv/app#Key')).toMatchObject({ path: 'kv/app', field: 'Key' });
    expect(parseReference('vault://a?version=3&optional=true#b')).toMatchObject({
      path: 'a',
      version: '3',
      optional: true,
      field: 'b',
    });
    expect(parseReference('env://_A1')).toEqual({ kind: 'env', name: '_A1' });
    expect(parseReference('file:///run/secrets/a b#c')).toEqual({ kind: 'file', path: '/run/secrets/a b#c' });
    expect(parseReference('file://relative')).toEqual({ kind: 'file', path: 'relative' });
  });

  it('decodes percent escapes, so that every name can be written', () => {
    expect(parseReference('vault://%2Fprod/a%20b%23#x%2Fy')).toMatchObject({
      path: '/prod/a b#',
      field: 'x/y',
    });
    const reference = parseReference('vault://a?default=p%26q%23r%3D');
    expect(reference?.kind === 'vault' && reference.fallback?.reveal()).toBe('p&q#r=');
  });

  it.each([
    '',
    'secret',
    'postgres://u:p@h/d',
    'https://vault://x',
    'Vault://x',
    ' vault://x',
    'vault:/x',
    'valut://x',
  ])('takes %j for an inline value', (text) => {
    expect(parseReference(text)).toBeUndefined();
    expect(isReference(text)).toBe(false);
  });

  it.each([
    ['vault://', 8],
    ['vault:///a', 8],
    ['vault://a/', 9],
    ['vault://a//b', 10],
    ['vault://a/../b', 10],
    ['vault://a/%2e%2e/b', 10],
    ['vault://a/x%2F..', 10],
    ['vault://a b', 9],
    ['vault://a\n', 9],
    ['vault://a\u0000', 9],
    ['vault://a%', 9],
    ['vault://ab%4', 10],
    ['vault://a%ff', 9],
    ['vault://a#', 10],
    ['vault://a#b#c', 11],
    ['vault://a#b?version=1', 11],
    ['vault://#b', 8],
    ['vault://?version=1', 8],
    ['vault://a?', 10],
    ['vault://a?version', 17],
    ['vault://a?version=', 18],
    ['vault://a?versoin=1', 10],
    ['vault://a?version=1&version=2', 20],
    ['vault://a?optional=yes', 19],
    ['vault://a?optional=true&default=x', 10],
    ['env://', 6],
    ['env://1A', 6],
    ['env://A-B', 7],
    ['env://A?optional=true', 7],
    ['file://', 7],
    ['file://a ', 8],
    ['file://a\u0000b', 8],
  ])('says where %j breaks', (text, offset) => {
    expect(parseReference(text)).toMatchObject({ kind: 'malformed', offset });
    expect(isReference(text)).toBe(true);
  });

  it('never throws, and stays inside the text', () => {
    const text = fc.tuple(
      fc.constantFrom('vault://', 'env://', 'file://', ''),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom('a', '/', '?', '#', '%', '&', '=', '2', 'F', '.') }),
      ),
    );
    fc.assert(
      fc.property(text, ([prefix, rest]) => {
        const parsed = parseReference(prefix + rest);
        expect(parsed === undefined).toBe(!isReference(prefix + rest));
        if (parsed?.kind === 'malformed') {
          expect(parsed.offset).toBeGreaterThanOrEqual(prefix.length);
          expect(parsed.offset).toBeLessThanOrEqual(prefix.length + rest.length);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('formatVaultReference', () => {
  const printable = fc
    .string({ minLength: 1, unit: 'grapheme' })
    .filter((s) => !/[\p{Cc}\p{Cs}]/u.test(s) && s.split('/').every((part) => part !== '.' && part !== '..'));

  it('writes what parses to the same parts', () => {
    fc.assert(
      fc.property(
        fc.record({
          path: printable,
          field: fc.option(printable, { nil: undefined }),
          version: fc.option(printable, { nil: undefined }),
          fallback: fc.option(printable, { nil: undefined }),
        }),
        ({ path, field, version, fallback }) => {
          const text = formatVaultReference({
            path,
            ...(field === undefined ? {} : { field }),
            ...(version === undefined ? {} : { version }),
            ...(fallback === undefined ? {} : { fallback: new SecretValue(fallback) }),
          });
          const parsed = parseReference(text);
          if (parsed?.kind !== 'vault') throw new Error(`${text} did not parse`);
          expect({ ...parsed, fallback: parsed.fallback?.reveal() }).toEqual({
            kind: 'vault',
            path,
            field,
            version,
            optional: false,
            fallback,
          });
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('displayReference', () => {
  it('shows no default, however it is written', () => {
    for (const text of [
      'vault://a?default=hunter2',
      'vault://a?version=1&default=hunter2#x',
      'vault://a?default=x#hunter2',
      'vault://a?default=x&hunter2',
      'vault://a?defualt=hunter2',
      'vault://a?hunter2',
      'vault://a?optional=true&default=hunter2\nhunter2',
    ]) {
      expect(displayReference(text)).not.toContain('hunter2');
      expect(displayReference(text)).toContain('vault://a?');
    }
  });

  it('shows no default whose question mark is missing', () => {
    expect(displayReference('vault://adefault=hunter2')).not.toContain('hunter2');
  });

  it('shows everything else as it was written', () => {
    for (const text of [
      'vault://a/b?version=3#c',
      'vault://a?version=1&optional=true#c',
      'env://A',
      'file:///x?default=y',
    ]) {
      expect(displayReference(text)).toBe(text);
    }
  });
});

describe('suspiciousScheme', () => {
  it.each([
    ['valut://a', 'vault://'],
    ['vualt:/a', 'vault://'],
    ['vault:a', 'vault://'],
    ['vault:/a', 'vault://'],
    ['Vault:///a', 'vault://'],
    ['VAULT://a', 'vault://'],
    ['vaults://a', 'vault://'],
    [' vault://a', 'vault://'],
    ['vault//a', 'vault://'],
    ['evn://A', 'env://'],
    ['envs://A', 'env://'],
    ['flie:///x', 'file://'],
    ['files:///x', 'file://'],
  ])('wonders about %j', (text, meant) => {
    expect(suspiciousScheme(text)?.meant).toBe(meant);
  });

  it.each([
    'vault://fine',
    'env://FINE',
    'file://fine',
    'postgres://u:p@h/d',
    'mysql://h/d',
    'sqlite://./x',
    'https://example.org',
    'rediss://h',
    'oracle://h/s',
    'nats://h:4222',
    'plain text',
    'p4:ssw:rd',
    '',
  ])('lets %j pass', (text) => {
    expect(suspiciousScheme(text)).toBeUndefined();
  });

  it('repeats no more of the value than its beginning', () => {
    expect(suspiciousScheme('valut://hunter2')?.written).toBe('valut://');
  });
});
