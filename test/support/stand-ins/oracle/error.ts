/** What the server would say. The tool shows none of it but the number. */
const texts: Readonly<Record<number, string>> = {
  1: 'unique constraint (TMI.SYS_C0012) violated on table TMI columns (…)',
  54: 'resource busy and acquire with NOWAIT specified or timeout expired',
  904: 'invalid identifier',
  900: 'invalid SQL statement',
  942: 'table or view does not exist',
  955: 'name is already used by an existing object',
  1017: 'invalid credential or not authorized; logon denied',
  1031: 'insufficient privileges',
  1400: 'cannot insert NULL',
  1456: 'may not perform insert, delete, update operation inside a READ ONLY transaction',
  1426: 'numeric overflow',
  1438: 'value larger than specified precision allowed for this column',
  1465: 'invalid hex number',
  1722: 'invalid number',
  1461: 'can bind a LONG value only for insert into a LONG column',
  1861: 'literal does not match format string',
  2290: 'check constraint violated',
  2291: 'integrity constraint violated - parent key not found',
  2449: 'unique/primary keys in table referenced by foreign keys',
  12899: 'value too large for column',
};

/** An error as the driver makes one of the server's. */
export function serverError(number: number, detail = ''): Error {
  const code = `ORA-${String(number).padStart(5, '0')}`;
  const text = `${code}: ${texts[number] ?? 'error'} ${detail}\nHelp: https://docs.oracle.com/error-help/db/`;
  return Object.assign(new Error(text), { code, errorNum: number, offset: 0, isRecoverable: false });
}

/** An error that the driver makes by itself. */
export function driverError(code: string, text: string): Error {
  return Object.assign(new Error(`${code}: ${text}`), { code });
}

const sayings: readonly (readonly [RegExp, number])[] = [
  [/no such table/, 942],
  [/no such column|has no column named/, 904],
  [/already exists/, 955],
  [/UNIQUE constraint failed/, 1],
  [/NOT NULL constraint failed/, 1400],
  [/CHECK constraint failed/, 2290],
  [/FOREIGN KEY constraint failed/, 2291],
  [/database is locked/, 54],
  [/readonly database/, 1456],
];

/** The server's error for one of SQLite. */
export function translated(error: unknown): Error {
  if (!(error instanceof Error)) throw new Error('Not an error.');
  if ('errorNum' in error) return error;
  const known = sayings.find(([pattern]) => pattern.test(error.message));
  if (!known) throw new Error(`The stand-in for Oracle has no answer to: ${error.message}`, { cause: error });
  return serverError(known[1], error.message);
}
