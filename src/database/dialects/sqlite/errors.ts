import type { ClassifiedFault, FaultName } from '../../faults.js';
import { textOf } from '../../network-faults.js';

/** SQLite's result codes by their first word; an extended code adds to it. */
const results: Readonly<Record<string, FaultName>> = {
  SQLITE_AUTH: 'permission',
  SQLITE_BUSY: 'busy',
  SQLITE_CANTOPEN: 'cannot-open-file',
  SQLITE_CONSTRAINT: 'constraint',
  SQLITE_CORRUPT: 'damaged',
  SQLITE_FULL: 'no-space',
  SQLITE_IOERR: 'cannot-open-file',
  SQLITE_LOCKED: 'busy',
  SQLITE_MISMATCH: 'constraint',
  SQLITE_NOTADB: 'damaged',
  SQLITE_PERM: 'permission',
  SQLITE_READONLY: 'read-only',
  SQLITE_TOOBIG: 'constraint',
};

/** Codes from the file system and from `openFile`. */
const files: Readonly<Record<string, FaultName>> = {
  TMI_NO_FOLDER: 'no-such-folder',
  TMI_IS_FOLDER: 'cannot-open-file',
  EACCES: 'cannot-open-file',
  EPERM: 'cannot-open-file',
  ENOTDIR: 'no-such-folder',
  EROFS: 'read-only',
  ENOSPC: 'no-space',
};

/** @see https://www.sqlite.org/rescode.html */
export function classify(error: unknown): ClassifiedFault | undefined {
  const code = textOf(error, 'code');
  if (code === undefined) return undefined;
  if (Object.hasOwn(files, code)) {
    return { fault: files[code] ?? 'unknown', engineCode: code.startsWith('TMI_') ? undefined : code };
  }
  // SQLite has no code of its own for a missing table, so its words decide.
  if (code === 'SQLITE_ERROR' && /no such table: /.test(textOf(error, 'message') ?? '')) {
    return { fault: 'no-such-table', engineCode: undefined };
  }
  if (/^SQLITE_IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE)$/.test(code)) {
    return { fault: 'write-failed', engineCode: code };
  }
  const result = /^SQLITE_[A-Z]+/.exec(code)?.[0];
  return result === undefined ? undefined : { fault: results[result] ?? 'unknown', engineCode: code };
}
