import path from 'node:path';
import { parseDatabaseUrl } from '../src/database/index.js';
import { exitCodes, ToolError } from '../src/errors/index.js';
import { readReceipt } from '../src/legacy/receipt.js';
import { assertDatabaseOf, undoImport } from '../src/legacy/undo.js';
import { previewUndo } from '../src/legacy/undo-preview.js';
import { readSettings } from '../src/settings/store.js';
import { confirm } from './confirm.js';
import { Context, loadFile } from './context.js';
import type { ImportLegacyOptions } from './import-legacy-run.js';
import type { Io } from './io.js';
import { undoPreviewText, undoText } from './output/import-undo.js';
import { Reporter } from './output/reporter.js';
import { clearServerCaches } from './server-cache.js';

/**
 * Runs `import-legacy --undo`: shows what goes back, asks on a terminal, and puts file and rows back.
 * @param receiptName path of the receipt
 * @returns 0 when it is undone; errors carry their own exit codes
 */
export async function runUndo(receiptName: string, options: ImportLegacyOptions, io: Io): Promise<number> {
  const file = path.resolve(io.cwd, receiptName);
  const movedTo = options.undoFile === undefined ? undefined : path.resolve(io.cwd, options.undoFile);
  const receipt = await readReceipt(file, receiptName, { uid: io.uid, movedTo });
  // The receipt names the file, and the file names the database, as it did for the import.
  const config = await loadFile(receipt.file.path, io).catch(() => undefined);
  const context = new Context(io, options, config);
  const reporter = new Reporter(io, options);
  try {
    assertDatabaseOf(receipt, parseDatabaseUrl(await context.databaseUrl()).target);
    const database = await context.database({ readOnly: false });
    const cipher = await context.cipher();
    // A receipt says what to write, so nobody agrees to it unseen.
    const asks = io.canPrompt && options.yes !== true && options.nonInteractive !== true;
    if (!options.json && (asks || !options.quiet) && receipt.status !== 'undone') {
      const preview = previewUndo(receipt, await readSettings(database), cipher);
      io.stdout.write(undoPreviewText(preview, io.stdout.columns));
    }
    if (!(await confirm(`Undo the import of ${receipt.createdAt} in ${database.describe()}?`, options, io))) {
      throw new ToolError('legacy/declined', 'Not undone; nothing was changed');
    }
    const result = await undoImport({
      file,
      receipt,
      database,
      cipher,
      uid: io.uid,
      now: io.now(),
      onStep: (step) => reporter.step(step),
    });
    const keys = receipt.changes.map(({ key }) => key);
    const cache = keys.length === 0 ? undefined : await clearServerCaches(context, keys);
    undoText(result, cache, io, options);
    return exitCodes.done.code;
  } finally {
    await context.close();
  }
}
