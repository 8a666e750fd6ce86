import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ToolError } from '../errors/index.js';
import { AGE_MAGIC, decryptAge } from './age.js';
import { decrypt, ENCRYPTED_MAGIC } from './encryption-1.js';
import { damaged } from './format.js';
import { PeekedSource } from './peeked-source.js';
import type { BackupKeys } from './recipients.js';

/** Bytes that come out of the decompression at once. */
export const CHUNK_BYTES = 256 * 1024;

const beginsWith = (head: Buffer, magic: Buffer): boolean => head.subarray(0, magic.length).equals(magic);

/** @throws ToolError `backup/key`: whoever could write the file could take the encryption off it */
function assertUnencrypted({
  identities = [],
  passphrase,
  key,
  fileKey,
  acceptUnencrypted,
}: BackupKeys): void {
  if (acceptUnencrypted) return;
  if (identities.length === 0 && passphrase === undefined && !key && !fileKey) return;
  throw new ToolError('backup/key', 'The backup is not encrypted, and something to open it was given', {
    hint: 'It may not be the file that you mean. If it is, say so with --accept-unencrypted.',
  });
}

/** What the compressed bytes are in, by the first bytes of the file. */
function unwrapped(
  head: Buffer,
  source: PeekedSource,
  keys: BackupKeys,
): { readonly bytes: AsyncIterable<Buffer>; readonly encrypted: boolean } {
  if (beginsWith(head, AGE_MAGIC)) return { bytes: decryptAge(source, keys), encrypted: true };
  if (beginsWith(head, ENCRYPTED_MAGIC)) {
    if (!keys.key) {
      throw new ToolError('backup/key', 'The backup is encrypted, and not verifiable here without its key', {
        hint: 'Give the key that it was made with: --key env://NAME, vault://PATH or file://PATH.',
      });
    }
    source.skip(ENCRYPTED_MAGIC.length);
    return { bytes: decrypt(source, keys.key), encrypted: true };
  }
  if (head.toString('latin1').startsWith('-----BEGIN AGE')) {
    throw new ToolError(
      'backup/damaged',
      'The backup is an age file in armor, which this tool does not read',
      {
        hint: 'Take the armor off: age -d -i IDENTITY FILE > backup.jsonl.gz',
      },
    );
  }
  if (head[0] !== 0x1f || head[1] !== 0x8b) throw damaged('it does not begin as a backup does');
  assertUnencrypted(keys);
  return { bytes: source, encrypted: false };
}

/**
 * The compressed bytes, decrypted where they must be.
 * @throws ToolError `backup/key`, `backup/damaged`
 */
export async function opened(
  source: AsyncIterable<Buffer>,
  keys: BackupKeys = {},
): Promise<{ readonly bytes: AsyncIterable<Buffer>; readonly encrypted: boolean }> {
  const peeked = new PeekedSource(source);
  try {
    return unwrapped(await peeked.peek(Math.max(AGE_MAGIC.length, ENCRYPTED_MAGIC.length)), peeked, keys);
  } catch (error) {
    await peeked.return();
    throw error;
  }
}

/** Decompresses. While a chunk is worked on, the next is made on another thread. */
export async function* unzipped(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  pipeline(Readable.from(bytes), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    if (error instanceof ToolError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('Z_') || code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END') {
      throw damaged('it is cut off, or its bytes were changed');
    }
    throw error;
  }
}
