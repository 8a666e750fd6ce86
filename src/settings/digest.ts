import { createHash, scrypt } from 'node:crypto';
import type { DecodedRow } from './decode.js';
import type { RowOrigin } from '../config/precedence.js';

/** What of a row counts for the digest. */
export interface DigestRow {
  readonly key: string;
  /** In the clear. A row without a value counts as absent, as it does to servers. */
  readonly text: string;
  readonly type: string;
  readonly origin: RowOrigin;
}

/** Version of the way the digest is made; part of its text, so that digests of two ways never look comparable. */
const PREFIX = 'tmi1-';

export function digestRowOf({ stored, text, origin }: DecodedRow): DigestRow {
  return { key: stored.key, text, type: stored.type, origin };
}

/** Deliberately slow, so that a short secret among known rows cannot be found by trying. About a tenth of a second. */
function stretch(digest: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
    scrypt(digest, 'tmi-settings-digest', 32, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/**
 * One digest over all settings: equal tables have equal digests on every engine, whatever their encryption, times,
 * authors and descriptions are. What counts is key, value, type and origin, where NULL counts as seeded.
 */
export async function settingsDigest(rows: Iterable<DigestRow>): Promise<string> {
  const held = [...rows].filter((row) => row.text !== '');
  const lines = held.map(({ key, text, type, origin }) => JSON.stringify([key, text, type, origin]));
  lines.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${line}\n`);
  return `${PREFIX}${(await stretch(hash.digest())).toString('hex')}`;
}
