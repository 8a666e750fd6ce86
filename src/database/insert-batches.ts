import type { PortableRow } from './schema-facts.js';

/** Inserts batch by batch; the next is made while the server still takes the one before. */
export async function insertBatches(
  batches: AsyncIterable<readonly PortableRow[]>,
  insert: (rows: readonly PortableRow[]) => Promise<void>,
): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const rows of batches) {
      await writing;
      writing = insert(rows);
      // Its fault is met by the next `await`.
      writing.catch(() => undefined);
    }
    await writing;
  } finally {
    // Nothing may be sent behind a statement that is still at work.
    await writing.catch(() => undefined);
  }
}
