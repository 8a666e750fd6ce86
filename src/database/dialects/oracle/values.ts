import {
  bytesOf,
  isTagged,
  portableFloat,
  portableInstant,
  portableInteger,
  textOf,
  truthOf,
} from '../../portable.js';
import type { ColumnFacts, PortableValue } from '../../schema-facts.js';
import { isoInstant } from '../../instant.js';
import type { BindDefinition, Driver, DriverType } from './driver.js';
import { quote } from './quote.js';

export type Bound = string | number | Buffer | null;

/** Bytes of the longest VARCHAR2 that a statement takes. */
const VARCHAR_LIMIT = 4000;

const isNational = (type: string): boolean => /^(nvarchar2|nchar|nclob)/.test(type);

/** What to ask for so that the value comes exactly, in a form that the driver has. */
export function selected({ name, type }: ColumnFacts): string {
  const column = quote(name);
  if (type === 'date') return `to_char(${column}, 'SYYYY-MM-DD HH24:MI:SS')`;
  if (/^timestamp.* with time zone/.test(type))
    return `to_char(sys_extract_utc(${column}), 'SYYYY-MM-DD HH24:MI:SS.FF9')`;
  // Those with a local zone are shown in that of the session, which is UTC.
  if (type.startsWith('timestamp')) return `to_char(${column}, 'SYYYY-MM-DD HH24:MI:SS.FF9')`;
  if (type.startsWith('interval')) return `to_char(${column})`;
  return type === 'json' ? `json_serialize(${column} returning clob)` : column;
}

/** The value of a placeholder as the column's type; texts of numbers become numbers by themselves. */
export function inserted({ type }: ColumnFacts, placeholder: string): string {
  if (type === 'date') return `to_date(${placeholder}, 'SYYYY-MM-DD HH24:MI:SS')`;
  if (/^timestamp.* with (local )?time zone/.test(type)) {
    return `to_timestamp_tz(${placeholder}, 'SYYYY-MM-DD HH24:MI:SS.FF TZH:TZM')`;
  }
  if (type.startsWith('timestamp')) return `to_timestamp(${placeholder}, 'SYYYY-MM-DD HH24:MI:SS.FF')`;
  if (type.startsWith('interval year')) return `to_yminterval(${placeholder})`;
  if (type.startsWith('interval day')) return `to_dsinterval(${placeholder})`;
  return type === 'boolean' ? `to_boolean(${placeholder})` : placeholder;
}

/** How the driver shall fetch a column of the select list that `selected` makes. */
export function fetchTypeOf({ type }: ColumnFacts, driver: Driver): DriverType | undefined {
  if (type.startsWith('number') || type === 'float' || type === 'clob' || type === 'json')
    return driver.DB_TYPE_VARCHAR;
  if (type === 'nclob') return driver.DB_TYPE_NVARCHAR;
  return type === 'blob' ? driver.DB_TYPE_RAW : undefined;
}

/** A value as the driver gives it, as its column's kind has it. */
export function decode(value: unknown, { kind, type }: ColumnFacts): PortableValue {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    return portableFloat(type === 'binary_float' ? Math.fround(value) : value);
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (kind === 'integer') return portableInteger(text);
  if (kind === 'boolean') return text === '1' ? true : text === '0' ? false : { integer: text };
  if (kind === 'timestamp') return portableInstant(text.trim());
  // The padding of a fixed length is no part of the value.
  return /^n?char\(/.test(type) ? text.replace(/ +$/, '') : text;
}

/** Date and time as `inserted` reads them, in UTC; a date alone is its midnight. */
function timestampText(text: string, type: string): string {
  const iso = isoInstant(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  // Years before our era are the engine's own text.
  if (iso === undefined && !/^-\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(text)) return text;
  const plain = iso?.replace('T', ' ').replace('Z', '') ?? text;
  if (type === 'date') return plain.replace(/\.0+$/, '');
  return /time zone$/.test(type) ? `${plain} +00:00` : plain;
}

/** What to bind. The empty text is NULL here, whoever says it. */
export function encode(value: PortableValue, { kind, type }: ColumnFacts): Bound {
  if (value === null || value === '') return null;
  if (kind === 'binary' || (isTagged(value) && 'binary' in value)) {
    const bytes = bytesOf(value);
    return bytes?.length === 0 ? null : bytes;
  }
  if (kind === 'float') return Number(textOf(value));
  if (kind === 'boolean') {
    const truth = truthOf(value);
    return truth === null ? textOf(value) : truth ? '1' : '0';
  }
  if (kind === 'timestamp') return timestampText(textOf(value) ?? '', type);
  if (typeof value === 'boolean' && kind !== 'text') return value ? '1' : '0';
  return textOf(value);
}

/** The bind of a column for rows with these values, which says how long the longest is. */
export function bindOf(
  { kind, type }: ColumnFacts,
  values: readonly Bound[],
  driver: Driver,
): BindDefinition {
  if (kind === 'float') return { type: driver.DB_TYPE_BINARY_DOUBLE };
  const lengths = values.map((value) => (value === null ? 0 : Buffer.byteLength(value as string | Buffer)));
  const maxSize = lengths.reduce((most, length) => Math.max(most, length), 1);
  if (kind === 'binary' || values.some((value) => value instanceof Uint8Array)) {
    return { type: driver.DB_TYPE_RAW, maxSize };
  }
  // A native JSON column takes no LONG, which is what longer texts are sent as.
  if (type === 'json' && maxSize > VARCHAR_LIMIT) return { type: driver.DB_TYPE_CLOB };
  return { type: isNational(type) ? driver.DB_TYPE_NVARCHAR : driver.DB_TYPE_VARCHAR, maxSize };
}
