import { createHash } from 'node:crypto';
import type BetterSqlite3 from 'better-sqlite3';
import { selectList, type Expression } from './sql-expressions.js';
import type { TdsResult } from './tds-answers.js';
import { TdsFault } from './tds-faults.js';
import { inCodePage } from './tds-kept-texts.js';
import { datePart, daysOf, readTime, roundedTo, withOffset, type TdsTime } from './tds-times.js';
import { columnType } from './tds-types.js';

/** A value with its type of T-SQL, without its length. */
interface Typed {
  readonly type: string;
  readonly value: null | string | bigint | number | Buffer | TdsTime;
}

/** A value that is no time and no bytes, in digits or characters. */
const textOf = (value: unknown): string => `${value as string | number | bigint}`;

const isText = (type: string): boolean => /^n?(var)?char$|^n?text$/.test(type);
const isTime = (type: string): boolean => /^(date|time|datetime2?|smalldatetime|datetimeoffset)$/.test(type);

const clash = (from: string, to: string): TdsFault =>
  new TdsFault(529, `Explicit conversion from data type ${from} to ${to} is not allowed.`);

/** A value of a column as the database of the stand-in keeps it. */
function kept(raw: unknown, declared: string): Typed {
  const type = columnType(declared).base;
  if (raw === null || raw === undefined) return { type, value: null };
  if (isTime(type)) return { type, value: readTime(textOf(raw)) ?? null };
  if (/^(bigint|int|smallint|tinyint|bit)$/.test(type)) return { type, value: BigInt(raw as bigint) };
  if (/^(float|real)$/.test(type)) return { type, value: Number(raw) };
  return { type, value: Buffer.isBuffer(raw) ? raw : textOf(raw) };
}

const digitsOf = (text: string, scale: number): string => {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)0*(\d+)(?:\.(\d*))?$/.exec(text) ?? [];
  return `${sign}${whole}${scale === 0 ? '' : `.${fraction.padEnd(scale, '0').slice(0, scale)}`}`;
};

/** A value as a text, by the forms that CONVERT is documented to have. */
function asText({ type, value }: Typed, style: number | undefined): string {
  if (isText(type)) return textOf(value);
  if (/^(xml|json|hierarchyid)$/.test(type)) return textOf(value);
  if (/^(big|small|tiny)?int$|^bit$|^(decimal|numeric)$/.test(type)) return `${value as bigint | string}`;
  if (/money$/.test(type)) return style === 2 ? textOf(value) : digitsOf(textOf(value), 2);
  if (type === 'uniqueidentifier') return textOf(value).toUpperCase();
  throw clash(type, 'nvarchar');
}

function asBytes({ type, value }: Typed, length: number | undefined): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (type !== 'float' || length !== 8) throw clash(type, 'varbinary');
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value as number);
  return bytes;
}

function asInteger({ type, value }: Typed): bigint {
  if (Buffer.isBuffer(value)) return value.length === 0 ? 0n : BigInt(`0x${value.toString('hex')}`);
  if (isText(type) && !/^ *-?\d+ *$/.test(textOf(value)))
    throw new TdsFault(245, 'Conversion failed when converting to data type bigint.');
  return BigInt(value as bigint | string);
}

function asTime({ value }: Typed, type: string, digits: number): TdsTime {
  const time = typeof value === 'string' ? readTime(value) : (value as TdsTime);
  if (!time) throw new TdsFault(241, 'Conversion failed when converting date and/or time.');
  const local = type === 'datetimeoffset' ? time : { ...time, offset: 0 };
  return roundedTo(type === 'date' ? { ...local, nanoseconds: 0 } : local, digits);
}

/** CONVERT. @param sizes what stands in brackets behind the type */
function converted(from: Typed, type: string, sizes: readonly (number | undefined)[], style?: number): Typed {
  const [size, scale = 0] = sizes;
  if (from.value === null) return { type, value: null };
  if (isText(type)) {
    const text = asText(from, style).slice(0, size ?? Infinity);
    const fixed = /^n?char$/.test(type) ? text.padEnd(size ?? 30) : text;
    return { type, value: type.startsWith('n') ? fixed : inCodePage(fixed) };
  }
  if (/binary$/.test(type)) return { type, value: asBytes(from, size) };
  if (/int$/.test(type)) return { type, value: asInteger(from) };
  if (type === 'bit') return { type, value: asInteger(from) === 0n ? 0n : 1n };
  if (type === 'decimal') return { type, value: digitsOf(textOf(from.value), scale) };
  if (type === 'money') return { type, value: digitsOf(textOf(from.value), 4) };
  if (type === 'float') return { type, value: Number(from.value) };
  if (type === 'real') return { type, value: Math.fround(Number(from.value)) };
  if (type === 'uniqueidentifier') return { type, value: textOf(from.value) };
  if (isTime(type)) return { type, value: asTime(from, type, size ?? (type === 'datetime' ? 3 : 7)) };
  throw clash(from.type, type);
}

function hashBytes([algorithm, input]: readonly Typed[]): Typed {
  if (!input || algorithm?.value !== 'SHA2_256') throw new TdsFault(102, 'Incorrect syntax near hashbytes.');
  const { type, value } = input;
  if (value === null) return { type: 'varbinary', value };
  if (!isText(type) && !/binary$/.test(type))
    throw new TdsFault(8116, `Argument data type ${type} is invalid for argument 2 of hashbytes function.`);
  const bytes = Buffer.isBuffer(value)
    ? value
    : Buffer.from(value as string, type.startsWith('n') ? 'utf16le' : 'latin1');
  return { type: 'varbinary', value: createHash('sha256').update(bytes).digest() };
}

const functions: Readonly<Record<string, (parts: readonly Typed[]) => Typed>> = {
  hashbytes: hashBytes,
  lower: ([text]) => ({
    type: 'nvarchar',
    value: text?.value === null ? null : textOf(text?.value).toLowerCase(),
  }),
  rtrim: ([text]) => ({
    type: 'nvarchar',
    value: text?.value === null ? null : textOf(text?.value).replace(/ +$/, ''),
  }),
  concat: (parts) => ({
    type: 'nvarchar',
    value: parts.map((part) => (part.value === null ? '' : asText(part, undefined))).join(''),
  }),
  replicate: ([text, count]) => ({
    type: text?.type ?? '',
    value: textOf(text?.value).repeat(Number(count?.value)),
  }),
  substring: ([bytes, from, count]) => {
    const start = Number(from?.value) - 1;
    const { type = '', value = null } = bytes ?? {};
    return { type, value: (value as Buffer | null)?.subarray(start, start + Number(count?.value)) ?? null };
  },
  datefromparts: ([year, month, day]) => ({
    type: 'date',
    value: {
      days: daysOf(Number(year?.value), Number(month?.value), Number(day?.value)),
      nanoseconds: 0,
      offset: 0,
    },
  }),
  switchoffset: ([time]) => ({
    type: 'datetimeoffset',
    value: time?.value === null ? null : withOffset(time?.value as TdsTime, 0),
  }),
};

type Row = ReadonlyMap<string, Typed>;

/** `nvarchar(max)`, `decimal(38, 0)`, `date` */
function typeOf(node: Expression | undefined): [string, (number | undefined)[]] {
  if (node?.kind === 'name') return [node.name, []];
  if (node?.kind !== 'call') throw new TdsFault(243, 'Type is not a defined system type.');
  return [node.name, node.parts.map((part) => (part.kind === 'number' ? Number(part.text) : undefined))];
}

/** Works expressions out, with types as T-SQL has them; what it was not told of it refuses. */
class Evaluation {
  constructor(private readonly rows: readonly Row[]) {}

  of(node: Expression, row?: Row): Typed {
    switch (node.kind) {
      case 'text':
        return { type: node.isNational ? 'nvarchar' : 'varchar', value: node.text };
      case 'number':
        return node.text.startsWith('0x')
          ? { type: 'varbinary', value: Buffer.from(node.text.slice(2), 'hex') }
          : { type: 'int', value: BigInt(node.text) };
      case 'name': {
        const found = row?.get(node.name);
        if (!found) throw new TdsFault(207, `Invalid column name '${node.name}'.`);
        return found;
      }
      case 'case': {
        const then = this.of(node.then, row);
        return this.#holds(node.when, row) ? then : { ...then, value: null };
      }
      case 'operator':
        return this.#arithmetic(node, row);
      case 'call':
        return this.#call(node, row);
      case 'is':
        throw new TdsFault(102, 'Incorrect syntax near is.');
    }
  }

  #holds(node: Expression, row: Row | undefined): boolean {
    if (node.kind !== 'is' || node.what !== 'null') throw new TdsFault(4145, 'No condition.');
    return (this.of(node.of, row).value === null) !== node.not;
  }

  #arithmetic(node: Expression & { kind: 'operator' }, row: Row | undefined): Typed {
    const [left, right] = [this.of(node.left, row), this.of(node.right, row)];
    if (left.value === null || right.value === null) return { type: 'int', value: null };
    const [a, b] = [left.value as bigint, right.value as bigint];
    return { type: 'int', value: node.sign === '*' ? a * b : a + b };
  }

  #call({ name, parts }: Expression & { kind: 'call' }, row: Row | undefined): Typed {
    const [first, second, third] = parts;
    if (name === 'convert' && second) {
      const style = third?.kind === 'number' ? Number(third.text) : undefined;
      return converted(this.of(second, row), ...typeOf(first), style);
    }
    if (name === 'sum' && first) return this.#sum(first);
    if ((name === 'datepart' || name === 'datediff') && second && first?.kind === 'name') {
      const from = this.of(second, row).value as TdsTime | null;
      const to = third ? (this.of(third, row).value as TdsTime | null) : undefined;
      if (from === null || to === null) return { type: 'int', value: null };
      if (name === 'datepart') return { type: 'int', value: BigInt(datePart(first.name, from)) };
      if (first.name !== 'day' || !to) throw new TdsFault(155, 'Not a recognized datediff option.');
      return { type: 'int', value: BigInt(to.days - from.days) };
    }
    const work = functions[name];
    if (!work) throw new TdsFault(195, `'${name}' is not a recognized built-in function name.`);
    return work(parts.map((part) => this.of(part, row)));
  }

  #sum(node: Expression): Typed {
    const values = this.rows.map((row) => this.of(node, row).value).filter((value) => value !== null);
    const sum = values.reduce<bigint>((total, value) => total + BigInt(value as string | bigint), 0n);
    return { type: 'decimal', value: values.length === 0 ? null : String(sum) };
  }
}

/** What computes sums of hashes. */
export const isHashing = (sql: string): boolean => /^select .*\bhashbytes\(/s.test(sql);

/** The answer to a statement that computes texts of what a table holds, or of nothing; undefined for any other. */
export function computed(database: BetterSqlite3.Database, sql: string): TdsResult | undefined {
  const [, list, table] =
    /^select (convert\(varchar\(40\), .* as c\d+)(?: from \[\w+\]\.\[(.*)\])?$/s.exec(sql) ?? [];
  if (list === undefined) return undefined;
  const rows: Row[] = [];
  if (table !== undefined) {
    const statement = database.prepare(`select * from main.[${table}]`);
    const columns = statement.columns();
    for (const raw of statement.raw().safeIntegers().iterate() as Iterable<unknown[]>) {
      rows.push(new Map(columns.map(({ name, type }, index) => [name, kept(raw[index], type ?? '')])));
    }
  }
  const evaluation = new Evaluation(rows);
  const values = selectList(list).map(([name, expression]) => ({ name, ...evaluation.of(expression) }));
  return {
    columns: values.map(({ name }) => ({ name, type: 'text' })),
    rows: [values.map(({ value }) => value)],
  };
}
