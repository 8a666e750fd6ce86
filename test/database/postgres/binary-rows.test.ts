import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { UnreadRows } from '../../../src/backup/unread-rows.js';
import { BinaryRows } from '../../../src/database/dialects/postgres/binary-rows.js';
import type { Database } from '../../../src/database/contract.js';
import type { ColumnFacts, RowLines, TableFacts } from '../../../src/database/index.js';
import { connectFresh, queryRows } from '../../support/connection.js';
import { failure } from '../../support/errors.js';
import { whyMissing } from '../../support/servers/index.js';

const definition = `a smallint, b integer, c bigint, d boolean, e text, f varchar(40), g numeric, h numeric(12,2), i date,
  j uuid, k jsonb, l json, m timestamptz, n timestamp(3)`;

function column(type: string, fractionDigits?: number): ColumnFacts {
  const facts = {
    name: 'c',
    kind: 'text',
    type,
    nullable: true,
    hasDefault: false,
    generated: false,
  } as const;
  return fractionDigits === undefined ? facts : { ...facts, fractionDigits };
}

const block = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));

/** How many of the lines become tuples. */
function made(columns: readonly ColumnFacts[], lines: Buffer): number {
  const rows = BinaryRows.of(columns)?.tuples(lines);
  if (!rows) throw new Error('a type is not known');
  let next = rows.next();
  while (next.done !== true) next = rows.next();
  return lines.toString('latin1', 0, next.value).split('\n').length - 1;
}

async function world(columns: string): Promise<[Database, TableFacts]> {
  const database = await connectFresh('postgres');
  await database.knex.raw(`create table t (${columns})`);
  const { tables } = await database.transfer.inspect();
  return [database, tables[0] as TableFacts];
}

/** @returns how many lines were asked for their values */
async function load(
  database: Database,
  table: TableFacts,
  blocks: readonly Buffer[],
  count = 1,
): Promise<number> {
  let asked = 0;
  await database.load(['t'], [], ({ transfer }) =>
    transfer.loadLines(
      't',
      table.columns,
      (async function* () {
        for (const lines of blocks) {
          const unread = new UnreadRows(lines, 4, table);
          yield await Promise.resolve<RowLines>({
            lines,
            rows(part) {
              asked += 1;
              return unread.rows(part);
            },
          });
        }
      })(),
      count,
    ),
  );
  return asked;
}

async function linesIn(database: Database, table: TableFacts): Promise<string[]> {
  const lines: string[] = [];
  await database.snapshot(async ({ transfer }) => {
    for await (const count of transfer.readLines(table, table.columns, (line) => lines.push(String(line))))
      expect(count).toBeGreaterThan(0);
  });
  // The server puts them where there is room.
  return lines.sort();
}

const digits = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
const whole = fc.oneof(
  fc.constant('0'),
  fc.tuple(fc.integer({ min: 1, max: 9 }), digits(0, 20)).map(([first, rest]) => `${first}${rest}`),
);
const signed = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.boolean(), text)
    .map(([negative, each]) => (negative && /[1-9]/.test(each) ? `-${each}` : each));
const decimal = signed(
  fc.tuple(whole, digits(0, 12)).map(([before, after]) => (after === '' ? before : `${before}.${after}`)),
);
const amount = signed(
  fc.tuple(fc.nat(999_999_999), digits(2, 2)).map(([before, after]) => `${before}.${after}`),
);
const instant = fc
  .date({ min: new Date('1720-01-01'), max: new Date('2280-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const precise = fc
  .tuple(instant, digits(3, 3))
  .map(([text, more]) => `${text.slice(0, -1)}${more.replace(/0+$/, '')}Z`);
const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
/** Without what JSON writes as a code of four digits. */
const text = fc.string({
  maxLength: 30,
  unit: fc.constantFrom(
    ...'aZ09 \\"/\n\t\r\b\fäß€😀N.'.split('').filter((c) => !/[\ud800-\udfff]/.test(c)),
    '😀',
  ),
});
const nullable = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { freq: 8 });
const row = fc.tuple(
  nullable(fc.integer({ min: -32_768 + 1, max: 32_767 })),
  nullable(fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 })),
  nullable(fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 })),
  nullable(fc.boolean()),
  nullable(text),
  nullable(text),
  nullable(decimal),
  nullable(amount),
  nullable(day),
  nullable(fc.uuid()),
  nullable(text.map((each) => JSON.stringify(each))),
  nullable(text.map((each) => `[ ${JSON.stringify(each)} ]`)),
  nullable(precise),
  nullable(instant),
);

describe.skipIf(whyMissing('postgres'))('rows in the binary format of PostgreSQL', () => {
  it('are held as their lines say, whatever values they have', async () => {
    const [database, table] = await world(definition);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async (rows) => {
        const lines = rows.map((each) => JSON.stringify(each));
        expect(made(table.columns, block(lines))).toBe(lines.length);
        await database.knex.raw('truncate t');
        expect(await load(database, table, [block(lines)])).toBe(0);
        expect(await linesIn(database, table)).toEqual(lines.sort());
      }),
      { numRuns: 60 },
    );
  });

  it('go on as texts from the first row that has to be understood, and none comes twice', async () => {
    const [database, table] = await world('a integer, b text, c timestamptz');
    const lines = Array.from({ length: 9 }, (_, n) => `[${n},"text ${n}","2025-01-01T00:00:00.${n}00Z"]`);
    const odd = '[100,"a\\u0001",null]';
    const blocks = [
      block(lines.slice(0, 3)),
      block([...lines.slice(3, 5), odd, ...lines.slice(5, 7)]),
      block(lines.slice(7)),
    ];
    const sent = vi.spyOn(pg.Client.prototype, 'query');
    onTestFinished(() => sent.mockRestore());
    expect(await load(database, table, blocks)).toBe(1);
    const texts = sent.mock.calls.map(([query]) => String((query as { text?: unknown }).text));
    expect(texts.filter((each) => each.startsWith('copy'))).toEqual([
      'copy "t" ("a", "b", "c") from stdin (format binary)',
      'copy "t" ("a", "b", "c") from stdin',
    ]);
    const rows = await queryRows(database, 'select a, b from t');
    expect(rows.map(({ a }) => a)).toEqual([0, 1, 2, 3, 4, 100, 5, 6, 7, 8]);
    expect(rows[5]).toMatchObject({ b: 'a\x01' });
    await database.knex.raw('truncate t');
    expect(await load(database, table, [block([odd]), block(lines)])).toBe(1);
    await database.knex.raw('truncate t');
    expect(await load(database, table, [block(lines), block([odd])])).toBe(1);
    expect(await queryRows(database, 'select count(*)::int as n, sum(a)::int as a from t')).toEqual([
      { n: 10, a: 136 },
    ]);
  });

  it('are refused by the server as texts are', async () => {
    const [database, table] = await world('a integer primary key, b varchar(3)');
    for (const lines of [['[1,"long"]'], ['[1,"a"]', '[1,"b"]']]) {
      const refused = await failure(load(database, table, [block(lines)]));
      expect(refused.code).toMatch(/^database\//);
      expect(await queryRows(database, 'select * from t')).toEqual([]);
    }
  });

  it('are many, of a table whose indexes are made afterwards', async () => {
    const [database, table] = await world('a integer primary key, b text');
    await database.knex.raw('create index on t (b)');
    const lines = Array.from({ length: 30_000 }, (_, n) => `[${n},"${'x'.repeat(n % 97)}"]`);
    expect(await load(database, table, [block(lines)], lines.length)).toBe(0);
    expect((await linesIn(database, table)).join() === lines.sort().join()).toBe(true);
    expect(
      await queryRows(database, `select count(*)::int as n from pg_index where indrelid = 't'::regclass`),
    ).toEqual([{ n: 2 }]);
  });
});

describe('a row that has no binary form made here', () => {
  it.each([
    ['smallint', ['32768', '-32768', '1.5', '"1"', 'true', '-0', '01']],
    ['integer', ['2147483648', '1e3']],
    ['bigint', ['1234567890123456', '"9007199254740993"', '-']],
    ['boolean', ['1', '"t"', 'tru', 'falsy']],
    ['text', ['1', '"\\u0000"', '"\\u00e4"', '"\\x"', '"a', '{"text":"y"}', '"\t"', '["a"]', 'nul']],
    ['jsonb', ['{}', '"\\u0031"']],
    [
      'numeric',
      ['"NaN"', '"Infinity"', '"1e3"', '"1."', '".5"', '""', '1', '"1.2.3"', `"${'1'.repeat(101)}"`],
    ],
    ['date', ['"2023-02-29"', '"1900-02-29"', '"2023-13-01"', '"2023-00-01"', '"2023-01-00"', '"infinity"']],
    ['date', ['"0000-01-01"', '"12023-01-01"', '"2023-04-31"', '"2023-01-01 BC"', '"2023-1-01"']],
    ['uuid', ['"00000000-0000-4000-8000-00000000000"', '"00000000-0000-4000-8000-0000000000000"']],
    ['uuid', ['"0000000000004000800000000000000a"', '"00000000-0000-4000-8000-00000000000A"']],
  ])('is one of %s with %j', (type, values) => {
    for (const value of values)
      expect([value, made([column(type)], block([`[${value}]`]))]).toEqual([value, 0]);
  });

  it.each([
    '2025-01-01T24:00:00.000Z',
    '2025-01-01T00:60:00.000Z',
    '2025-01-01T00:00:60.000Z',
    '2025-01-01T00:00:00.1234Z',
    '2025-01-01T00:00:00.Z',
    '2025-01-01T00:00:00.000',
    '2025-01-01 00:00:00.000Z',
    '2025-01-01T00:00:00.000+00:00',
    '0001-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
    '2025-02-29T00:00:00.000Z',
    'infinity',
  ])('is the time %s', (value) => {
    const type = column('timestamp(3) with time zone', 3);
    expect(made([type], block(['["2024-02-29T23:59:59.999Z"]']))).toBe(1);
    expect(made([type], block([`["${value}"]`]))).toBe(0);
  });

  it.each(['[1, 2]', '[1,2,3]', '[1]', '1,2]', '[1,2] ', '[1,2', ''])('is the line %j', (line) => {
    const columns = [column('integer'), column('integer')];
    expect(made(columns, block(['[1,2]', line, '[1,2]']))).toBe(1);
  });

  it('is one of no valid UTF-8, and one of a type that is not known', () => {
    expect(made([column('text')], Buffer.from('["a\xff"]\n', 'latin1'))).toBe(0);
    for (const type of [
      'real',
      'bytea',
      'character(3)',
      'text[]',
      'numeric(5,-2)',
      'public.uuid',
      'money',
      'toString',
    ])
      expect(BinaryRows.of([column('text'), column(type)])).toBeUndefined();
    expect(BinaryRows.of([])).toBeUndefined();
  });
});
