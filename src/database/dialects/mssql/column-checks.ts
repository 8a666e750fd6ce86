import type { Knex } from 'knex';
import type { ColumnChecks, ValueHash } from '../../column-sums.js';
import { bytesOf, isTagged, textOf } from '../../portable.js';
import type { ColumnFacts, PortableValue, TableFacts } from '../../schema-facts.js';
import { triedChecks, type CheckedForm, type KnownValue } from '../../tried-checks.js';
import { doubleBytes, hashNumber } from '../../value-hash.js';
import { namesOf } from './names.js';
import { quote } from './quote.js';

type Value = Exclude<PortableValue, null>;
/** Every answer is asked for as a text. */
type Raw = Readonly<Record<string, string | number | null>>;

const plain = (value: Value): string => textOf(value) ?? '';
const wide = (text: string): number => hashNumber(Buffer.from(text, 'utf16le'));

/** Days from the first one that the engine has. */
const DAYS_TO_1970 = 719_162;
const DAY_MS = 86_400_000;

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS + DAYS_TO_1970;

/** Seconds of the day and nanoseconds, as numbers: the engine's own texts of times are what is checked. */
function clockOf(time: string): string {
  const [clock = '', fraction = ''] = time.split('.');
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return `${(hours * 60 + minutes) * 60 + seconds} ${Number(fraction.padEnd(9, '0').slice(0, 9))}`;
}

function instantText(value: Value): string {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)T([\d:.]+)Z$/.exec(plain(value)) ?? [];
  return date === undefined || time === undefined ? plain(value) : `${dayOf(date)} ${clockOf(time)}`;
}

/** Texts with surrogates that have no partner are tagged bytes. */
function textNumber(value: Value): number {
  if (isTagged(value) && 'utf16le' in value) return hashNumber(Buffer.from(value.utf16le, 'base64'));
  return wide(plain(value));
}

const seconds = (sql: string): string =>
  `datepart(hour, ${sql}) * 3600 + datepart(minute, ${sql}) * 60 + datepart(second, ${sql})`;
const clock = (sql: string): string => `${seconds(sql)}, N' ', datepart(nanosecond, ${sql})`;
const days = (sql: string): string => `datediff(day, datefromparts(1, 1, 1), ${sql})`;

/** @param text what the engine hashes of a value: a text of Unicode, or bytes */
function form(name: string, text: (sql: string) => string, hash: ValueHash): CheckedForm {
  const number = (sql: string): string =>
    `case when ${sql} is not null then convert(bigint, substring(hashbytes('SHA2_256', ${text(sql)}), 1, 4)) end`;
  return { name, number, hash };
}

/** @param digits of a second; more are none of the value, which the engine keeps in thirds of a hundredth for one type */
const instantIn = (digits: number): CheckedForm =>
  form(
    'instant',
    (sql) => {
      const exact = `convert(datetime2(${digits}), ${sql})`;
      return `concat(${days(exact)}, N' ', ${clock(exact)})`;
    },
    (value) => wide(instantText(value)),
  );

const forms = {
  text: form('text', (sql) => `convert(nvarchar(max), ${sql})`, textNumber),
  // The padding of a fixed length is no part of the value.
  padded: form(
    'padded',
    (sql) => `rtrim(convert(nvarchar(max), ${sql}))`,
    (value) => wide(plain(value).replace(/ +$/, '')),
  ),
  number: form(
    'number',
    (sql) => `convert(nvarchar(60), ${sql})`,
    (value) => wide(plain(value)),
  ),
  money: form(
    'money',
    (sql) => `convert(nvarchar(60), ${sql}, 2)`,
    (value) => wide(plain(value)),
  ),
  double: form(
    'double',
    (sql) => `convert(binary(8), convert(float, ${sql}))`,
    (value) => hashNumber(doubleBytes(value)),
  ),
  truth: form(
    'truth',
    (sql) => `convert(nvarchar(5), ${sql})`,
    (value) => wide(value === true ? '1' : value === false ? '0' : plain(value)),
  ),
  bytes: form(
    'bytes',
    (sql) => `convert(varbinary(max), ${sql})`,
    (value) => hashNumber(bytesOf(value) ?? Buffer.alloc(0)),
  ),
  guid: form(
    'guid',
    (sql) => `lower(convert(nvarchar(36), ${sql}))`,
    (value) => wide(plain(value).toLowerCase()),
  ),
  date: form(
    'date',
    (sql) => `convert(nvarchar(20), ${days(sql)})`,
    (value) => wide(String(dayOf(plain(value)))),
  ),
  clock: form(
    'clock',
    (sql) => `concat(${clock(sql)})`,
    (value) => wide(clockOf(plain(value))),
  ),
  // In UTC, as it is read.
  zoned: form(
    'zoned',
    (sql) => {
      const utc = `switchoffset(${sql}, N'+00:00')`;
      return `concat(${days(`convert(datetime2(7), ${utc})`)}, N' ', ${clock(utc)})`;
    },
    (value) => wide(instantText(value)),
  ),
} as const;

/** Types by the form that they are compared in. What is not here is read one way only. */
const formsOf: readonly (readonly [types: RegExp, form: CheckedForm])[] = [
  [/^(tinyint|smallint|int|bigint|decimal|numeric)$/, forms.number],
  [/^(small)?money$/, forms.money],
  [/^(float|real)$/, forms.double],
  [/^bit$/, forms.truth],
  [/^(binary|varbinary|image|geometry|geography)$/, forms.bytes],
  [/^uniqueidentifier$/, forms.guid],
  [/^date$/, forms.date],
  [/^time$/, forms.clock],
  [/^datetimeoffset$/, forms.zoned],
  [/^n?char$/, forms.padded],
  [/^(n?varchar|n?text|xml|json|hierarchyid)$/, forms.text],
];

function formOf({ type, fractionDigits = 7 }: ColumnFacts): CheckedForm | undefined {
  const base = type.replace(/\(.*/, '');
  if (/^(datetime2?|smalldatetime)$/.test(base)) return instantIn(fractionDigits);
  return formsOf.find(([types]) => types.test(base))?.[1];
}

const known: readonly KnownValue[] = [
  [forms.text, `N'a\u00fc\u{1f642} '`, 'a\u00fc\u{1f642} '],
  [forms.text, `convert(varchar(10), 'a~ ')`, 'a~ '],
  // More bytes than older servers hash.
  [forms.text, `replicate(convert(nvarchar(max), N'x\u00fc'), 5000)`, 'x\u00fc'.repeat(5000)],
  [forms.text, `N''`, ''],
  [forms.padded, `convert(nchar(6), N' a b')`, ' a b'],
  [forms.padded, `convert(char(3), '')`, ''],
  [forms.number, `convert(tinyint, N'255')`, 255],
  [forms.number, `convert(bigint, N'-9223372036854775808')`, '-9223372036854775808'],
  [forms.number, `convert(decimal(38, 10), N'-0.5')`, '-0.5000000000'],
  [
    forms.number,
    `convert(decimal(38, 10), N'1234567890123456789012345678.0123456789')`,
    '1234567890123456789012345678.0123456789',
  ],
  [forms.money, `convert(money, N'-922337203685477.5807')`, '-922337203685477.5807'],
  [forms.money, `convert(money, N'0.5')`, '0.5000'],
  [forms.double, `convert(float, N'0.1')`, 0.1],
  [forms.double, `convert(float, N'-1.5e300')`, -1.5e300],
  [forms.double, `convert(real, N'0.1')`, Math.fround(0.1)],
  [forms.truth, `convert(bit, 1)`, true],
  [forms.truth, `convert(bit, 0)`, false],
  [forms.bytes, `convert(varbinary(10), 0x00ff5c)`, 'AP9c'],
  [forms.bytes, `convert(varbinary(10), 0x)`, ''],
  [
    forms.guid,
    `convert(uniqueidentifier, N'6F9619FF-8B86-D011-B42D-00C04FC964FF')`,
    '6f9619ff-8b86-d011-b42d-00c04fc964ff',
  ],
  [forms.date, `convert(date, N'2024-02-29')`, '2024-02-29'],
  [forms.date, `convert(date, N'0001-01-01')`, '0001-01-01'],
  [forms.clock, `convert(time(7), N'23:59:59.1234567')`, '23:59:59.1234567'],
  [
    forms.zoned,
    `convert(datetimeoffset(7), N'2026-01-02T03:04:05.1234567+05:45')`,
    '2026-01-01T21:19:05.1234567Z',
  ],
  [instantIn(7), `convert(datetime2(7), N'9999-12-31T23:59:59.1234567')`, '9999-12-31T23:59:59.1234567Z'],
  [instantIn(3), `convert(datetime, N'2026-01-02T03:04:05.003')`, '2026-01-02T03:04:05.003Z'],
  [instantIn(0), `convert(smalldatetime, N'2026-01-02T03:04:00')`, '2026-01-02T03:04:00.000Z'],
];

/** Answers come as text: the driver makes doubles of large numbers. */
async function answers(
  knex: Knex,
  expressions: readonly string[],
  source: string,
): Promise<(string | null)[]> {
  if (expressions.length === 0) return [];
  const list = expressions.map((sql, index) => `convert(varchar(40), ${sql}) as c${index}`);
  const [row = {}] = await knex.raw<Raw[]>(`select ${list.join(', ')}${source}`);
  return expressions.map((_, index) => row[`c${index}`] as string | null);
}

/** Sums over what the server hashes of each column by itself: of numbers, dateparts and Unicode, never of what is read. */
export function columnChecks(knex: Knex, table: TableFacts, columns: readonly ColumnFacts[]): ColumnChecks {
  return triedChecks(
    knex,
    columns.map((column) => ({ name: column.name, form: formOf(column) })),
    {
      known,
      ask: (values) =>
        answers(
          knex,
          values.map(([{ number }, literal]) => number(literal)),
          '',
        ),
      sums: (used) =>
        answers(
          knex,
          used.map(({ name, form: { number } }) => `sum(convert(decimal(38, 0), ${number(quote(name))}))`),
          ` from ${namesOf(knex).of(table.name)}`,
        ),
      async assertIntact() {
        const [row] = await knex.raw<Raw[]>('select @@trancount as [open]');
        if (Number(row?.['open']) === 0) throw new Error('The transaction has ended.');
      },
    },
  );
}
