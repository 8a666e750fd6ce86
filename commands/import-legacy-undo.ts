import path from 'node:path';
import { readConfigFile } from '../src/config/files/read.js';
import { parseDatabaseUrl, type Database } from '../src/database/index.js';
import { exitCodes, ToolError } from '../src/errors/index.js';
import { placedReceipt, realFile } from '../src/legacy/evidence.js';
import { readEnvironmentSource } from '../src/legacy/read-source.js';
import { readReceipt } from '../src/legacy/receipt.js';
import { sha256, type Receipt } from '../src/legacy/receipt-format.js';
import { ReceiptTable, type KeptReceipt } from '../src/legacy/receipt-table.js';
import { attributesOutlook, putBackByUndo } from '../src/legacy/target.js';
import { assertDatabaseOf, undoImport } from '../src/legacy/undo.js';
import type { UndoArguments } from '../src/legacy/undo-line.js';
import { previewUndo } from '../src/legacy/undo-preview.js';
import { hasGoServerRun } from '../src/settings/go-server.js';
import { readSettings } from '../src/settings/store.js';
import { shellWord } from '../src/values/index.js';
import { confirm, isAsked } from './confirm.js';
import { Context, loadText } from './context.js';
import type { ImportLegacyOptions } from './import-legacy-options.js';
import type { Io } from './io.js';
import { undoArgumentsOf } from './output/again.js';
import { escapeControls } from './output/escape.js';
import { receiptListText, undoPreviewText, undoText } from './output/import-undo.js';
import { Reporter } from './output/reporter.js';
import { clearServerCaches } from './server-cache.js';

/** An id of a receipt in the database, as imports print it. */
const receiptId = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

/** A receipt, and where on this machine it lies; it need not lie anywhere. */
interface Chosen {
  readonly receipt: Receipt;
  readonly file: string | undefined;
}

/**
 * What becomes of the access lists and attributes of the file that gets its old text back: said before anybody agrees.
 * @throws ToolError `config/cannot-keep-attributes`
 */
async function attributeNotes(
  { file }: Receipt,
  { dropAttributes }: ImportLegacyOptions,
  io: Io,
): Promise<readonly string[]> {
  if (!file || dropAttributes) return [];
  const config = await readConfigFile(file.path, '/', io.signal).catch(() => undefined);
  // Only what the import wrote is replaced; anything else the undo itself looks at, and says what is wrong with it.
  if (!config || sha256(config.bytes) !== file.sha256After) return [];
  const { stops, notes } = await attributesOutlook(config, putBackByUndo);
  for (const stop of stops) throw stop;
  return notes;
}

/** Shows what goes back, asks on a terminal, and puts file and rows back. */
async function undoChosen(
  { receipt, file }: Chosen,
  context: Context,
  options: ImportLegacyOptions,
): Promise<number> {
  const { io } = context;
  const reporter = new Reporter(io, options);
  const database = await context.database({ readOnly: false });
  const cipher = await context.cipher();
  // A receipt says what to write, so nobody agrees to it unseen.
  const asks = isAsked(options, io);
  if (!options.json && (asks || !options.quiet) && receipt.status !== 'undone') {
    const preview = previewUndo(receipt, await readSettings(database), cipher);
    io.stdout.write(undoPreviewText(preview, io.stdout.columns));
  }
  for (const note of receipt.status === 'undone' ? [] : await attributeNotes(receipt, options, io))
    if (asks || !options.quiet) io.stderr.write(`warning: ${escapeControls(note)}\n`);
  if (!(await confirm(`Undo the import of ${receipt.createdAt} in ${database.describe()}?`, options, io))) {
    throw new ToolError('legacy/declined', 'Not undone; nothing was changed');
  }
  const environment = readEnvironmentSource(context.environment);
  const result = await undoImport({
    file,
    receipt,
    database,
    cipher,
    uid: io.uid,
    now: io.now(),
    dropsAttributes: options.dropAttributes ?? false,
    statedByEnvironment: new Set(environment.reading.statements.map(({ key }) => key.key)),
    undoing: undoingOf(options, file, receipt.file?.path),
    onStep: (step) => reporter.step(step),
  });
  const keys = receipt.changes.map(({ key }) => key);
  const cache = keys.length === 0 ? undefined : await clearServerCaches(context, keys);
  // The rows are back: that it cannot be told which server runs is no trouble any more.
  const goServer = await hasGoServerRun(database).catch(() => false);
  undoText(result, { cache, goServer }, io, options);
  return exitCodes.done.code;
}

/**
 * What to type for an undo with these options. That of the very receipt that they name is said with the file that they put
 * back; the undo of another import is about another file.
 * @param own the receipt, as messages name it
 * @param config the file that names the database where no option does
 */
function undoingOf(
  options: ImportLegacyOptions,
  own: string | undefined,
  config: string | undefined,
): UndoArguments {
  const undoing = undoArgumentsOf(options, config);
  const { undoFile } = options;
  return (receipt) =>
    receipt === own && undoFile !== undefined
      ? `${undoing(receipt)} --file ${shellWord(undoFile)}`
      : undoing(receipt);
}

/** Undoes by a receipt on the disk: it names the file, and the file names the database, as it did for the import. */
async function undoFile(name: string, options: ImportLegacyOptions, io: Io): Promise<number> {
  const file = path.resolve(io.cwd, name);
  const movedTo = options.undoFile === undefined ? undefined : path.resolve(io.cwd, options.undoFile);
  const receipt = await readReceipt(file, name, {
    uid: io.uid,
    movedTo,
    undoing: undoingOf(options, name, undefined),
  });
  const config = await loadText(receipt.file.path, io).catch(() => undefined);
  const context = new Context(io, options, config);
  try {
    assertDatabaseOf(receipt, parseDatabaseUrl(await context.databaseUrl()).target);
    return await undoChosen({ receipt, file }, context, options);
  } finally {
    await context.close();
  }
}

function pick(kept: ReceiptTable, asked: string, database: Database, undoing: UndoArguments): KeptReceipt {
  if (!kept.readable) {
    throw new ToolError(
      'database/permission',
      `The receipts in ${database.describe()} cannot be read by this user`,
    );
  }
  const open = kept.receipts.filter(({ status }) => status !== 'undone');
  const found = asked === 'last' ? open[0] : kept.get(asked);
  if (found) return found;
  const what = asked === 'last' ? 'no import that could be undone' : `no receipt ${asked}`;
  throw new ToolError('legacy/no-receipt', `${database.describe()} knows ${what}`, {
    hint: `tmi-dbtool ${undoing('list')} shows what it knows; a receipt beside a file is named by its path.`,
  });
}

/** A row of the database says which rows go back. Which file does, only the disk or the operator may say. */
async function onThisMachine(kept: KeptReceipt, options: ImportLegacyOptions, io: Io): Promise<Chosen> {
  const { place, id, file } = kept;
  const undoing = undoArgumentsOf(options, file?.path);
  const isHere = place !== undefined && (await realFile(place)) !== undefined;
  const twin = isHere ? await readReceipt(place, place, { uid: io.uid, undoing }) : undefined;
  if (twin?.id === id) return { receipt: twin, file: place };
  if (!file) return { receipt: kept, file: undefined };
  const here =
    options.undoFile === undefined ? undefined : await realFile(path.resolve(io.cwd, options.undoFile));
  if (here !== undefined) {
    const name =
      place === undefined ? `${path.basename(here)}.${id.slice(0, 15)}.receipt.json` : path.basename(place);
    const receipt = placedReceipt(path.join(path.dirname(here), name), { ...kept, file }, here);
    return { receipt, file: undefined };
  }
  if (file.sha256After === null) return { receipt: kept, file: undefined };
  throw new ToolError(
    'legacy/cannot-undo',
    `The import rewrote ${file.path}, and its receipt is not on this machine (${place ?? 'it had none'})`,
    {
      hint: `Nothing was changed. Run the undo where the file is, or put its old text back yourself and name it: tmi-dbtool ${undoing(id)} --file FILE`,
    },
  );
}

/** Undoes by a receipt in the database, or lists those that are there. */
async function undoKept(asked: string, options: ImportLegacyOptions, io: Io): Promise<number> {
  const config = options.undoFile === undefined ? undefined : await loadText(options.undoFile, io);
  const context = new Context(io, options, config);
  try {
    const database = await context.database({ readOnly: asked === 'list' });
    const kept = await ReceiptTable.read(database);
    const undoing = undoArgumentsOf(options, undefined);
    if (asked === 'list') {
      receiptListText(kept.receipts, database.describe(), io, options);
      return exitCodes.done.code;
    }
    return await undoChosen(
      await onThisMachine(pick(kept, asked, database, undoing), options, io),
      context,
      options,
    );
  } finally {
    await context.close();
  }
}

/**
 * Runs `import-legacy --undo`.
 * @param asked path of a receipt, or for those in the database `last`, `list` or an id
 * @returns 0 when it is undone or listed; errors carry their own exit codes
 */
export function runUndo(asked: string, options: ImportLegacyOptions, io: Io): Promise<number> {
  const isKept = asked === 'last' || asked === 'list' || receiptId.test(asked);
  return isKept ? undoKept(asked, options, io) : undoFile(asked, options, io);
}
