import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBackupFile, writeBackup, type BackupKeys, type Encryption } from '../../src/backup/index.js';
import { connectDatabase } from '../../src/database/index.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { freshDatabase } from '../support/database.js';
import { failure } from '../support/errors.js';
import { folder, noSignal } from './library.js';
import { createSchema, fillSchema } from './schema.js';

let keys: BackupKeys;
let plain: Buffer;
let encrypted: Buffer;

beforeAll(async () => {
  const { url, dispose } = await freshDatabase('sqlite');
  await createSchema('sqlite', url);
  await fillSchema('sqlite', url);
  const identity = await generateIdentity();
  keys = { identities: [identity] };
  plain = await written(url, undefined);
  encrypted = await written(url, { recipients: [await identityToRecipient(identity)] });
  await dispose();
});

/** A backup in memory. */
async function written(url: string, encryption: Encryption | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const sink = new Writable({ write: (chunk: Buffer, _, done) => done((chunks.push(chunk), null)) });
  const database = await connectDatabase({ url: new SecretValue(url) });
  await writeBackup(
    { database, encryption, selection: { scope: 'all' }, tool: 't', now: new Date(), signal: noSignal },
    sink,
  );
  await database.close();
  return Buffer.concat(chunks);
}

/** Lines with the hash of the whole made anew, as somebody would who means harm. */
function resealed(lines: string): Buffer {
  const cut = lines.lastIndexOf('\n', lines.length - 2) + 1;
  const trailer = JSON.parse(lines.slice(cut)) as Record<string, unknown>;
  trailer['sha256'] = createHash('sha256').update(lines.slice(0, cut)).digest('hex');
  return gzipSync(`${lines.slice(0, cut)}${JSON.stringify(trailer)}\n`);
}

async function failureOf(bytes: Buffer): Promise<string> {
  const file = join(folder(), 'backup');
  writeFileSync(file, bytes);
  return (await failure(readBackupFile(file, undefined, noSignal))).message;
}

async function verify(bytes: Buffer, withKeys?: BackupKeys): Promise<string> {
  const file = join(folder(), 'backup');
  writeFileSync(file, bytes);
  return (await failure(readBackupFile(file, withKeys, noSignal))).code;
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

  it('does not verify with a flipped bit in any part of it', async () => {
    // Of each kind of line one, at its beginning, in its middle and at its end.
    const lines = gunzipSync(plain);
    const text = lines.toString('latin1');
    const parts = ['{"type":"header"', '{"type":"table"', '["u1"', '{"type":"end"', '{"type":"trailer"'];
    for (const part of parts) {
      const from = text.indexOf(part);
      const to = text.indexOf('\n', from);
      expect(from, part).toBeGreaterThanOrEqual(0);
      for (const at of [from, Math.floor((from + to) / 2), to - 1, to]) {
        for (const bit of [1, 16]) {
          const changed = Buffer.from(lines);
          changed[at] = (changed[at] as number) ^ bit;
          expect(await verify(gzipSync(changed)), `${part} ${at}`).toBe('backup/damaged');
        }
      }
    }
  });

  it('does not verify with another sum, even where everything else was made to fit', async () => {
    const changed = gunzipSync(plain).toString('utf8').replace('"note 44"', '"note 45"');
    expect(await failureOf(resealed(changed))).toContain('the rows of the table entity_44 have another sum');
    const shorter = gunzipSync(plain).toString('utf8').replace('["e","note 44",null]', '["e","note 44"]');
    expect(await failureOf(resealed(shorter))).toContain('entity_44 have another sum');
  });

  it('is read past lines that a later writer may add, and not past others', async () => {
    const text = gunzipSync(plain).toString('utf8');
    const add = (before: string, line: string): Buffer =>
      resealed(text.replace(before, `${line}\n${before}`));
    const ddl = '{"type":"ddl","optional":true,"statement":"create table x (y)"}';
    const file = join(folder(), 'backup');
    writeFileSync(file, add('{"type":"table"', ddl));
    expect((await readBackupFile(file, undefined, noSignal)).rows).toBe(57);
    expect(await verify(add('{"type":"table"', ddl.replace('true', 'false')))).toBe('backup/damaged');
    expect(await verify(add('{"type":"end"', ddl))).toBe('backup/damaged');
    expect(await verify(add('{"type":"header"', ddl))).toBe('backup/damaged');
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
    const lines = gunzipSync(plain).toString('utf8').replace('"version":2', '"version":3');
    expect(await verify(gzipSync(lines))).toBe('backup/unknown-version');
  });
});

describe('an encrypted backup', () => {
  it('shows nothing of what it holds', () => {
    expect(encrypted.includes(Buffer.from('every_type'))).toBe(false);
    expect(encrypted.subarray(0, 22).toString()).toBe('age-encryption.org/v1\n');
  });

  it('is not verifiable without an identity, nor with that of somebody else', async () => {
    const other = await generateIdentity();
    expect(await verify(encrypted)).toBe('backup/key');
    expect(await verify(encrypted, { identities: [other] })).toBe('backup/key');
    expect(await verify(encrypted, { passphrase: 'open sesame' })).toBe('backup/key');
    expect(await verify(encrypted, { key: Buffer.alloc(32, 7) })).toBe('backup/key');
  });

  it('cannot be cut off or changed unseen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: encrypted.length - 1 }), async (at) => {
        const changed = Buffer.from(encrypted);
        changed[at] = (changed[at] as number) ^ 1;
        expect(['backup/damaged', 'backup/key']).toContain(await verify(changed, keys));
        expect(['backup/damaged', 'backup/key']).toContain(await verify(encrypted.subarray(0, at), keys));
      }),
      { numRuns: 30 },
    );
  });

  it('is not taken for one that was put there in the open', async () => {
    expect(await verify(plain, keys)).toBe('backup/key');
    const file = join(folder(), 'backup');
    writeFileSync(file, plain);
    const backup = await readBackupFile(file, { ...keys, acceptUnencrypted: true }, noSignal);
    expect(backup.encrypted).toBe(false);
  });
});
