import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createGunzip } from 'node:zlib';
import { CHUNK_BYTES } from './opened.js';

/** What was compressed waits here, and does not keep the compression waiting. */
const DECOMPRESSION = { chunkSize: CHUNK_BYTES, writableHighWaterMark: 512 * 1024 };

/**
 * Unpacks what was compressed while it goes on to where it is written, so that the file need only be shown to hold the
 * same compressed bytes.
 */
export class Unpacked {
  readonly #packed = createHash('sha256');
  readonly #lines = createHash('sha256');

  /** The same chunks. @throws what the decompression fails with */
  async *through(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const gunzip = createGunzip(DECOMPRESSION);
    const unpacking = this.#unpack(gunzip);
    // Its fault is met where it is waited for.
    unpacking.catch(() => undefined);
    try {
      for await (const chunk of chunks) {
        this.#packed.update(chunk);
        if (!gunzip.write(chunk)) await Promise.race([once(gunzip, 'drain'), unpacking]);
        yield chunk;
      }
      gunzip.end();
      await unpacking;
    } finally {
      gunzip.destroy();
    }
  }

  async #unpack(gunzip: AsyncIterable<unknown>): Promise<void> {
    for await (const chunk of gunzip) this.#lines.update(chunk as Buffer);
  }

  /** SHA-256 of the lines, and of the compressed bytes that they came out of. Only after the last chunk. */
  sha256(): { readonly lines: string; readonly packed: string } {
    return { lines: this.#lines.digest('hex'), packed: this.#packed.digest('hex') };
  }
}
