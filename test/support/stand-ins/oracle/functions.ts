import { createHash } from 'node:crypto';
import { serverError } from './error.js';
import { extractUtc, readTime } from './times.js';

/** A value with its type, as the catalogue writes it, without its length; computed numbers are doubles. */
export interface Typed {
  readonly type: string;
  readonly value: null | string | number | Buffer;
}

const NULL: Typed = { type: 'VARCHAR2', value: null };
const national = (type: string): boolean => type.startsWith('N') && type !== 'NUMBER';
const isText = (type: string): boolean => /^N?(VARCHAR2|CHAR|CLOB)$/.test(type);
const isLob = (type: string): boolean => /LOB$/.test(type);

const text = ({ value }: Typed): string => `${value as string | number}`;
const number = (typed: Typed): number => Number(text(typed));
/** No text is NULL. */
const ofText = (type: string, value: string): Typed => ({ type, value: value === '' ? null : value });

/** Bytes of a text in AL32UTF8, or in AL16UTF16; half of a pair has no bytes of its own in the first. */
function bytesOf({ type, value }: Typed): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (!isText(type)) throw serverError(932, type);
  const bytes = Buffer.from(value as string, national(type) ? 'utf16le' : 'utf8');
  return national(type) ? bytes.swap16() : bytes;
}

function standardHash([input = NULL, method]: readonly Typed[]): Typed {
  if (isLob(input.type) || method?.value !== 'SHA256') throw serverError(932, input.type);
  const bytes = input.value === null ? Buffer.alloc(0) : bytesOf(input);
  return { type: 'RAW', value: createHash('sha256').update(bytes).digest() };
}

const half = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A piece of a large value. Of AL32UTF8 the server makes bytes, and half of a pair is no character. */
function lobSubstr([lob = NULL, amount = NULL, offset = NULL]: readonly Typed[]): Typed {
  const { type, value } = lob;
  if (value === null || number(offset) < 1 || number(amount) < 1) return NULL;
  const from = number(offset) - 1;
  const end = from + number(amount);
  if (Buffer.isBuffer(value)) {
    if (number(amount) > 2000) throw serverError(6502);
    const part = value.subarray(from, end);
    return { type: 'RAW', value: part.length === 0 ? null : part };
  }
  const part = (value as string).slice(from, end);
  const piece = ofText(
    national(type) ? 'NVARCHAR2' : 'VARCHAR2',
    national(type) ? part : part.replace(half, '?'),
  );
  if (piece.value !== null && bytesOf(piece).length > 4000) throw serverError(6502);
  return piece;
}

/** `TM9`: the fewest characters, without a zero before the point. */
function fewest(written: string): string {
  const plain = written.replace(/^(-?)0\./, '$1.');
  if (!/^-?\d*\.?\d*$/.test(plain) || plain.length > 64) throw serverError(1481, plain);
  return plain;
}

function timeText(value: string, format: string): string {
  const [, era = '', year, month, day, hour, minute, second, fraction = ''] =
    /^ ?([+-]?)(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/.exec(value) ?? [];
  const parts: Readonly<Record<string, string | undefined>> = {
    SYYYY: `${era === '-' ? '-' : ' '}${year ?? ''}`,
    MM: month,
    DD: day,
    HH24: hour,
    MI: minute,
    SS: second,
    FF9: fraction.padEnd(9, '0'),
  };
  return format.replace(/SYYYY|HH24|FF9|MM|DD|MI|SS/g, (part) => parts[part] ?? '');
}

function toChar([input = NULL, format, settings]: readonly Typed[]): Typed {
  const { type, value } = input;
  if (value === null) return NULL;
  if (type === 'NUMBER') {
    if (format?.value !== 'TM9' || settings?.value !== `nls_numeric_characters = '.,'`)
      throw serverError(1481);
    return ofText('VARCHAR2', fewest(text(input)));
  }
  if (format && /^(DATE|TIMESTAMP)/.test(type)) {
    if (type === 'DATE' && text(format).includes('FF')) throw serverError(1821);
    return ofText('VARCHAR2', timeText(text(input), text(format)));
  }
  if (isText(type) || type.startsWith('INTERVAL')) return ofText('VARCHAR2', text(input));
  throw serverError(932, type);
}

function toDouble([input = NULL]: readonly Typed[]): Typed {
  return { type: 'BINARY_DOUBLE', value: input.value === null ? null : number(input) };
}

function doubleBytes([input = NULL, order]: readonly Typed[]): Typed {
  if (input.type !== 'BINARY_DOUBLE' || !order) throw serverError(932, input.type);
  if (input.value === null) return NULL;
  const bytes = Buffer.alloc(8);
  if (number(order) === 1) bytes.writeDoubleBE(number(input));
  else bytes.writeDoubleLE(number(input));
  return { type: 'RAW', value: bytes };
}

function toNumber([input = NULL, format]: readonly Typed[]): Typed {
  if (input.value === null) return NULL;
  if (!/^X+$/.test(text(format ?? NULL)) || text(input).length > text(format ?? NULL).length)
    throw serverError(1722);
  return { type: 'NUMBER', value: parseInt(text(input), 16) };
}

function substr([input = NULL, from = NULL, count = NULL]: readonly Typed[]): Typed {
  if (input.value === null) return NULL;
  return ofText('VARCHAR2', text(input).substr(number(from) - 1, number(count)));
}

/** A function of a text that is NULL for none. */
const onText =
  (work: (input: Typed, value: string) => Typed) =>
  ([input = NULL]: readonly Typed[]): Typed =>
    input.value === null ? NULL : work(input, text(input));

const numeric = (value: number): Typed => ({ type: 'NUMBER', value });

const timeOf =
  (type: string, kind: 'date' | 'plain' | 'zoned') =>
  ([input = NULL]: readonly Typed[]): Typed => ({ type, value: readTime(input.value, kind) });

export const functions: Readonly<Record<string, (parts: readonly Typed[]) => Typed>> = {
  standard_hash: standardHash,
  rawtohex: ([raw = NULL]) => ofText('VARCHAR2', (raw.value as Buffer).toString('hex').toUpperCase()),
  hextoraw: onText((_, value) => ({ type: 'RAW', value: Buffer.from(value, 'hex') })),
  substr,
  to_number: toNumber,
  to_char: toChar,
  rtrim: onText(({ type }, value) =>
    ofText(type.replace(/CHAR$/, 'VARCHAR2').replace('VARVAR', 'VAR'), value.replace(/ +$/, '')),
  ),
  length: onText((input, value) => numeric(national(input.type) ? value.length : Array.from(value).length)),
  lengthb: onText((input) => numeric(bytesOf(input).length)),
  abs: onText((_, value) => ({ type: 'NUMBER', value: value.replace(/^-/, '') })),
  ceil: onText((_, value) => numeric(Math.ceil(Number(value)))),
  mod: ([a = NULL, b = NULL]) => numeric(number(a) % number(b)),
  rpad: ([a = NULL, size = NULL, fill = NULL]) =>
    ofText('VARCHAR2', text(a).padEnd(number(size), text(fill))),
  unistr: onText((_, value) =>
    ofText(
      'NVARCHAR2',
      value.replace(/\\([0-9A-F]{4})/g, (_all, unit: string) => String.fromCharCode(parseInt(unit, 16))),
    ),
  ),
  to_clob: onText((_, value) => ofText('CLOB', value)),
  to_nclob: onText((_, value) => ofText('NCLOB', value)),
  to_blob: ([raw = NULL]) => ({ type: 'BLOB', value: raw.value }),
  to_date: timeOf('DATE', 'date'),
  to_timestamp: timeOf('TIMESTAMP(9)', 'plain'),
  to_timestamp_tz: timeOf('TIMESTAMP(9) WITH TIME ZONE', 'zoned'),
  'at time zone': ([input = NULL]) => ({ type: 'TIMESTAMP(9)', value: extractUtc(input.value) }),
  to_binary_double: toDouble,
  to_binary_float: (parts) => ({ type: 'BINARY_FLOAT', value: Math.fround(toDouble(parts).value as number) }),
  'utl_raw.cast_from_binary_double': doubleBytes,
  // As it is asked for: NULL where the text is too long.
  json_serialize: onText((_, value) => ofText('VARCHAR2', Buffer.byteLength(value) > 4000 ? '' : value)),
  'dbms_lob.substr': lobSubstr,
  'dbms_lob.getlength': ([lob = NULL]) =>
    lob.value === null ? NULL : numeric((lob.value as string | Buffer).length),
};
