import type { BackupHeader, BackupTable } from './format.js';
import type { OnProgress } from './progress.js';
import { readBackup } from './read.js';
import type { BackupSummary } from './write.js';

/** What a verified backup holds. */
export interface VerifiedBackup extends Omit<BackupSummary, 'bytes'> {
  readonly header: BackupHeader;
  /** Columns, keys and counters of its tables, by name. */
  readonly facts: ReadonlyMap<string, BackupTable>;
}

/**
 * Reads a whole backup and checks its counts and digests.
 * @param options `digests: false` leaves the digests of the tables to a comparison that follows; the digest of the
 *   whole, which covers them, is checked all the same
 * @throws ToolError `backup/damaged`, `backup/key`, `backup/unknown-version`
 */
export async function verifyBackup(
  source: AsyncIterable<Buffer>,
  key: Buffer | undefined,
  signal: AbortSignal,
  onProgress?: OnProgress,
  options: { readonly digests?: boolean } = {},
): Promise<VerifiedBackup> {
  const { encrypted, events } = await readBackup(source, key, signal, options);
  const facts = new Map<string, BackupTable>();
  const tables: { name: string; rows: number; digest: string }[] = [];
  let header: BackupHeader | undefined;
  let sha256 = '';
  let table = '';
  let rows = 0;
  for await (const event of events) {
    if (event.type === 'header') header = event;
    else if (event.type === 'table') facts.set((table = event.name), event);
    else if (event.type === 'end') tables.push({ name: event.name, rows: event.rows, digest: event.digest });
    else if (event.type === 'trailer') sha256 = event.sha256;
    else {
      rows += event.rows.length;
      onProgress?.({ table, rows, totalRows: 0, bytes: 0 });
    }
  }
  // The reader has seen a header, or it would have failed.
  const { scope, createdAt, source: from, left } = header as BackupHeader;
  return {
    header: header as BackupHeader,
    facts,
    scope,
    createdAt,
    source: from,
    encrypted,
    tables,
    rows,
    sha256,
    left,
  };
}
