import { createHmac, randomBytes } from 'node:crypto';
import { ToolError } from '../errors/index.js';
import type { SecretValue } from '../values/secret-value.js';

/** Makes fingerprints of secrets: equal ones for equal secrets, and nothing else to learn from them. */
export type Fingerprint = (value: SecretValue) => string;

/** Shorter keys can be found by trying, and with the key a short secret can too. */
const LEAST_KEY_LENGTH = 16;

/**
 * A keyed fingerprint, 12 hexadecimal digits of HMAC-SHA-256. A plain hash would let anybody who sees it try out
 * likely passwords; without the key there is nothing to compare with.
 * @param key makes fingerprints that are the same in every run; left out, they are good for one run
 * @throws ToolError `secrets/weak-fingerprint-key`
 */
export function createFingerprint(key?: SecretValue): Fingerprint {
  const bytes = key ? Buffer.from(key.reveal(), 'utf8') : randomBytes(32);
  if (bytes.length < LEAST_KEY_LENGTH) {
    throw new ToolError(
      'secrets/weak-fingerprint-key',
      `the key for fingerprints is shorter than ${LEAST_KEY_LENGTH} bytes`,
      { hint: 'Store a random one: openssl rand -hex 32' },
    );
  }
  return (value) =>
    createHmac('sha256', bytes)
      .update('tmi-dbtool fingerprint\0')
      .update(value.reveal())
      .digest('hex')
      .slice(0, 12);
}
