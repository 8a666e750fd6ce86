import { readConfigFile, type ConfigFile } from '../config/files/read.js';
import { isMountPoint } from '../config/files/mounts.js';
import { replaceFile } from '../config/files/write.js';
import {
  identifyTarget,
  parseDatabaseUrl,
  RUN_LOCK,
  sameAddress,
  type Database,
  type DatabaseTarget,
} from '../database/index.js';
import { ToolError } from '../errors/index.js';
import type { SettingsCipher } from '../settings/cipher.js';
import { readSettings, type SettingsTable } from '../settings/store.js';
import { assertOurs, findEvidence } from './evidence.js';
import { compactKeyList } from './key-list.js';
import { readReceipt } from './receipt.js';
import { isUntouched, sha256, type FileReceipt, type Receipt } from './receipt-format.js';
import { ReceiptTable } from './receipt-table.js';
import { assertNobodyRelies } from './reliance.js';
import { isAsInReceipt, rowsForToday } from './receipt-rows.js';
import { removeLeftovers, settle } from './recover.js';
import { restoreRows } from './restore-rows.js';
import { keysOnlyStored } from './stated-keys.js';
import { undoArguments, type UndoArguments } from './undo-line.js';

export interface UndoInputs {
  /** Path of the receipt; undefined where it is in the database alone, or its machine is another one. */
  readonly file: string | undefined;
  readonly receipt: Receipt;
  readonly database: Database;
  readonly cipher: SettingsCipher;
  /** Effective user of the process; undefined where the system has no such numbers. */
  readonly uid: number | undefined;
  readonly now: Date;
  /** True when access lists and attributes of the file need not be kept. */
  readonly dropsAttributes: boolean;
  /** Keys that the environment states, for the undo of an import of the environment. */
  readonly statedByEnvironment: ReadonlySet<string>;
  /** What to type for the undo of another import of this database, or as another user. */
  readonly undoing?: UndoArguments;
  readonly onStep: (step: UndoStep) => Promise<void> | void;
}

export const undoSteps = ['lock', 'restore-file', 'restore-rows', 'complete', 'done'] as const;
export type UndoStep = (typeof undoSteps)[number];

/** A file that an import with `--output` wrote. An undo leaves it alone: somebody may have gone on from it. */
export interface LeftOutput {
  readonly path: string;
  /** True when it is not what the import wrote any more. */
  readonly edited: boolean;
  /** What a server that starts with it would not find in it, nor in the rows as they were. */
  readonly lacks: readonly string[];
}

export interface UndoResult {
  readonly rowsRestored: number;
  readonly rowsRemoved: number;
  /** Path of the file that got its old bytes back; undefined when it had not been rewritten. */
  readonly restored: string | undefined;
  /** The file that the import wrote in place of its own; undefined when there is none, or none any more. */
  readonly output: LeftOutput | undefined;
  /** Receipts of imports before this one, which were killed and whose rows are still there. */
  readonly earlier: readonly string[];
}

function refuse(message: string, hint: string): ToolError {
  return new ToolError('legacy/cannot-undo', message, { hint });
}

/** Rows may only go while the file states what they hold: else the settings would be lost with them. */
function assertStated(receipt: FileReceipt, config: ConfigFile): void {
  const keys = keysOnlyStored(receipt, config);
  if (keys.length === 0) return;
  throw refuse(
    `${config.realPath} does not state what would leave the database: ${compactKeyList(keys)}`,
    'Undo a later import of the file first, or put the keys back into the file. Nothing was changed.',
  );
}

/** The old bytes to put back, or undefined when the file holds them already or was never rewritten. */
async function bytesToRestore(
  receipt: FileReceipt,
  config: ConfigFile,
  { file: name, uid, undoing = undoArguments }: Pick<UndoInputs, 'file' | 'uid' | 'undoing'>,
): Promise<Uint8Array | undefined> {
  const { sha256Before, sha256After, backup, path } = receipt.file;
  if (sha256After === null) {
    assertStated(receipt, config);
    return undefined;
  }
  const now = sha256(config.bytes);
  if (now === sha256Before) return undefined;
  if (now !== sha256After) {
    throw refuse(
      `${path} was changed after the import`,
      `Undoing would lose that change. Compare it with ${backup ?? 'your own backup'} and restore by hand.`,
    );
  }
  const found = backup === null ? undefined : await findEvidence(backup);
  if (found) await assertOurs(found, uid, String(backup), undoing(name ?? 'last'));
  const bytes = found?.bytes;
  if (!bytes || sha256(bytes) !== sha256Before) {
    throw refuse(
      `The backup ${backup ?? ''} is missing or was changed, so the file cannot be put back`,
      'Put the backup back in its place and run the command again.',
    );
  }
  return bytes;
}

/**
 * Rows that the import wrote must be as it left them. Only where a run was killed half way, an import or an undo, may
 * they be as they were before it.
 */
function assertUntouched(receipt: Receipt, table: SettingsTable, cipher: SettingsCipher): void {
  const changed = receipt.changes.filter((change) => {
    const row = table.get(change.key);
    if (isUntouched(row, change.after, table.hasOrigin)) return false;
    return receipt.status === 'complete' || !isAsInReceipt(change, row, cipher);
  });
  if (changed.length === 0) return;
  const keys = changed.map(({ key }) => key).join(', ');
  throw refuse(
    `Somebody changed settings after the import: ${keys}`,
    'Undoing would lose their values. Nothing was changed.',
  );
}

async function leftOutput(receipt: Receipt): Promise<LeftOutput | undefined> {
  const output = receipt.file?.output;
  const config = output && (await readConfigFile(output.path, '/').catch(() => undefined));
  if (!config) return undefined;
  const edited = sha256(config.bytes) !== output.sha256;
  try {
    return { path: output.path, edited, lacks: keysOnlyStored(receipt, config) };
  } catch (error) {
    // What somebody has made of it since need not be a configuration.
    if (error instanceof ToolError) return { path: output.path, edited, lacks: [] };
    throw error;
  }
}

/** Receipts that are still to be undone. */
async function notUndone(files: readonly string[], uid: number | undefined): Promise<string[]> {
  const receipts = await Promise.all(
    files.map((file) => readReceipt(file, file, { uid }).catch(() => undefined)),
  );
  return files.filter((_, index) => receipts[index] !== undefined && receipts[index].status !== 'undone');
}

/** True when what a receipt names is this database by another spelling, or another user of it. */
function leadsTo(named: string, target: DatabaseTarget): boolean {
  try {
    const receipt = parseDatabaseUrl(named);
    return sameAddress(receipt, { ...receipt, target });
  } catch (error) {
    // Sockets have no form in which they are named here.
    if (error instanceof ToolError) return false;
    throw error;
  }
}

/**
 * Call it before connecting too: connecting to a SQLite file that is not there would create it.
 * @throws ToolError `legacy/wrong-database` when the receipt is for another database
 */
export function assertDatabaseOf(receipt: Pick<Receipt, 'database'>, target: DatabaseTarget): void {
  const identity = identifyTarget(target);
  if (receipt.database === identity || leadsTo(receipt.database, target)) return;
  throw new ToolError(
    'legacy/wrong-database',
    `The receipt is for ${receipt.database}, and this database is ${identity}`,
    { hint: 'Name the database of the receipt with --config, --database-url or TMI_DATABASE_URL.' },
  );
}

/** What takes the file's place afterwards may lead anywhere. */
function assertNoLink({ file }: FileReceipt, { realPath }: ConfigFile): void {
  if (realPath === file.path) return;
  throw refuse(
    `${file.path} is a link to ${realPath} now, and was none at the import`,
    'Nothing was changed. Put the file back in its place, or name the right one with --file FILE.',
  );
}

const isOfFile = (receipt: Receipt): receipt is FileReceipt => receipt.file !== null;

/** Rows that came from variables may only go while the variables say the same, or while there was a row before. */
function assertStatedByEnvironment({ changes }: Receipt, stated: ReadonlySet<string>): void {
  const lost = changes.filter(
    ({ key, before, after }) => before === null && after?.origin === 'explicit' && !stated.has(key),
  );
  if (lost.length === 0) return;
  throw refuse(
    `No variable here states what would leave the database: ${compactKeyList(lost.map(({ key }) => key))}`,
    'Set the variables of the import again, or run this where they are set (heroku run …). Nothing was changed.',
  );
}

async function putBack(
  config: ConfigFile,
  bytes: Uint8Array,
  { dropsAttributes }: Pick<UndoInputs, 'dropsAttributes'>,
): Promise<void> {
  const kept = dropsAttributes ? {} : { attributesOf: config.realPath };
  await replaceFile(config.realPath, bytes, { ...config, ...kept });
}

/** What the file gets back; undefined for an import of the environment. */
async function fileToRestore(
  inputs: UndoInputs,
): Promise<{ readonly config: ConfigFile; readonly bytes: Uint8Array | undefined } | undefined> {
  const { receipt } = inputs;
  if (!isOfFile(receipt)) {
    assertStatedByEnvironment(receipt, inputs.statedByEnvironment);
    return undefined;
  }
  await removeLeftovers([receipt.file.path]);
  const config = await readConfigFile(receipt.file.path, '/');
  assertNoLink(receipt, config);
  const bytes = await bytesToRestore(receipt, config, inputs);
  if (bytes && (await isMountPoint(config.realPath))) {
    throw refuse(
      `${config.realPath} is a mount of its own by now, and nothing can take its place`,
      `Nothing was changed. Put ${receipt.file.backup ?? 'the backup'} into the source of the mount, and run the undo again for the rows.`,
    );
  }
  return { config, bytes };
}

/**
 * Puts file and rows back as they were before an import. The file comes first: with it in place the server has every
 * value again, whatever becomes of the rows. A killed undo is finished by running it again.
 * @throws ToolError `legacy/wrong-database`, `legacy/cannot-undo` when file or rows were changed since,
 * `settings/cannot-decrypt` when a row would go back that no key at hand opens
 */
export async function undoImport(inputs: UndoInputs): Promise<UndoResult> {
  const { receipt, database, cipher, onStep } = inputs;
  assertDatabaseOf(receipt, database.target);
  if (receipt.status === 'undone') {
    throw refuse('This import has been undone already', 'There is nothing left to do.');
  }
  await onStep('lock');
  await database.lock(RUN_LOCK);
  const kept = await ReceiptTable.read(database);
  const record = (status: Receipt['status']): Promise<void> =>
    settle({ file: inputs.file, receipt: { ...receipt, status } }, kept);
  assertNobodyRelies(receipt, kept.receipts, inputs.undoing ?? undoArguments);
  const restore = await fileToRestore(inputs);
  assertUntouched(receipt, await readSettings(database), cipher);
  const before = rowsForToday(receipt.changes, cipher, inputs.now);
  await record('undoing');
  await onStep('restore-file');
  if (restore?.bytes) await putBack(restore.config, restore.bytes, inputs);
  await onStep('restore-rows');
  const rows =
    receipt.changes.length === 0
      ? { restored: 0, removed: 0 }
      : await restoreRows(database, before, (table) => assertUntouched(receipt, table, cipher));
  await onStep('complete');
  await record('undone');
  await onStep('done');
  return {
    rowsRestored: rows.restored,
    rowsRemoved: rows.removed,
    restored: restore && receipt.file?.sha256After !== null ? restore.config.realPath : undefined,
    output: await leftOutput(receipt),
    earlier: await notUndone(receipt.earlier ?? [], inputs.uid),
  };
}
