import { constraintText } from '../database/broken.js';
import { brokenIn } from './tolerated.js';
import type { BackupHeader, BackupTable } from './format.js';
import { ReadShare, type OnProgress } from './progress.js';
import { readBackup, type ReadOptions } from './read.js';
import type { BackupKeys } from './recipients.js';
import type { BackupSummary } from './write.js';

/** A table as the end of its rows describes it. `sum`: of files of version 2. `digest`: of version 1, or computed. */
export interface VerifiedTable {
  readonly name: string;
  readonly rows: number;
  readonly sum?: string;
  readonly digest?: string;
}

/** What a verified backup holds. */
export interface VerifiedBackup extends Omit<
  BackupSummary,
  'bytes' | 'tables' | 'recipients' | 'elsewhere' | 'unconfirmed'
> {
  readonly tables: readonly VerifiedTable[];
  readonly header: BackupHeader;
  /** Columns, keys and counters of its tables, by name. */
  readonly facts: ReadonlyMap<string, BackupTable>;
}

export interface VerifyOptions extends Partial<ReadOptions> {
  /** Bytes of the source, where they are known; for progress only. */
  readonly size?: number | undefined;
}

/**
 * Reads a whole backup and checks its counts, sums and hash, and the tags of its values. Rows are read only for tags and
 * digests; all others are hashed.
 * @param options what else to check, or not to
 * @throws ToolError `backup/damaged`, `backup/key`, `backup/unknown-version`
 */
export async function verifyBackup(
  source: AsyncIterable<Buffer>,
  keys: BackupKeys | undefined,
  signal: AbortSignal,
  onProgress?: OnProgress,
  { size, ...options }: VerifyOptions = {},
): Promise<VerifiedBackup> {
  const share = new ReadShare(size);
  const { encrypted, events } = await readBackup(share.through(source), keys, signal, options);
  const facts = new Map<string, BackupTable>();
  const tables: VerifiedTable[] = [];
  let header: BackupHeader | undefined;
  let sha256 = '';
  let table = '';
  let rows = 0;
  for await (const event of events) {
    if (event.type === 'header') header = event;
    else if (event.type === 'table') facts.set((table = event.name), event);
    else if (event.type === 'end') {
      const { name, rows, sum, digest } = event;
      tables.push({
        name,
        rows,
        ...(sum === undefined ? {} : { sum }),
        ...(digest === undefined ? {} : { digest }),
      });
    } else if (event.type === 'trailer') sha256 = event.sha256;
    else {
      rows += event.count;
      onProgress?.({ table, rows, totalRows: 0, bytes: 0, ...share.known });
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
    broken: [...facts.values()].flatMap(brokenIn).map(constraintText),
  };
}
