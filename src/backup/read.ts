import { createHash } from 'node:crypto';
import { LINE_FEED } from '../database/line-bytes.js';
import { mostRowBytes } from '../database/row-size.js';
import type { PortableRow } from '../database/index.js';
import { Checker, type Checks } from './checker.js';
import { damaged, parseRow, parseStructure, type BackupEvent, type BackupTable } from './format.js';
import { BRACE, isStructure, LineBlocks, parts } from './lines.js';
import { largeLine } from './large-line.js';
import { lineNestedTooDeep, MAX_NESTING, nestsTooDeep } from './nesting.js';
import { ObjectFinder } from './objects.js';
import { opened, unzipped } from './opened.js';
import type { BackupKeys } from './recipients.js';
import { UnreadRows } from './unread-rows.js';

/** Rows, and bytes of their lines, after which rows are handed on. */
const BATCH_ROWS = 500;
const BATCH_BYTES = 1_000_000;

export interface ReadOptions extends Checks {
  /**
   * Hand on the values of rows; or, where neither sums nor digests are made, their lines for who may want their values.
   * Else their number alone.
   */
  readonly values: boolean | 'lines';
  /** Of which tables rows are wanted, all of them without it: rows of others may be too large to be looked into. */
  readonly wants?: ((table: string) => boolean) | undefined;
  /** Bytes of the largest row whose values are read; left out, what the memory of Node.js can hold. */
  readonly mostRowBytes?: number | undefined;
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

/** What is read of a backup, block by block. */
class EventReader {
  readonly #batch = new RowBatch();
  readonly #checker: Checker;
  readonly #most: number;
  #number = 0;

  constructor(private readonly options: ReadOptions) {
    this.#most = options.mostRowBytes ?? mostRowBytes();
    this.#checker = new Checker(options);
  }

  *read(block: Buffer): Generator<BackupEvent> {
    if (this.options.values === 'lines') {
      yield* this.#lines(block);
      return;
    }
    const deep = lineNestedTooDeep(block);
    if (deep !== 0) yield* this.#lines(block.subarray(0, deep));
    if (deep !== undefined) this.#refuseDepth();
  }

  #refuseDepth(): never {
    this.#number += 1;
    throw damaged(`${this.#where()} nests deeper than ${MAX_NESTING}`);
  }

  /** Names the line that is read. */
  readonly #where = (): string => {
    const { table } = this.#checker;
    return `line ${this.#number}${table === undefined ? '' : `, in the table ${table},`}`;
  };

  *#lines(block: Buffer): Generator<BackupEvent> {
    for (const part of parts(block)) {
      if (isStructure(part) && part.indexOf(LINE_FEED) === part.length - 1) {
        yield* this.#structure(part.toString('utf8', 0, part.length - 1), part);
        continue;
      }
      this.#checker.hash(part);
      if (this.options.values === 'lines') yield* this.#rowLines(part);
      // What may be too large for a text is looked at line by line.
      else if (this.#readsTexts && part.length <= this.#most) yield* this.#texts(part);
      else yield* this.#bytes(part);
    }
  }

  end(): void {
    if (!this.#checker.complete) throw damaged('it ends before its last line');
  }

  /** Rows are counted alone; what is in them shows when somebody asks for their values. */
  *#rowLines(part: Buffer): Generator<BackupEvent> {
    let [first, count] = [0, 0];
    for (let start = 0, end: number; start < part.length; start = end + 1) {
      end = part.indexOf(LINE_FEED, start);
      if (part[start] !== BRACE) {
        const { facts } = this.#checker;
        if (this.#isTooLarge(end - start, facts))
          throw largeLine(part.subarray(start, end), facts, this.#most);
        this.#checker.row(undefined, undefined);
        count += 1;
        // What may be too large for a text is handed on line by line.
        if (part.length <= this.#most) continue;
        yield* this.#unread(part.subarray(first, end + 1), count);
        [first, count] = [end + 1, 0];
        continue;
      }
      yield* this.#unread(part.subarray(first, start), count);
      [first, count] = [end + 1, 0];
      if (nestsTooDeep(part.subarray(start, end))) this.#refuseDepth();
      yield* this.#structure(part.toString('utf8', start, end), undefined);
    }
    yield* this.#unread(part.subarray(first), count);
  }

  *#unread(lines: Buffer, count: number): Generator<BackupEvent> {
    const { facts } = this.#checker;
    if (count === 0 || !facts) return;
    const unread = new UnreadRows(lines, this.#number, facts);
    this.#number += count;
    yield { type: 'rows', count, rows: [], lines: unread };
  }

  /** Values alone are wanted, which are quicker had from a text for many lines than from each line's bytes. */
  get #readsTexts(): boolean {
    return (this.options.values || this.#checker.digests) && !this.#checker.sums;
  }

  *#texts(part: Buffer): Generator<BackupEvent> {
    for (const line of part.toString('utf8', 0, part.length - 1).split('\n')) {
      if (line.startsWith('{')) yield* this.#structure(line, undefined);
      else if (this.#row(line, undefined, line.length)) yield* this.#batch.take();
    }
  }

  *#bytes(part: Buffer): Generator<BackupEvent> {
    const objects = new ObjectFinder(part);
    for (let start = 0, end: number; start < part.length; start = end + 1) {
      end = part.indexOf(LINE_FEED, start);
      if (part[start] === BRACE) {
        yield* this.#structure(part.toString('utf8', start, end), undefined);
        continue;
      }
      if (part[start] !== 0x5b || part[end - 1] !== 0x5d) {
        this.#number += 1;
        throw damaged(`${this.#where()} is no row`);
      }
      const bytes = this.#checker.sums ? part.subarray(start, end) : undefined;
      // Of a row that nobody reads the tags alone are looked at: its other values need no understanding.
      const values = this.options.values || this.#checker.digests || objects.mayStandIn(start, end);
      const { facts } = this.#checker;
      if (values && this.#isTooLarge(end - start, facts))
        throw largeLine(part.subarray(start, end), facts, this.#most);
      // What is too large and not wanted is as good as its sum and the hash.
      const text = values && end - start <= this.#most ? part.toString('utf8', start, end) : undefined;
      if (this.#row(text, bytes, end - start)) yield* this.#batch.take();
    }
  }

  /** True for a row that cannot be looked into, though somebody needs to. */
  #isTooLarge(bytes: number, table: BackupTable | undefined): table is BackupTable {
    if (table === undefined || bytes <= this.#most) return false;
    return this.#checker.digests || (this.options.wants?.(table.name) ?? true);
  }

  /** @returns true when rows wait to be handed on */
  #row(text: string | undefined, bytes: Buffer | undefined, length: number): boolean {
    this.#number += 1;
    const row = text === undefined ? undefined : parseRow(text, this.#where);
    this.#checker.row(bytes, row);
    this.#batch.add(this.options.values ? row : undefined, length);
    return this.#batch.full;
  }

  /** @param unhashed its bytes, where they are not yet in the hash of the whole: the last line's never are */
  *#structure(text: string, unhashed: Buffer | undefined): Generator<BackupEvent> {
    yield* this.#batch.take();
    this.#number += 1;
    const parsed = parseStructure(text, this.#where);
    if (parsed.type === 'optional') this.#checker.optionalLine();
    const line = parsed.type === 'optional' ? undefined : this.#checker.line(parsed);
    if (unhashed && parsed.type !== 'trailer') this.#checker.hash(unhashed);
    if (line) yield line;
  }
}

async function* events(
  bytes: AsyncIterable<Buffer>,
  options: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<BackupEvent> {
  const blocks = new LineBlocks();
  const reader = new EventReader(options);
  for await (const chunk of unzipped(bytes)) {
    signal.throwIfAborted();
    for (const block of blocks.push(chunk)) yield* reader.read(block);
  }
  blocks.end();
  reader.end();
}

/** To be sure of a file: its bytes are those that were written. */
const verifying: ReadOptions = { values: false, sums: true, digests: 'version-1' };

/**
 * Reads a backup with memory for a batch of rows, and checks it on the way.
 * @throws ToolError `backup/key` at once; `backup/damaged`, `backup/unknown-version`, `backup/too-large` while it is read
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
 * @param onBytes called with how many have been read
 * @returns SHA-256 of the compressed bytes
 * @throws ToolError `backup/damaged`
 */
export async function hashPacked(
  source: AsyncIterable<Buffer>,
  keys: BackupKeys | undefined,
  signal: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of (await opened(source, keys)).bytes) {
    signal.throwIfAborted();
    hash.update(chunk);
    onBytes?.((bytes += chunk.length));
  }
  return hash.digest('hex');
}
