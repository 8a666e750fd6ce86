import { ToolError } from '../errors/index.js';
import { isoInstant } from './instant.js';
import type { PortableValue, TableFacts, TaggedValue, ValueKind } from './schema-facts.js';

/** Bytes after which a batch of rows is handed on. */
export const BATCH_BYTES = 1_000_000;

/** Rows after which a batch is handed on, however small they are. */
export const BATCH_ROWS = 1000;

/** An integer as a number where a double holds it exactly, else as its decimal text. */
export function portableInteger(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** A double; what JSON has no number for becomes a text. */
export function portableFloat(number: number): number | string {
  if (Object.is(number, -0)) return '-0';
  return Number.isFinite(number) ? number : String(number);
}

/** Time of day and date as engines write them, without a zone: read as UTC, which is what servers store. */
export function portableInstant(text: string): string {
  return isoInstant(text) ?? text;
}

export function isTagged(value: PortableValue): value is TaggedValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tags of texts that no valid text of their encoding are: what is in them are bytes. */
const malformed: ReadonlySet<string> = new Set(['utf8', 'utf16le', 'utf16be']);

/** True for the bytes of a text that is not valid in its encoding. */
export function isMalformedText(value: PortableValue): boolean {
  return isTagged(value) && malformed.has(Object.keys(value)[0] ?? '');
}

/**
 * A value as text, for engines that turn texts into the column's type, and for columns of text.
 * @throws ToolError `backup/not-fitting` for what is no valid text
 */
export function textOf(value: PortableValue): string | null {
  if (value === null) return null;
  if (typeof value === 'string') return value;
  if (!isTagged(value)) return JSON.stringify(value);
  const [[tag, content] = []] = Object.entries(value);
  if (tag !== undefined && malformed.has(tag)) {
    throw new ToolError(
      'backup/not-fitting',
      'A text is not valid in its encoding, and fits no other engine',
    );
  }
  return String(content);
}

/** The bytes of a value of kind `binary`; texts that SQLite kept in such a column are their UTF-8. */
export function bytesOf(value: PortableValue): Buffer | null {
  if (value === null) return null;
  if (typeof value === 'string') return Buffer.from(value, 'base64');
  if (isTagged(value) && 'binary' in value) return Buffer.from(value.binary, 'base64');
  return Buffer.from(textOf(value) ?? '', 'utf8');
}

/** Truth of a value of a kind that a column of truth values may be written as elsewhere. */
export function truthOf(value: PortableValue): boolean | null {
  if (value === null) return null;
  const text = textOf(value);
  return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : null;
}

/** About how many bytes a value takes; good enough to cut batches by. */
export function roughSize(value: PortableValue): number {
  if (typeof value === 'string') return value.length + 3;
  if (Array.isArray(value))
    return value.reduce<number>((sum, item) => sum + roughSize(item as PortableValue), 2);
  return value !== null && typeof value === 'object' ? JSON.stringify(value).length + 12 : 8;
}

/** Collects rows until they fill a batch. */
export class Batch<T> {
  #rows: T[] = [];
  #bytes = 0;

  constructor(
    private readonly maxRows = BATCH_ROWS,
    private readonly maxBytes = BATCH_BYTES,
  ) {}

  /** @returns the batch, when this row filled it */
  add(row: T, bytes: number): T[] | undefined {
    this.#rows.push(row);
    this.#bytes += bytes;
    return this.#rows.length >= this.maxRows || this.#bytes >= this.maxBytes ? this.take() : undefined;
  }

  take(): T[] {
    const rows = this.#rows;
    this.#rows = [];
    this.#bytes = 0;
    return rows;
  }
}

/** How many rows of a table make a batch, as far as its size and its number of rows tell; at most `most`. */
export function rowsPerBatch(
  { bytes, estimatedRows }: Pick<TableFacts, 'bytes' | 'estimatedRows'>,
  most: number,
): number {
  if (bytes === undefined || estimatedRows < 1) return most;
  return Math.max(1, Math.min(most, Math.floor((BATCH_BYTES * estimatedRows) / (bytes + 1))));
}

/** Rows in batches that fit into one statement each. */
export function* inBatches(
  rows: readonly (readonly PortableValue[])[],
  maxRows: number,
): Generator<(readonly PortableValue[])[]> {
  const batch = new Batch<readonly PortableValue[]>(Math.max(1, maxRows));
  for (const row of rows) {
    const full = batch.add(
      row,
      row.reduce<number>((sum, value) => sum + roughSize(value), 0),
    );
    if (full) yield full;
  }
  const rest = batch.take();
  if (rest.length > 0) yield rest;
}

const wideKinds: ReadonlySet<ValueKind> = new Set(['text', 'binary', 'json', 'array']);

/** True for kinds whose values have no natural size. */
export const isWide = (kind: ValueKind): boolean => wideKinds.has(kind);
