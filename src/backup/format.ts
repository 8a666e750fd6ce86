import { ToolError } from '../errors/index.js';
import type {
  BrokenConstraint,
  CounterFacts,
  ForeignKeyFacts,
  PortableRow,
  RowLines,
  SequenceFacts,
  ValueKind,
} from '../database/index.js';
import { LONGEST_ROW_BYTES } from '../database/row-size.js';
import { isText, shapes } from './line-shapes.js';
import { rowFault } from './row-values.js';
import { isRecord } from '../values/record.js';

/** See docs/backup-format.md. A reader refuses a version that it does not know. */
export const BACKUP_FORMAT = 'tmi-dbtool-backup';
/** What is written. Version 1 is read as well. */
export const BACKUP_VERSION = 2;
export const READABLE_VERSIONS: readonly number[] = [1, BACKUP_VERSION];

/** Bytes of a line, its end included: a text of more characters cannot be had. */
export const MAX_LINE_BYTES = LONGEST_ROW_BYTES;
/** Bytes of a line that is no row. */
export const MAX_STRUCTURE_BYTES = 16 * 1024 * 1024;

/** What a backup holds of its database. */
export type BackupScope = 'all' | 'tables' | 'settings';

export interface BackupHeader {
  readonly type: 'header';
  readonly format: typeof BACKUP_FORMAT;
  readonly version: number;
  /** `tmi-dbtool 1.0.0` */
  readonly tool: string;
  /** ISO text in UTC. */
  readonly createdAt: string;
  readonly source: {
    readonly engine: string;
    readonly engineVersion: string;
    /** As `Database.describe()`: no password. */
    readonly database: string;
    readonly schema: string | null;
  };
  readonly scope: BackupScope;
  /** Names in the order in which they follow. */
  readonly tables: readonly string[];
  readonly sequences: readonly SequenceFacts[];
  /** What the schema holds and the backup does not: views, and tables that cannot be read like others. */
  readonly left: readonly string[];
}

export interface BackupColumn {
  readonly name: string;
  readonly kind: ValueKind;
  readonly type: string;
  readonly nullable: boolean;
}

export interface BackupTable {
  readonly type: 'table';
  readonly name: string;
  readonly columns: readonly BackupColumn[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly ForeignKeyFacts[];
  readonly counters: readonly CounterFacts[];
  /** What rows of it do not satisfy; absent where they satisfy all. */
  readonly broken?: readonly Pick<BrokenConstraint, 'name' | 'kind'>[];
}

export interface BackupTableEnd {
  readonly type: 'end';
  readonly name: string;
  readonly rows: number;
  /** See `RowSum`; of the rows' lines. Absent in version 1. */
  readonly sum?: string;
  /** See `TableDigest`. In version 1 alone it is always there. */
  readonly digest?: string;
  /** Columns of which a checksum that the engine computed was equal to one of what was read. */
  readonly checked?: readonly string[];
}

export interface BackupTrailer {
  readonly type: 'trailer';
  readonly tables: number;
  readonly rows: number;
  /** SHA-256 of every byte before this line. */
  readonly sha256: string;
}

/** A line of a later writer, which a reader can do without. */
export interface OptionalLine {
  readonly type: 'optional';
}

export type BackupLine = BackupHeader | BackupTable | BackupTableEnd | BackupTrailer;

/** Rows, or in a reading that does not look into them their number alone. */
export interface BackupRows {
  readonly type: 'rows';
  readonly count: number;
  readonly rows: readonly PortableRow[];
  /** In a reading that leaves it to others to look into them. */
  readonly lines?: RowLines;
}

export type BackupEvent = BackupLine | BackupRows;

export function damaged(what: string): ToolError {
  return new ToolError('backup/damaged', `The backup does not verify: ${what}`, {
    hint: 'Take another backup. A damaged one is never restored.',
  });
}

/** Of a backup that was just written. */
export const notReadBack = (): ToolError =>
  new ToolError('backup/damaged', 'What was read back is not what was written');

function parseJson(text: string, where: () => string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(`${where()} is no JSON`);
  }
}

/**
 * A row's values.
 * @param where names the line when it is asked for: `line 7, in the table t,`
 * @throws ToolError `backup/damaged`
 */
export function parseRow(text: string, where: () => string): PortableRow {
  const row = parseJson(text, where);
  const fault = rowFault(row);
  if (fault !== undefined) throw damaged(`${where()} ${fault}`);
  return row as PortableRow;
}

/**
 * Reads a line that is no row, as its `type` says.
 * @param where names the line when it is asked for
 * @throws ToolError `backup/damaged`
 */
export function parseStructure(text: string, where: () => string): BackupLine | OptionalLine {
  const line = parseJson(text, where);
  if (!isRecord(line) || !isText(line['type'])) throw damaged(`${where()} is of no known type`);
  if (!Object.hasOwn(shapes, line['type'])) {
    if (line['optional'] === true) return { type: 'optional' };
    throw damaged(`${where()} is of no known type`);
  }
  const type = line['type'] as BackupLine['type'];
  if (!shapes[type](line)) throw damaged(`${where()} is no ${type} that can be read`);
  return line as unknown as BackupLine;
}
