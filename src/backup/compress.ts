import { createGzip, type Gzip } from 'node:zlib';
import { SpareBuffers } from '../database/spare-buffers.js';

/**
 * The fastest level: a few percent more bytes for three fifths of the time. With the last 4 kB in place of 32 it takes two
 * thirds of that again, and as many bytes for rows: what they repeat stands near, and all that is looked through fits a
 * core's nearest memory. Documents that are like each other take half as much again. What is compressed may wait a little
 * for who reads it.
 */
const OPTIONS = { level: 1, windowBits: 12, chunkSize: 256 * 1024, readableHighWaterMark: 512 * 1024 };

/**
 * Bytes that are handed over at once. To wake the thread that compresses them, those that unpack and write what comes of
 * them, and this one again takes as long as to make a good part of a block.
 */
const AT_ONCE = 512 * 1024;

/** Bytes to be compressed. */
export interface Block {
  readonly bytes: Buffer;
  /** Called when they were. */
  readonly release?: (() => void) | undefined;
}

export const createCompression = (): Gzip => createGzip(OPTIONS);

/** The same bytes in larger blocks. What is copied is given back at once. */
async function* gathered(blocks: AsyncIterable<Block>): AsyncGenerator<Block> {
  const buffers = new SpareBuffers(AT_ONCE);
  let [buffer, end] = [buffers.take(AT_ONCE), 0];
  const take = (): Block => {
    const [full, bytes] = [buffer, buffer.subarray(0, end)];
    [buffer, end] = [buffers.take(AT_ONCE), 0];
    return { bytes, release: () => buffers.give(full) };
  };
  for await (const block of blocks) {
    const { bytes, release } = block;
    if (end + bytes.length > AT_ONCE && end > 0) yield take();
    if (bytes.length > AT_ONCE) {
      yield block;
      continue;
    }
    end += bytes.copy(buffer, end);
    release?.();
  }
  if (end > 0) yield take();
}

/**
 * Has blocks compressed while the next are made: one is being compressed, one waits. A stream by itself would wait until
 * none is left, and keep both cores waiting for each other; and an engine that gives rows without ever waiting would
 * never see what was done.
 * @param zipped is ended behind the last block, and destroyed with what reading blocks fails with
 * @returns when no more blocks are read; it never rejects
 */
export async function compress(blocks: AsyncIterable<Block>, zipped: Gzip): Promise<void> {
  const waiting = new Set<() => void>();
  // One that is destroyed by who reads it may not say so of what it was given.
  zipped.once('close', () => {
    for (const done of waiting) done();
  });
  const write = ({ bytes, release }: Block): Promise<void> =>
    new Promise((done) => {
      waiting.add(done);
      zipped.write(bytes, () => {
        waiting.delete(done);
        release?.();
        done();
      });
    });
  let [before, last]: Promise<void>[] = [];
  try {
    for await (const block of gathered(blocks)) {
      await before;
      if (zipped.destroyed) return;
      [before, last] = [last, write(block)];
    }
    zipped.end();
  } catch (error) {
    zipped.destroy(error as Error);
  }
}
