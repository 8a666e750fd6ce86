import { crc32 } from 'node:zlib';
import type { Knex } from 'knex';
import type { ColumnChecks, ValueHash } from '../../column-sums.js';
import { bytesOf, textOf } from '../../portable.js';
import type { ColumnFacts, PortableValue, TableFacts } from '../../schema-facts.js';
import { quote } from './quote.js';

/** One more than the sum of its bytes, so that an empty text counts. */
const hashed = (bytes: string | Buffer): number => crc32(bytes) + 1;

/** The server's own form of a point in time, with the digits that the column keeps. */
function timestampText(value: PortableValue, digits: number): string {
  const text = textOf(value) ?? '';
  const [, date, time, fraction = ''] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.(\d+)Z$/.exec(text) ?? [];
  if (date === undefined || time === undefined) return text;
  return `${date} ${time}${digits === 0 ? '' : `.${fraction.padEnd(digits, '0').slice(0, digits)}`}`;
}

/** Sizes of doubles whose digits fit into a decimal with thirty of them behind the point. */
const [LEAST, MOST, FRACTION] = [1e-12, 1e30, 30];

/** The digits of a double as a decimal: the shortest that mean it, and zeros. */
function decimalText(value: PortableValue): string | undefined {
  const number = Number(textOf(value));
  const size = Math.abs(number);
  if (number === 0) return `0.${'0'.repeat(FRACTION)}`;
  if (!(size >= LEAST && size < MOST)) return undefined;
  const [, digits = '', exponent = '0'] = /^(.*)e([+-]\d+)$/.exec(size.toExponential()) ?? [];
  const [whole = '', fraction = ''] = digits.split('.');
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  const before = point > 0 ? all.padEnd(point, '0').slice(0, point) : '0';
  const after = point > 0 ? all.slice(point) : '0'.repeat(-point) + all;
  return `${number < 0 ? '-' : ''}${before}.${after.padEnd(FRACTION, '0').slice(0, FRACTION)}`;
}

function hashOf({ kind, fractionDigits = 0 }: ColumnFacts): ValueHash {
  if (kind === 'binary') return (value) => hashed(bytesOf(value) ?? '');
  if (kind === 'timestamp') return (value) => hashed(timestampText(value, fractionDigits));
  if (kind === 'boolean')
    return (value) => hashed(typeof value === 'boolean' ? (value ? '1' : '0') : (textOf(value) ?? ''));
  if (kind !== 'float') return (value) => hashed(textOf(value) ?? '');
  return (value) => {
    const text = decimalText(value);
    return text === undefined ? 0 : hashed(text);
  };
}

/** What the server hashes; NULL where nothing is compared. */
function expression({ name, kind, type }: ColumnFacts): string {
  const column = quote(name);
  if (kind === 'binary') return column;
  if (kind === 'float') {
    const double = `cast(${column} as double)`;
    return `case when ${column} = 0 or (abs(${double}) >= ${LEAST} and abs(${double}) < ${MOST})
      then cast(cast(${double} as decimal(65, ${FRACTION})) as char) end`;
  }
  if (type.startsWith('bit')) return `cast(cast(${column} as unsigned) as char)`;
  // A number and no more: a year has four digits, and some columns fill up with zeros.
  if (kind === 'integer') return `cast(${column} + 0 as char)`;
  return kind === 'text' || kind === 'json'
    ? `convert(${column} using utf8mb4)`
    : `cast(${column} as char character set utf8mb4)`;
}

export function columnChecks(knex: Knex, table: TableFacts, columns: readonly ColumnFacts[]): ColumnChecks {
  return {
    hashes: columns.map(hashOf),
    async sums() {
      const list = columns.map((column, index) => `sum(crc32(${expression(column)}) + 1) as c${index}`);
      const [rows] = (await knex.raw(`select ${list.join(', ')} from ${quote(table.name)}`)) as [
        Record<string, unknown>[],
      ];
      return columns.map((_, index) => {
        const sum = rows[0]?.[`c${index}`];
        return typeof sum === 'string' || typeof sum === 'number' ? String(sum) : null;
      });
    },
  };
}
