import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TableKeys } from '../../src/backup/alike-keys.js';
import { OddValues } from '../../src/backup/elsewhere.js';
import { RowSum } from '../../src/backup/row-sum.js';
import type { Database, DatabaseSession } from '../../src/database/contract.js';
import type { PortableRow, TableFacts } from '../../src/database/index.js';
import { connectFresh } from '../support/connection.js';
import { whyMissing } from '../support/servers/index.js';

/** What a backup learns of a table. */
interface Learnt {
  readonly lines: readonly string[];
  readonly odd: readonly string[];
  readonly alike: readonly string[];
}

const keysOf = (table: TableFacts): TableKeys =>
  new TableKeys('t', table.columns, [['d'], ['a', 'e'], ['j', 'd'], ['e']], 8);

const linesOf = (rows: readonly PortableRow[]): string[] => rows.map((row) => JSON.stringify(row));

const bytesOf = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));

async function byBlocks({ transfer }: DatabaseSession, table: TableFacts): Promise<Learnt> {
  const [lines, odd, alike] = [[] as string[], new OddValues('t', table.columns), keysOf(table)];
  for await (const block of transfer.readBlocks(table)) {
    const own = block.lines.toString().split('\n').slice(0, -1);
    expect(own.length).toBe(block.count);
    lines.push(...own);
    odd.add(block.doubtful ?? block.rows ?? [], block.lines);
    alike.add(block);
    // What comes next may stand in the same memory.
    block.release?.();
  }
  return { lines, odd: odd.texts().sort(), alike: alike.texts() };
}

async function byValues({ transfer }: DatabaseSession, table: TableFacts): Promise<Learnt> {
  const [lines, odd, alike] = [[] as string[], new OddValues('t', table.columns), keysOf(table)];
  for await (const rows of transfer.readRows(table)) {
    const own = linesOf(rows);
    lines.push(...own);
    odd.add(rows, bytesOf(own));
    alike.add({ lines: bytesOf(own), rows });
  }
  return { lines, odd: odd.texts().sort(), alike: alike.texts() };
}

async function rowsOf({ transfer }: DatabaseSession, table: TableFacts): Promise<PortableRow[]> {
  const all = [];
  for await (const rows of transfer.readRows(table)) all.push(...rows);
  return all;
}

/** The last bits of the sum of the lines, as the server adds them up and as we do. */
async function bothSums({ transfer }: DatabaseSession, table: TableFacts, { lines }: Learnt) {
  const sum = new RowSum();
  sum.addLines(bytesOf(lines));
  const rows = transfer.checks(table, table.columns)?.rows;
  if (rows?.hash) return undefined;
  const engines = BigInt((await rows?.sum()) ?? 0);
  return [BigInt.asUintN(56, engines), BigInt.asUintN(56, BigInt(`0x${sum.hex()}`))];
}

async function tableOf(database: Database, columns: string): Promise<TableFacts> {
  await database.knex.raw(`create type mood as enum ('sad', 'so "happy"', '(a,b)\\')`);
  await database.knex.raw('create domain whole as bigint');
  await database.knex.raw('create domain moment as timestamptz');
  await database.knex.raw(`create table t (${columns})`);
  return (await database.transfer.inspect()).tables.find(({ name }) => name === 't') as TableFacts;
}

const words = [
  'a',
  'A',
  'ä',
  'a ',
  'ß',
  'ss',
  '',
  '"',
  '\\',
  '\n',
  '\t',
  '\x01',
  '\x0b',
  '\x7f',
  ' ',
  '😀',
  '{"utf8":"x"}',
];
const text = fc.oneof(
  fc.constantFrom(...words),
  fc
    .string({
      unit: fc.oneof(fc.constantFrom(...words), fc.string({ minLength: 1, maxLength: 1, unit: 'binary' })),
    })
    .map((each) => each.replaceAll('\0', '')),
);
const twoDigits = (most: number) =>
  fc.integer({ min: 1, max: most }).map((number) => String(number).padStart(2, '0'));
const day = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), twoDigits(12), twoDigits(28))
  .map(([year, ...rest]) => [String(year).padStart(4, '0'), ...rest].join('-'));
const clock = fc
  .tuple(
    twoDigits(23),
    twoDigits(59),
    twoDigits(59),
    fc.constantFrom('', '.5', '.52', '.120', '.123', '.1234', '.123456', '.000001', '.010001'),
  )
  .map(([h, m, s, rest]) => `${h}:${m}:${s}${rest}`);
const moment = fc.oneof(
  fc.tuple(day, clock).map((parts) => parts.join(' ')),
  fc.constantFrom(
    'infinity',
    '-infinity',
    '0044-03-15 01:02:03 BC',
    '0001-01-01 00:00:00',
    '9999-12-31 23:59:59.999999',
    '12025-01-01 00:00:00',
    '1900-02-28 24:00:00',
  ),
);

/** Values as texts that the server reads, in each form that its type has. */
const quick = {
  a: ['int', fc.integer().map(String)],
  b: ['bigint', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)],
  b2: [
    'bigint',
    fc.constantFrom(
      '9007199254740991',
      '9007199254740992',
      '-9007199254740991',
      '-9007199254740992',
      '0',
      '999999999999999',
    ),
  ],
  c: ['boolean', fc.constantFrom('t', 'f')],
  d: ['text', text],
  e: ['varchar(60)', text.map((each) => Array.from(each).slice(0, 60).join(''))],
  f: ['numeric', fc.constantFrom('NaN', '1.50', '-0.001', '0', '-7', `${'9'.repeat(40)}.5`)],
  g: [
    'date',
    fc.oneof(day, fc.constantFrom('infinity', '-infinity', '0044-03-15 BC', '12025-01-01', '0001-01-01')),
  ],
  h: ['time', clock],
  h2: ['timetz', clock.map((each) => `${each}+05:30`)],
  i: ['uuid', fc.uuid()],
  j: ['jsonb', fc.json().filter((each) => !each.includes('\\u0000'))],
  k: ['json', fc.oneof(fc.json(), fc.constantFrom('"\\u0000"', ' {"utf":\n1} '))],
  l: ['timestamptz', moment],
  m: ['timestamp', moment],
  n: ['inet', fc.constantFrom('10.0.0.0/8', '::1')],
  o: ['interval', fc.constantFrom('1 day 02:00', '-1 mon', '00:00:00.5')],
  p: ['mood', fc.constantFrom('sad', 'so "happy"', '(a,b)\\')],
  q: ['oid', fc.constantFrom('0', '4294967295')],
  r: ['moment', moment],
  s: ['whole', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)],
  t: ['bit(5)', fc.constantFrom('00000', '10101')],
  u: ['name', text.map((each) => Array.from(each).slice(0, 12).join(''))],
} as const;

/** Of which values have to be made. */
const slow = {
  v: ['real', fc.constantFrom('0.1', 'NaN', 'Infinity', '-0', '1e-40', '3.4e38')],
  w: ['double precision', fc.double().map(String)],
  x: ['bytea', fc.constantFrom('\\x00ff5c', '')],
  y: ['text[]', fc.constantFrom('{}', '{a,"b c",NULL,""}', '[2:3]={7,8}')],
  z: ['char(6)', fc.constantFrom('ab', '', ' x ')],
} as const;

type Columns = Readonly<Record<string, readonly [type: string, values: fc.Arbitrary<string>]>>;

/** Holds both ways against each other, of many tables. */
async function compare(columns: Columns, runs: number, suffix: '' | ' not null' = ''): Promise<void> {
  const database = await connectFresh('postgres');
  const names = Object.keys(columns);
  const table = await tableOf(
    database,
    names.map((name) => `${name} ${columns[name]?.[0] ?? ''}${suffix}`).join(', '),
  );
  const row = fc.tuple(
    ...Object.values(columns).map(([, values]) => (suffix === '' ? fc.option(values, { freq: 6 }) : values)),
  );
  const casts = names.map((name) => `cast(? as ${columns[name]?.[0] ?? ''})`).join(', ');
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
      await database.knex.raw('truncate t');
      for (const each of rows) await database.knex.raw(`insert into t values (${casts})`, each as string[]);
      await database.snapshot(async (session) => {
        const [blocks, values] = [await byBlocks(session, table), await byValues(session, table)];
        expect(blocks).toEqual(values);
        const sums = await bothSums(session, table, blocks);
        if (sums) expect(sums[0]).toBe(sums[1]);
        else expect(Object.keys(columns)).toContain('z');
      });
    }),
    { numRuns: runs },
  );
}

describe.skipIf(whyMissing('postgres'))('rows of PostgreSQL on their way into a backup', () => {
  it('are the same lines, odd values and keys as bytes as they are by their values, and the server hashes those lines', async () => {
    await compare(quick, 60);
  });

  it('are so where values have to be made', async () => {
    await compare({ ...quick, ...slow }, 15);
  });

  it('are so in columns without NULL', async () => {
    await compare(quick, 40, ' not null');
  });

  it('are so one by one, of each type alone', async () => {
    // Keys are looked for in columns that are always there, and whose rows need no values.
    const keys = {
      d: ['text', fc.constantFrom('a', 'A', 'ä', 'a ', 'ß', 'ss', '"', '\\')],
      a: quick.a,
      e: ['varchar', fc.constantFrom('e', 'E', '')],
      j: ['jsonb', fc.constantFrom('1', 'null', '{"a": ["b\\\\"]}')],
    } as const;
    for (const [name, column] of Object.entries(quick)) await compare({ ...keys, [name]: column }, 6);
  });

  it('are so with more columns than a function of the server takes values', async () => {
    const many = Array.from({ length: 200 }, (_, index) => [`c${index}`, quick.d] as const);
    await compare({ ...Object.fromEntries(many), d: quick.d, a: quick.a, e: quick.e, j: quick.j }, 2);
  });

  it.each(['d text', 'd jsonb', 'd timestamptz', 'd int'])(
    'are hashed where a table has one column: %s',
    async (column) => {
      const database = await connectFresh('postgres');
      const table = await tableOf(database, column);
      await database.knex.raw('insert into t values (null)');
      const value = { text: `'"a"'`, jsonb: `'{"a": "b"}'`, timestamptz: `'2026-01-02Z'`, int: '7' }[
        column.split(' ')[1] as 'text'
      ];
      await database.knex.raw(`insert into t values (${value})`);
      await database.snapshot(async (session) => {
        const lines = linesOf(await rowsOf(session, table));
        const sums = await bothSums(session, table, { lines, odd: [], alike: [] });
        expect(sums?.[0]).toBe(sums?.[1]);
        expect(lines.length).toBe(2);
      });
    },
  );

  it('come in blocks that hold every row once, however long rows are', async () => {
    const database = await connectFresh('postgres');
    const table = await tableOf(database, 'd text, a int, e text, j text, f numeric');
    await database.knex.raw(
      `insert into t select repeat(chr(97 + n % 26) || '"', case when n % 50 = 0 then 200000 else n end), n, null, 'x',
        case when n % 7 = 0 then 'NaN'::numeric end from generate_series(1, 700) n`,
    );
    await database.knex.raw(`insert into t select repeat('"', 4100000), 0, '', '', 1`);
    await database.snapshot(async (session) => {
      const [blocks, values] = [await byBlocks(session, table), await byValues(session, table)];
      expect(blocks.lines.length).toBe(701);
      expect(blocks).toEqual(values);
    });
  });

  it('are texts, also where the server holds bytes that are none', async () => {
    const database = await connectFresh('postgres');
    const table = await tableOf(database, 'd text, a int, e text, j text');
    await database.knex.raw('create cast (bytea as text) without function');
    await database.knex.raw(`insert into t values ('ä', 1), ('\\x61ff'::bytea::text, 2)`);
    await database.snapshot(async (session) => {
      for await (const { lines } of session.transfer.readBlocks(table)) expect(isUtf8(lines)).toBe(true);
      expect(await byBlocks(session, table)).toEqual(await byValues(session, table));
    });
  });
});
