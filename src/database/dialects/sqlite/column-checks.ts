import { crc32 } from 'node:zlib';
import type BetterSqlite3 from 'better-sqlite3';
import type { ColumnChecks, ValueHash } from '../../column-sums.js';
import { quoteStandard } from '../../insert.js';
import { isTagged, textOf } from '../../portable.js';
import type { ColumnFacts, TableFacts } from '../../schema-facts.js';
import { LinesBeside, type WithHandle } from './lines-beside.js';
import { encodingOf, textOrTag } from './raw-text.js';

const hashed = (bytes: string | Buffer): number => crc32(bytes) + 1;

/** A double as one text, however it was written: the shortest that means it. */
const doubleText = (text: string): string => String(Number(text.replace(/Inf$/, 'Infinity')));

/** What stands for a value of this kind: its bytes where it has any, else its digits. */
function hashOf({ kind }: ColumnFacts): ValueHash {
  return (value) => {
    if (typeof value === 'boolean') return hashed(value ? '1' : '0');
    if (typeof value === 'number') return hashed(String(value));
    if (isTagged(value)) {
      const [[tag, content] = []] = Object.entries(value);
      if (tag === 'text' || tag === 'integer') return hashed(String(content));
      if (tag === 'float') return hashed(doubleText(String(content)));
      return hashed(Buffer.from(String(content), 'base64'));
    }
    const text = textOf(value) ?? '';
    if (kind === 'binary') return hashed(Buffer.from(text, 'base64'));
    return hashed(kind === 'float' ? doubleText(text) : text);
  };
}

/** The bytes of a value as the file has them, past the driver's way of reading it. */
const bytes = (column: string): string =>
  `case typeof(${column}) when 'real' then cast(printf('%!.17g', ${column}) as blob)
     when 'integer' then cast(cast(${column} as text) as blob) else cast(${column} as blob) end`;

/** Adds a sum to the functions of the engine; it gets bytes, and the type that the engine says they have. */
function addFunction(handle: BetterSqlite3.Database): void {
  const encoding = encodingOf(handle);
  const aggregate = handle.aggregate.bind(handle) as (name: string, options: object) => void;
  aggregate('tmi_sum', {
    start: 0n,
    safeIntegers: true,
    step(sum: bigint, content: unknown, type: unknown) {
      if (!Buffer.isBuffer(content)) return sum;
      if (type === 'blob' || (type === 'text' && encoding === 'utf8')) return sum + BigInt(hashed(content));
      const text = textOrTag(content, encoding);
      if (typeof text !== 'string') return sum + BigInt(hashed(content));
      return sum + BigInt(hashed(type === 'real' ? doubleText(text) : text));
    },
    result: String,
  });
}

/** The engine's own sums of columns, of the rows that `where` says, else of all. */
function sumsOf(
  handle: BetterSqlite3.Database,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  where = '',
): string[] {
  addFunction(handle);
  const list = columns.map(({ name }) => {
    const column = quoteStandard(name);
    return `tmi_sum(${bytes(column)}, typeof(${column}))`;
  });
  const statement = handle.prepare(`select ${list.join(', ')} from ${quoteStandard(table.name)} ${where}`);
  return statement.raw().get() as string[];
}

export function columnChecks(
  handleOf: WithHandle,
  table: TableFacts,
  columns: readonly ColumnFacts[],
): ColumnChecks {
  const hashes = columns.map(hashOf);
  const sums = (where?: string): Promise<string[]> =>
    handleOf((handle) => sumsOf(handle, table, columns, where));
  return { beside: new LinesBeside(handleOf, table, columns, hashes, sums), hashes, sums: () => sums() };
}
