import type { PlanOptions } from './plan.js';
import { randomBytes } from 'node:crypto';
import type { ConfigFile } from '../config/files/read.js';
import { identifyTarget } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import type { ApplyInputs } from './apply-inputs.js';
import {
  RECEIPT_FORMAT,
  RECEIPT_VERSION,
  receiptBytes,
  sha256,
  type Receipt,
  type ReceiptFile,
} from './receipt-format.js';
import { receiptChanges } from './receipt-rows.js';
import type { KeptReceipt, ReceiptTable } from './receipt-table.js';
import type { Adopted } from './recover.js';
import { freeSidecarNames, stamp, type SidecarNames } from './sidecar-names.js';
import type { NewFiles } from './new-files.js';
import type { RewriteTarget } from './target.js';

/** The output file, as a receipt knows it. */
export function outputFacts(
  target: RewriteTarget,
  bytes: Uint8Array | undefined,
): Pick<ReceiptFile, 'output'> {
  if (target.kind !== 'output' || !bytes) return {};
  return { output: { path: target.path, sha256: sha256(bytes) } };
}

type Inputs = Pick<
  ApplyInputs,
  | 'built'
  | 'cipher'
  | 'database'
  | 'environment'
  | 'file'
  | 'keepsReceipt'
  | 'now'
  | 'onNotice'
  | 'sidecars'
  | 'table'
  | 'target'
  | 'tool'
>;

function fileFacts(
  { sidecars, target }: Inputs,
  file: ConfigFile,
  bytes: Uint8Array | undefined,
  names: SidecarNames | undefined,
): ReceiptFile {
  const replaces = bytes !== undefined && target.kind === 'in-place';
  return {
    path: file.realPath,
    sha256Before: sha256(file.bytes),
    sha256After: replaces ? sha256(bytes) : null,
    backup: replaces && sidecars.backup && names ? names.backup : null,
    ...outputFacts(target, bytes),
  };
}

/** Keys whose rows the import leaves as it found them, while it takes them out of the file or counts on them. */
function reliedOn({ built }: Inputs): string[] {
  const same = built.plan.entries.filter(({ action }) => action === 'same');
  return [...new Set(same.flatMap(({ key }) => key ?? []))];
}

/** Where the rows of an import cannot be kept, as a plain-text secret without a key, an import of the environment goes on. */
function changesOf(inputs: Inputs, onDisk: boolean): Receipt['changes'] | undefined {
  try {
    return receiptChanges(inputs.built.plan, inputs.table, inputs.cipher, inputs.now);
  } catch (error) {
    if (!onDisk && error instanceof ToolError && error.code === 'legacy/secret-not-undoable')
      return undefined;
    throw error;
  }
}

/** What is said where neither disk nor table takes a receipt. */
export const NO_WAY_BACK =
  'no receipt can be kept, neither on a disk nor in the database: the tool cannot undo this import. Take a backup first if that matters: tmi-dbtool db backup.';

/** Whose proof it is, for the receipt. */
function serverOf({ server, serverReason }: PlanOptions): NonNullable<Receipt['server']> {
  return { model: server, ...(serverReason === undefined ? {} : { reason: serverReason }) };
}

/** The receipt as it stands before anything has happened. */
function pendingReceipt(
  inputs: Inputs,
  bytes: Uint8Array | undefined,
  earlier: readonly Adopted[],
  names: SidecarNames | undefined,
  changes: Receipt['changes'],
): KeptReceipt {
  const { file, now } = inputs;
  const files = earlier.flatMap((ended) => ended.file ?? []);
  const relies = reliedOn(inputs);
  return {
    format: RECEIPT_FORMAT,
    version: RECEIPT_VERSION,
    status: 'pending',
    tool: inputs.tool,
    ...(inputs.environment ? { environment: inputs.environment } : {}),
    createdAt: now.toISOString(),
    server: serverOf(inputs.built.plan.options),
    database: identifyTarget(inputs.database.target),
    file: file ? fileFacts(inputs, file, bytes, names) : null,
    changes,
    ...(files.length === 0 ? {} : { earlier: files }),
    ...(relies.length === 0 ? {} : { relies }),
    id: `${stamp(now)}-${randomBytes(2).toString('hex')}`,
    ...(names ? { place: names.receipt } : {}),
  };
}

/**
 * Writes, before anything else changes, what the import can be undone from: a receipt in the database, and beside the
 * file one more, with the file's old bytes. What a killed run leaves can then be found.
 * @returns undefined when none is wanted, or none can be had, which is said
 */
export async function beginReceipt(
  inputs: Inputs,
  bytes: Uint8Array | undefined,
  earlier: readonly Adopted[],
  work: {
    /** Comes first: before it is done nothing is kept anywhere, and what is prepared has no name that counts. */
    readonly staged: Promise<void>;
    readonly newFiles: NewFiles;
    readonly kept: ReceiptTable;
    readonly step: (name: 'receipt' | 'backup') => Promise<void>;
    readonly onKept: (begun: Adopted) => void;
  },
): Promise<Adopted | undefined> {
  const { file, sidecars, now } = inputs;
  if (!inputs.keepsReceipt) return undefined;
  const names = file && sidecars.base !== undefined ? await freeSidecarNames(sidecars.base, now) : undefined;
  const changes = changesOf(inputs, names !== undefined);
  const receipt = pendingReceipt(inputs, bytes, earlier, names, changes ?? []);
  const backup = receipt.file?.backup ?? undefined;
  const ofReceipt = receiptBytes(receipt);
  if (names) work.newFiles.prepare(names.receipt, ofReceipt);
  if (names && file && backup !== undefined) work.newFiles.prepare(backup, file.bytes);
  await work.staged;
  await work.step('receipt');
  const inTable = changes !== undefined && (await work.kept.keep(receipt));
  if (inTable) work.onKept({ file: undefined, receipt });
  if (!names) {
    if (inTable) return { file: undefined, receipt };
    inputs.onNotice(NO_WAY_BACK);
    return undefined;
  }
  await work.newFiles.create(names.receipt, ofReceipt);
  await work.step('backup');
  if (file && backup !== undefined) await work.newFiles.create(backup, file.bytes);
  return { file: names.receipt, receipt };
}
