import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ToolError } from '../errors/index.js';
import type { SecretValue } from '../values/index.js';
import { damaged } from './format.js';

/** The first bytes of an encrypted backup. A plain one begins as every gzip file does. */
export const ENCRYPTED_MAGIC = Buffer.from('TMI-DBTOOL-ENCRYPTED-1\n', 'latin1');

const SALT_BYTES = 32;
const TAG_BYTES = 16;
/** Plain bytes of a frame; only the last is shorter. */
const FRAME_BYTES = 64 * 1024;

/**
 * The key of a backup: 64 hex characters, as of the settings table.
 * @throws ToolError `backup/key`
 */
export function backupKey(secret: SecretValue): Buffer {
  const text = secret.reveal().trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  throw new ToolError('backup/key', 'The key of the backup is not 64 hex characters', {
    hint: 'Make one with: openssl rand -hex 32',
  });
}

/** A key for one file, so that the counter of another never meets it. */
function fileKey(key: Buffer, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, 'tmi-dbtool backup', 32));
}

/** The number of the frame, and whether it is the last: frames can be neither swapped nor cut off unseen. */
function nonceOf(frame: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(frame), 3);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** Cuts a stream into frames of one size; the last, perhaps empty, says so. */
async function* frames(
  chunks: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ readonly bytes: Buffer; readonly last: boolean }> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    length += chunk.length;
    if (length <= size) continue;
    const all = Buffer.concat(waiting);
    let at = 0;
    for (; length - at > size; at += size) yield { bytes: all.subarray(at, at + size), last: false };
    waiting = [all.subarray(at)];
    length -= at;
  }
  yield { bytes: Buffer.concat(waiting), last: true };
}

/** Encrypts a stream, frame by frame, with memory for one frame. */
export async function* encrypt(chunks: AsyncIterable<Buffer>, key: Buffer): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT_BYTES);
  yield Buffer.concat([ENCRYPTED_MAGIC, salt]);
  const own = fileKey(key, salt);
  let number = 0;
  for await (const { bytes, last } of frames(chunks, FRAME_BYTES)) {
    const cipher = createCipheriv('aes-256-gcm', own, nonceOf(number, last));
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    number += 1;
  }
}

function open(own: Buffer, number: number, frame: Buffer, last: boolean): Buffer {
  if (frame.length < TAG_BYTES) throw damaged('it ends in the middle of an encrypted frame');
  const decipher = createDecipheriv('aes-256-gcm', own, nonceOf(number, last));
  decipher.setAuthTag(frame.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(frame.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    if (number > 0) throw damaged('it was cut off or changed after it was encrypted');
    throw new ToolError(
      'backup/key',
      'The backup cannot be opened with this key, or its beginning is damaged',
      {
        hint: 'Give the key that it was made with: --key env://NAME, vault://PATH or file://PATH.',
      },
    );
  }
}

/**
 * Decrypts a stream whose magic has been taken off.
 * @throws ToolError `backup/key`, `backup/damaged`
 */
export async function* decrypt(chunks: AsyncIterable<Buffer>, key: Buffer): AsyncGenerator<Buffer> {
  let own: Buffer | undefined;
  let salt: Buffer = Buffer.alloc(0);
  async function* behindSalt(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      const missing = SALT_BYTES - salt.length;
      salt = missing > 0 ? Buffer.concat([salt, chunk.subarray(0, missing)]) : salt;
      if (chunk.length > missing) yield chunk.subarray(Math.max(0, missing));
    }
  }
  let number = 0;
  for await (const { bytes, last } of frames(behindSalt(), FRAME_BYTES + TAG_BYTES)) {
    if (salt.length < SALT_BYTES) throw damaged('it ends in the middle of its first line');
    own ??= fileKey(key, salt);
    yield open(own, number, bytes, last);
    number += 1;
  }
}
