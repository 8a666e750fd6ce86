import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/contract.js';
import { UnreadRows } from '../../src/backup/unread-rows.js';
import type { RowBlock, RowLines, TableFacts } from '../../src/database/index.js';
import { connectFresh, queryRows } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { isMariadb, whyMissing } from '../support/servers/index.js';
import { backup, folder } from './library.js';
import { misreadTests } from './misread.js';

async function tableOf(database: Database, definition: string): Promise<TableFacts> {
  await database.knex.raw(`create table t (${definition})`);
  const { tables } = await database.transfer.inspect();
  return tables.find(({ name }) => name === 't') as TableFacts;
}

async function insert(database: Database, ...rows: readonly string[]): Promise<void> {
  await database.knex.raw(`set sql_mode = 'ALLOW_INVALID_DATES,NO_BACKSLASH_ESCAPES'`);
  for (const row of rows) await database.knex.raw(`insert into t values (${row.replaceAll('?', '\\?')})`);
}

/** @returns the lines, and how many of the rows became values */
async function read(
  database: Database,
  table: TableFacts,
): Promise<{ readonly lines: string[]; readonly doubtful: number }> {
  const blocks: RowBlock[] = [];
  await database.snapshot(async ({ transfer }) => {
    for await (const block of transfer.readBlocks(table, table.columns)) {
      blocks.push({ ...block, lines: Buffer.from(block.lines) });
      // What comes next may stand in the same memory.
      block.release?.();
    }
  });
  const text = Buffer.concat(blocks.map((block) => block.lines)).toString();
  const lines = text === '' ? [] : text.slice(0, -1).split('\n');
  expect(lines).toHaveLength(blocks.reduce((sum, { count }) => sum + count, 0));
  return {
    lines,
    doubtful: blocks.reduce((sum, { rows, doubtful = rows ?? [] }) => sum + doubtful.length, 0),
  };
}

/** What the other way makes of the same rows: by their values. */
async function linesOfValues(database: Database, table: TableFacts): Promise<string[]> {
  const lines: string[] = [];
  await database.snapshot(async ({ transfer }) => {
    for await (const rows of transfer.readRows(table)) lines.push(...rows.map((row) => JSON.stringify(row)));
  });
  return lines;
}

const everything = `a int primary key, b bigint unsigned, c tinyint(1), d text, e varchar(90), f decimal(20, 4), g date, h time(3),
  i enum('x', 'it''s'), j json, k datetime(6), l timestamp(3) null, m datetime, n year, o bit(12), p set('u', 'v'),
  q varchar(20) character set latin1, r int(5) zerofill, s char(6)`;

/** Rows in the forms that nearly all rows have. */
const plain = [
  `1, 2, 1, 'x', 'y', 1.50, '2025-01-31', '10:00:00.5', 'x', '{"a": "b\\c"}', '2025-01-01 00:00:00', '2025-01-01 00:00:00', '2025-12-31 23:59:59', 2025, b'101', 'u,v', 'ün', 12345, 'ab'`,
  `-1, 999999999999999, 0, 'ß😀\\"', concat('a', char(8), char(9), char(10), char(12), char(13), 'b', char(127)), -0.0001, '2024-02-28', '-837:59:59.123', 'it''s', '[]', '2025-01-01 00:00:00.120000', '2025-01-01 00:00:00.001', '0001-01-01 00:00:00', 1901, b'0', '', '', 99999, ''`,
  `3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null`,
  `4, 0, 0, '', repeat('lang "', 400), 0, '9999-12-31', '00:00:00', 'x', '{}', '2025-06-30 23:59:59.999999', '2025-11-30 10:20:30.12', '2025-02-28 00:00:00', 2155, b'111111111111', 'v', 'é', 10000, 'abcdef'`,
];

/** And in others, each by one of its values. */
const rare = [
  [`5`, `9007199254740993`],
  [`c`, `7`],
  [`d`, `char(1)`],
  [`d`, `concat('a', char(0), 'b')`],
  [`g`, `'2025-00-00'`],
  [`g`, `'2025-02-30'`],
  [`k`, `'0000-00-00 00:00:00'`],
  [`k`, `'2024-02-29 10:00:00.5'`],
  [`m`, `'2025-02-31 10:00:00'`],
  [`r`, `7`],
];

describe.skipIf(whyMissing('mysql'))('rows of MySQL and MariaDB as lines', () => {
  it('are read as their values are, in each form that a kind has', async () => {
    const database = await connectFresh('mysql');
    const table = await tableOf(database, everything);
    await insert(database, ...plain);
    const quick = await read(database, table);
    expect(quick.lines).toEqual(await linesOfValues(database, table));
    expect(quick.doubtful).toBe(0);
    expect(quick.lines[1]).toBe(
      JSON.stringify([
        ...[1, 2, true, 'x', 'y', '1.5000', '2025-01-31', '10:00:00.500', 'x', '{"a": "b\\c"}'],
        ...['2025-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z', '2025-12-31T23:59:59.000Z', 2025, 5],
        ...['u,v', 'ün', 12345, 'ab'],
      ]),
    );
    for (const [index, [column = '', value = '']] of rare.entries()) {
      const name = column === '5' ? 'b' : column;
      await database.knex.raw(`insert into t (a, ${name}) values (${100 + index}, ${value})`);
    }
    const all = await read(database, table);
    expect(all.lines).toEqual(await linesOfValues(database, table));
    expect(all.doubtful).toBe(rare.length);
  });

  it('of kinds that have to be understood are, and so are rows without a column', async () => {
    const database = await connectFresh('mysql');
    const table = await tableOf(
      database,
      `a float, b double, c varbinary(9), d enum('', 'x'), e int generated always as (1) stored`,
    );
    await database.knex.raw(
      `insert into t (a, b, c, d) values (0.1, 1e21, x'00ff', ''), (null, null, null, null)`,
    );
    const { lines, doubtful } = await read(database, table);
    expect(lines).toEqual(await linesOfValues(database, table));
    expect(doubtful).toBe(2);
  });

  it('are held against what the server says of every one, without a second scan', async () => {
    const database = await connectFresh('mysql');
    await tableOf(database, everything);
    await insert(database, ...plain);
    const statements: string[] = [];
    database.onQuery((sql) => statements.push(sql));
    const { unconfirmed, elsewhere } = await backup(database, join(folder(), 'b'));
    expect([unconfirmed, elsewhere]).toEqual([[], []]);
    if (await isMariadb()) expect(statements.filter((sql) => sql.includes('sum(crc32('))).toEqual([]);
  });

  it('are held against the bytes of the server where it keeps UTF-8, whatever the set of characters', async () => {
    const database = await connectFresh('mysql');
    await database.knex
      .raw(`create table t (a int primary key auto_increment, b varchar(50), c text character set utf8mb3,
      d varchar(50) character set latin1 collate latin1_bin, e char(9) character set ascii, f longtext collate utf8mb4_bin,
      g enum('ü', '') character set utf8mb4, h varchar(20) character set utf16)`);
    await database.knex.raw(
      `insert into t (b, c, d, e, f, g, h) values ('ü😀', repeat('ß', 501), 'ün', 'x', repeat('😀', 251), 'ü', '😀'),
        (null, 'ä', null, null, '', null, null)`,
    );
    for (let doubled = 0; doubled < 10; doubled += 1)
      await database.knex.raw('insert into t (b, c, d, e, f, h) select b, c, d, e, f, h from t');
    await database.knex.raw('analyze table t');
    const statements: string[] = [];
    database.onQuery((sql) => statements.push(sql));
    const { unconfirmed, rows } = await backup(database, join(folder(), 'b'));
    expect([unconfirmed, rows]).toEqual([[], 2048]);
    if (!(await isMariadb())) return;
    expect(statements.filter((sql) => sql.includes('character_set_name in'))).toHaveLength(1);
    expect(statements.filter((sql) => sql.includes('sum(crc32('))).toEqual([]);
  });

  it('with values that other engines do not take say so', async () => {
    const database = await connectFresh('mysql');
    await tableOf(database, everything);
    await insert(database, ...plain);
    for (const sql of [
      `insert into t (a, d) values (11, concat('a', char(0)))`,
      `insert into t (a, g) values (12, '2025-00-00')`,
      `insert into t (a, k) values (13, '2025-02-30 00:00:00')`,
    ])
      await database.knex.raw(sql);
    const { elsewhere } = await backup(database, join(folder(), 'b'));
    expect(elsewhere.map((text) => text.slice(0, 3)).sort()).toEqual(['t.d', 't.g', 't.k']);
  });

  it('hold every text and number that went in', async () => {
    const database = await connectFresh('mysql');
    const table = await tableOf(
      database,
      'n int primary key, a longtext, b varchar(200), c bigint, d datetime(6)',
    );
    const texts = fc.string({
      unit: fc.oneof(
        fc.constantFrom(
          '"',
          '\\',
          "'",
          '\n',
          '\r',
          '\t',
          '\b',
          '\f',
          '\v',
          '\0',
          '\x1f',
          '\x7f',
          '\u2028',
          '😀',
        ),
        fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
      ),
      maxLength: 50,
    });
    const row = fc.tuple(
      fc.option(
        fc.oneof(
          texts,
          texts.map((text) => text.repeat(60)),
        ),
      ),
      fc.option(texts),
      fc.option(fc.oneof(fc.integer(), fc.maxSafeInteger())),
      fc.option(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), async (rows) => {
        await database.knex.raw('delete from t');
        const values = rows.map(([a, b, c, d], n) => [n, a, b, c, d?.toISOString() ?? null]);
        await database.load(['t'], [], ({ transfer }) => transfer.insertRows('t', table.columns, values));
        const { lines } = await read(database, table);
        expect(lines.sort()).toEqual(values.map((each) => JSON.stringify(each)).sort());
        expect((await backup(database, join(folder(), 'b'))).unconfirmed).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  it('may be left in the middle, and the session goes on', async () => {
    const database = await connectFresh('mysql');
    const table = await tableOf(database, 'a int primary key auto_increment, b longtext');
    await database.knex.raw(`insert into t (b) values (repeat('x', 1000))`);
    for (let doubled = 0; doubled < 12; doubled += 1)
      await database.knex.raw('insert into t (b) select b from t');
    await database.snapshot(async ({ transfer }) => {
      for await (const block of transfer.readBlocks(table, table.columns)) {
        expect(block.count).toBeGreaterThan(0);
        break;
      }
      expect(await transfer.countRows(table)).toBe(4096);
    });
    expect((await read(database, table)).lines).toHaveLength(4096);
  });

  it('are refused where one is larger than a line may be, with its key', async () => {
    const database = await connectFresh('mysql');
    await tableOf(database, 'a int primary key, b longtext');
    await database.knex.raw(`insert into t values (1, 'x'), (2, repeat('"', 700)), (3, 'y')`);
    const failed = await failure(backup(database, join(folder(), 'b'), { mostRowBytes: 1000 }));
    expect([failed.code, failed.message]).toEqual(['backup/too-large', expect.stringContaining('a = 2')]);
    const { rows } = await backup(database, join(folder(), 'b'), { mostRowBytes: 2000 });
    expect(rows).toBe(3);
    expect(await queryRows(database, 'select count(*) as n from t')).toEqual([{ n: '3' }]);
  });

  misreadTests(async () => {
    const database = await connectFresh('mysql');
    await database.knex.raw(`create table everything (${everything})`);
    await database.knex.raw(`set sql_mode = 'NO_BACKSLASH_ESCAPES'`);
    await database.knex.raw(
      `insert into everything values (1, 18446744073709551615, 1, 'ü', 'a"b', 1.5, '2024-02-29', '10:59:59.123', 'it''s',
        '{"b": 1.50}', '2026-01-02 03:04:05.123456', '2026-01-02 03:04:05.123', '2026-01-02 03:04:05', 2025, b'101', 'u', 'ün', 7, 'ab'),
       (2, 5, 0, 'x', 'y', 2, '2024-03-29', '10:59:59', 'x', '[1]', '2026-01-02 03:04:05.123456', '2026-01-02 03:04:05',
        '2026-01-02 03:04:05', 2025, b'1', 'u', 'u', 12345, 'c')`,
    );
    return database;
  });
});

/** @returns how many rows were asked for their values */
async function load(database: Database, table: TableFacts, lines: readonly string[]): Promise<number> {
  let asked = 0;
  const unread = new UnreadRows(Buffer.from(lines.map((line) => `${line}\n`).join('')), 4, table);
  const rows: RowLines = {
    lines: unread.lines,
    rows(part) {
      const values = unread.rows(part);
      asked += values.length;
      return values;
    },
  };
  await database.load(['t'], [], async ({ transfer }) => {
    async function* batches(): AsyncGenerator<RowLines> {
      yield await Promise.resolve(rows);
    }
    await transfer.loadLines('t', table.columns, batches(), lines.length);
  });
  return asked;
}

describe.skipIf(whyMissing('mysql'))('lines of a backup that go into MySQL and MariaDB', () => {
  it('come back as they were, without values where they are in the forms that a backup has', async () => {
    const [source, target] = [await connectFresh('mysql'), await connectFresh('mysql')];
    const [from, to] = [await tableOf(source, everything), await tableOf(target, everything)];
    await insert(source, ...plain);
    const { lines } = await read(source, from);
    expect(await load(target, to, lines)).toBe(0);
    expect((await read(target, to)).lines).toEqual(lines);
    const hex =
      'select a, hex(concat_ws(0x1f, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s)) as h from t';
    expect(await queryRows(target, hex)).toEqual(await queryRows(source, hex));
  });

  it('become values where one of a row has another form, in whatever order they come', async () => {
    const database = await connectFresh('mysql');
    const table = await tableOf(
      database,
      `a int primary key, b text, c tinyint(1), d datetime(3), e double, f bit(8), g year, h enum('x'), i time(1), j blob`,
    );
    const quick = [
      `[1,"a'\\"\\\\\\n\\t\\r\\b\\f;-- ?",true,"2025-01-01T00:00:00.120Z",5,7,2025,"x","10:00:00.5",null]`,
      `[2,"",false,"2025-02-29T00:00:00.000Z","1e-7",null,0,null,"-10:00:00",null]`,
      '[3,null,null,null,null,null,null,null,null,null]',
    ];
    const slow = [
      '[ 4,"blank",null,null,null,null,null,null,null,null]',
      '[5,"a\\u00e4\\u0000",null,null,null,null,null,null,null,null]',
      '[6,"a\\/b",null,null,1.5,null,null,null,null,null]',
      '[7,"x",{"integer":"7"},null,-0,null,null,null,null,null]',
      '[8,"x",null,"2025-01-01 00:00:00",null,"255",null,null,null,null]',
      '[9,"x",1,null,null,null,"1999","",null,"AP8="]',
    ];
    expect(
      await load(database, table, [quick[0] ?? '', ...slow.slice(0, 3), ...quick.slice(1), ...slow.slice(3)]),
    ).toBe(slow.length);
    const rows = await queryRows(
      database,
      'select a, b, c + 0 as c, d, e, f + 0 as f, g, h, i, hex(j) as j from t order by a',
    );
    expect(
      rows.map((row) =>
        Object.values(row).map((value) => (typeof value === 'number' ? String(value) : value)),
      ),
    ).toEqual([
      [
        '1',
        `a'"\\\n\t\r\b\f;-- ?`,
        '1',
        '2025-01-01 00:00:00.120',
        '5',
        '7',
        '2025',
        'x',
        '10:00:00.5',
        null,
      ],
      ['2', '', '0', '2025-02-29 00:00:00.000', '1e-7', null, '0', null, '-10:00:00.0', null],
      ['3', null, null, null, null, null, null, null, null, null],
      ['4', 'blank', null, null, null, null, null, null, null, null],
      ['5', 'aä\0', null, null, null, null, null, null, null, null],
      ['6', 'a/b', null, null, '1.5', null, null, null, null, null],
      ['7', 'x', '7', null, '0', null, null, null, null, null],
      ['8', 'x', null, '2025-01-01 00:00:00.000', null, '255', null, null, null, null],
      ['9', 'x', '1', null, null, null, '1999', '', null, '00FF'],
    ]);
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
  ])('are not loaded where one is %s', async (line, what) => {
    const database = await connectFresh('mysql');
    const table = await tableOf(database, 'a int, b text');
    const failed = await failure(load(database, table, ['[1,"b"]', line, '[2,"c"]']));
    expect([failed.code, failed.message]).toEqual(['backup/damaged', expect.stringContaining(what)]);
    if (!what.includes('number')) expect(failed.message).toContain('line 6, in the table t,');
    expect(await queryRows(database, 'select * from t')).toEqual([]);
  });

  it('are refused where a time has more digits than its column', async () => {
    const database = await connectFresh('mysql');
    const table = await tableOf(database, 'a int primary key, b datetime(3), c time(0)');
    const values = [
      '[1,"2025-01-01T00:00:00.1234Z",null]',
      '[2,null,"10:00:00.5"]',
      '[3,"2025-01-01T00:00:00.123Z","10:00:00"]',
    ];
    expect(await load(database, table, values)).toBe(2);
  });
});
