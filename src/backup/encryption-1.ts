import { createDecipheriv, hkdfSync } from 'node:crypto';
import { ToolError } from '../errors/index.js';
import type { SecretValue } from '../values/index.js';
import { damaged } from './format.js';
import { FRAME_BYTES, frames, nonceOf, TAG_BYTES } from './frames.js';

/** The first bytes of an encrypted backup of version 1, whose frames are the tool's own. It is read and never written. */
export const ENCRYPTED_MAGIC = Buffer.from('TMI-DBTOOL-ENCRYPTED-1\n', 'latin1');

const SALT_BYTES = 32;

/**
 * The key of a backup of version 1: 64 hex characters, as of the settings table.
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
      { hint: 'Give the key that it was made with: --key env://NAME, vault://PATH or file://PATH.' },
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
