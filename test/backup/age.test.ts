import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { generateHybridIdentity, generateIdentity, identityToRecipient } from 'age-encryption';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  parseIdentities,
  parsePassphrase,
  parseRecipients,
  readBackupFile,
  type BackupKeys,
  type Encryption,
} from '../../src/backup/index.js';
import { encryptAge, decryptAge, sealHeader } from '../../src/backup/age.js';
import { FRAME_BYTES } from '../../src/backup/frames.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { connect, freshUrl } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { backup, folder, noSignal } from './library.js';
import { createSchema, fillSchema } from './schema.js';

const hasAge = spawnSync('age', ['--version']).status === 0;
if (!hasAge && (process.env['TMI_TEST_REQUIRE'] ?? '').split(',').includes('age')) {
  throw new Error('The command age is required and not there (apt-get install age).');
}

let identity: string;
let recipient: string;

beforeAll(async () => {
  identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
});

async function written(encryption: Encryption): Promise<string> {
  const url = await freshUrl('sqlite');
  await createSchema('sqlite', url);
  await fillSchema('sqlite', url);
  const file = join(folder(), 'b.jsonl.gz.age');
  await backup(await connect(url), file, { encryption });
  return file;
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

describe('a backup for recipients', () => {
  it('is opened by the identity of each, and by nothing else', async () => {
    const second = await generateIdentity();
    const file = await written({ recipients: [recipient, await identityToRecipient(second)] });
    for (const one of [identity, second]) {
      const found = await readBackupFile(file, { identities: [one] }, noSignal);
      expect(found).toMatchObject({ encrypted: true, rows: 57 });
    }
    const stranger: BackupKeys = { identities: [await generateIdentity()] };
    expect((await failure(readBackupFile(file, stranger, noSignal))).code).toBe('backup/key');
    const none = await failure(readBackupFile(file, {}, noSignal));
    expect(none.message).toContain('not verifiable here');
    expect(none.hint).toContain('--identity');
  });

  it('with a passphrase is opened by it', async () => {
    const file = await written({ passphrase: 'open sesame' });
    expect(readFileSync(file, 'latin1')).toMatch(/^age-encryption.org\/v1\n-> scrypt \S+ 15\n/);
    expect((await readBackupFile(file, { passphrase: 'open sesame' }, noSignal)).rows).toBe(57);
    const wrong = await failure(readBackupFile(file, { passphrase: 'sesame' }, noSignal));
    expect(wrong.code).toBe('backup/key');
    expect((await failure(readBackupFile(file, {}, noSignal))).hint).toContain('--passphrase');
  });

  // The last frame is full, empty or neither.
  it.each([0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES])(
    'holds %d bytes as age does',
    async (length) => {
      const plain = Buffer.alloc(length, 'some bytes');
      const sealed = await collect(encryptAge(once(plain), await sealHeader({ recipients: [recipient] })));
      const { Decrypter, Encrypter } = await import('age-encryption');
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      expect(Buffer.from(await decrypter.decrypt(sealed))).toEqual(plain);
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      const theirs = Buffer.from(await encrypter.encrypt(plain));
      expect(await collect(decryptAge(once(theirs), { identities: [identity] }))).toEqual(plain);
    },
  );
});

describe.skipIf(!hasAge)('the command age', () => {
  it('opens what the tool wrote', async () => {
    const file = await written({ recipients: [recipient] });
    const key = join(folder(), 'identity.txt');
    writeFileSync(key, `# created by a test\n${identity}\n`, { mode: 0o600 });
    const zipped = execFileSync('age', ['-d', '-i', key, file], { maxBuffer: 2 ** 26 });
    expect(gunzipSync(zipped).toString('utf8')).toMatch(/^\{"type":"header"/);
  });

  it('writes what the tool opens, over many frames', async () => {
    const plain = await written({ recipients: [recipient] });
    const lines = gunzipSync(
      await collect(decryptAge(once(readFileSync(plain)), { identities: [identity] })),
    );
    // Stored, not compressed, so that the file has several frames.
    const sealed = execFileSync('age', ['-r', recipient], { input: gzipSync(lines, { level: 0 }) });
    const file = join(folder(), 'theirs.age');
    writeFileSync(file, sealed);
    expect((await readBackupFile(file, { identities: [identity] }, noSignal)).rows).toBe(57);
    const armored = execFileSync('age', ['-a', '-r', recipient], { input: gzipSync(lines) });
    writeFileSync(file, armored);
    const error = await failure(readBackupFile(file, { identities: [identity] }, noSignal));
    expect(error.message).toContain('armor');
  });
});

describe('recipients', () => {
  it('are read from a file with comments, each once', async () => {
    const text = `# ours\n${recipient}\n\n${recipient}\r\n`;
    expect(await parseRecipients(text, 'keys.txt')).toEqual([recipient]);
  });

  it.each([
    ['', 'names no recipient'],
    ['# nothing\n', 'names no recipient'],
    ['age1pq1xyz', 'no X25519 recipient'],
    ['ssh-ed25519 AAAAC3Nz', 'no X25519 recipient'],
    [`age1${'q'.repeat(58)}`, 'misspelt'],
  ])('are refused for %s', async (text, why) => {
    const error = await failure(parseRecipients(text, '--recipient'));
    expect(error).toMatchObject({ code: 'backup/recipient' });
    expect(error.message).toContain(why);
  });

  it('are never a secret key, which is not shown either', async () => {
    const error = await failure(parseRecipients(identity, '--recipient'));
    expect(error.message).toContain('is a secret key');
    expect(`${error.message}${error.hint ?? ''}`).not.toContain(identity);
  });
});

describe('identities', () => {
  const parse = (text: string) => parseIdentities(new SecretValue(text), '--identity');

  it('are what age-keygen writes', async () => {
    expect(await parse(`# created: today\n# public key: ${recipient}\n${identity}\n`)).toEqual([identity]);
  });

  it('of other kinds, encrypted or misspelt, are refused without being shown', async () => {
    const hybrid = await generateHybridIdentity();
    const misspelt = `${identity.slice(0, -1)}${identity.endsWith('Q') ? 'P' : 'Q'}`;
    const armored = '-----BEGIN AGE ENCRYPTED FILE-----\nabc\n';
    for (const [text, why] of [
      [hybrid, 'no X25519 identity'],
      [misspelt, 'misspelt'],
      [armored, 'encrypted with a passphrase'],
      ['-----BEGIN OPENSSH PRIVATE KEY-----', 'no X25519 identity'],
      ['', 'holds no identity'],
    ] as const) {
      const error = await failure(parse(text));
      expect(error).toMatchObject({ code: 'backup/key' });
      expect(error.message).toContain(why);
      if (text !== '') expect(error.message).not.toContain(text);
    }
  });

  it('a passphrase loses the line feed of its file and nothing else', () => {
    expect(parsePassphrase(new SecretValue(' a b \n'), '--passphrase')).toBe(' a b ');
  });
});
