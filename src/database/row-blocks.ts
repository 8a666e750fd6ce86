import { LINE_FEED } from './line-bytes.js';
import type { PortableRow } from './schema-facts.js';

/** Rows that were read, as lines of a backup. */
export interface RowBlock {
  /** Each with its end. */
  readonly lines: Buffer;
  readonly count: number;
  /** The values of all these rows, where the lines were made of them. */
  readonly rows?: readonly PortableRow[];
  /**
   * Without `rows`: the values of those rows that may hold what other engines do not take, such as a number that is
   * infinite. Whoever makes lines without values knows of all others that they hold nothing of the kind.
   */
  readonly doubtful?: readonly PortableRow[];
  /** To be called once at the most, by whoever needs the lines' bytes no longer: others may come in their place. */
  readonly release?: () => void;
}

/** Characters of rows that become bytes at once: a text of them all may be longer than any can be. */
const PIECE = 1_000_000;

/** Rows as lines of a backup, by way of their values. */
export async function* blocksOfRows(
  batches: AsyncIterable<readonly PortableRow[]>,
  lineOf: (row: PortableRow) => string,
): AsyncGenerator<RowBlock> {
  for await (const batch of batches) {
    let text = '';
    let rows: PortableRow[] = [];
    for (const row of batch) {
      text += `${lineOf(row)}\n`;
      rows.push(row);
      if (text.length < PIECE) continue;
      yield { lines: Buffer.from(text, 'utf8'), count: rows.length, rows };
      [text, rows] = ['', []];
    }
    if (rows.length > 0) yield { lines: Buffer.from(text, 'utf8'), count: rows.length, rows };
  }
}

/** @returns how many lines there were; each is given to `take` without its end */
export async function* linesOfBlocks(
  blocks: AsyncIterable<RowBlock>,
  take: (line: Buffer) => void,
): AsyncGenerator<number> {
  for await (const { lines, count } of blocks) {
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf(LINE_FEED, start);
      take(lines.subarray(start, end));
      start = end + 1;
    }
    yield count;
  }
}
