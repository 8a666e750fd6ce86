import type { RowBlock } from './row-blocks.js';

/**
 * Buffers of one size that come and go by the thousand. Those that are given back are used again, so that the memory of
 * no more than are in use is taken, and not that of all until garbage is collected.
 */
export class SpareBuffers {
  readonly #spare: Buffer[] = [];

  constructor(private readonly size: number) {}

  /** @returns at least so many bytes, whatever is in them */
  take(bytes: number): Buffer {
    if (bytes > this.size) return Buffer.allocUnsafe(bytes);
    return this.#spare.pop() ?? Buffer.allocUnsafe(this.size);
  }

  /**
   * Lines that stand in a buffer which was taken, which comes back with their release.
   * @param end of the last one
   */
  block(buffer: Buffer, end: number, count: number): Pick<RowBlock, 'lines' | 'count' | 'release'> {
    return { lines: buffer.subarray(0, end), count, release: () => this.give(buffer) };
  }

  /** @param buffer that was taken, and that nobody reads any more */
  give(buffer: Buffer): void {
    if (buffer.length === this.size) this.#spare.push(buffer);
  }
}
