import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SettingsCipher } from '../../src/settings/cipher.js';
import { isEncrypted, parseEnvelope } from '../../src/settings/encryption.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { codeOf, expectHidden, thrown } from '../support/errors.js';

const KEY = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const OLD_KEY = 'f'.repeat(64);
const now = new Date('2026-08-01T10:20:30.999Z');

/** An envelope made with nothing but node's own crypto, as the contract describes it. */
function seal(
  plain: string,
  key: string,
  context = '1',
  seconds = '1785579630',
  nonce = randomBytes(12),
): string {
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'hex'), nonce);
  const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return `ENC:v1:${context}:${seconds}:${Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString('base64')}`;
}

/** The way back, likewise. */
function unseal(envelope: string, key: string): { plain: string; context: string; seconds: string } {
  const [scheme, version, context = '', seconds = '', encoded = ''] = envelope.split(':');
  expect([scheme, version]).toEqual(['ENC', 'v1']);
  const sealed = Buffer.from(encoded, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(sealed.length - 16));
  const plain =
    decipher.update(sealed.subarray(12, sealed.length - 16), undefined, 'utf8') + decipher.final('utf8');
  return { plain, context, seconds };
}

function cipherOf(current?: string, previous?: string, contextId?: string): SettingsCipher {
  const keys = Object.entries({ current, previous, contextId }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, new SecretValue(value)] as const],
  );
  return SettingsCipher.from(Object.fromEntries(keys));
}

const texts = ['x', 'hunter2', 'ENC:v1:not really', 'ü😀\n\0 "quoted"', '{"a":[1,2]}', 'y'.repeat(2900)];

describe('SettingsCipher', () => {
  it('opens a fixed vector', () => {
    const envelope = 'ENC:v1:1:1785579630:AAECAwQFBgcICQoLL3e4b6CX8NkNHQ/Bscr2Jq9vK5EOgZk=';
    expect(cipherOf(KEY).open(envelope, 'k').text).toBe('hunter2');
  });

  it.each(texts)('seals %j as others open it', (text) => {
    const sealed = cipherOf(KEY, undefined, '7').seal(text, now);
    expect(unseal(sealed, KEY)).toEqual({ plain: text, context: '7', seconds: '1785579630' });
  });

  it.each(texts)('opens %j as others seal it', (text) => {
    expect(cipherOf(KEY).open(seal(text, KEY, '3'), 'k')).toEqual({ text, sealedWith: 'current' });
  });

  it('never uses a nonce twice', () => {
    const cipher = cipherOf(KEY);
    const nonces = Array.from({ length: 200 }, () =>
      parseEnvelope(cipher.seal('x', now), 'k')?.nonce.toString('hex'),
    );
    expect(new Set(nonces).size).toBe(200);
  });

  it('tries the current key, then the previous one', () => {
    const cipher = cipherOf(KEY, OLD_KEY);
    expect(cipher.open(seal('a', KEY), 'k').sealedWith).toBe('current');
    expect(cipher.open(seal('a', OLD_KEY), 'k')).toEqual({ text: 'a', sealedWith: 'previous' });
    expect(cipher.open('plain', 'k')).toEqual({ text: 'plain', sealedWith: 'nothing' });
  });

  it('leaves values plain without a key, and says so', () => {
    const cipher = cipherOf();
    expect(cipher.canEncrypt).toBe(false);
    expect(cipher.seal('plain', now)).toBe('plain');
    expect(cipherOf(KEY).canEncrypt).toBe(true);
  });

  it.each([
    ['without a key', cipherOf(), 'no settings_encryption_key is configured'],
    ['with other keys', cipherOf(OLD_KEY), 'the configured keys do not fit'],
  ])('says which key it wants %s', (_, cipher, reason) => {
    const error = thrown(() => cipher.open(seal('hush', KEY, '5'), 'auth.thing'));
    expect(error).toMatchObject({ code: 'settings/cannot-decrypt', exitCode: 5 });
    for (const part of ['auth.thing', 'context 5', '2026-08-01T10:20:30.000Z', reason]) {
      expect(error.message).toContain(part);
    }
  });

  const good = seal('hunter2', KEY);
  it.each([
    ['a flipped bit', good.slice(0, -6) + (good.at(-6) === 'A' ? 'B' : 'A') + good.slice(-5)],
    ['a missing tail', good.slice(0, -4)],
    ['missing padding', seal('a', KEY).replace(/=+$/, '')],
    ['URL-safe base64', `ENC:v1:1:1:${'-_'.repeat(30)}`],
    ['too few bytes', 'ENC:v1:1:1:AAAA'],
    ['no context', good.replace('ENC:v1:1:', 'ENC:v1::')],
    ['no payload', 'ENC:v1:1:1785579630:'],
    ['nothing behind the prefix', 'ENC:v1:'],
  ])('does not open an envelope with %s', (_, envelope) => {
    expect(codeOf(() => cipherOf(KEY).open(envelope, 'k'))).toBe('settings/cannot-decrypt');
  });

  it('refuses what the server would refuse to read, and nothing shorter', () => {
    const cipher = cipherOf(KEY);
    const fits = 'x'.repeat(2956);
    expect(cipher.seal(fits, now).length).toBeLessThanOrEqual(4000);
    expect(cipher.open(cipher.seal(fits, now), 'k').text).toBe(fits);
    expect(codeOf(() => cipher.seal('x'.repeat(2964), now))).toBe('settings/value-too-long');
  });

  it.each([
    ['a short key', { current: KEY.slice(1) }],
    ['a long key', { current: `${KEY}0` }],
    ['a key that is not hexadecimal', { current: `g${KEY.slice(1)}` }],
    ['an empty key', { current: '' }],
    ['a broken previous key', { current: KEY, previous: 'nonsense' }],
    ['a previous key alone', { previous: OLD_KEY }],
    ['a context of 0', { current: KEY, contextId: '0' }],
    ['a negative context', { current: KEY, contextId: '-1' }],
    ['a fraction as context', { current: KEY, contextId: '1.5' }],
    ['a word as context', { current: KEY, contextId: 'one' }],
    ['an empty context', { current: KEY, contextId: '' }],
  ])(
    'refuses %s',
    (_, { current, previous, contextId }: { current?: string; previous?: string; contextId?: string }) => {
      const error = thrown(() => cipherOf(current, previous, contextId));
      expect(error).toMatchObject({ code: 'settings/encryption-key-invalid', exitCode: 5 });
      expect(error.diagnostics).toHaveLength(1);
      if (current) expectHidden(error, current);
    },
  );

  it('lists every problem at once', () => {
    const error = thrown(() => cipherOf('x', 'y', 'z'));
    expect(error.diagnostics.map((d) => d.key).sort()).toEqual([
      'settings_encryption_context_id',
      'settings_encryption_key',
      'settings_encryption_previous_key',
    ]);
  });

  it('trims keys and takes either case', () => {
    const cipher = cipherOf(`  ${KEY.toUpperCase()}\n`, undefined, ' 12 ');
    expect(cipher.contextId).toBe(12);
    expect(unseal(cipher.seal('a', now), KEY).plain).toBe('a');
  });
});

describe('isEncrypted', () => {
  it.each([
    ['ENC:v1:anything', true],
    ['ENC:v2:1:1:AAAA', false],
    ['enc:v1:1:1:AAAA', false],
    [' ENC:v1:1:1:AAAA', false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(isEncrypted(text)).toBe(expected);
  });
});
