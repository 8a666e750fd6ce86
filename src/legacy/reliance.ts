import { ToolError } from '../errors/index.js';
import { compactKeyList } from './key-list.js';
import type { Receipt } from './receipt-format.js';
import type { UndoArguments } from './undo-line.js';

/**
 * A later import may have found rows of this one, and have left them as they were what its own file said: without them
 * nothing would state those settings any more.
 * @param others receipts of the same database
 * @throws ToolError `legacy/relied-on`, naming the newest such import
 */
export function assertNobodyRelies(
  receipt: Receipt,
  others: readonly Receipt[],
  undoing: UndoArguments,
): void {
  const written = new Set(receipt.changes.map(({ key }) => key));
  for (const other of others) {
    if (other.id === receipt.id || other.status === 'undone' || other.createdAt < receipt.createdAt) continue;
    const shared = (other.relies ?? []).filter((key) => written.has(key));
    if (shared.length === 0) continue;
    const source = other.file ? `of ${other.file.path}` : 'of the environment';
    throw new ToolError(
      'legacy/relied-on',
      `The import ${source} at ${other.createdAt} found rows that would go, and relies on them: ${compactKeyList(shared)}`,
      {
        hint: `Nothing was changed. Undo that import first: tmi-dbtool ${undoing(other.place ?? String(other.id))}`,
      },
    );
  }
}
