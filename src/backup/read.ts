import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ToolError } from '../errors/index.js';
import type { PortableRow } from '../database/index.js';
import { TableDigest } from './digest.js';
import { decrypt, ENCRYPTED_MAGIC } from './encryption.js';
import {
  BACKUP_FORMAT,
  BACKUP_VERSION,
  damaged,
  parseLine,
  type BackupEvent,
  type BackupHeader,
  type BackupLine,
  type BackupTable,
} from './format.js';

/** Lines, and bytes of lines, after which rows are handed on. */
const BATCH_ROWS = 500;
const BATCH_BYTES = 1_000_000;

/** A stream with its first bytes looked at. */
async function peek(
  source: AsyncIterable<Buffer>,
  length: number,
): Promise<{ readonly head: Buffer; readonly rest: AsyncGenerator<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < length) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* rest(): AsyncGenerator<Buffer> {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { head, rest: rest() };
}

async function* prepend(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

/** The compressed bytes, decrypted where they must be. */
async function opened(
  source: AsyncIterable<Buffer>,
  key: Buffer | undefined,
): Promise<{ readonly bytes: AsyncIterable<Buffer>; readonly encrypted: boolean }> {
  const { head, rest } = await peek(source, ENCRYPTED_MAGIC.length);
  if (head.subarray(0, ENCRYPTED_MAGIC.length).equals(ENCRYPTED_MAGIC)) {
    if (!key) {
      throw new ToolError('backup/key', 'The backup is encrypted', {
        hint: 'Give the key that it was made with: --key env://NAME, vault://PATH or file://PATH.',
      });
    }
    return { bytes: decrypt(prepend(head.subarray(ENCRYPTED_MAGIC.length), rest), key), encrypted: true };
  }
  if (head[0] !== 0x1f || head[1] !== 0x8b) throw damaged('it does not begin as a backup does');
  return { bytes: prepend(head, rest), encrypted: false };
}

async function* unzipped(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  pipeline(Readable.from(bytes), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    if (error instanceof ToolError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('Z_') || code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END') {
      throw damaged('it is cut off, or its bytes were changed');
    }
    throw error;
  }
}

interface Line {
  readonly text: string;
  readonly bytes: Buffer;
}

async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let waiting: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const part = chunk.subarray(start, end + 1);
      const bytes = waiting.length > 0 ? Buffer.concat([...waiting, part]) : part;
      waiting = [];
      start = end + 1;
      yield { bytes, text: bytes.toString('utf8', 0, bytes.length - 1) };
    }
    if (start < chunk.length) waiting.push(chunk.subarray(start));
  }
  if (waiting.length > 0) throw damaged('its last line has no end');
}

/** Holds the lines of a backup to the format: order, counts and digests. */
class Checker {
  readonly #hash = createHash('sha256');
  #header: BackupHeader | undefined;
  #table: { readonly facts: BackupTable; readonly digest: TableDigest | undefined; rows: number } | undefined;
  #tables = 0;
  #rows = 0;
  complete = false;

  /** @param digests false for bytes that have been verified row by row before: their hash is enough then */
  constructor(private readonly digests: boolean) {}

  hash(bytes: Buffer): void {
    if (this.complete) throw damaged('something follows its last line');
    this.#hash.update(bytes);
  }

  row(row: PortableRow): void {
    if (!this.#table || row.length !== this.#table.facts.columns.length) {
      throw damaged(
        this.#table
          ? `a row of ${this.#table.facts.name} has another number of values`
          : 'a row stands outside of a table',
      );
    }
    this.#table.digest?.add(row);
    this.#table.rows += 1;
    this.#rows += 1;
  }

  line(line: BackupLine): void {
    if (this.complete) throw damaged('something follows its last line');
    if ((line.type === 'header') !== (this.#header === undefined))
      throw damaged('its header is not its first line');
    switch (line.type) {
      case 'header':
        return this.#begin(line);
      case 'table':
        if (this.#table || this.#header?.tables[this.#tables] !== line.name) {
          throw damaged(`the table ${line.name} is not where the header says`);
        }
        this.#table = {
          facts: line,
          digest: this.digests ? new TableDigest(line.columns) : undefined,
          rows: 0,
        };
        return;
      case 'end':
        return this.#end(line.name, line.rows, line.digest);
      case 'trailer':
        if (this.#table || this.#tables !== this.#header?.tables.length) throw damaged('tables are missing');
        if (line.tables !== this.#tables || line.rows !== this.#rows) throw damaged('rows are missing');
        if (line.sha256 !== this.#hash.digest('hex')) throw damaged('its digest is another');
        this.complete = true;
    }
  }

  #begin(header: BackupHeader): void {
    if (header.format !== BACKUP_FORMAT) throw damaged('it is another kind of file');
    if (header.version !== BACKUP_VERSION) {
      throw new ToolError(
        'backup/unknown-version',
        `The backup has version ${header.version} of the format, and this tool reads ${BACKUP_VERSION}`,
        {
          hint: `It was written by ${header.tool}; use that version or a later one.`,
        },
      );
    }
    this.#header = header;
  }

  #end(name: string, rows: number, digest: string): void {
    const table = this.#table;
    if (table?.facts.name !== name) throw damaged(`the end of the table ${name} is not where it belongs`);
    if (table.rows !== rows) throw damaged(`rows of the table ${name} are missing`);
    if (table.digest && table.digest.hex() !== digest)
      throw damaged(`the rows of the table ${name} have another digest`);
    this.#tables += 1;
    this.#table = undefined;
  }
}

export interface ReadBackup {
  readonly encrypted: boolean;
  /** Header, then for each table its facts, rows and end, then the trailer. The whole is good once it has ended. */
  readonly events: AsyncGenerator<BackupEvent>;
}

async function* events(
  bytes: AsyncIterable<Buffer>,
  digests: boolean,
  signal: AbortSignal,
): AsyncGenerator<BackupEvent> {
  const checker = new Checker(digests);
  let rows: PortableRow[] = [];
  let size = 0;
  let number = 0;
  for await (const line of splitLines(unzipped(bytes))) {
    number += 1;
    const parsed = parseLine(line.text, number);
    if (!('type' in parsed)) {
      checker.hash(line.bytes);
      checker.row(parsed);
      rows.push(parsed);
      size += line.bytes.length;
      if (rows.length < BATCH_ROWS && size < BATCH_BYTES) continue;
    }
    if (rows.length > 0) {
      signal.throwIfAborted();
      yield { type: 'rows', rows };
      rows = [];
      size = 0;
    }
    if (!('type' in parsed)) continue;
    checker.line(parsed);
    if (parsed.type !== 'trailer') checker.hash(line.bytes);
    yield parsed;
  }
  if (!checker.complete) throw damaged('it ends before its last line');
}

/**
 * Reads a backup with memory for a batch of rows, and checks it on the way.
 * @param options `digests: false` for bytes that were verified before, of which only the hash is checked again
 * @throws ToolError `backup/key` at once; `backup/damaged`, `backup/unknown-version` while it is read
 */
export async function readBackup(
  source: AsyncIterable<Buffer>,
  key: Buffer | undefined,
  signal: AbortSignal,
  { digests = true }: { readonly digests?: boolean } = {},
): Promise<ReadBackup> {
  const { bytes, encrypted } = await opened(source, key);
  return { encrypted, events: events(bytes, digests, signal) };
}

/**
 * Reads a backup's bytes without looking into them.
 * @returns SHA-256 of all lines, the trailer included
 * @throws ToolError `backup/damaged`
 */
export async function hashBackup(
  source: AsyncIterable<Buffer>,
  key: Buffer | undefined,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of unzipped((await opened(source, key)).bytes)) {
    signal.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest('hex');
}
