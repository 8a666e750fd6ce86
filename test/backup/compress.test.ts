import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compress, createCompression, type Block } from '../../src/backup/compress.js';
import { SpareBuffers } from '../../src/database/spare-buffers.js';

/** Too large to be copied into a block with others. */
const LARGE = 600_000;

/** What does not compress, and is another for each number. */
const noise = (number: number, size = LARGE): Buffer =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16, number), Buffer.alloc(16)).update(Buffer.alloc(size));

describe('blocks on their way through the compression', () => {
  it.for([
    ['large', () => LARGE, 3],
    // Those that are copied come back at once.
    ['small', (number: number) => 1000 * number, 1],
    ['small and large', (number: number) => (number % 7 === 0 ? LARGE : 100_000 + number), 4],
    ['of the size that is handed over', () => 512 * 1024, 1],
  ] as const)(
    'come out whole and in order, %s, each written over when it is given back',
    async ([, sizeOf, most]) => {
      const buffers = new SpareBuffers(LARGE);
      const taken = new Set<Buffer>();
      let [out, mostOut] = [0, 0];
      async function* blocks(): AsyncGenerator<Block> {
        for (let number = 0; number < 40; number += 1) {
          const own = buffers.take(LARGE);
          const bytes = own.subarray(0, noise(number, sizeOf(number)).copy(own));
          taken.add(own);
          out += 1;
          mostOut = Math.max(mostOut, out);
          yield {
            bytes,
            release: () => {
              out -= 1;
              own.fill(0x2e);
              buffers.give(own);
            },
          };
        }
      }
      const zipped = createCompression();
      const [packed] = await Promise.all([buffer(zipped), compress(blocks(), zipped)]);
      const all = Buffer.concat(Array.from({ length: 40 }, (_, number) => noise(number, sizeOf(number))));
      expect(gunzipSync(packed).equals(all)).toBe(true);
      expect(out).toBe(0);
      expect(mostOut).toBeLessThanOrEqual(most);
      expect(taken.size).toBe(mostOut);
    },
  );

  it('are made while others are compressed, by who never waits as well', async () => {
    const zipped = createCompression();
    let ahead = 0;

    async function* blocks(): AsyncGenerator<Block> {
      for (let number = 0; number < 8; number += 1) {
        if (zipped.writableLength > 0) ahead += 1;
        yield { bytes: noise(number) };
      }
    }
    await Promise.all([buffer(zipped), compress(blocks(), zipped)]);
    expect(ahead).toBe(7);
  });

  it('end the stream with what reading them failed with', async () => {
    const zipped = createCompression();

    async function* blocks(): AsyncGenerator<Block> {
      yield { bytes: noise(1) };
      throw new Error('the table is gone');
    }
    const compressed = compress(blocks(), zipped);
    await expect(buffer(zipped)).rejects.toThrow('the table is gone');
    await compressed;
  });

  it('are no longer asked for where nobody reads the stream any more', async () => {
    const zipped = createCompression();
    let [made, isLeft] = [0, false];

    async function* blocks(): AsyncGenerator<Block> {
      try {
        for (;;) yield { bytes: noise((made += 1)) };
      } finally {
        isLeft = true;
      }
    }
    const compressed = compress(blocks(), zipped);
    await once(zipped, 'readable');
    zipped.destroy();
    await compressed;
    expect(isLeft).toBe(true);
    expect(made).toBeLessThan(50);
  });
});

describe('spare buffers', () => {
  it('are used again, but for those of another size', () => {
    const buffers = new SpareBuffers(100);
    const [first, large] = [buffers.take(7), buffers.take(101)];
    expect([first.length, large.length]).toEqual([100, 101]);
    buffers.give(large);
    buffers.give(first);
    expect(buffers.take(100)).toBe(first);
    expect(buffers.take(1)).not.toBe(first);
    expect(buffers.take(101)).not.toBe(large);
  });
});
