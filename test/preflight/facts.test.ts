import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipVersion, isLoopback, unfitForProduction, webAddress } from '../../src/preflight/addresses.js';
import { unencodedCharacters } from '../../src/preflight/database-address.js';
import { importCommand } from '../../src/preflight/import-command.js';
import { isPlaceholder } from '../../src/preflight/placeholders.js';
import { entropyBits, isRepetition, isSequence, LEAST_BITS } from '../../src/preflight/secret-quality.js';

describe('unencodedCharacters', () => {
  it.each([
    ['postgres://u:p@h/d', ''],
    ['postgres://u:p%40s@h/d', ''],
    ["postgres://u:p!$&'()*+,;=-._~:x@h/d", ''],
    ['postgres://h/d?x=a@b', ''],
    ['postgres://u:p@h/d?options=a@b#', ''],
    ['postgres://u:p/s@h/d', '/'],
    ['postgres://u:p#s?t@h/d', '#?'],
    ['postgres://u:p@s@h/d', '@'],
    ['postgres://u:100%@h/d', '%'],
    ['postgres://u:p s@h/d', ' '],
    ['redis://:p@s@h:6379', '@'],
    ['sqlite:///a@b/c#d', ''],
    ['nonsense', ''],
  ])('%s', (url, characters) => {
    expect([...unencodedCharacters(url)].sort().join('')).toBe([...characters].sort().join(''));
  });
});

describe('quality of secrets', () => {
  it('takes every random key of 32 bytes for good', () => {
    for (let i = 0; i < 500; i++) {
      const bytes = randomBytes(32);
      for (const text of [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')]) {
        expect(isRepetition(text) || isSequence(text) || entropyBits(text) < LEAST_BITS, text).toBe(false);
      }
    }
  });

  it.each(['a'.repeat(40), 'abab'.repeat(10), `${'secret'.repeat(6)}sec`])(
    'sees the repetition in %s',
    (text) => {
      expect(isRepetition(text)).toBe(true);
    },
  );

  it('sees sequences and few characters', () => {
    expect(isSequence('abcdefghijklmnopqrstuvwxyz012345')).toBe(true);
    expect(entropyBits('0110100110010110100101100110100100')).toBeLessThan(LEAST_BITS);
  });
});

describe('placeholders', () => {
  it.each([
    'CHANGE_ME',
    'change-me-now',
    'changeme',
    '<password>',
    '${DB_URL}',
    '{{ secret }}',
    'your-jwt-secret',
    'xxxx',
    'vault://replace-me/x',
    'vault://tmi/x#CHANGE_ME',
    'env://YOUR-X',
  ])('knows %s', (text) => {
    expect(isPlaceholder(text)).toBe(true);
  });

  it.each([
    '',
    'changes',
    'vault://tmi/jwt_secret',
    'env://DATABASE_URL',
    'https://tmi.example.com',
    'your',
    'xx',
  ])('leaves %j alone', (text) => {
    expect(isPlaceholder(text)).toBe(false);
  });
});

describe('addresses', () => {
  it.each(['localhost', '127.0.0.1', '127.8.8.8', '[::1]', '0.0.0.0', 'x.localhost'])(
    '%s is local',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  it('tells what is fit for users', () => {
    expect(unfitForProduction('https://tmi.example.com/*')).toBeUndefined();
    expect(unfitForProduction('http://tmi.example.com')).toBeDefined();
    expect(unfitForProduction('https://localhost/x')).toBeDefined();
    expect(isLoopback('tmi.example.com')).toBe(false);
  });

  it.each(['tmi.example.com', 'ftp://x', 'https://', 'https:///x', 'https://a b', 'http:/x'])(
    '%s is none',
    (text) => {
      expect(webAddress(text)).toBeUndefined();
    },
  );
});

describe('ipVersion', () => {
  it('knows what node knows as an address', () => {
    const part = fc.constantFrom(
      '0',
      '1',
      '9',
      '10',
      '01',
      '255',
      '256',
      'f',
      'ffff',
      'g',
      '10000',
      '.',
      ':',
      '::',
    );
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.array(part, { maxLength: 17 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(address, (text) => {
        expect(ipVersion(text) ?? 0, text).toBe(isIP(text));
      }),
      { numRuns: 5000 },
    );
    expect(ipVersion('fe80::1%eth0')).toBeUndefined();
  });
});

describe('importCommand', () => {
  it('quotes what a shell would take apart', () => {
    expect(importCommand('config.yml')).toBe('tmi-dbtool import-legacy -f config.yml');
    expect(importCommand("it's here.yml")).toBe(`tmi-dbtool import-legacy -f 'it'\\''s here.yml'`);
  });
});
