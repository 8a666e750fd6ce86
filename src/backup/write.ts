import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constraintText } from '../database/broken.js';
import type {
  BrokenConstraint,
  ColumnFacts,
  Database,
  DatabaseSession,
  RowBlock,
  SchemaFacts,
  TableFacts,
} from '../database/index.js';
import { encryptAge, sealHeader } from './age.js';
import { TableKeys } from './alike-keys.js';
import { compress, createCompression, type Block } from './compress.js';
import { namesInOneCase, OddValues } from './elsewhere.js';
import {
  BACKUP_FORMAT,
  BACKUP_VERSION,
  type BackupHeader,
  type BackupLine,
  notReadBack,
  type BackupScope,
} from './format.js';
import { orderTables } from './order.js';
import { ReadingCheck } from './reading-check.js';
import type { OnProgress } from './progress.js';
import type { Encryption } from './recipients.js';
import { RowSum } from './row-sum.js';
import { assertUnfiltered } from './unfiltered.js';
import { Unpacked } from './unpacked.js';
import { selectTables, type TableSelection } from './select-tables.js';

export interface BackupRequest {
  readonly database: Database;
  /** A session in which nobody else changes the tables; without it the backup is of a snapshot of its own. */
  readonly session?: DatabaseSession | undefined;
  readonly selection: TableSelection;
  /** `tmi-dbtool 1.0.0` */
  readonly tool: string;
  readonly now: Date;
  /** Without it the backup is not encrypted. */
  readonly encryption?: Encryption | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Bytes of the largest row; left out, what a line and the memory of Node.js can hold. */
  readonly mostRowBytes?: number;
  /** What is read is not held against what the engine says of it by itself. */
  readonly oneReading?: boolean;
}

export interface BackupSummary {
  readonly scope: BackupScope;
  readonly createdAt: string;
  readonly source: BackupHeader['source'];
  readonly encrypted: boolean;
  /** Keys of age that it was encrypted for; 0 with a passphrase, and without encryption. */
  readonly recipients: number;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly sum: string }[];
  readonly rows: number;
  /** Of the lines, before they are compressed. */
  readonly bytes: number;
  readonly sha256: string;
  /** Views, special tables and what else is not in it. */
  readonly left: readonly string[];
  /** What rows do not satisfy, in words: other databases do not take them. */
  readonly broken: readonly string[];
  /** What other engines, or servers set up otherwise, do not take, in words. */
  readonly elsewhere: readonly string[];
  /** Tables, and columns as `table.column`, that the engine did not confirm: they were read one way only. */
  readonly unconfirmed: readonly string[];
}

export interface WrittenBackup {
  readonly summary: BackupSummary;
  /** SHA-256 of the compressed bytes, out of which all lines came again: what must stand in the file. */
  readonly packedSha256: string;
  /** What opens the file that was written, when it is encrypted; it is never stored. */
  readonly fileKey: Uint8Array | undefined;
}

/** What sees the rows of one table on their way into the file. */
interface Watchers {
  readonly sum: RowSum;
  readonly odd: OddValues;
  readonly alike: TableKeys;
}

/** Turns tables into lines, and remembers what the trailer says. */
class LineWriter {
  readonly #hash = createHash('sha256');
  readonly tables: { name: string; rows: number; sum: string }[] = [];
  readonly odd: string[] = [];
  readonly unconfirmed: string[] = [];
  rows = 0;
  bytes = 0;
  sha256 = '';

  line(line: BackupLine): Block {
    return this.#take(Buffer.from(`${JSON.stringify(line)}\n`, 'utf8'));
  }

  rowLines(block: RowBlock, { sum, odd, alike }: Watchers): Block {
    const { lines, count, rows, doubtful = rows ?? [], release } = block;
    sum.addLines(lines);
    odd.add(doubtful, lines);
    alike.add({ lines, ...(rows && { rows }) });
    this.rows += count;
    return this.#take(lines, release);
  }

  #take(bytes: Buffer, release?: () => void): Block {
    this.#hash.update(bytes);
    this.bytes += bytes.length;
    return { bytes, release };
  }

  trailer(): Block {
    this.sha256 = this.#hash.copy().digest('hex');
    const { sha256, rows, tables } = this;
    return this.line({ type: 'trailer', tables: tables.length, rows, sha256 });
  }

  streamSha256(): string {
    return this.#hash.digest('hex');
  }
}

function headerOf(request: BackupRequest, schema: SchemaFacts, tables: readonly TableFacts[]): BackupHeader {
  const { database, selection } = request;
  return {
    type: 'header',
    format: BACKUP_FORMAT,
    version: BACKUP_VERSION,
    tool: request.tool,
    createdAt: request.now.toISOString(),
    source: {
      engine: database.target.engine,
      engineVersion: schema.engineVersion,
      database: database.describe(),
      schema: schema.schema ?? null,
    },
    scope: selection.scope,
    tables: tables.map((table) => table.name),
    // Rows may hold numbers of a sequence that no column owns. It only ever goes forward, which does no harm.
    sequences: selection.scope === 'settings' ? [] : schema.sequences,
    left:
      selection.scope === 'all'
        ? [...schema.views, ...schema.special, ...(schema.unseen === undefined ? [] : [schema.unseen])]
        : [],
  };
}

/** A table with the columns that go into the backup, and what begins to check how they are read. */
interface Planned {
  readonly table: TableFacts;
  readonly columns: readonly ColumnFacts[];
  readonly check: (() => Promise<ReadingCheck | undefined>) | undefined;
}

interface ReadingOptions {
  /** Columns of its unique keys. */
  readonly unique: readonly (readonly string[])[];
  readonly onBatch: () => void;
  readonly most: number | undefined;
}

async function planned(
  { transfer }: DatabaseSession,
  { oneReading, mostRowBytes: most }: BackupRequest,
  tables: readonly TableFacts[],
): Promise<Planned[]> {
  const plan: Planned[] = [];
  for (const table of tables) {
    // What the engine computes by itself it computes again.
    const columns = table.columns.filter((column) => !column.generated);
    const check = oneReading ? undefined : await ReadingCheck.ahead(transfer, { table, columns, most });
    plan.push({ table, columns, check });
  }
  return plan;
}

/** What of a table was read one way only: all of it, or some of its columns. */
function unconfirmed(table: string, columns: readonly ColumnFacts[], confirmed: readonly string[]): string[] {
  if (confirmed.length === 0 && columns.length > 0) return [table];
  return columns.filter(({ name }) => !confirmed.includes(name)).map(({ name }) => `${table}.${name}`);
}

async function* tableLines(
  session: DatabaseSession,
  { table, columns, check: begin }: Planned,
  broken: readonly BrokenConstraint[],
  writer: LineWriter,
  { unique, onBatch, most }: ReadingOptions,
): AsyncGenerator<Block> {
  const { name, primaryKey, foreignKeys, counters } = table;
  yield writer.line({
    type: 'table',
    name,
    columns: columns.map(({ name: column, kind, type, nullable }) => ({
      name: column,
      kind,
      type,
      nullable,
    })),
    primaryKey,
    foreignKeys,
    counters,
    ...(broken.length > 0
      ? { broken: broken.map(({ name: constraint, kind }) => ({ name: constraint, kind })) }
      : {}),
  });
  const sum = new RowSum();
  const odd = new OddValues(name, columns);
  const alike = new TableKeys(name, columns, [primaryKey, ...unique]);
  const check = await begin?.();
  for await (const block of session.transfer.readBlocks(table, columns, most, check?.beside)) {
    check?.add(block);
    yield writer.rowLines(block, { sum, odd, alike });
    onBatch();
  }
  const end = { name, rows: sum.rows, sum: sum.hex() };
  writer.tables.push(end);
  writer.odd.push(...odd.texts(), ...alike.texts());
  const checked = (await check?.checked(end.sum)) ?? [];
  writer.unconfirmed.push(...unconfirmed(name, columns, checked));
  yield writer.line({ type: 'end', ...end, ...(checked.length > 0 ? { checked } : {}) });
}

async function* allLines(
  request: BackupRequest,
  session: DatabaseSession,
  header: BackupHeader,
  plan: readonly Planned[],
  broken: readonly BrokenConstraint[],
  writer: LineWriter,
): AsyncGenerator<Block> {
  const keys = await session.transfer.uniqueKeys(plan.map(({ table }) => table.name));
  const totalRows = plan.reduce((sum, { table }) => sum + table.estimatedRows, 0);
  yield writer.line(header);
  for (const each of plan) {
    const { table } = each;
    const onBatch = (): void =>
      request.onProgress?.({ table: table.name, rows: writer.rows, totalRows, bytes: writer.bytes });
    const own = broken.filter((constraint) => constraint.table === table.name);
    const unique = keys.filter((key) => key.table === table.name).map((key) => key.columns);
    yield* tableLines(session, each, own, writer, { unique, onBatch, most: request.mostRowBytes });
  }
  yield writer.trailer();
}

/**
 * Writes a backup of one state of the database to a stream, with memory for a batch of rows. The stream is ended;
 * when something fails it is destroyed, and what was written to it is no backup.
 * @throws ToolError `backup/no-such-table`, `database/permission`, codes of the area `database`, and what the stream fails with
 */
export async function writeBackup(request: BackupRequest, sink: Writable): Promise<WrittenBackup> {
  const { database, encryption, signal } = request;
  const sealed = encryption && (await sealHeader(encryption));
  const write = async (session: DatabaseSession): Promise<WrittenBackup> => {
    const schema = await session.transfer.inspect();
    const { tables } = orderTables(selectTables(schema, request.selection));
    await assertUnfiltered(
      session.transfer,
      tables.map(({ name }) => name),
    );
    const header = headerOf(request, schema, tables);
    // Before the keys are looked at, which another session of the engine need not wait for.
    const plan = await planned(session, request, tables);
    const broken = await session.transfer.brokenConstraints(tables);
    const writer = new LineWriter();
    const zipped = createCompression();
    const unpacked = new Unpacked();
    const unpack = (chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> => unpacked.through(chunks);
    const encrypt = (chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
      sealed ? encryptAge(chunks, sealed) : chunks;
    const written = pipeline(zipped, unpack, encrypt, sink, { signal });
    const compressed = compress(allLines(request, session, header, plan, broken, writer), zipped);
    try {
      await written;
    } catch (error) {
      // What reads the tables is done with the session, unless nobody waits for it any more.
      if (!signal.aborted) await compressed;
      throw error;
    }
    const sha256 = unpacked.sha256();
    if (sha256.lines !== writer.streamSha256()) throw notReadBack();
    const summary: BackupSummary = {
      scope: header.scope,
      createdAt: header.createdAt,
      source: header.source,
      encrypted: sealed !== undefined,
      recipients: encryption && 'recipients' in encryption ? encryption.recipients.length : 0,
      tables: writer.tables,
      rows: writer.rows,
      bytes: writer.bytes,
      sha256: writer.sha256,
      left: header.left,
      broken: broken.map(constraintText),
      elsewhere: [...namesInOneCase(tables), ...writer.odd],
      unconfirmed: writer.unconfirmed,
    };
    return { summary, packedSha256: sha256.packed, fileKey: sealed?.fileKey };
  };
  return request.session ? write(request.session) : database.snapshot(write);
}
