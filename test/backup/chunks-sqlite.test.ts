import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/database/contract.js';
import type { Chunk } from '../../src/database/dialects/sqlite/chunks.js';
import { HeldLines } from '../../src/database/dialects/sqlite/held-lines.js';
import type { LinesBeside } from '../../src/database/dialects/sqlite/lines-beside.js';
import type { RowBlock } from '../../src/database/row-blocks.js';
import type { ColumnFacts, TableFacts, ValueKind } from '../../src/database/schema-facts.js';
import { connectFresh } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { backup, folder } from './library.js';

/** A table with columns of all kinds but bytes. */
async function world(): Promise<Database> {
  const database = await connectFresh('sqlite');
  await database.knex
    .raw(`create table everything (id integer primary key, name varchar(50), price decimal(20, 4), ratio double,
    flag boolean, at datetime, day date, doc json)`);
  return database;
}

const series = (from: number, to: number): string =>
  `(with recursive s(n) as (select ${from} union all select n + 1 from s where n < ${to}) select n from s)`;

/** Rows of the forms that nearly all have. */
async function fill({ knex }: Database, from: number, to: number): Promise<void> {
  await knex.raw(`insert into everything select n, 'näme "' || n || '" \\ ' || char(9, 10, 1, 127, 128578), n / 8.0, -n / 4.0, n % 2,
    strftime('%Y-%m-%d %H:%M:%S', 1740000000 + n * 3600, 'unixepoch') || '+00:00', date(n * 3600, 'unixepoch'),
    iif(n % 3 = 0, null, '{"n": ' || n || '}') from ${series(from, to)}`);
}

interface Reading {
  readonly lines: readonly string[];
  readonly values: readonly string[];
  /** Rows that came as lines of the engine, and by their values. */
  readonly held: number;
  readonly others: number;
  readonly doubtful: number;
  readonly isSame: boolean;
}

const textsOf = ({ lines }: RowBlock): string[] => lines.toString().split('\n').slice(0, -1);

async function read({ transfer }: Database, most?: number): Promise<Reading> {
  const table = (await transfer.inspect()).tables[0] as TableFacts;
  const beside = transfer.checks(table, table.columns)?.beside as LinesBeside;
  expect(await beside.begin()).toBe(true);
  const [held, others] = [vi.spyOn(beside, 'sayLines'), vi.spyOn(beside, 'say')];
  const lines: string[] = [];
  let doubtful = 0;
  for await (const block of transfer.readBlocks(table, table.columns, most, beside)) {
    lines.push(...textsOf(block));
    doubtful += block.rows ? 0 : (block.doubtful?.length ?? 0);
    beside.add(block);
  }
  const values: string[] = [];
  for await (const rows of transfer.readRows(table)) values.push(...rows.map((row) => JSON.stringify(row)));
  return {
    lines,
    values,
    held: held.mock.calls.reduce((sum, [, count]) => sum + count, 0),
    others: others.mock.calls.length,
    doubtful,
    isSame: await beside.isSame(),
  };
}

describe('rows of SQLite that are read some hundred at a time', () => {
  it('are what is made of their values, each once', async () => {
    const database = await world();
    for (const rows of [0, 1, 255, 256, 257, 1000]) {
      await database.knex.raw('delete from everything');
      if (rows > 0) await fill(database, 1, rows);
      const { lines, values, ...said } = await read(database);
      expect(lines).toEqual(values);
      expect(said).toEqual({ held: rows, others: 0, doubtful: 0, isSame: true });
    }
  });

  it('begin with the least number that a row may have, and end with the greatest', async () => {
    const database = await world();
    await database.knex.raw(
      `insert into everything (id, name) values (-9223372036854775807 - 1, 'a'), (9223372036854775807, 'b'), (0, 'c')`,
    );
    await fill(database, 1, 600);
    const { lines, values, isSame } = await read(database);
    expect(lines).toEqual(values);
    expect([lines.length, isSame]).toEqual([603, true]);
  });

  it('go by their values where one has a rare form, and only those near it', async () => {
    // A text that is none is confirmed by its column alone.
    for (const rare of [
      `name = cast(x'61ff' as text)`,
      `flag = 'x'`,
      `name = 'a' || char(31) || 'b'`,
      `name = 'a' || char(30)`,
      `price = 1e300`,
      `price = 'x'`,
      `ratio = 9e999`,
      `ratio = 0.1 + 0.2`,
      `flag = 2`,
      `at = '2026-01-02T10:00:00Z'`,
      `doc = printf('%.*c', 200000, 'x')`,
    ]) {
      const database = await world();
      await fill(database, 1, 1000);
      await database.knex.raw(`update everything set ${rare} where id = 300`);
      const { lines, values, held, others, isSame } = await read(database);
      expect(lines).toEqual(values);
      expect([rare, held, others, isSame]).toEqual([rare, 992, 8, !rare.includes('ff')]);
    }
  });

  it('go by their values from a row with bytes on, and where nearly all have a rare form', async () => {
    const database = await world();
    await fill(database, 1, 1000);
    await database.knex.raw(`update everything set name = x'61' where id = 600`);
    const { lines, values, held, others, isSame } = await read(database);
    expect(lines).toEqual(values);
    expect([held, others, isSame]).toEqual([512, 488, true]);
    await database.knex.raw(`update everything set flag = 2`);
    const rare = await read(database);
    expect(rare.lines).toEqual(rare.values);
    expect([rare.held, rare.others, rare.isSame]).toEqual([0, 1000, true]);
  });

  it('are read a few at a time where they are large', async () => {
    const database = await world();
    await fill(database, 1, 1000);
    await database.knex.raw(
      `update everything set doc = printf('%.*c', 40000, '"') where id between 200 and 700`,
    );
    const { lines, values, held, others, isSame } = await read(database);
    expect(lines).toEqual(values);
    expect([held, others, isSame]).toEqual([1000, 0, true]);
  });

  it('say of which rows other engines may take something else', async () => {
    const database = await world();
    await fill(database, 1, 600);
    await database.knex.raw(`update everything set at = '2026-02-30 10:00:00+00:00' where id = 7`);
    await database.knex.raw(`update everything set day = '2026-00-00' where id = 300`);
    await database.knex.raw(`update everything set name = 'a' || char(0) || 'b' where id = 500`);
    const { held, doubtful } = await read(database);
    expect([held, doubtful]).toEqual([600, 3]);
    const { elsewhere } = await backup(database, join(folder(), 'b'));
    expect(elsewhere.map((text) => text.split(':')[0]).sort()).toEqual([
      'everything.at',
      'everything.day',
      'everything.name',
    ]);
  });

  it('are refused where a line is longer than it may be', async () => {
    const database = await world();
    await fill(database, 1, 300);
    await database.knex.raw(`update everything set name = printf('%.*c', 900, char(1)) where id = 290`);
    const { code, message } = await failure(read(database, 3000));
    expect([code, message.includes('id = 290')]).toEqual(['backup/too-large', true]);
  });

  it('are no longer what the engine says when another line stands in the place of one', async () => {
    const database = await world();
    await fill(database, 1, 300);
    const { transfer } = database;
    const table = (await transfer.inspect()).tables[0] as TableFacts;
    const changes: readonly ((block: RowBlock) => RowBlock | undefined)[] = [
      (block) => ({ ...block, lines: Buffer.from(block.lines.toString().replace('näme', 'name')) }),
      (block) => ({
        ...block,
        lines: Buffer.from(block.lines.toString().replace(/.*\n/, '')),
        count: block.count - 1,
      }),
      () => undefined,
    ];
    const beside = transfer.checks(table, table.columns)?.beside as LinesBeside;
    const isSame = async (change: (block: RowBlock) => RowBlock | undefined): Promise<boolean> => {
      await beside.begin();
      for await (const block of transfer.readBlocks(table, table.columns, undefined, beside)) {
        const changed = change(block);
        if (changed) beside.add(changed);
      }
      return beside.isSame();
    };
    expect(await isSame((block) => block)).toBe(true);
    expect(await isSame((block) => ({ ...block, lines: Buffer.from(block.lines) }))).toBe(true);
    for (const change of changes) expect(await isSame(change)).toBe(false);
  });
});

describe('a line of the engine that is held against its values', () => {
  const column = (name: string, kind: ValueKind): ColumnFacts => ({ name, kind }) as ColumnFacts;
  const held = new HeldLines(
    [
      column('id', 'integer'),
      column('name', 'text'),
      column('flag', 'boolean'),
      column('price', 'decimal'),
      column('at', 'timestamp'),
    ],
    1000,
  );
  const line = String.raw`[12,"a\"\n\u0001é",true,"1.5","2026-01-02 03:04:05+00:00"]`;
  const values = '12\x1finteger12\x1ftexta"\n\x01é\x1finteger1\x1ftext2026-01-02 03:04:05+00:00\x1f';
  const chunk = (text: string, row: string, price: number | string | null = 1.5): Chunk => ({
    rows: 1,
    last: 12n,
    lines: Buffer.from(`${text}\n`),
    values: Buffer.from(`${row}\x1e`),
    numbers: [[price]],
  });

  it('is taken as it is', () => {
    expect(held.of(chunk(line, values))).toEqual({ numbers: 12, doubtful: [] });
  });

  it('is not taken with any byte changed, left out or put in, in itself or in the values', () => {
    for (const [text, isLine] of [
      [line, true],
      [values.slice(3), false],
    ] as const) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ 1;
        for (const other of [
          changed,
          Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
          Buffer.concat([bytes.subarray(0, at), Buffer.from('1'), bytes.subarray(at)]),
        ]) {
          const given = chunk(line, values);
          const end = Buffer.from(isLine ? '\n' : '\x1e');
          const tried = isLine
            ? { ...given, lines: Buffer.concat([other, end]) }
            : { ...given, values: Buffer.concat([Buffer.from('12\x1f'), other, end]) };
          // Of the word for a type the first letter counts.
          const isWord = !isLine && isInWord(text, at);
          if (!isWord)
            expect([at, other.toString('latin1'), held.of(tried)]).toEqual([
              at,
              other.toString('latin1'),
              undefined,
            ]);
        }
      }
    }
  });

  it('is not taken for another number, type or text than the driver reads', () => {
    expect(held.of(chunk(line, values, 1.25))).toBeUndefined();
    expect(held.of(chunk(line, values, null))).toBeUndefined();
    expect(held.of(chunk(line, values, '1.5'))).toBeDefined();
    expect(held.of(chunk(line.replace('true', 'null'), values))).toBeUndefined();
    expect(held.of(chunk(line.replace('12', '"12"'), values))).toBeUndefined();
    expect(held.of(chunk(line, values.replace('integer12', 'text12')))).toBeUndefined();
    expect(
      held.of(chunk(line.replace('\\u0001', '\\u001f'), values.replace('\x01', '\x1f'))),
    ).toBeUndefined();
    expect(held.of(chunk(line.replace('\\n', '\\u000a'), values))).toBeUndefined();
    expect(held.of({ ...chunk(line, values), rows: 2 })).toBeUndefined();
    expect(held.of({ ...chunk(line, values), rows: 0 })).toBeUndefined();
  });
});

/** True for a byte of the word for a type behind its first letter, whose other letters say nothing more. */
function isInWord(values: string, at: number): boolean {
  let start = 0;
  for (const value of values.split('\x1f')) {
    const [word = ''] = /^(?:integer|text|null)/.exec(value) ?? [];
    if (at > start && at < start + word.length) return true;
    start += Buffer.byteLength(value) + 1;
  }
  return false;
}
