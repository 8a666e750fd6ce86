import { hash } from 'node:crypto';
import { LINE_FEED } from '../database/line-bytes.js';

/** Words of 16 bits in a SHA-256. */
const WORDS = 16;
const WORD = 2 ** 16;

/** The SHA-256 of each row, added up modulo 2^256: rows that are the same to the byte, in any order, have one sum. */
export class RowSum {
  /** Of each word for itself: doubles are exact for more rows than there are, and nothing is carried meanwhile. */
  readonly #sums = new Float64Array(WORDS);
  /** Taken once: what a part of Node.js holds that is loaded when it is used is looked up at every use. */
  readonly #hash = hash;
  #rows = 0;

  /** @param row its line in a backup, or another form of it, without a line feed; a text counts as its UTF-8 */
  add(row: string | Uint8Array): void {
    // One character for each byte, which takes less time than a Buffer for each row.
    const bytes = this.#hash('sha256', row, 'binary');
    for (let word = 0; word < WORDS; word += 1) {
      const value = (bytes.charCodeAt(2 * word) << 8) | bytes.charCodeAt(2 * word + 1);
      this.#sums[word] = (this.#sums[word] as number) + value;
    }
    this.#rows += 1;
  }

  /** @param lines each with its end */
  addLines(lines: Buffer): void {
    const { buffer, byteOffset, length } = lines;
    for (let start = 0, end: number; start < length; start = end + 1) {
      end = lines.indexOf(LINE_FEED, start);
      // A view of the same bytes takes less time than a Buffer.
      this.add(new Uint8Array(buffer, byteOffset + start, end - start));
    }
  }

  get rows(): number {
    return this.#rows;
  }

  /** 64 hex characters. */
  hex(): string {
    let [hex, carry] = ['', 0];
    for (const sum of this.#sums.toReversed()) {
      const all = sum + carry;
      hex = (all % WORD).toString(16).padStart(4, '0') + hex;
      carry = Math.floor(all / WORD);
    }
    return hex;
  }
}
