import { compactKeyList } from '../../src/legacy/key-list.js';
import type { KeptReceipt } from '../../src/legacy/receipt-table.js';
import type { LeftOutput, UndoResult } from '../../src/legacy/undo.js';
import { oneLine } from '../../src/legacy/show.js';
import type { UndoPreview } from '../../src/legacy/undo-preview.js';
import type { CacheOutcome } from '../../src/settings/cache.js';
import type { GlobalOptions } from '../command.js';
import type { Io } from '../io.js';
import { cacheText } from '../server-cache.js';
import { escapeControls } from './escape.js';
import { undoCommand, type TargetOptions } from './again.js';
import { jsonDocument } from './json.js';
import { runningServersAfterUndo } from './running-servers.js';
import { alignedTable } from './table.js';

/** What an undo is about to do, for people to look at before they are asked. */
export function undoPreviewText({ rows, file }: UndoPreview, room: number | undefined): string {
  const lines = rows.map(({ key, now, back }) => [
    escapeControls(key),
    now === undefined ? 'no row' : escapeControls(oneLine(now)),
    back === undefined ? 'the row goes' : escapeControls(oneLine(back)),
  ]);
  const table = rows.length === 0 ? 'no row changes\n' : alignedTable(['KEY', 'NOW', 'BACK TO'], lines, room);
  return file ? `${table}${escapeControls(`${file.path} gets its text back from ${file.backup}`)}\n` : table;
}

/** The receipts in the database, newest first. */
export function receiptListText(
  receipts: readonly KeptReceipt[],
  database: string,
  io: Io,
  options: GlobalOptions,
): void {
  if (options.json) {
    const shown = receipts.map(({ id, createdAt, status, file, changes, tool, place }) => ({
      id,
      createdAt,
      status,
      file: file?.path ?? null,
      rows: changes.length,
      receipt: place ?? null,
      tool,
    }));
    io.stdout.write(jsonDocument('import-legacy-receipts', { database, receipts: shown }));
    return;
  }
  if (receipts.length === 0) {
    io.stdout.write(`${database} knows of no import\n`);
    return;
  }
  const rows = receipts.map(({ id, createdAt, status, file, changes }) => [
    id,
    createdAt,
    status === 'complete' ? 'imported' : status,
    String(changes.length),
    escapeControls(file?.path ?? 'the environment'),
  ]);
  io.stdout.write(alignedTable(['NAME', 'TIME', 'STATE', 'ROWS', 'SOURCE'], rows, io.stdout.columns));
}

/** What is left of an import with `--output`, and what it is good for. */
function outputText({ path, edited, lacks }: LeftOutput): string {
  const changed = edited ? ', edited since the import,' : '';
  if (lacks.length === 0) return `left ${path}${changed} as it is`;
  return `left ${path}${changed} as it is: it does not state ${compactKeyList(lacks)}; start no server with it`;
}

interface UndoSurroundings {
  readonly cache: CacheOutcome | undefined;
  /** True when a Go server has run in the database. */
  readonly goServer: boolean;
}

/** What an undo did. */
export function undoText(
  result: UndoResult,
  { cache, goServer }: UndoSurroundings,
  io: Io,
  options: TargetOptions,
): void {
  if (options.json) {
    io.stdout.write(jsonDocument('import-legacy-undo', { result, cache: cache ?? null }));
    return;
  }
  if (options.quiet) return;
  const lines = [
    `restored ${result.rowsRestored} rows, removed ${result.rowsRemoved}`,
    ...(result.restored === undefined ? [] : [escapeControls(`put back ${result.restored}`)]),
    ...(result.output === undefined ? [] : [escapeControls(outputText(result.output))]),
    ...result.earlier.map((file) =>
      escapeControls(
        `rows of an earlier import are still there; to undo it too: ${undoCommand(file, options, undefined)}`,
      ),
    ),
    ...(cache ? [escapeControls(cacheText(cache))] : []),
    ...(goServer ? runningServersAfterUndo(cache) : []),
  ];
  io.stdout.write(`${lines.join('\n')}\n`);
}
