import { ToolError } from '../errors/index.js';
import {
  valueKinds,
  type CounterFacts,
  type ForeignKeyFacts,
  type PortableRow,
  type SequenceFacts,
  type ValueKind,
} from '../database/index.js';

/** See docs/backup-format.md. A reader refuses a version that it does not know. */
export const BACKUP_FORMAT = 'tmi-dbtool-backup';
export const BACKUP_VERSION = 1;

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
}

export interface BackupTableEnd {
  readonly type: 'end';
  readonly name: string;
  readonly rows: number;
  /** See `TableDigest`. */
  readonly digest: string;
}

export interface BackupTrailer {
  readonly type: 'trailer';
  readonly tables: number;
  readonly rows: number;
  /** SHA-256 of every byte before this line. */
  readonly sha256: string;
}

export type BackupLine = BackupHeader | BackupTable | BackupTableEnd | BackupTrailer;
export type BackupEvent = BackupLine | { readonly type: 'rows'; readonly rows: readonly PortableRow[] };

export function damaged(what: string): ToolError {
  return new ToolError('backup/damaged', `The backup does not verify: ${what}`, {
    hint: 'Take another backup. A damaged one is never restored.',
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

function isColumn(value: unknown): boolean {
  return (
    isObject(value) && isText(value['name']) && (valueKinds as readonly unknown[]).includes(value['kind'])
  );
}

/** What each kind of line must have, as far as a reader relies on it. */
const shapes: Readonly<Record<BackupLine['type'], (line: Record<string, unknown>) => boolean>> = {
  header: (line) =>
    isText(line['tool']) &&
    isText(line['createdAt']) &&
    isObject(line['source']) &&
    isTexts(line['tables']) &&
    Array.isArray(line['sequences']),
  table: (line) =>
    isText(line['name']) &&
    Array.isArray(line['columns']) &&
    line['columns'].every(isColumn) &&
    isTexts(line['primaryKey']) &&
    Array.isArray(line['foreignKeys']) &&
    Array.isArray(line['counters']),
  end: (line) => isText(line['name']) && Number.isInteger(line['rows']) && isText(line['digest']),
  trailer: (line) =>
    Number.isInteger(line['tables']) && Number.isInteger(line['rows']) && isText(line['sha256']),
};

/**
 * Reads one line: a row for an array, else what its `type` says.
 * @throws ToolError `backup/damaged`
 */
export function parseLine(text: string, number: number): PortableRow | BackupLine {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    throw damaged(`line ${number} is no JSON`);
  }
  if (Array.isArray(line)) return line as PortableRow;
  if (!isObject(line) || !isText(line['type']) || !Object.hasOwn(shapes, line['type'])) {
    throw damaged(`line ${number} is of no known type`);
  }
  const type = line['type'] as BackupLine['type'];
  if (!shapes[type](line)) throw damaged(`line ${number} is no ${type}`);
  return line as unknown as BackupLine;
}
