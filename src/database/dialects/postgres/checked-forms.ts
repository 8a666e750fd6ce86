import { textOf } from '../../portable.js';
import type { PortableValue, ValueKind } from '../../schema-facts.js';

/** The server's own form of a point in time in the session's UTC, without the zone: domains do not say which they have. */
export function timestampText(value: PortableValue): string {
  const text = textOf(value) ?? '';
  const [, date, time, fraction = ''] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.(\d+)Z$/.exec(text) ?? [];
  if (date === undefined || time === undefined) return text.replace(/\+00$/, '');
  const digits = fraction.replace(/0+$/, '');
  return `${date} ${time}${digits === '' ? '' : `.${digits}`}`;
}

/** Items of an array, one behind the other with their dimensions before them, and marks that texts hardly have. */
export function arrayText(value: PortableValue): string {
  if (!Array.isArray(value)) return textOf(value) ?? '';
  const sizes: number[] = [];
  for (let part: unknown = value; Array.isArray(part); part = part[0] as unknown) sizes.push(part.length);
  const items = (value as unknown[]).flat(10) as (string | null)[];
  const shape = items.length === 0 ? '' : sizes.join('x');
  return `${shape}\u0003${items.map((item) => item ?? '\u0001').join('\u0002')}`;
}

/** The text of a column's value that the server hashes; an empty one for NULL. */
export function textExpression(column: string, kind: ValueKind, type: string): string {
  // The text of the output function, whatever casts to text there are besides.
  const text = `format('%s', ${column})`;
  if (type.startsWith('character(')) return `rtrim(${text}, ' ')`;
  if (kind === 'timestamp') return `regexp_replace(${text}, '[+]00$', '')`;
  if (kind !== 'array') return text;
  // One that does not count from 1 is kept as the server's own text.
  return `case when ${text} not like '{%' then ${text} else (select coalesce(string_agg(l::text, 'x' order by d), '') from (select d, array_length(${column}, d) as l
      from generate_series(1, array_ndims(${column})) d) s)
      || E'\\x03' || array_to_string(${column}, E'\\x02', E'\\x01') end`;
}
