import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '../errors/index.js';
import { shellWord } from '../values/index.js';
import { assertOurs, findEvidence, placedReceipt, realFile } from './evidence.js';
import { isEncrypted } from '../settings/encryption.js';
import type { RowWrite, StoredRow } from '../settings/row.js';

const RECEIPT_FORMAT = 'tmi-dbtool import receipt';
const RECEIPT_VERSION = 1;

/** A row as it was before, in the form it was stored in. Plain-text secrets are encrypted for the receipt. */
export interface ReceiptRow {
  readonly stored: string;
  /** True when the value was plain text in the table and is encrypted only here. */
  readonly sealed: boolean;
  /** True when no key of the import's time opened it: nobody could read the row, and it goes back as it was. */
  readonly unreadable?: boolean;
  readonly type: string;
  readonly description: string | null;
  /** ISO text with every digit that was stored; null when the column held no readable time. */
  readonly modifiedAt: string | null;
  /** The column's own text of that time, where it was in a form of its own. */
  readonly modifiedAtText?: string;
  readonly modifiedBy: string | null;
  readonly origin: string | null;
}

export interface ReceiptChange {
  readonly key: string;
  /** Null when there was no row. */
  readonly before: ReceiptRow | null;
  /** What was written, without its value; null when the row was removed. */
  readonly after: {
    readonly modifiedAt: string;
    readonly origin: string | null;
    readonly sha256: string | null;
  } | null;
}

const receiptStatuses = ['pending', 'complete', 'undoing', 'undone'] as const;
export type ReceiptStatus = (typeof receiptStatuses)[number];

/** Everything that `--undo` and a run after a kill need to know about an import. Holds no secret in the clear. */
export interface Receipt {
  readonly format: typeof RECEIPT_FORMAT;
  readonly version: typeof RECEIPT_VERSION;
  /**
   * `pending` until the file is rewritten, `undoing` from the start of an undo to its end; a receipt that stays in
   * one of the two belongs to a run that was killed.
   */
  readonly status: ReceiptStatus;
  readonly tool: string;
  readonly createdAt: string;
  /** Which database the rows are in: `postgres://user@host:5432/name`, for a file its real path. */
  readonly database: string;
  readonly file: {
    readonly path: string;
    readonly sha256Before: string;
    /** Null when the file was not rewritten. */
    readonly sha256After: string | null;
    readonly backup: string | null;
    /** The file that the new text went to, when it was not this one, and its digest. */
    readonly output?: { readonly path: string; readonly sha256: string };
  };
  readonly changes: readonly ReceiptChange[];
  /** Receipts of killed runs whose rows this import found in place: they are undone by themselves, after this one. */
  readonly earlier?: readonly string[];
}

export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Engines keep different numbers of digits; all keep milliseconds. */
function milliseconds(time: Date | string | null): string {
  return time === null ? '' : new Date(time).toISOString();
}

/**
 * The trace of a written row by which a later change is noticed. A plain-text secret gets no digest, since a short
 * secret could be guessed from it; its time of writing has to do.
 */
export function traceOf(
  row: Pick<RowWrite, 'stored' | 'modifiedAt' | 'origin'>,
  plainSecret: boolean,
): ReceiptChange['after'] {
  return {
    modifiedAt: milliseconds(row.modifiedAt),
    origin: row.origin,
    sha256: plainSecret ? null : sha256(row.stored),
  };
}

/**
 * True when a row is still as the import left it. Encrypting it anew, as a rotation of keys does, keeps time and
 * origin and is no change of the value. `hasOrigin` is false on tables without the column.
 */
export function isUntouched(
  row: StoredRow | undefined,
  after: ReceiptChange['after'],
  hasOrigin: boolean,
): boolean {
  if (after === null || !row) return after === null && !row;
  return (
    milliseconds(row.modifiedAt) === after.modifiedAt &&
    (!hasOrigin || row.originText === after.origin) &&
    (after.sha256 === null || sha256(row.stored) === after.sha256 || isEncrypted(row.stored))
  );
}

export function receiptBytes(receipt: Receipt): Uint8Array {
  return Buffer.from(`${JSON.stringify(receipt, null, 2)}\n`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';

function isChange(value: unknown): boolean {
  if (!isRecord(value) || typeof value['key'] !== 'string') return false;
  const { before, after } = value;
  const goodBefore =
    before === null ||
    (isRecord(before) &&
      typeof before['stored'] === 'string' &&
      typeof before['type'] === 'string' &&
      typeof before['sealed'] === 'boolean' &&
      ['undefined', 'boolean'].includes(typeof before['unreadable']) &&
      ['undefined', 'string'].includes(typeof before['modifiedAtText']) &&
      ['description', 'modifiedAt', 'modifiedBy', 'origin'].every((name) => isTextOrNull(before[name])));
  const goodAfter =
    after === null ||
    (isRecord(after) &&
      typeof after['modifiedAt'] === 'string' &&
      ['origin', 'sha256'].every((name) => isTextOrNull(after[name])));
  return goodBefore && goodAfter;
}

const isOutput = (value: unknown): boolean =>
  isRecord(value) && typeof value['path'] === 'string' && typeof value['sha256'] === 'string';

function isReceipt(value: unknown): value is Receipt {
  if (!isRecord(value)) return false;
  const { format, version, status, database, changes, file, earlier = [] } = value;
  return (
    format === RECEIPT_FORMAT &&
    version === RECEIPT_VERSION &&
    receiptStatuses.some((known) => known === status) &&
    typeof database === 'string' &&
    isRecord(file) &&
    typeof file['path'] === 'string' &&
    typeof file['sha256Before'] === 'string' &&
    ['sha256After', 'backup'].every((name) => isTextOrNull(file[name])) &&
    (file['output'] === undefined || isOutput(file['output'])) &&
    Array.isArray(changes) &&
    changes.every(isChange) &&
    Array.isArray(earlier) &&
    earlier.every((name) => typeof name === 'string')
  );
}

const hint = 'Give the file <config>.<time>.receipt.json that the import wrote beside the configuration.';

/** @throws ToolError `legacy/bad-receipt` */
function parseReceipt(bytes: Buffer | undefined, name: string): Receipt {
  try {
    const value: unknown = bytes && JSON.parse(bytes.toString('utf8'));
    if (isReceipt(value)) return value;
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
  { uid, movedTo }: ReadReceiptOptions,
): Promise<Receipt> {
  const real = (await realFile(file)) ?? file;
  const found = await findEvidence(real);
  if (found) await assertOurs(found, uid, name, `import-legacy --undo ${shellWord(name)}`);
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
): Promise<Receipt | undefined> {
  const found = await findEvidence(file);
  if (!found) return undefined;
  let receipt: Receipt;
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
): Promise<{ file: string; receipt: Receipt }[]> {
  const found: { file: string; receipt: Receipt }[] = [];
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
