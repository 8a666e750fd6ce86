/** A column's type as the catalogue of a server has it, with what `sys.columns` says of it. */
export interface TdsColumnType {
  readonly base: string;
  /** Characters or bytes that a value has at most; without end for `max`. */
  readonly length: number;
  /** Bytes, -1 for `max`. */
  readonly maxLength: number;
  readonly precision: number;
  readonly scale: number;
}

/** What stands for `max`, which SQLite takes no word for. */
const MAX = 2_147_483_647;

/** Length in bytes, precision and scale of the types that have no size. */
const fixed: Readonly<Record<string, readonly [number, number, number]>> = {
  tinyint: [1, 3, 0],
  smallint: [2, 5, 0],
  int: [4, 10, 0],
  bigint: [8, 19, 0],
  bit: [1, 1, 0],
  float: [8, 53, 0],
  real: [4, 24, 0],
  money: [8, 19, 4],
  smallmoney: [4, 10, 4],
  date: [3, 10, 0],
  datetime: [8, 23, 3],
  smalldatetime: [4, 16, 0],
  uniqueidentifier: [16, 0, 0],
  text: [16, 0, 0],
  ntext: [16, 0, 0],
  image: [16, 0, 0],
  xml: [-1, 0, 0],
  hierarchyid: [892, 0, 0],
};

/** Bytes and characters of a moment without digits of a second, point included. */
const moments: Readonly<Record<string, readonly [number, number]>> = {
  time: [3, 8],
  datetime2: [6, 19],
  datetimeoffset: [8, 26],
};

/** Bytes of a character or byte of a type that has a length. */
const units: Readonly<Record<string, number>> = {
  char: 1,
  varchar: 1,
  nchar: 2,
  nvarchar: 2,
  binary: 1,
  varbinary: 1,
};

function sized(base: string, size: number): TdsColumnType {
  const unit = units[base] ?? 1;
  const isMax = size === MAX;
  return {
    base,
    length: isMax ? Infinity : size,
    maxLength: isMax ? -1 : size * unit,
    precision: 0,
    scale: 0,
  };
}

function decimalOf(base: string, precision: number, scale: number): TdsColumnType {
  const bytes = [9, 19, 28, 38].findIndex((most) => precision <= most) * 4 + 5;
  return { base, length: Infinity, maxLength: bytes, precision, scale };
}

function momentOf(base: string, digits: number): TdsColumnType {
  const [bytes = 0, characters = 0] = moments[base] ?? [];
  return {
    base,
    length: Infinity,
    maxLength: bytes + (digits > 4 ? 2 : digits > 2 ? 1 : 0),
    precision: characters + (digits === 0 ? 0 : digits + 1),
    scale: digits,
  };
}

/**
 * Reads a type as a table of the stand-in declares it: without a length a text or bytes have one, a decimal has 18 digits,
 * a moment seven digits of a second. `_text` ends types whose digits SQLite would take for a number's.
 * @throws Error for a type that no server has
 */
export function columnType(declared: string): TdsColumnType {
  const [, written = '', first, second] =
    /^(\w+?)(?:_text)?(?:\s*\((\w+)(?:\s*,\s*(\d+))?\))?$/.exec(declared.trim().toLowerCase()) ?? [];
  const base = written === 'integer' ? 'bigint' : written;
  const size = first === undefined ? undefined : first === 'max' ? MAX : Number(first);
  if (written === 'sysname') return sized('nvarchar', 128);
  if (units[base] !== undefined) return sized(base, size ?? 1);
  if (/^(decimal|numeric)$/.test(base)) return decimalOf(base, size ?? 18, Number(second ?? 0));
  if (moments[base] !== undefined) return momentOf(base, size ?? 7);
  const own = base === 'float' && (size ?? 53) <= 24 ? 'real' : base;
  const facts = fixed[own];
  if (!facts) throw new Error(`No column of SQL Server is ${declared || 'without a type'}.`);
  const [maxLength, precision, scale] = facts;
  return { base: own, length: Infinity, maxLength, precision, scale };
}

/** Types whose values are texts of digits that SQLite would keep as numbers, without their zeros. */
const DIGITS = /\b(decimal|numeric|money|smallmoney|xml|hierarchyid)\b(?!_text)(?=\s*[(,)\s]|$)/gi;

/** A definition of a table with the types in words of SQLite's; names in brackets stay. */
export const storedTypes = (sql: string): string =>
  sql
    .split(/(\[(?:[^\]]|\]\])*\]|'(?:[^']|'')*')/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replace(/\(max\)/gi, `(${MAX})`).replace(DIGITS, '$1_text'),
    )
    .join('');
