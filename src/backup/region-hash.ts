import { createHash } from 'node:crypto';

/** SHA-256 of lines, many at once where they lie side by side in memory: a call for each would take as long again. */
export class RegionHash {
  readonly #hash = createHash('sha256');
  #buffer: ArrayBufferLike | undefined;
  #start = 0;
  #end = 0;

  update(bytes: Buffer): void {
    if (bytes.buffer !== this.#buffer || bytes.byteOffset !== this.#end) {
      this.flush();
      this.#buffer = bytes.buffer;
      this.#start = bytes.byteOffset;
    }
    this.#end = bytes.byteOffset + bytes.length;
  }

  /** Takes what has come into the hash; to be called before its memory may be used for something else. */
  flush(): void {
    if (this.#buffer) this.#hash.update(new Uint8Array(this.#buffer, this.#start, this.#end - this.#start));
    this.#buffer = undefined;
  }

  hex(): string {
    this.flush();
    return this.#hash.digest('hex');
  }
}
