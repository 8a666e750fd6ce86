import type { Knex } from 'knex';
import { blocksOfRows, type RowBlock } from '../../row-blocks.js';
import type { ColumnFacts, PortableRow, TableFacts } from '../../schema-facts.js';
import { BEFORE_ALL, Chunks, type Chunk, type ChunkSize } from './chunks.js';
import { HeldLines } from './held-lines.js';
import type { LinesBeside } from './lines-beside.js';
import { readRows, withHandle } from './read-rows.js';

/** Nearly all rows, and those with a document. Larger ones are read by their values. */
const SMALL: ChunkSize = { rows: 256, bytes: 4096 };
const LARGE: ChunkSize = { rows: 8, bytes: 128 * 1024 };

/** Chunks of large rows after which small ones are hoped for again. */
const LARGE_CHUNKS = SMALL.rows / LARGE.rows;

/** Chunks that may be read in vain before the rest of a table is read by its values, besides half as many as were not. */
const VAIN = 32;

/** A chunk; undefined where a row holds bytes, of which the engine makes no JSON. What else it is meets who reads values. */
function chunkAfter(chunks: Chunks, row: bigint | number): Chunk | undefined {
  try {
    return chunks.after(row);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'SQLITE_ERROR') return undefined;
    throw error;
  }
}

/**
 * Rows as the lines that the engine writes by itself, hundreds at a time, each held against its values; of rows of a rare
 * form lines are made of values.
 * @param beside begun for this table, which knows of a number for each row
 */
export async function* readBlocks(
  knex: Knex,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  mostBytes: number,
  lineOf: (row: PortableRow) => string,
  beside: LinesBeside,
): AsyncIterable<RowBlock> {
  const number = beside.rowNumber;
  const byValues = (where: string): AsyncIterable<RowBlock> =>
    blocksOfRows(readRows(knex, table, columns, mostBytes, { where, beside }), lineOf);
  const [small, large] = await withHandle(knex, (handle) => {
    const ofSize = (size: ChunkSize): Chunks => new Chunks(handle, table, columns, number, size);
    return [ofSize(SMALL), ofSize(LARGE)] as const;
  });
  const held = new HeldLines(columns, mostBytes);
  let after: bigint | number = BEFORE_ALL;
  let [largeLeft, vain, good] = [0, 0, 0];
  for (;;) {
    const chunks: Chunks = largeLeft === 0 ? small : large;
    const chunk: Chunk | undefined = vain > VAIN + good / 2 ? undefined : chunkAfter(chunks, after);
    if (!chunk) {
      yield* byValues(`${number} > ${after}`);
      return;
    }
    const { rows, lines, last }: Chunk = chunk;
    if (rows === 0) return;
    const said = held.of(chunk);
    if (!said && chunks === small) {
      largeLeft = LARGE_CHUNKS;
      continue;
    }
    if (chunks === large) {
      largeLeft -= 1;
      if (said) good += 1;
      else vain += 1;
    }
    if (said) {
      beside.sayLines(lines, rows, said.numbers);
      yield { lines, count: rows, doubtful: said.doubtful };
    } else yield* byValues(`${number} > ${after} and ${number} <= ${last}`);
    if (chunks.isLast(rows)) return;
    after = last;
  }
}
