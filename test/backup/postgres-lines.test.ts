import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadRows } from '../../src/backup/unread-rows.js';
import type { Database } from '../../src/database/contract.js';
import type { RowLines, TableFacts } from '../../src/database/index.js';
import { connectFresh, queryRows } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { whyMissing } from '../support/servers/index.js';

async function tableOf(database: Database, definition: string): Promise<TableFacts> {
  await database.knex.raw(`create table t (${definition})`);
  const { tables } = await database.transfer.inspect();
  return tables.find(({ name }) => name === 't') as TableFacts;
}

async function linesIn(database: Database, table: TableFacts): Promise<string[]> {
  const lines: string[] = [];
  let counted = 0;
  const reading = database.snapshot(async ({ transfer }) => {
    for await (const count of transfer.readLines(table, table.columns, (line) => lines.push(String(line))))
      counted += count;
  });
  await reading;
  expect(counted).toBe(lines.length);
  return lines;
}

/** What the other way makes of the same rows: by their values. */
async function linesOfValues(database: Database, table: TableFacts): Promise<string[]> {
  const lines: string[] = [];
  await database.snapshot(async ({ transfer }) => {
    for await (const rows of transfer.readRows(table)) lines.push(...rows.map((row) => JSON.stringify(row)));
  });
  return lines;
}

/** @returns how many lines were asked for their values */
async function load(database: Database, table: TableFacts, lines: Buffer): Promise<number> {
  let asked = 0;
  const unread = new UnreadRows(lines, 4, table);
  const rows: RowLines = {
    lines,
    rows(part) {
      asked += 1;
      return unread.rows(part);
    },
  };
  await database.load(['t'], [], ({ transfer }) =>
    transfer.loadLines(
      't',
      table.columns,
      (async function* () {
        yield await Promise.resolve(rows);
      })(),
      1,
    ),
  );
  return asked;
}

const block = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));

/** Texts as servers hold them; what JSON or COPY writes otherwise comes often. */
const texts = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '"',
      '\\',
      '\n',
      '\r',
      '\t',
      '\b',
      '\f',
      '\v',
      '\x01',
      '\x7f',
      'N',
      '.',
      '/',
      'ß',
      '\u2028',
      '😀',
    ),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }).filter((text) => text !== '\0'),
  ),
});

describe.skipIf(whyMissing('postgres'))('rows of PostgreSQL as lines', () => {
  it('are read as their values are, in each form that a kind has', async () => {
    const database = await connectFresh('postgres');
    const table = await tableOf(
      database,
      `a int, b bigint, c boolean, d text, e varchar(90), f numeric, g date, h time, i uuid, j jsonb, k json, l timestamptz, m timestamp`,
    );
    const rows = [
      `1, 2, true, 'x', 'y', 1.50, '2025-01-31', '10:00:00.5', '00000000-0000-4000-8000-000000000000', '{"a": "b\\\\c"}', '[1,  2]', '2025-01-01 00:00:00+00', '2025-01-01 00:00:00'`,
      `-1, 9007199254740993, false, e'\\t\\n\\r\\b\\f\\x0b\\x01\\\\"', '', 'NaN', 'infinity', '24:00', null, 'null', '"\\u0041"', 'infinity', '0001-01-01 00:00:00 BC'`,
      `0, -999999999999999, null, '\\N', '\\.', -0.0, '4000-12-31', '00:00', null, '1', ' 1 ', '2024-02-29 23:59:59.120000+00', '9999-12-31 23:59:59.999999'`,
      `0, 999999999999999, null, '', null, 0, null, null, null, null, null, '2024-02-29 23:59:59.1+05:30', '1999-01-01 00:00:00.000001'`,
      `0, 1000000000000000, null, 'ß😀', null, 0, null, null, null, null, null, '-infinity', '12025-01-01 00:00:00'`,
    ];
    for (const row of rows) await database.knex.raw(`insert into t values (${row.replaceAll('?', '\\?')})`);
    const lines = await linesIn(database, table);
    expect(lines).toEqual(await linesOfValues(database, table));
    expect(lines[0]).toBe(
      JSON.stringify([
        ...[1, 2, true, 'x', 'y', '1.50', '2025-01-31', '10:00:00.5', '00000000-0000-4000-8000-000000000000'],
        ...['{"a": "b\\\\c"}', '[1,  2]', '2025-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
      ]),
    );
    expect(JSON.parse(lines[1] ?? '')).toEqual([
      ...[
        -1,
        '9007199254740993',
        false,
        '\t\n\r\b\f\v\x01\\"',
        '',
        'NaN',
        'infinity',
        '24:00:00',
        null,
        'null',
      ],
      ...['"\\u0041"', 'infinity', '0001-01-01 00:00:00 BC'],
    ]);
  });

  it('of kinds that have to be understood are, and so are rows without a column', async () => {
    const database = await connectFresh('postgres');
    const table = await tableOf(
      database,
      `a real, b double precision, c bytea, d text[], e char(4), f bit(4)`,
    );
    await database.knex.raw(
      `insert into t values (0.1, 1e21, '\\x00ff', '{a,"b c",null}', 'ab', b'0101'), (null, null, null, null, null, null)`,
    );
    expect(await linesIn(database, table)).toEqual(await linesOfValues(database, table));
    const none = await connectFresh('postgres');
    const empty = await tableOf(none, '');
    await none.knex.raw('insert into t default values');
    expect(await linesIn(none, empty)).toEqual(['[]']);
  });

  it('hold every text that went in, both ways', async () => {
    const database = await connectFresh('postgres');
    const table = await tableOf(database, 'a text, b jsonb, c bigint');
    const row = fc.tuple(
      fc.option(texts),
      fc.option(fc.json().filter((text) => !text.includes('\\u0000'))),
      fc.option(fc.integer()),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), async (rows) => {
        await database.knex.raw('truncate t');
        await load(database, table, block(rows.map((each) => JSON.stringify(each))));
        const kept = await queryRows(
          database,
          `select encode(convert_to(a, 'UTF8'), 'hex') as a, c::text as c from t`,
        );
        expect(kept).toEqual(
          rows.map(([a, , c]) => ({
            a: a === null ? null : Buffer.from(a).toString('hex'),
            c: c === null ? null : String(c),
          })),
        );
        expect(await linesIn(database, table)).toEqual(await linesOfValues(database, table));
      }),
      { numRuns: 25 },
    );
  });

  it('are loaded without their values where these are in the forms that a backup has, and only there', async () => {
    const database = await connectFresh('postgres');
    const table = await tableOf(database, 'a int, b text, c boolean, d timestamptz(3), e double precision');
    const quick = [
      '[1,"a\\"\\\\\\n\\t\\r\\b\\f",true,"2025-01-01T00:00:00.123Z",null]',
      '[-1,"\\\\N",false,"2025-01-01T00:00:00.000Z","NaN"]',
      '["7","",null,null,5]',
    ];
    expect(await load(database, table, block(quick))).toBe(0);
    const slow = [
      '[ 1,"blank",true,null,null]',
      '[1,"a\\u00e4",true,null,null]',
      '[1,"a\\/b",true,null,1.5]',
      '[1e2,"x",true,null,1e-7]',
      '[-0,"x",true,"2025-01-01T00:00:00.1230Z",null]',
      '[1,{"text":"y"},true,null,null]',
    ];
    expect(await load(database, table, block([...slow, ...quick]))).toBe(slow.length);
    const rows = await queryRows(database, 'select a, b, e::text as e from t order by ctid');
    expect(rows.slice(3, 9).map(({ a, b, e }) => [a, b, e])).toEqual([
      [1, 'blank', null],
      [1, 'aä', null],
      [1, 'a/b', '1.5'],
      [100, 'x', '1e-07'],
      [0, 'x', null],
      [1, 'y', null],
    ]);
    expect(rows[0]).toMatchObject({ b: 'a"\\\n\t\r\b\f' });
    expect(rows[1]).toMatchObject({ b: '\\N' });
  });

  it.each([
    ['[1,"a"', 'is no JSON'],
    ['[1]', 'has another number of values'],
    ['[1,"a",2]', 'has another number of values'],
    ['[1,"a"]]', 'is no JSON'],
    ['[01,"a"]', 'is no JSON'],
    ['[1,"a\tb"]', 'is no JSON'],
    ['[1,nul]', 'is no JSON'],
    ['[1,"a]', 'is no JSON'],
    ['', 'is no JSON'],
    ['[1,{"x":"a"}]', 'has a value with a tag that this tool does not know'],
    [`[1,${'['.repeat(200)}${']'.repeat(200)}]`, 'nests deeper than 100'],
  ])('are not loaded where one is %s', async (line, what) => {
    const database = await connectFresh('postgres');
    const table = await tableOf(database, 'a int, b text');
    const { code, message } = await failure(load(database, table, block(['[1,"b"]', line, '[2,"c"]'])));
    expect(code).toBe('backup/damaged');
    expect(message).toContain(what);
    if (!what.includes('number')) expect(message).toContain('line 6, in the table t,');
    expect(await queryRows(database, 'select * from t')).toEqual([]);
  });
});
