import { hash } from 'node:crypto';
import type { Knex } from 'knex';
import type { ColumnChecks, ValueHash } from '../../column-sums.js';
import { quoteStandard } from '../../insert.js';
import { bytesOf, textOf } from '../../portable.js';
import type { ColumnFacts, PortableValue } from '../../schema-facts.js';

/** Hex digits of a SHA-256 that are added up. */
const DIGITS = 8;

const hashed = (bytes: string | Buffer): number =>
  parseInt(hash('sha256', bytes, 'hex').slice(0, DIGITS), 16);

function doubleBytes(value: PortableValue): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(Number(textOf(value)));
  return bytes;
}

/** The server's own form of a point in time in the session's UTC, without the zone: domains do not say which they have. */
function timestampText(value: PortableValue): string {
  const text = textOf(value) ?? '';
  const [, date, time, fraction = ''] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.(\d+)Z$/.exec(text) ?? [];
  if (date === undefined || time === undefined) return text.replace(/\+00$/, '');
  const digits = fraction.replace(/0+$/, '');
  return `${date} ${time}${digits === '' ? '' : `.${digits}`}`;
}

/** Items of an array, one behind the other with their dimensions before them, and marks that texts hardly have. */
function arrayText(value: PortableValue): string {
  if (!Array.isArray(value)) return textOf(value) ?? '';
  const sizes: number[] = [];
  for (let part: unknown = value; Array.isArray(part); part = part[0] as unknown) sizes.push(part.length);
  const items = (value as unknown[]).flat(10) as (string | null)[];
  const shape = items.length === 0 ? '' : sizes.join('x');
  return `${shape}\u0003${items.map((item) => item ?? '\u0001').join('\u0002')}`;
}

function hashOf({ kind }: ColumnFacts): ValueHash {
  if (kind === 'binary') return (value) => hashed(bytesOf(value) ?? '');
  if (kind === 'float') return (value) => hashed(doubleBytes(value));
  if (kind === 'timestamp') return (value) => hashed(timestampText(value));
  if (kind === 'array') return (value) => hashed(arrayText(value));
  if (kind === 'boolean') return (value) => hashed(value === true ? 't' : 'f');
  return (value) => hashed(textOf(value) ?? '');
}

/** The bytes that the server hashes. */
function bytesExpression({ name, kind, type }: ColumnFacts): string {
  const column = quoteStandard(name);
  if (kind === 'binary') return column;
  if (kind === 'float') return `float8send(${column}::float8)`;
  // The text of the output function, whatever casts to text there are besides.
  let text = `format('%s', ${column})`;
  if (type.startsWith('character(')) text = `rtrim(${text}, ' ')`;
  if (kind === 'timestamp') text = `regexp_replace(${text}, '[+]00$', '')`;
  if (kind === 'array') {
    // One that does not count from 1 is kept as the server's own text.
    text = `case when ${text} not like '{%' then ${text} else (select coalesce(string_agg(l::text, 'x' order by d), '') from (select d, array_length(${column}, d) as l
      from generate_series(1, array_ndims(${column})) d) s)
      || E'\\x03' || array_to_string(${column}, E'\\x02', E'\\x01') end`;
  }
  return `convert_to(${text}, 'UTF8')`;
}

export function columnChecks(knex: Knex, source: string, columns: readonly ColumnFacts[]): ColumnChecks {
  return {
    hashes: columns.map(hashOf),
    async sums() {
      const list = columns.map((column) => {
        const bytes = `encode(substr(sha256(${bytesExpression(column)}), 1, ${DIGITS / 2}), 'hex')`;
        return `sum(('x' || case when num_nulls(${quoteStandard(column.name)}) = 0 then ${bytes} end)::bit(32)::bigint)::text`;
      });
      const { rows } = await knex.raw<{ rows: { sums: (string | null)[] }[] }>(
        `select array[${list.join(', ')}] as sums from ${source}`,
      );
      return rows[0]?.sums ?? [];
    },
  };
}
