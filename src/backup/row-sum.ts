import { hash } from 'node:crypto';

/** Words of 32 bits in a SHA-256. */
const WORDS = 8;

function wordAt(bytes: string, at: number): number {
  const high = bytes.charCodeAt(at) * 2 ** 24;
  return high + (bytes.charCodeAt(at + 1) << 16) + (bytes.charCodeAt(at + 2) << 8) + bytes.charCodeAt(at + 3);
}

const LINE_FEED = 10;

/** The SHA-256 of each row, added up modulo 2^256: rows that are the same to the byte, in any order, have one sum. */
export class RowSum {
  readonly #sum = new Uint32Array(WORDS);
  #rows = 0;

  /** @param row its line in a backup, or another form of it, without a line feed; a text counts as its UTF-8 */
  add(row: string | Buffer): void {
    // One character for each byte, which takes less time than a Buffer for each row.
    const bytes = hash('sha256', row, 'binary');
    let carry = 0;
    for (let word = WORDS - 1; word >= 0; word -= 1) {
      const sum = (this.#sum[word] as number) + wordAt(bytes, word * 4) + carry;
      this.#sum[word] = sum % 2 ** 32;
      carry = sum >= 2 ** 32 ? 1 : 0;
    }
    this.#rows += 1;
  }

  /** @param lines each with its end */
  addLines(lines: Buffer): void {
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf(LINE_FEED, start);
      this.add(lines.subarray(start, end));
      start = end + 1;
    }
  }

  get rows(): number {
    return this.#rows;
  }

  /** 64 hex characters. */
  hex(): string {
    return [...this.#sum].map((word) => word.toString(16).padStart(8, '0')).join('');
  }
}
