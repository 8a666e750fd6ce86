import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBackupFile, writeBackup } from '../../src/backup/index.js';
import { connectDatabase } from '../../src/database/index.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { freshDatabase } from '../support/database.js';
import { failure } from '../support/errors.js';
import { folder, noSignal } from './library.js';
import { createSchema, fillSchema } from './schema.js';

const key = Buffer.alloc(32, 7);
let plain: Buffer;
let encrypted: Buffer;

beforeAll(async () => {
  const { url, dispose } = await freshDatabase('sqlite');
  await createSchema('sqlite', url);
  await fillSchema('sqlite', url);
  plain = await written(url, undefined);
  encrypted = await written(url, key);
  await dispose();
});

/** A backup in memory. */
async function written(url: string, withKey: Buffer | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const sink = new Writable({ write: (chunk: Buffer, _, done) => done((chunks.push(chunk), null)) });
  const database = await connectDatabase({ url: new SecretValue(url) });
  await writeBackup(
    { database, key: withKey, selection: { scope: 'all' }, tool: 't', now: new Date(), signal: noSignal },
    sink,
  );
  await database.close();
  return Buffer.concat(chunks);
}

async function verify(bytes: Buffer, withKey?: Buffer): Promise<string> {
  const file = join(folder(), 'backup');
  writeFileSync(file, bytes);
  return (await failure(readBackupFile(file, withKey, noSignal))).code;
}

describe('a damaged backup', () => {
  it('does not verify when it is cut off anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: plain.length - 1 }), async (length) => {
        expect(await verify(plain.subarray(0, length))).toBe('backup/damaged');
      }),
      { numRuns: 40 },
    );
  });

  it('does not verify with a changed byte in its lines', async () => {
    const lines = gunzipSync(plain);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: lines.length - 1 }), async (at) => {
        const changed = Buffer.from(lines);
        changed[at] = (changed[at] as number) ^ 1;
        expect(['backup/damaged', 'backup/unknown-version']).toContain(await verify(gzipSync(changed)));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['a row is missing', (lines: string[]) => lines.filter((line) => !line.startsWith('["u1"'))],
    ['a table is missing', (lines: string[]) => lines.filter((line) => !/"entity_07"/.test(line))],
    ['two lines are swapped', ([a = '', b = '', ...rest]: string[]) => [b, a, ...rest]],
    ['something follows', (lines: string[]) => [...lines.slice(0, -1), '["more"]', '']],
    ['it is empty', () => ['']],
  ])('does not verify when %s', async (_, change) => {
    const lines = gunzipSync(plain).toString('utf8').split('\n');
    expect(await verify(gzipSync(change(lines).join('\n')))).toBe('backup/damaged');
  });

  it.each([
    ['no gzip', Buffer.from('server:\n  port: 8080\n')],
    ['empty', Buffer.alloc(0)],
    ['another gzip', gzipSync('{"type":"header"}\n')],
  ])('is told from a file that is none (%s)', async (_, bytes) => {
    expect(await verify(bytes)).toBe('backup/damaged');
  });

  it('of a later format says so', async () => {
    const lines = gunzipSync(plain).toString('utf8').replace('"version":1', '"version":2');
    expect(await verify(gzipSync(lines))).toBe('backup/unknown-version');
  });
});

describe('an encrypted backup', () => {
  it('shows nothing of what it holds', () => {
    expect(encrypted.includes(Buffer.from('every_type'))).toBe(false);
    expect(encrypted.subarray(0, 22).toString()).toBe('TMI-DBTOOL-ENCRYPTED-1');
  });

  it('needs its key', async () => {
    expect(await verify(encrypted)).toBe('backup/key');
    expect(await verify(encrypted, Buffer.alloc(32, 8))).toBe('backup/key');
  });

  it('cannot be cut off or changed unseen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: encrypted.length - 1 }), async (at) => {
        const changed = Buffer.from(encrypted);
        changed[at] = (changed[at] as number) ^ 1;
        expect(['backup/damaged', 'backup/key']).toContain(await verify(changed, key));
        expect(['backup/damaged', 'backup/key']).toContain(await verify(encrypted.subarray(0, at), key));
      }),
      { numRuns: 30 },
    );
  });
});
