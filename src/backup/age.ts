import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Identity, Recipient } from 'age-encryption';
import { ToolError } from '../errors/index.js';
import { damaged } from './format.js';
import { FRAME_BYTES, frames, nonceOf, TAG_BYTES } from './frames.js';
import { PeekedSource } from './peeked-source.js';
import type { BackupKeys, Encryption } from './recipients.js';

/** The first line of every age file. */
export const AGE_MAGIC = Buffer.from('age-encryption.org/v1\n', 'latin1');

/** log2 of scrypt's work: 32 MB of memory, where the 18 of the `age` command takes 350. */
const WORK_FACTOR = 15;
const NONCE_BYTES = 16;
const CIPHER = 'chacha20-poly1305';
/** A header holds a few lines for each recipient. */
const MAX_HEADER_BYTES = 1_000_000;

/** The beginning of an age file, and the key of what follows it. */
export interface SealedHeader {
  readonly header: Buffer;
  readonly fileKey: Uint8Array;
}

/** Makes the library's own header known to its writer. */
class FileKeyCapture implements Recipient {
  fileKey: Uint8Array | undefined;

  wrapFileKey(fileKey: Uint8Array): [] {
    this.fileKey = Uint8Array.from(fileKey);
    return [];
  }
}

/** Length of the header, its MAC line included; undefined while it has not ended. */
function headerLength(bytes: Buffer): number | undefined {
  const mac = bytes.indexOf('\n--- ', 0, 'latin1');
  const end = mac < 0 ? -1 : bytes.indexOf(10, mac + 1);
  return end < 0 ? undefined : end + 1;
}

/**
 * A header for the recipients or the passphrase. The library writes it, around a file of nothing; the payload is made
 * by `encryptAge`, fifteen times as fast.
 */
export async function sealHeader(encryption: Encryption): Promise<SealedHeader> {
  const { Decrypter, Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  const capture = new FileKeyCapture();
  if ('passphrase' in encryption) {
    encrypter.setPassphrase(encryption.passphrase);
    encrypter.setScryptWorkFactor(WORK_FACTOR);
  } else {
    for (const recipient of encryption.recipients) encrypter.addRecipient(recipient);
    encrypter.addRecipient(capture);
  }
  const empty = Buffer.from(await encrypter.encrypt(new Uint8Array(0)));
  const header = empty.subarray(0, headerLength(empty));
  if (capture.fileKey) return { header, fileKey: capture.fileKey };
  // With a passphrase there may be no other recipient: the header is opened again, which proves it as well.
  const decrypter = new Decrypter();
  if ('passphrase' in encryption) decrypter.addPassphrase(encryption.passphrase);
  return { header, fileKey: await decrypter.decryptHeader(header) };
}

function payloadKey(fileKey: Uint8Array, nonce: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

/** An age file with these contents, with memory for one frame. */
export async function* encryptAge(
  chunks: AsyncIterable<Buffer>,
  { header, fileKey }: SealedHeader,
): AsyncGenerator<Buffer> {
  const nonce = randomBytes(NONCE_BYTES);
  yield Buffer.concat([header, nonce]);
  const key = payloadKey(fileKey, nonce);
  let number = 0;
  for await (const { bytes, last } of frames(chunks, FRAME_BYTES)) {
    const cipher = createCipheriv(CIPHER, key, nonceOf(number, last), { authTagLength: TAG_BYTES });
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    number += 1;
  }
}

/** @throws ToolError `backup/key` when nothing that is at hand opens the header */
async function openHeader(header: Buffer, keys: BackupKeys): Promise<Uint8Array> {
  const { Decrypter } = await import('age-encryption');
  const { identities = [], passphrase, fileKey } = keys;
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  if (passphrase !== undefined) decrypter.addPassphrase(passphrase);
  // The header's MAC is checked with it: what was read back is what was written.
  if (fileKey) decrypter.addIdentity({ unwrapFileKey: () => fileKey } satisfies Identity);
  if (identities.length === 0 && passphrase === undefined && !fileKey) {
    throw new ToolError(
      'backup/key',
      'The backup is encrypted, and not verifiable here without an identity',
      {
        hint: /\n-> scrypt /.test(header.toString('latin1'))
          ? 'Give the passphrase that it was made with: --passphrase env://NAME, vault://PATH or file://PATH.'
          : 'Give the identity of one of its recipients: --identity file://PATH, vault://PATH or env://NAME.',
      },
    );
  }
  try {
    return await decrypter.decryptHeader(header);
  } catch {
    throw new ToolError(
      'backup/key',
      'Nothing that was given opens the backup, or its beginning is damaged',
      { hint: 'Give the identity of one of its recipients (--identity), or the passphrase (--passphrase).' },
    );
  }
}

function openFrame(key: Buffer, number: number, frame: Buffer, last: boolean): Buffer {
  const text = frame.subarray(0, -TAG_BYTES);
  // An empty frame is the whole of an empty file alone.
  if (frame.length < TAG_BYTES || (text.length === 0 && number > 0)) {
    throw damaged('it ends in the middle of an encrypted frame');
  }
  const decipher = createDecipheriv(CIPHER, key, nonceOf(number, last), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(frame.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(text), decipher.final()]);
  } catch {
    throw damaged('it was cut off or changed after it was encrypted');
  }
}

/**
 * The contents of an age file.
 * @param chunks the file from its beginning
 * @throws ToolError `backup/key`, `backup/damaged`
 */
export async function* decryptAge(chunks: AsyncIterable<Buffer>, keys: BackupKeys): AsyncGenerator<Buffer> {
  const source = new PeekedSource(chunks);
  try {
    let head = await source.peek(AGE_MAGIC.length);
    while (headerLength(head) === undefined) {
      const before = head.length;
      head = await source.peek(before + 1);
      if (head.length === before || before > MAX_HEADER_BYTES)
        throw damaged('it ends in the middle of its header');
    }
    const length = headerLength(head) ?? 0;
    head = await source.peek(length + NONCE_BYTES);
    if (head.length < length + NONCE_BYTES) throw damaged('it ends in the middle of its header');
    const fileKey = await openHeader(head.subarray(0, length), keys);
    const key = payloadKey(fileKey, head.subarray(length, length + NONCE_BYTES));
    source.skip(length + NONCE_BYTES);
    let number = 0;
    for await (const { bytes, last } of frames(source, FRAME_BYTES + TAG_BYTES)) {
      yield openFrame(key, number, bytes, last);
      number += 1;
    }
  } finally {
    await source.return();
  }
}
