import { bytesOf, portableFloat, portableInstant, portableInteger, textOf, truthOf } from '../../portable.js';
import { instantParts, isoInstant } from '../../instant.js';
import type { ColumnFacts, PortableValue } from '../../schema-facts.js';
import { quote } from './quote.js';
import { TypedValue } from './statement.js';

/** What the driver makes of the types that are asked for. */
export type DriverValue = null | undefined | string | number | boolean | Uint8Array;

/** The type's own name, without length or scale. */
const baseOf = (type: string): string => type.replace(/\(.*/, '');

/** What to ask for so that every digit arrives: the driver makes numbers of decimals and dates of times. */
export function selected({ name, kind, type }: ColumnFacts): string {
  const column = quote(name);
  const base = baseOf(type);
  if (kind === 'decimal') return `convert(varchar(60), ${column}${base.endsWith('money') ? ', 2' : ''})`;
  if (kind === 'timestamp' || kind === 'date' || kind === 'time')
    return `convert(varchar(40), ${column}, 121)`;
  if (base === 'geometry' || base === 'geography') return `convert(varbinary(max), ${column})`;
  return kind === 'json' || (kind === 'text' && !base.endsWith('char'))
    ? `convert(nvarchar(max), ${column})`
    : column;
}

/** The driver's value as the column's kind has it. */
export function decode(value: DriverValue, { kind, type }: ColumnFacts): PortableValue {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'boolean') return value;
  if (kind === 'float') return portableFloat(Number(value));
  const text = String(value);
  if (kind === 'integer') return portableInteger(text);
  if (kind === 'timestamp') return portableInstant(text);
  if (kind === 'time') return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  // The padding of a fixed length is no part of the value.
  return /^n?char\(/.test(type) ? text.replace(/ +$/, '') : text;
}

/** A point in time in UTC: with its zone where the column keeps one. */
function timestampText(text: string, type: string): string {
  const iso = isoInstant(text);
  if (iso === undefined) return text;
  const { date, time, fraction } = instantParts(iso);
  const digits = fraction.replace(/0+$/, '');
  const seconds = digits === '' ? time : `${time}.${digits}`;
  return baseOf(type) === 'datetimeoffset' ? `${date} ${seconds} +00:00` : `${date}T${seconds}`;
}

/** What to bind. Texts become the column's type in the server, which reads every digit of them. */
export function encode(value: PortableValue, { kind, type }: ColumnFacts): unknown {
  if (kind === 'binary') return new TypedValue('VarBinary', bytesOf(value));
  if (kind === 'float') return new TypedValue('Float', value === null ? null : Number(textOf(value)));
  if (value === null) return null;
  if (kind === 'boolean') {
    const truth = truthOf(value);
    return truth === null ? textOf(value) : truth ? '1' : '0';
  }
  if (kind === 'timestamp') return timestampText(textOf(value) ?? '', type);
  if (typeof value === 'boolean' && kind !== 'text') return value ? '1' : '0';
  return textOf(value);
}

/** Where a value stands in an insert; some types take a text or bytes only when they are told to. */
export function placeholder({ type }: ColumnFacts, index: number): string {
  const base = baseOf(type);
  // Spaces between elements are part of the value.
  if (base === 'xml') return `convert(xml, @p${index}, 1)`;
  return /^(small)?money$|^hierarchyid$|^geo(metry|graphy)$/.test(base)
    ? `convert(${base}, @p${index})`
    : `@p${index}`;
}
