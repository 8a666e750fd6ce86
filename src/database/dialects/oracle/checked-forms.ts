import { bytesOf, textOf } from '../../portable.js';
import type { ValueHash } from '../../column-sums.js';
import type { ColumnFacts, PortableValue } from '../../schema-facts.js';
import type { CheckedForm, KnownValue } from '../../tried-checks.js';
import { doubleBytes, hashNumber } from '../../value-hash.js';
import { instantDigits, numberText } from './checked-texts.js';

type Value = Exclude<PortableValue, null>;

/** A value that is read piece by piece, as no function hashes it whole. */
export interface PieceForm extends CheckedForm {
  /** Characters, in units of UTF-16, or bytes of one piece. */
  readonly piece: number;
}

export const isInPieces = (form: CheckedForm): form is PieceForm => 'piece' in form;

const plain = (value: Value): string => textOf(value) ?? '';
/** The empty text is NULL here, of which nothing is added up. */
const unlessEmpty = (text: string, bytes: (text: string) => string | Buffer): number =>
  text === '' ? 0 : hashNumber(bytes(text));
const narrow = (text: string): number => unlessEmpty(text, (each) => each);
const bigEnd = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const wide = (text: string): number => unlessEmpty(text, bigEnd);
const padded = (value: Value): string => plain(value).replace(/ +$/, '');

/** The first digits of a hash as a number. */
const digits = (sql: string, count: number): string =>
  `to_number(substr(rawtohex(standard_hash(${sql}, 'SHA256')), 1, ${count}), '${'X'.repeat(count)}')`;

/**
 * @param text what the engine hashes of a value
 * @param when where that may be NULL, or is not compared: NULL has a hash as well
 */
function form(
  name: string,
  text: (sql: string) => string,
  hash: ValueHash,
  when = (sql: string): string => `${text(sql)} is not null`,
): CheckedForm {
  return { name, hash, number: (sql) => `case when ${when(sql)} then ${digits(text(sql), 8)} end` };
}

/** Digits of the hash of a piece, which stand beside its place: pieces that change places are others. */
const PIECE_DIGITS = 6;
const PLACES = 251;

function pieceForm(
  name: string,
  piece: number,
  text: (sql: string) => string,
  bytes: (value: Value) => readonly (string | Buffer)[],
): PieceForm {
  return {
    name,
    piece,
    number: (sql) =>
      `case when dbms_lob.getlength(${sql}) > 0 then ${digits(text(sql), PIECE_DIGITS)} * (mod(p.k - 1, ${PLACES}) + 1) end`,
    hash: (value) =>
      bytes(value).reduce<number>(
        (sum, each, index) => sum + hashNumber(each, PIECE_DIGITS) * ((index % PLACES) + 1),
        0,
      ),
  };
}

/** Characters of UTF-16 of which no text is longer than the 4,000 bytes that the server makes of a piece. */
const TEXT_PIECE = 1000;
const BINARY_PIECE = 2000;

const cut = <T extends string | Buffer>(all: T, size: number, edge: (at: number) => number): T[] => {
  const pieces: T[] = [];
  for (let at = 0; at < all.length; at += size)
    pieces.push(all.slice(edge(at), edge(Math.min(at + size, all.length))) as T);
  return pieces;
};

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** Pieces that begin a unit earlier where their edge would part two surrogates. */
const textPieces = (text: string): string[] =>
  cut(text, TEXT_PIECE, (at) =>
    isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at)) ? at - 1 : at,
  );

/** One where the two units around an edge, as a text, are one character of four bytes: nothing else is. */
const shift = (window: string): string =>
  `case when length(${window}) = 1 and lengthb(${window}) = 4 then 1 else 0 end`;

const TIME = 'SYYYYMMDDHH24MISS';

const doubleNumber = (value: Value): number =>
  Number.isNaN(Number(plain(value))) ? 0 : hashNumber(doubleBytes(value));

/** Bytes of the longest text that JSON is made a text of here; longer documents are not compared. */
const JSON_BYTES = 4000;

const forms = {
  text: form(
    'text',
    (sql) => sql,
    (value) => narrow(plain(value)),
  ),
  wide: form(
    'wide',
    (sql) => sql,
    (value) => wide(plain(value)),
  ),
  // The padding of a fixed length is no part of the value.
  padded: form(
    'padded',
    (sql) => `rtrim(${sql})`,
    (value) => narrow(padded(value)),
  ),
  paddedWide: form(
    'padded wide',
    (sql) => `rtrim(${sql})`,
    (value) => wide(padded(value)),
  ),
  bytes: form(
    'bytes',
    (sql) => sql,
    (value) => hashNumber(bytesOf(value) ?? Buffer.alloc(0)),
  ),
  // Beyond these sizes the server may write a power of ten.
  number: form(
    'number',
    (sql) => `to_char(${sql}, 'TM9', 'nls_numeric_characters = ''.,''')`,
    (value) => {
      const text = numberText(value);
      return text === undefined ? 0 : hashNumber(text);
    },
    (sql) => `${sql} = 0 or (abs(${sql}) >= 1e-20 and abs(${sql}) < 1e38)`,
  ),
  double: form(
    'double',
    (sql) => `utl_raw.cast_from_binary_double(to_binary_double(${sql}), 1)`,
    doubleNumber,
    (sql) => `${sql} is not null and ${sql} is not nan`,
  ),
  date: form(
    'date',
    (sql) => `to_char(${sql}, '${TIME}')`,
    (value) => hashNumber(instantDigits(plain(value), 0)),
  ),
  plainTime: form(
    'plain time',
    (sql) => `to_char(${sql}, '${TIME}FF9')`,
    (value) => hashNumber(instantDigits(plain(value), 9)),
  ),
  zonedTime: form(
    'zoned time',
    (sql) => `to_char(${sql} at time zone '+00:00', '${TIME}FF9')`,
    (value) => hashNumber(instantDigits(plain(value), 9)),
  ),
  // What is in ASCII alone: intervals, and TRUE and FALSE.
  words: form(
    'words',
    (sql) => `to_char(${sql})`,
    (value) => narrow(typeof value === 'boolean' ? String(value).toUpperCase() : plain(value)),
  ),
  json: form(
    'text',
    (sql) => `json_serialize(${sql} returning varchar2(${JSON_BYTES}) null on error)`,
    (value) => {
      const text = plain(value);
      return Buffer.byteLength(text) > JSON_BYTES ? 0 : narrow(text);
    },
  ),
  clob: pieceForm(
    'clob',
    TEXT_PIECE,
    (sql) =>
      `dbms_lob.substr(${sql}, ${TEXT_PIECE} + ${shift('p.v')} - ${shift('p.w')}, ${TEXT_PIECE} * (p.k - 1) + 1 - ${shift('p.v')})`,
    (value) => textPieces(plain(value)),
  ),
  // Of UTF-16, of which any piece is itself.
  nclob: pieceForm(
    'nclob',
    TEXT_PIECE,
    (sql) => `dbms_lob.substr(${sql}, ${TEXT_PIECE}, ${TEXT_PIECE} * (p.k - 1) + 1)`,
    (value) => cut(plain(value), TEXT_PIECE, (at) => at).map(bigEnd),
  ),
  blob: pieceForm(
    'blob',
    BINARY_PIECE,
    (sql) => `dbms_lob.substr(${sql}, ${BINARY_PIECE}, ${BINARY_PIECE} * (p.k - 1) + 1)`,
    (value) => cut(bytesOf(value) ?? Buffer.alloc(0), BINARY_PIECE, (at) => at),
  ),
} as const;

/** Types by the form that they are compared in. What is not here (LONG, LONG RAW) is read one way only. */
const formsOf: readonly (readonly [types: RegExp, form: CheckedForm])[] = [
  [/^varchar2\b/, forms.text],
  [/^nvarchar2\b/, forms.wide],
  [/^char\b/, forms.padded],
  [/^nchar\b/, forms.paddedWide],
  [/^raw\b/, forms.bytes],
  [/^(number\b|float$)/, forms.number],
  [/^binary_(float|double)$/, forms.double],
  [/^date$/, forms.date],
  [/^timestamp.* time zone$/, forms.zonedTime],
  [/^timestamp/, forms.plainTime],
  [/^(interval\b|boolean$)/, forms.words],
  [/^json$/, forms.json],
  [/^clob$/, forms.clob],
  [/^nclob$/, forms.nclob],
  [/^blob$/, forms.blob],
];

export const formOf = ({ type }: ColumnFacts): CheckedForm | undefined =>
  formsOf.find(([types]) => types.test(type))?.[1];

const MIXED = String.raw`unistr('a\00FC\D83D\DE42 ')`;
const mixed = 'a\u00fc\u{1f642} ';
/** Two surrogates around an edge. */
const edge = `${'x'.repeat(TEXT_PIECE - 1)}${mixed.slice(2)}`;
const EDGE = String.raw`unistr('\D83D\DE42 ')`;

/** Sets of characters other than AL32UTF8 and AL16UTF16 give other hashes: their texts are read one way only. */
export const known: readonly KnownValue[] = [
  [forms.text, `to_char(${MIXED})`, mixed],
  [forms.wide, MIXED, mixed],
  [forms.padded, `cast(to_char(${MIXED}) as char(20))`, mixed.trimEnd()],
  [forms.paddedWide, `cast(${MIXED} as nchar(20))`, mixed.trimEnd()],
  [forms.bytes, `hextoraw('00FF5C')`, 'AP9c'],
  [forms.number, '0', 0],
  [forms.number, '-0.5', '-0.5'],
  [forms.number, '1e37', `1${'0'.repeat(37)}`],
  [forms.number, '1e-20', `0.${'0'.repeat(19)}1`],
  [forms.number, '-1234567890123456789012345678.0123456789', '-1234567890123456789012345678.0123456789'],
  [forms.double, `to_binary_double('0.1')`, 0.1],
  [forms.double, `to_binary_double('-1.5e300')`, -1.5e300],
  [forms.double, `to_binary_float('0.1')`, Math.fround(0.1)],
  [forms.date, `to_date('2024-02-29 23:59:58', 'SYYYY-MM-DD HH24:MI:SS')`, '2024-02-29T23:59:58.000Z'],
  [forms.date, `to_date('-0044-03-15 01:02:03', 'SYYYY-MM-DD HH24:MI:SS')`, '-0044-03-15 01:02:03'],
  [
    forms.plainTime,
    `to_timestamp('2025-03-01 10:20:30.000006', 'SYYYY-MM-DD HH24:MI:SS.FF')`,
    '2025-03-01T10:20:30.000006Z',
  ],
  [
    forms.zonedTime,
    `to_timestamp_tz('2025-03-01 01:20:30.123456789 +05:45', 'SYYYY-MM-DD HH24:MI:SS.FF TZH:TZM')`,
    '2025-02-28T19:35:30.123456789Z',
  ],
  [forms.words, `'+01 02:03:04.000005'`, '+01 02:03:04.000005'],
  [forms.clob, `to_clob(rpad('x', ${TEXT_PIECE - 1}, 'x')) || to_clob(to_char(${EDGE}))`, edge],
  [forms.nclob, `to_nclob(rpad('x', ${TEXT_PIECE - 1}, 'x')) || to_nclob(${EDGE})`, edge],
  [forms.blob, `to_blob(hextoraw('00FF5C'))`, 'AP9c'],
];
