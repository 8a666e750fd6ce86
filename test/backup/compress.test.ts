import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compress, createCompression, type Block } from '../../src/backup/compress.js';
import { SpareBuffers } from '../../src/database/spare-buffers.js';

const SIZE = 200_000;

/** What does not compress, and is another for each number. */
function noise(number: number): Buffer {
  const pieces = [];
  for (let piece = 0; piece < SIZE / 32; piece += 1)
    pieces.push(createHash('sha256').update(`${number}.${piece}`).digest());
  return Buffer.concat(pieces);
}

describe('blocks on their way through the compression', () => {
  it('come out whole and in order where each is written over as soon as it is given back', async () => {
    const buffers = new SpareBuffers(SIZE);
    const taken = new Set<Buffer>();
    let [out, most] = [0, 0];
    async function* blocks(): AsyncGenerator<Block> {
      for (let number = 0; number < 40; number += 1) {
        const bytes = buffers.take(SIZE);
        noise(number).copy(bytes);
        taken.add(bytes);
        out += 1;
        most = Math.max(most, out);
        yield {
          bytes,
          release: () => {
            out -= 1;
            bytes.fill(0x2e);
            buffers.give(bytes);
          },
        };
      }
    }
    const zipped = createCompression();
    const [packed] = await Promise.all([buffer(zipped), compress(blocks(), zipped)]);
    expect(gunzipSync(packed).equals(Buffer.concat(Array.from({ length: 40 }, (_, n) => noise(n))))).toBe(
      true,
    );
    expect(out).toBe(0);
    // One is being compressed, one waits, one is being made.
    expect(most).toBeLessThanOrEqual(3);
    expect(taken.size).toBeLessThanOrEqual(3);
  });

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
