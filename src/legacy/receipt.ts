import path from 'node:path';
import { readdir, realpath } from '../config/files/at-once.js';
import { cannotReadWords } from '../config/files/fault-words.js';
import { ToolError } from '../errors/index.js';
import { shellWord } from '../values/index.js';
import { assertOurs, findEvidence, placedReceipt, realFile } from './evidence.js';
import { isReceipt, type FileReceipt, type Receipt } from './receipt-format.js';
import { undoArguments, type UndoArguments } from './undo-line.js';

const isOfFile = (receipt: Receipt): receipt is FileReceipt => receipt.file !== null;

const hint = 'Give the file <config>.<time>.receipt.json that the import wrote beside the configuration.';

/** @throws ToolError `legacy/bad-receipt` */
function parseReceipt(bytes: Buffer | undefined, name: string): FileReceipt {
  try {
    const value: unknown = bytes && JSON.parse(bytes.toString('utf8'));
    if (isReceipt(value) && isOfFile(value)) return value;
  } catch (error) {
    throw new ToolError('legacy/bad-receipt', `${name} cannot be read as a receipt`, { hint, cause: error });
  }
  const fault = bytes
    ? 'is not a receipt of this tool, or of a newer version of it'
    : 'cannot be read as a receipt';
  throw new ToolError('legacy/bad-receipt', `${name} ${fault}`, { hint });
}

export interface ReadReceiptOptions {
  /** Effective user of the process; undefined where the system has no such numbers. */
  readonly uid: number | undefined;
  /** Path of the configuration file, where the operator says that receipt and backup were moved. */
  readonly movedTo?: string | undefined;
  /** What the owner of the receipt has to run. */
  readonly undoing?: UndoArguments;
}

/**
 * Reads a receipt, and believes it only as far as its owner, its name and its place bear it out.
 * @param name how the user named it
 * @throws ToolError `legacy/bad-receipt` when it cannot be read, is not one of ours, or is of a newer version;
 * `legacy/receipt-not-trusted`
 */
export async function readReceipt(
  file: string,
  name: string,
  { uid, movedTo, undoing = undoArguments }: ReadReceiptOptions,
): Promise<FileReceipt> {
  const real = await realpath(file).catch((error: unknown) => {
    throw new ToolError('legacy/bad-receipt', `${name} ${cannotReadWords(error)}`, { hint, cause: error });
  });
  const found = await findEvidence(real);
  if (found) await assertOurs(found, uid, name, undoing(name));
  const receipt = parseReceipt(found?.bytes, name);
  return placedReceipt(
    real,
    receipt,
    movedTo === undefined ? undefined : ((await realFile(movedTo)) ?? movedTo),
  );
}

/** A pending receipt beside the file; damaged ones, pipes and receipts of other files are passed over. */
async function pendingReceipt(
  file: string,
  configPath: string,
  uid: number | undefined,
): Promise<FileReceipt | undefined> {
  const found = await findEvidence(file);
  if (!found) return undefined;
  let receipt: FileReceipt;
  try {
    receipt = parseReceipt(found.bytes, file);
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
  if (receipt.status !== 'pending' || receipt.file.path !== configPath) return undefined;
  // Going on without it could lose sight of rows; going on with it would be doing what somebody else says.
  await assertOurs(found, uid, file, `import-legacy ${shellWord(configPath)}`);
  return placedReceipt(file, receipt, undefined);
}

/**
 * Receipts of killed runs of a configuration file, oldest first. Damaged ones are passed over.
 * @param bases paths that the receipts' names may begin with
 * @param uid effective user of the process
 * @throws ToolError `legacy/receipt-not-trusted` for one that another user wrote, or that lies in a wrong place
 */
export async function pendingReceipts(
  configPath: string,
  bases: readonly string[],
  uid: number | undefined,
): Promise<{ file: string; receipt: FileReceipt }[]> {
  const found: { file: string; receipt: FileReceipt }[] = [];
  for (const base of bases) {
    const folder = path.dirname(base);
    const names = (await readdir(folder).catch(() => [])).filter(
      (name) => name.startsWith(`${path.basename(base)}.`) && name.endsWith('.receipt.json'),
    );
    for (const name of names.sort()) {
      const file = path.join(folder, name);
      const receipt = await pendingReceipt(file, configPath, uid);
      if (receipt) found.push({ file, receipt });
    }
  }
  return found;
}
