import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createFingerprint } from '../../src/secrets/fingerprint.js';
import { SecretValue } from '../../src/values/secret-value.js';

const of = (text: string) => new SecretValue(text);
const key = 'a key of sixteen';

describe('a fingerprint', () => {
  it('is the beginning of a keyed hash that anybody with the key can make', () => {
    const expected = createHmac('sha256', key).update('tmi-dbtool fingerprint\0secret').digest('hex');
    expect(createFingerprint(of(key))(of('secret'))).toBe(expected.slice(0, 12));
  });

  it('is the same for the same value within a run, and another in each run without a key', () => {
    const [one, other] = [createFingerprint(), createFingerprint()];
    expect(one(of('secret'))).toBe(one(of('secret')));
    expect(one(of('secret'))).not.toBe(one(of('secreT')));
    expect(one(of('secret'))).not.toBe(other(of('secret')));
  });

  it('needs a key of sixteen bytes, which are not characters', () => {
    expect(() => createFingerprint(of('ä'.repeat(8)))).not.toThrow();
    expect(() => createFingerprint(of('a key of fifteen'.slice(1)))).toThrow(
      expect.objectContaining({
        code: 'secrets/weak-fingerprint-key',
        message: 'the key for fingerprints is shorter than 16 bytes',
        hint: 'Store a random one: openssl rand -hex 32',
      }),
    );
  });
});
