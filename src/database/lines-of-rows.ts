import type { PortableRow } from './schema-facts.js';

/**
 * Rows as lines of a backup, by way of their values.
 * @param take is given each without its end
 * @returns how many there were, some at a time
 */
export async function* linesOfRows(
  batches: AsyncIterable<readonly PortableRow[]>,
  take: (line: string) => void,
): AsyncGenerator<number> {
  for await (const rows of batches) {
    for (const row of rows) take(JSON.stringify(row));
    yield rows.length;
  }
}
