const [BRACE, BACKSLASH] = [0x7b, 0x5c];

/** Finds the lines in which an object may stand, such as a value with a tag, without reading them. */
export class ObjectFinder {
  #next = -1;

  /** @param bytes lines of JSON, each of them an array */
  constructor(private readonly bytes: Buffer) {}

  /**
   * A brace that begins an object has a quote, a blank or its other half behind it; the brace of an object within a text,
   * which columns of JSON are full of, has the backslash of a quote.
   * @returns false where there is none; lines are asked for in their order
   */
  mayStandIn(start: number, end: number): boolean {
    if (this.#next < start) this.#next = this.#from(start);
    for (; this.#next < end; this.#next = this.#from(this.#next + 1)) {
      if (this.bytes[this.#next + 1] !== BACKSLASH) return true;
    }
    return false;
  }

  #from(at: number): number {
    const found = this.bytes.indexOf(BRACE, at);
    return found < 0 ? this.bytes.length : found;
  }
}
