import path from 'node:path';
import { readdir, remove } from '../config/files/at-once.js';
import { readInput } from '../config/files/input.js';
import type { ConfigFile } from '../config/files/read.js';
import { stageFile, stagedName } from '../config/files/write.js';
import { identifyTarget, type Database } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import type { SettingsCipher } from '../settings/cipher.js';
import type { SettingsTable } from '../settings/store.js';
import { shellWord } from '../values/index.js';
import { pendingReceipts } from './receipt.js';
import { isUntouched, receiptBytes, sha256, type FileReceipt, type Receipt } from './receipt-format.js';
import { isAsInReceipt } from './receipt-rows.js';
import type { ReceiptTable } from './receipt-table.js';
import { keysOnlyStored } from './stated-keys.js';

/** A receipt of a killed run that this run goes on with. */
export interface Adopted {
  /** Path of the receipt; undefined where it is in the database alone. */
  readonly file: string | undefined;
  readonly receipt: Receipt;
}

/** What killed runs left. */
export interface Recovered {
  /** The receipt to go on with. */
  readonly adopted: Adopted | undefined;
  /** Finished but for their stamp, as `settle` leaves it: their rows are in place, and this run's undo leaves them. */
  readonly earlier: readonly Adopted[];
}

interface RecoverInputs {
  readonly database: Database;
  readonly table: SettingsTable;
  readonly cipher: SettingsCipher;
  readonly kept: ReceiptTable;
  readonly uid: number | undefined;
  /** Path that the names of this run's backup and receipt begin with, if it leaves any: see `Sidecars`. */
  readonly base: string | undefined;
  /** Path of the output file, if there is one. */
  readonly output: string | undefined;
  /** True when the plan of this run writes no rows, so that a killed run's receipt tells all about them. */
  readonly rowsAreStored: boolean;
  /** Digest of the file as this run would rewrite it; null when it leaves the file alone. */
  readonly sha256After: string | null;
}

const SIDECAR = /^\.\d{8}-\d{6}\.(?:bak|receipt\.json)$/;

/** True for what waited to become the file, its backup or its receipt; `.config.yml.prod.…` waited for another one. */
function isLeftover(name: string, base: string): boolean {
  const waiting = path.basename(stagedName(base));
  const [start, end] = [`.${base}`, waiting.slice(`.${base}`.length)];
  if (!name.startsWith(start) || !name.endsWith(end)) return false;
  const between = name.slice(start.length, -end.length);
  return name === waiting || SIDECAR.test(between);
}

/**
 * New versions of files that a killed run left waiting. The lock is held, so no other run is using them. In a folder
 * that may not be written they stay.
 */
export async function removeLeftovers(bases: readonly string[]): Promise<void> {
  for (const base of bases) {
    const folder = path.dirname(base);
    const names = await readdir(folder).catch(() => []);
    const leftovers = names.filter((name) => isLeftover(name, path.basename(base)));
    for (const name of leftovers) await remove(path.join(folder, name)).catch(() => undefined);
  }
}

/** True when this run does what the killed one did, so that it can go on with its receipt. */
function isOurs(receipt: FileReceipt, inputs: RecoverInputs): boolean {
  return (
    receipt.changes.length > 0 && inputs.rowsAreStored && receipt.file.sha256After === inputs.sha256After
  );
}

/** A run that was killed before its commit: its receipt and backup describe nothing that happened. */
async function forget(
  file: string,
  receipt: FileReceipt,
  config: ConfigFile,
  kept: ReceiptTable,
): Promise<void> {
  const { backup } = receipt.file;
  const copy = backup === null ? undefined : await readInput(backup).catch(() => undefined);
  if (backup !== null && copy && sha256(copy.bytes) === sha256(config.bytes)) await remove(backup);
  await remove(file);
  await kept.remove(receipt.id);
}

/** The rows of this very file may be in another database: importing it into this one would lose sight of them. */
function unfinishedElsewhere(file: string, receipt: Receipt): ToolError {
  return new ToolError(
    'legacy/unfinished-elsewhere',
    `An import of this file into ${receipt.database} was begun and not finished`,
    { hint: `Finish it with that database, or undo it: tmi-dbtool import-legacy --undo ${shellWord(file)}` },
  );
}

/**
 * The receipt of a run that was killed after its commit, and that this run cannot go on with since the file was edited
 * meanwhile, or another one is wanted of it. When the file still states what the rows hold it was not rewritten, and the
 * undo of such an import is one of rows.
 */
function ended(receipt: FileReceipt, config: ConfigFile): FileReceipt {
  const rewritten = keysOnlyStored(receipt, config).length > 0;
  const file = rewritten ? receipt.file : { ...receipt.file, sha256After: null };
  return { ...receipt, status: 'complete', file };
}

/** Writes what has become of a receipt, wherever it is: in the database first, since the disk is asked first. */
export async function settle({ file, receipt }: Adopted, kept: ReceiptTable): Promise<void> {
  if (file === undefined) return kept.update(receipt);
  // The disk takes its bytes while the database takes its row.
  const staging = stageFile(file, receiptBytes(receipt), { mode: 0o600 });
  // Told below, once the database has answered.
  staging.catch(() => undefined);
  try {
    await kept.update(receipt);
    await (await staging).commit();
  } catch (error) {
    await (await staging.catch(() => undefined))?.discard();
    throw error;
  }
}

/**
 * Looks for what a killed run left beside the file and settles it, with the lock held. A run killed before its commit
 * is forgotten; one killed after it is finished: its receipt, which knows the rows as they were, is handed back to go
 * on with, or completed when the file is rewritten already. Where the file was edited since, the rows keep a receipt of
 * their own. Rows that were changed since by somebody else are left alone.
 * @throws ToolError `legacy/unfinished-elsewhere` when a killed run was at work on the same file and another database
 */
export async function recoverUnfinished(config: ConfigFile, inputs: RecoverInputs): Promise<Recovered> {
  const bases = [...new Set([config.realPath, inputs.base ?? config.realPath])];
  await removeLeftovers([...bases, ...(inputs.output === undefined ? [] : [inputs.output])]);
  const now = sha256(config.bytes);
  let adopted: Adopted | undefined;
  const earlier: Adopted[] = [];
  for (const { file, receipt } of await pendingReceipts(config.realPath, bases, inputs.uid)) {
    const { sha256Before, sha256After } = receipt.file;
    if (receipt.database !== identifyTarget(inputs.database.target)) {
      if (now === sha256Before) throw unfinishedElsewhere(file, receipt);
      continue;
    }
    const stored = receipt.changes.every(({ key, after }) =>
      isUntouched(inputs.table.get(key), after, inputs.table.hasOrigin),
    );
    if (stored && now === sha256After) {
      adopted = { file, receipt: { ...receipt, status: 'complete' } };
      await settle(adopted, inputs.kept);
    } else if (now === sha256Before && stored && isOurs(receipt, inputs)) {
      adopted = { file, receipt };
    } else if (
      now === sha256Before &&
      receipt.changes.every((change) => isAsInReceipt(change, inputs.table.get(change.key), inputs.cipher))
    ) {
      await forget(file, receipt, config, inputs.kept);
    } else if (stored && receipt.changes.length > 0) {
      earlier.push({ file, receipt: ended(receipt, config) });
    }
  }
  return { adopted, earlier };
}
