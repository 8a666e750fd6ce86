import { createHash } from 'node:crypto';
import type { ServerModel } from '../config/precedence.js';
import { isEncrypted } from '../settings/encryption.js';
import type { RowWrite, StoredRow } from '../settings/row.js';
import type { ServerReason } from '../settings/which-server.js';
import { isRecord } from '../values/record.js';

export const RECEIPT_FORMAT = 'tmi-dbtool import receipt';
export const RECEIPT_VERSION = 1;

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

/** The file that was imported, and what became of it. */
export interface ReceiptFile {
  readonly path: string;
  readonly sha256Before: string;
  /** Null when the file was not rewritten. */
  readonly sha256After: string | null;
  readonly backup: string | null;
  /** The file that the new text went to, when it was not this one, and its digest. */
  readonly output?: { readonly path: string; readonly sha256: string };
}

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
  /** Whose environment the import took for the server's, and how many of its variables counted. For people. */
  readonly environment?: {
    readonly from: 'process' | 'files' | 'pid';
    readonly name: string | null;
    readonly variables: number;
  };
  readonly createdAt: string;
  /** Whose precedence the proof was made by, and how that was known. Receipts of earlier releases do not say. */
  readonly server?: { readonly model: ServerModel; readonly reason?: ServerReason };
  /** Which database the rows are in: `postgres://user@host:5432/name`, for a file its real path. */
  readonly database: string;
  /** Null when the environment was imported. Only receipts in the database have none. */
  readonly file: ReceiptFile | null;
  readonly changes: readonly ReceiptChange[];
  /** Receipts of killed runs whose rows this import found in place: they are undone by themselves, after this one. */
  readonly earlier?: readonly string[];
  /** Names it in the database's table of receipts. Receipts of 0.1.0 have none. */
  readonly id?: string;
  /** Path of the receipt on the disk of the machine that imported; absent where it is in the database alone. */
  readonly place?: string;
  /** Keys whose rows this import found as the source has them, and left: an undo of their import would take them away. */
  readonly relies?: readonly string[];
}

/** A receipt on a disk: it always speaks of a file. */
export type FileReceipt = Receipt & { readonly file: ReceiptFile };

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

export function receiptText(receipt: Receipt): string {
  return `${JSON.stringify(receipt, null, 2)}\n`;
}

export function receiptBytes(receipt: Receipt): Uint8Array {
  return Buffer.from(receiptText(receipt));
}

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

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const isFile = (file: unknown): boolean =>
  isRecord(file) &&
  typeof file['path'] === 'string' &&
  typeof file['sha256Before'] === 'string' &&
  ['sha256After', 'backup'].every((name) => isTextOrNull(file[name])) &&
  (file['output'] === undefined || isOutput(file['output']));

/** True for what a receipt looks like, from wherever it comes. */
export function isReceipt(value: unknown): value is Receipt {
  if (!isRecord(value)) return false;
  const { format, version, status, database, changes, file, earlier = [], relies = [], id, place } = value;
  return (
    format === RECEIPT_FORMAT &&
    version === RECEIPT_VERSION &&
    receiptStatuses.some((known) => known === status) &&
    typeof database === 'string' &&
    (file === null || isFile(file)) &&
    Array.isArray(changes) &&
    changes.every(isChange) &&
    isTexts(earlier) &&
    isTexts(relies) &&
    [id, place].every((name) => name === undefined || typeof name === 'string')
  );
}
