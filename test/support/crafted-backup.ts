import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { TableDigest } from '../../src/backup/digest.js';
import { RowSum } from '../../src/backup/row-sum.js';
import type { PortableRow } from '../../src/database/index.js';

/** A table of a backup that no database was asked for. */
export interface CraftedTable {
  /** Merged into a table line that is in order. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Lines of rows, as they stand in the file. */
  readonly rows?: readonly string[];
  /** In a file of version 1, in place of the digest of the rows. */
  readonly digest?: string;
}

export interface Crafted {
  readonly version: 1 | 2;
  /** Merged into a header that is in order. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly tables?: readonly CraftedTable[];
}

const columns = [{ name: 'id', kind: 'text', type: 'text', nullable: true }];

function digestOf(rows: readonly string[]): string {
  const digest = new TableDigest(columns as ConstructorParameters<typeof TableDigest>[0]);
  for (const row of rows) digest.add(JSON.parse(row) as PortableRow);
  return digest.hex();
}

function tableLines(version: 1 | 2, { facts = {}, rows = [], digest }: CraftedTable): string[] {
  const table = { name: 't', columns, primaryKey: [], foreignKeys: [], counters: [], ...facts };
  const sum = new RowSum();
  for (const row of rows) sum.add(row);
  const check = version === 1 ? { digest: digest ?? digestOf(rows) } : { sum: sum.hex() };
  const end = { type: 'end', name: table.name, rows: rows.length, ...check };
  return [JSON.stringify({ type: 'table', ...table }), ...rows, JSON.stringify(end)];
}

/**
 * A backup whose counts, sums and hashes are right whatever it says: what somebody can hand in who means harm.
 * @returns the bytes of the file
 */
export function craftedBackup({ version, header = {}, tables = [{}] }: Crafted): Buffer {
  const head = {
    type: 'header',
    format: 'tmi-dbtool-backup',
    version,
    tool: 'tmi-dbtool test',
    createdAt: '2026-11-21T07:45:00.000Z',
    source: { engine: 'sqlite', engineVersion: '3', database: 'sqlite t.db', schema: null },
    scope: 'all',
    tables: tables.map(({ facts }) => facts?.['name'] ?? 't'),
    sequences: [],
    left: [],
    ...header,
  };
  const lines = [JSON.stringify(head), ...tables.flatMap((table) => tableLines(version, table))];
  const body = `${lines.join('\n')}\n`;
  const rows = tables.reduce((sum, { rows: own = [] }) => sum + own.length, 0);
  const sha256 = createHash('sha256').update(body).digest('hex');
  return gzipSync(`${body}${JSON.stringify({ type: 'trailer', tables: tables.length, rows, sha256 })}\n`);
}
