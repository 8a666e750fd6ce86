/** A stream whose first bytes can be looked at before it is read. Who leaves it early closes what it comes from. */
export class PeekedSource implements AsyncIterableIterator<Buffer> {
  readonly #source: AsyncIterator<Buffer>;
  #head: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** At least so many bytes, or all that there are. They stay in the stream. */
  async peek(length: number): Promise<Buffer> {
    while (this.#head.length < length) {
      const next = await this.#source.next();
      if (next.done) break;
      this.#head = Buffer.concat([this.#head, next.value]);
    }
    return this.#head;
  }

  /** Leaves out bytes that were looked at. */
  skip(length: number): void {
    this.#head = this.#head.subarray(length);
  }

  async next(): Promise<IteratorResult<Buffer>> {
    if (this.#head.length === 0) return this.#source.next();
    const value = this.#head;
    this.#head = Buffer.alloc(0);
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Buffer>> {
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
