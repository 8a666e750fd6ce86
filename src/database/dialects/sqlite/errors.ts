import { namesIn, type FaultWording } from '../../fault-names.js';
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

/** The end of the text, which no value reaches: knex puts the statement before it. Only plain names, so that none spans a value. */
const wordings: FaultWording = [
  /(?:^| - )(?:UNIQUE|NOT NULL) constraint failed: (?<table>\w+)\.(?<column>\w+)$/,
  /(?:^| - )CHECK constraint failed: (?<constraint>\w+)$/,
];

/** Codes from the file system and from `openFile`. */
const files: Readonly<Record<string, FaultName>> = {
  TMI_NO_FOLDER: 'no-such-folder',
  TMI_NOT_A_FILE: 'cannot-open-file',
  EACCES: 'cannot-open-file',
  EPERM: 'cannot-open-file',
  ENOTDIR: 'no-such-folder',
  EROFS: 'read-only',
  ENOSPC: 'no-space',
};

/** What is wrong with the driver's compiled part: absent, for another Node.js, or for a newer C library. */
function nativeFault(code: string | undefined, message: string): FaultName | undefined {
  // The package that looks for it has words alone.
  if (code === undefined && message.startsWith('Could not locate the bindings file'))
    return 'native-part-missing';
  if (code !== 'ERR_DLOPEN_FAILED') return undefined;
  return /GLIBC(XX)?_/.test(message) ? 'native-part-needs-newer-system' : 'native-part-of-another-node';
}

/** @see https://www.sqlite.org/rescode.html */
export function classify(error: unknown): ClassifiedFault | undefined {
  const code = textOf(error, 'code');
  const native = nativeFault(code, textOf(error, 'message') ?? '');
  if (native !== undefined) return { fault: native, engineCode: undefined };
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
  if (result === undefined) return undefined;
  const names = namesIn(textOf(error, 'message'), wordings);
  return { fault: results[result] ?? 'unknown', engineCode: code, names };
}
