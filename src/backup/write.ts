import { createHash } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Database, DatabaseSession, PortableRow, SchemaFacts, TableFacts } from '../database/index.js';
import { TableDigest } from './digest.js';
import { encrypt } from './encryption.js';
import {
  BACKUP_FORMAT,
  BACKUP_VERSION,
  type BackupHeader,
  type BackupLine,
  type BackupScope,
} from './format.js';
import { orderTables } from './order.js';
import type { OnProgress } from './progress.js';
import { selectTables, type TableSelection } from './select-tables.js';

export interface BackupRequest {
  readonly database: Database;
  readonly selection: TableSelection;
  /** `tmi-dbtool 1.0.0` */
  readonly tool: string;
  readonly now: Date;
  /** 32 bytes; without it the backup is not encrypted. */
  readonly key?: Buffer | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface BackupSummary {
  readonly scope: BackupScope;
  readonly createdAt: string;
  readonly source: BackupHeader['source'];
  readonly encrypted: boolean;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly digest: string }[];
  readonly rows: number;
  /** Of the lines, before they are compressed. */
  readonly bytes: number;
  readonly sha256: string;
  /** Views and special tables, which are not in it. */
  readonly left: readonly string[];
}

export interface WrittenBackup {
  readonly summary: BackupSummary;
  /** SHA-256 of all lines, the trailer included: what must come out when they are read back. */
  readonly streamSha256: string;
}

/** Turns tables into lines, and remembers what the trailer says. */
class LineWriter {
  readonly #hash = createHash('sha256');
  readonly tables: { name: string; rows: number; digest: string }[] = [];
  rows = 0;
  bytes = 0;
  sha256 = '';

  line(line: BackupLine): Buffer {
    return this.#take(`${JSON.stringify(line)}\n`);
  }

  lines(rows: readonly PortableRow[]): Buffer {
    return this.#take(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }

  #take(text: string): Buffer {
    const bytes = Buffer.from(text, 'utf8');
    this.#hash.update(bytes);
    this.bytes += bytes.length;
    return bytes;
  }

  trailer(): Buffer {
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
    sequences: selection.scope === 'all' ? schema.sequences : [],
    left: selection.scope === 'all' ? [...schema.views, ...schema.special] : [],
  };
}

async function* tableLines(
  session: DatabaseSession,
  table: TableFacts,
  writer: LineWriter,
  onBatch: () => void,
): AsyncGenerator<Buffer> {
  // What the engine computes by itself it computes again.
  const columns = table.columns.filter((column) => !column.generated);
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
  });
  const digest = new TableDigest(columns);
  for await (const rows of session.transfer.readRows(table, columns)) {
    for (const row of rows) digest.add(row);
    writer.rows += rows.length;
    yield writer.lines(rows);
    onBatch();
  }
  const end = { name, rows: digest.rows, digest: digest.hex() };
  writer.tables.push(end);
  yield writer.line({ type: 'end', ...end });
}

async function* allLines(
  request: BackupRequest,
  session: DatabaseSession,
  header: BackupHeader,
  tables: readonly TableFacts[],
  writer: LineWriter,
): AsyncGenerator<Buffer> {
  const totalRows = tables.reduce((sum, table) => sum + table.estimatedRows, 0);
  yield writer.line(header);
  for (const table of tables) {
    const report = (): void =>
      request.onProgress?.({ table: table.name, rows: writer.rows, totalRows, bytes: writer.bytes });
    yield* tableLines(session, table, writer, report);
  }
  yield writer.trailer();
}

/**
 * Writes a backup of one state of the database to a stream, with memory for a batch of rows. The stream is ended;
 * when something fails it is destroyed, and what was written to it is no backup.
 * @throws ToolError `backup/no-such-table`, codes of the area `database`, and what the stream fails with
 */
export async function writeBackup(request: BackupRequest, sink: Writable): Promise<WrittenBackup> {
  const { database, key, signal } = request;
  return database.snapshot(async (session) => {
    const schema = await session.transfer.inspect();
    const { tables } = orderTables(selectTables(schema, request.selection));
    const header = headerOf(request, schema, tables);
    const writer = new LineWriter();
    const lines = Readable.from(allLines(request, session, header, tables, writer), { highWaterMark: 1 });
    if (key)
      await pipeline(lines, createGzip(), (chunks: AsyncIterable<Buffer>) => encrypt(chunks, key), sink, {
        signal,
      });
    else await pipeline(lines, createGzip(), sink, { signal });
    const summary: BackupSummary = {
      scope: header.scope,
      createdAt: header.createdAt,
      source: header.source,
      encrypted: key !== undefined,
      tables: writer.tables,
      rows: writer.rows,
      bytes: writer.bytes,
      sha256: writer.sha256,
      left: header.left,
    };
    return { summary, streamSha256: writer.streamSha256() };
  });
}
