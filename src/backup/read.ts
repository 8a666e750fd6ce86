import { createHash } from 'node:crypto';
import type { PortableRow } from '../database/index.js';
import { Checker, type Checks } from './checker.js';
import { damaged, parseRow, parseStructure, type BackupEvent } from './format.js';
import { isStructure, LineSplitter } from './lines.js';
import { opened, unzipped } from './opened.js';
import type { BackupKeys } from './recipients.js';

/** Rows, and bytes of their lines, after which rows are handed on. */
const BATCH_ROWS = 500;
const BATCH_BYTES = 1_000_000;

export interface ReadOptions extends Checks {
  /** Hand on the values of rows; else their number alone. */
  readonly values: boolean;
}

export interface ReadBackup {
  readonly encrypted: boolean;
  /** Header, then for each table its facts, rows and end, then the trailer. The whole is good once it has ended. */
  readonly events: AsyncGenerator<BackupEvent>;
}

/** Rows on their way to who reads them. */
class RowBatch {
  #rows: PortableRow[] = [];
  #count = 0;
  #bytes = 0;

  add(row: PortableRow | undefined, bytes: number): void {
    if (row) this.#rows.push(row);
    this.#count += 1;
    this.#bytes += bytes;
  }

  get full(): boolean {
    return this.#rows.length >= BATCH_ROWS || this.#bytes >= BATCH_BYTES;
  }

  *take(): Generator<BackupEvent> {
    if (this.#count === 0) return;
    const event: BackupEvent = { type: 'rows', count: this.#count, rows: this.#rows };
    this.#rows = [];
    this.#count = 0;
    this.#bytes = 0;
    yield event;
  }
}

async function* events(
  bytes: AsyncIterable<Buffer>,
  options: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<BackupEvent> {
  const checker = new Checker(options);
  const splitter = new LineSplitter();
  const batch = new RowBatch();
  let number = 0;
  for await (const chunk of unzipped(bytes)) {
    signal.throwIfAborted();
    for (const line of splitter.push(chunk)) {
      number += 1;
      if (!isStructure(line)) {
        checker.hash(line);
        checker.rowBytes(line);
        const parses = options.values || checker.digests;
        const row = parses ? parseRow(line.toString('utf8', 0, line.length - 1), number) : undefined;
        if (row) checker.rowValues(row);
        batch.add(options.values ? row : undefined, line.length);
        if (batch.full) yield* batch.take();
        continue;
      }
      yield* batch.take();
      const parsed = parseStructure(line.toString('utf8', 0, line.length - 1), number);
      if (parsed.type === 'optional') {
        checker.optionalLine();
        checker.hash(line);
        continue;
      }
      const checked = checker.line(parsed);
      if (parsed.type !== 'trailer') checker.hash(line);
      yield checked;
    }
    checker.endOfChunk();
  }
  splitter.end();
  if (!checker.complete) throw damaged('it ends before its last line');
}

/** To be sure of a file: its bytes are those that were written. */
const verifying: ReadOptions = { values: false, sums: true, digests: 'version-1' };

/**
 * Reads a backup with memory for a batch of rows, and checks it on the way.
 * @throws ToolError `backup/key` at once; `backup/damaged`, `backup/unknown-version` while it is read
 */
export async function readBackup(
  source: AsyncIterable<Buffer>,
  keys: BackupKeys | undefined,
  signal: AbortSignal,
  options: Partial<ReadOptions> = {},
): Promise<ReadBackup> {
  const { bytes, encrypted } = await opened(source, keys);
  return { encrypted, events: events(bytes, { ...verifying, ...options }, signal) };
}

/**
 * Reads a backup's bytes without looking into them.
 * @returns SHA-256 of all lines, the trailer included
 * @throws ToolError `backup/damaged`
 */
export async function hashBackup(
  source: AsyncIterable<Buffer>,
  keys: BackupKeys | undefined,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of unzipped((await opened(source, keys)).bytes)) {
    signal.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest('hex');
}
