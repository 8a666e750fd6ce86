import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Database, DatabaseSession } from '../../src/database/contract.js';
import type { LinesBeside } from '../../src/database/dialects/sqlite/lines-beside.js';
import type { ColumnFacts, PortableRow, TableFacts } from '../../src/database/schema-facts.js';
import { connectFresh } from '../support/connection.js';
import type { TestEngine } from '../support/database.js';
import { failure } from '../support/errors.js';
import { whyMissing } from '../support/servers/index.js';
import { RowSum } from '../../src/backup/row-sum.js';
import { backup, folder } from './library.js';
import { broken, misreadTests } from './misread.js';

/** A table with columns of every kind that the engine has, and values at their edges. */
const worlds: Readonly<Partial<Record<TestEngine, readonly string[]>>> = {
  postgres: [
    `create type mood as enum ('sad', 'so "happy"')`,
    `create domain padded as char(5)`,
    `create table everything (id int primary key, big bigint, price numeric(40, 10), ratio double precision, single real,
      flag boolean, name varchar(50), note text, fixed char(6), own padded, feel mood, wait interval, addr inet, bits bit(5),
      raw bytea, at timestamptz, plain timestamp(3), day date, clock time, key uuid, doc jsonb, doc2 json, tags text[],
      grid int[], span tstzrange)`,
    `insert into everything values
      (1, 9223372036854775807, 123456789012345678901234567890.0123456789, 0.1, 0.1, true, 'ü', E'a\\nb\\\\c\\t🙂', 'ab', 'cd',
       'so "happy"', '1 day 02:00', '10.0.0.0/8', b'10101', '\\x00ff5c', '2026-01-02 03:04:05.123456+02', '2026-01-02 03:04:05.12',
       '2024-02-29', '23:59:59.999999', '123e4567-e89b-12d3-a456-426614174000', '{"b": 1.50, "ä": [null]}', '{"b":  1}',
       array['a', 'b "c"', null, '', 'NULL', '{}', 'x,y'], array[[1, 2], [3, null]], '[2026-01-01 00:00+00,)')`,
    `insert into everything (id, ratio, single, price, at, plain, day, tags, grid, note, raw)
      values (2, 'NaN', 'Infinity', 'NaN', 'infinity', '0044-03-15 00:00 BC', '-infinity', '{}', '[2:3]={7,8}', '', '')`,
    `insert into everything (id, ratio, single, at) values (3, '-0', 1e-40, '12026-01-01 00:00+00'), (4, 1.7976931348623157e308, 3.4e38, null)`,
  ],
  mysql: [
    `create table everything (id int primary key, big bigint unsigned, price decimal(65, 30), ratio double, single float,
      flag tinyint(1), name varchar(50), note longtext, fixed char(6), feel enum('a', 'b''c'), picks set('x', 'y'), bits bit(12),
      raw longblob, short binary(4), at datetime(6), plain timestamp(3) null, whole datetime, day date, clock time(3), y year,
      doc json, latin varchar(20) character set latin1, spot point)`,
    `insert into everything values
      (1, 18446744073709551615, 12345678901234567890123456789012345.000000000000000000000000000001, 0.1, 0.1, 1, 'ü',
       'a\\nb\\\\c🙂', 'ab', 'b''c', 'x,y', b'101101010101', x'00ff5c', x'01', '2026-01-02 03:04:05.123456',
       '2026-01-02 03:04:05.12', '2026-01-02 03:04:05', '2024-02-29', '-837:59:59.123', 2025, '{"b": 1.50, "ä": [null]}', 'ün',
       point(1, 2.5))`,
    `insert into everything (id, ratio, single, note, raw, flag) values (2, 1e300, -1e-20, '', '', 7), (3, -1.5e17, 123456.79, null, null, 0),
      (4, 1e-9, 1e10, 'x', 'y', 1), (5, 0, -0.0, 'x', 'y', null), (6, 123456789.123456789, 1e20, 'x', 'y', 1)`,
  ],
  sqlite: [
    `create table everything (id integer primary key, big bigint, price decimal(20, 4), ratio double, flag boolean, name varchar(50),
      raw blob, at datetime, day date, clock time, key uuid, doc json)`,
    `insert into everything values
      (1, 9223372036854775807, '12345678901234567890.5', 0.1, 1, 'ü🙂' || char(0) || 'b', x'00ff5c', '2026-01-02 03:04:05.123456+00:00',
       '2024-02-29', '23:59:59', '123e4567-e89b-12d3-a456-426614174000', '{"b": 1.50}')`,
    `insert into everything values (2, 7, 1.5, 9e999, 7, cast(x'ff' as text), 'text', '2026-01-02T10:00:00Z', 5, 1.25, x'00', 'no json')`,
    `insert into everything values (3, 0, 1e300, -1e-300, 'x', 12, 1.0, 3, null, null, null, null)`,
    `insert into everything values (4, -1, 100, -0.0, 0, '', x'', null, '', '', '', '')`,
  ],
};

async function world(engine: TestEngine): Promise<Database> {
  const database = await connectFresh(engine);
  for (const sql of worlds[engine] ?? []) await database.knex.raw(sql.replaceAll('?', '\\?'));
  return database;
}

describe.skipIf(whyMissing('postgres'))('postgres, of whose rows no values are made', () => {
  misreadTests(async () => {
    const database = await world('postgres');
    // Of these the server makes no line of a backup.
    for (const name of ['ratio', 'single', 'fixed', 'raw', 'tags', 'grid'])
      await database.knex.raw(`alter table everything drop column ${name}`);
    return database;
  });
});

for (const engine of ['postgres', 'mysql', 'sqlite'] as const) {
  describe.skipIf(engine !== 'sqlite' && whyMissing(engine))(engine, () => {
    misreadTests(() => world(engine));
  });
}

/** True for a server of MySQL, which is not asked to say anything beside its rows. */
async function isMySql({ knex }: Database): Promise<boolean> {
  const [rows] = (await knex.raw('select version() as version')) as [{ version: string }[]];
  return !/mariadb/i.test(String(rows[0]?.version));
}

/** A whole number of up to 2^53 and a little more, of a fraction. */
const point53 = (number: number): number => Math.round(number * 1e12) % (2 ** 53 + 10);

describe('lines that SQLite writes by itself', () => {
  const rows = `(1, 9007199254740991, 1234.56, 0.1, 1, 'ü🙂' || char(0) || '\\"' || char(10), '2026-01-02 03:04:05.123456+00:00',
      '2024-02-29', '23:59:59', '123e4567-e89b-12d3-a456-426614174000', '{"b": 1.50}'),
    (2, -9007199254740991, 7, -2.5, 0, '', '2026-01-02 03:04:05', '', '', '', ''),
    (3, null, null, 123456789012.0, null, null, null, null, null, null, null)`;
  const plainWorld = async (values: string): Promise<Database> => {
    const database = await connectFresh('sqlite');
    await database.knex
      .raw(`create table everything (id integer primary key, big bigint, price decimal(20, 4), ratio double,
      flag boolean, name varchar(50), at datetime, day date, clock time, key uuid, doc json)`);
    await database.knex.raw(`insert into everything values ${values}`);
    return database;
  };
  const tableOf = async ({ transfer }: DatabaseSession): Promise<TableFacts> =>
    (await transfer.inspect()).tables[0] as TableFacts;
  /** True where the engine says a line of every row. */
  const isComplete = async ({ transfer }: DatabaseSession): Promise<boolean> => {
    const table = await tableOf({ transfer } as DatabaseSession);
    const beside = transfer.checks(table, table.columns)?.beside as LinesBeside;
    expect(await beside.begin()).toBe(true);
    const said = vi.spyOn(beside, 'say');
    const many = vi.spyOn(beside, 'sayLines');
    for await (const block of transfer.readBlocks(table, table.columns, undefined, beside)) void block;
    const calls = said.mock.calls.length + many.mock.calls.length;
    return calls > 0 && said.mock.calls.every(([line]) => line !== null);
  };

  it('find a fault in the way that values of a column are read, which is named', async () => {
    const database = await plainWorld(rows);
    expect(await isComplete(database)).toBe(true);
    const file = join(folder(), 'b');
    await backup(database, file);
    for (const column of (await tableOf(database)).columns) {
      const error = await database.snapshot((session) =>
        failure(backup(database, `${file}-2`, { session: broken(session, column) })),
      );
      expect([error.code, error.message]).toEqual([
        'backup/misread',
        `What was read of everything.${column.name} is not what the engine holds`,
      ]);
    }
  });

  it('leave a row of another form to sums of its columns, which find a fault in it', async () => {
    const database = await plainWorld(`${rows}, (4, 9, 2.5, 0.1 + 0.2, 1, 'odd', null, '', '', '', '[2]')`);
    const file = join(folder(), 'b');
    expect((await backup(database, file)).unconfirmed).toEqual([]);
    const ratio = (await tableOf(database)).columns[3] as ColumnFacts;
    const error = await database.snapshot((session) => {
      const { transfer } = session;
      const readBlocks: typeof transfer.readBlocks = async function* (...args) {
        for await (const block of transfer.readBlocks(...args)) {
          const spoilt = (block.rows ?? []).map((row) => (row[0] === 4 ? row.with(3, 0.25) : row));
          const lines = Buffer.from(spoilt.map((row) => `${JSON.stringify(row)}\n`).join(''));
          yield { ...block, lines, rows: spoilt };
        }
      };
      return failure(
        backup(database, `${file}-2`, { session: { ...session, transfer: { ...transfer, readBlocks } } }),
      );
    });
    expect([error.code, error.message.includes(`everything.${ratio.name}`)]).toEqual([
      'backup/misread',
      true,
    ]);
  });

  it('are not taken for all rows where one was read in the place of another', async () => {
    const database = await plainWorld(rows);
    const { transfer } = database;
    const table = await tableOf(database);
    const beside = transfer.checks(table, table.columns)?.beside as LinesBeside;
    await beside.begin();
    for (const number of [1, 1, 3]) {
      beside.say(`[${number}]`, number);
      beside.add({ lines: Buffer.from(`[${number}]\n`), count: 1, rows: [[number]] });
    }
    expect(await beside.isSame()).toBe(false);
  });

  it('find a fault that is gone when the rows are read once more', async () => {
    const database = await plainWorld(rows);
    const { columns } = await tableOf(database);
    const error = await database.snapshot((session) => {
      const faulty = broken(session, columns[5] as ColumnFacts).transfer;
      const transfer = {
        ...session.transfer,
        readBlocks: (...args: Parameters<typeof faulty.readBlocks>) => faulty.readBlocks(...args),
      };
      return failure(backup(database, join(folder(), 'b'), { session: { ...session, transfer } }));
    });
    expect([error.code, columns.every(({ name }) => error.message.includes(`everything.${name}`))]).toEqual([
      'backup/misread',
      true,
    ]);
  });

  it('are not said where a value has another form, and do not stand in the way of bytes that are no text', async () => {
    for (const [columns, isWhole] of [
      [`1, 9007199254740992, 1, 0.5, 1, 'a'`, false],
      [`1, 1, '12345678901234567890.5', 0.5, 1, 'a'`, false],
      // The file keeps no zero below zero.
      [`1, 1, 1, -0.0, 1, 'a'`, true],
      [`1, 1, 1, 0.1 + 0.2, 1, 'a'`, false],
      [`1, 1, 1, 1e300, 1, 'a'`, false],
      [`1, 1, 1, 9e999, 1, 'a'`, false],
      [`1, 1, 1, 0.5, 2, 'a'`, false],
      [`1, 1, 1, 0.5, 1, x'61'`, false],
      [`1, 1, 1, 0.5, 1, cast(x'61ff' as text)`, true],
      [`1, 1, 1, 0.5, 1, 'a' || char(0xfffd)`, true],
    ] as const) {
      const database = await plainWorld(`(${columns}, null, null, null, null, null)`);
      expect([columns, await isComplete(database)]).toEqual([columns, isWhole]);
      await backup(database, join(folder(), 'b'));
    }
    const tagged = await plainWorld(`(1, 1, 1, 0.5, 1, 'a', '2026-01-02T10:00:00Z', null, null, null, null)`);
    expect(await isComplete(tagged)).toBe(false);
  });

  it('are to the character what is made of the values, whichever there are', async () => {
    const database = await plainWorld(rows);
    await database.knex.raw('begin');
    // Every character outside of the surrogates, some at a time, and numbers of all lengths.
    for (let from = 0; from < 0x11000; from += 0x800) {
      if (from === 0xd800) continue;
      const points = Array.from({ length: 0x800 }, (_, at) => from + at);
      const text = String.fromCodePoint(...points);
      const numbers = points.slice(0, 40).map((point) => (point * 7919) / 10 ** (point % 17));
      await database.knex('everything').insert({ name: text, at: `a${text}`, doc: JSON.stringify(text) });
      for (const number of numbers) {
        await database.knex('everything').insert({ price: number, ratio: number, big: point53(number) });
      }
    }
    await database.knex.raw(
      `insert into everything (name) values (cast(x'61ff' as text)), (char(0xfffd)), (5)`,
    );
    await database.knex.raw(
      `insert into everything (at) values ('2026-01-02T10:00:00Z'), ('T' || char(10) || 'Z')`,
    );
    const table = await tableOf(database);
    await database.knex.raw('commit');
    const lines: string[] = [];
    const take = (line: string | Buffer): number => lines.push(String(line));
    let count = 0;
    for await (const some of database.transfer.readLines(table, table.columns, take)) count += some;
    const values: string[] = [];
    for await (const some of database.transfer.readRows(table))
      values.push(...some.map((row) => JSON.stringify(row)));
    expect(count).toBe(values.length);
    expect(lines.sort()).toEqual(values.sort());
  });
});

for (const engine of ['mysql', 'sqlite'] as const) {
  describe.skipIf(engine !== 'sqlite' && whyMissing(engine))(`what ${engine} says beside the rows`, () => {
    /** Whether the engine says the same, where what is read of rows is changed by `work`; undefined where it says nothing. */
    const isSame = (
      database: Database,
      work: (rows: readonly PortableRow[]) => readonly PortableRow[] = (rows) => rows,
      pick: (column: ColumnFacts) => boolean = () => true,
    ): Promise<boolean | undefined> =>
      database.snapshot(async ({ transfer }) => {
        const table = (await transfer.inspect()).tables[0] as TableFacts;
        const columns = table.columns.filter(pick);
        const beside = transfer.checks(table, columns)?.beside;
        if ((await beside?.begin()) !== true) return undefined;
        const rows: PortableRow[] = [];
        let hasValues = true;
        for await (const block of transfer.readBlocks(table, columns, undefined, beside)) {
          hasValues = block.rows !== undefined;
          const texts = block.lines.toString().split('\n').slice(0, -1);
          rows.push(...(block.rows ?? texts.map((line) => JSON.parse(line) as PortableRow)));
        }
        const read = work(rows);
        const lines = Buffer.from(read.map((row) => `${JSON.stringify(row)}\n`).join(''));
        beside?.add({ lines, count: read.length, ...(hasValues && { rows: read }) });
        return beside?.isSame();
      });

    it('is what is read, whatever there is', async () => {
      const database = await world(engine);
      if (engine === 'mysql') {
        for (const [id, length] of [1000, 1001, 500, 501].entries())
          await database
            .knex('everything')
            .insert({ id: 90 + id, note: (id < 2 ? 'x' : 'ü').repeat(length) });
      }
      // SQLite writes no bytes into a line.
      const pick = ({ name }: ColumnFacts): boolean => engine !== 'sqlite' || !['raw', 'name'].includes(name);
      const said = await isSame(database, undefined, pick);
      if (said !== undefined) expect(said).toBe(true);
      expect(said === undefined).toBe(engine === 'mysql' && (await isMySql(database)));
      const { columns } = (await database.transfer.inspect()).tables[0] as TableFacts;
      for (const { name } of columns.filter(pick)) {
        const own = await isSame(database, undefined, (column) => column.name === name);
        expect([name, own]).toEqual([name, said]);
      }
    });

    it('is not the same when rows came that are not in what was read, or none for one that is', async () => {
      const database = await connectFresh(engine);
      await database.knex.raw('create table few (id int primary key, name varchar(50))');
      await database.knex.raw(`insert into few values (1, 'a'), (2, 'b')`);
      const { transfer } = database;
      const table = (await transfer.inspect()).tables[0] as TableFacts;
      const beside = transfer.checks(table, table.columns)?.beside;
      if ((await beside?.begin()) !== true) return;
      for await (const block of transfer.readBlocks(table, table.columns, undefined, beside))
        beside?.add(block);
      expect(await beside?.isSame()).toBe(true);
      await database.knex.raw(`insert into few values (3, 'c')`);
      expect(await beside?.isSame()).toBe(false);
    });

    it('is not the same of rows that were lost, read twice or read for others', async () => {
      const database = await connectFresh(engine);
      await database.knex.raw('create table few (id int primary key, name varchar(50))');
      await database.knex.raw(`insert into few values (1, 'a'), (2, 'b'), (3, null), (4, 'd')`);
      if ((await isSame(database)) === undefined) return;
      expect(await isSame(database)).toBe(true);
      for (const work of [
        (rows: readonly PortableRow[]) => rows.slice(1),
        (rows: readonly PortableRow[]) => rows.slice(0, -1),
        (rows: readonly PortableRow[]) => [...rows, rows[0] as PortableRow],
        (rows: readonly PortableRow[]) => rows.map((row) => (row[0] === 2 ? [2, 'c'] : row)),
        (rows: readonly PortableRow[]) => rows.map((row) => (row[0] === 2 ? [2, null] : row)),
        (rows: readonly PortableRow[]) => rows.map((row) => (row[0] === 2 ? (rows[0] as PortableRow) : row)),
        () => [],
      ])
        expect([String(work), await isSame(database, work)]).toEqual([String(work), false]);
    });
  });
}

describe.skipIf(whyMissing('postgres'))('rows that PostgreSQL writes by itself', () => {
  it('have the sum of what is made of their values, whichever they are', async () => {
    const database = await world('postgres');
    const note = `U&'\\0001\\0009\\000A\\000B\\000C\\000D \\00A0\\3000\\FFFD'`;
    await database.knex.raw(
      `insert into everything (id, name, note, fixed, own, feel, tags, doc2, raw) values
        (10, '(a,b)', ${note}, '', '', 'sad', array['(', '"\\'], '" "', '\\x5c22'), (11, '', '\\"', ' ', ' x ', null, '{}', '1', ''),
        (12, '(x', '\u{1F642}', null, null, null, null, null, null)`.replaceAll('?', '\\?'),
    );
    await database.knex
      .raw(`insert into everything (id, at, plain) values (13, '2026-01-02 03:04:05Z', '2026-01-02 03:04:05.1'),
      (14, '0001-01-01Z', 'infinity'), (15, '0044-03-15Z BC', '99999-01-01')`);
    await database.snapshot(async ({ transfer }) => {
      const table = (await transfer.inspect()).tables[0] as TableFacts;
      const hashed: string[] = [];
      for (const columns of [...table.columns.map((column) => [column]), table.columns]) {
        const rows = transfer.checks(table, columns)?.rows;
        let own = 0n;
        const lines = new RowSum();
        for await (const some of transfer.readRows(table, columns)) {
          for (const row of some) own += BigInt(rows?.hash?.(row) ?? 0);
          for (const row of some) lines.add(JSON.stringify(row));
        }
        const names = columns.map(({ name }) => name).join();
        const sum = BigInt((await rows?.sum()) ?? -1);
        if (rows?.hash) expect([names, sum]).toEqual([names, own]);
        else expect([names, BigInt.asUintN(56, sum)]).toEqual([names, BigInt(`0x${lines.hex().slice(-14)}`)]);
        if (rows?.hash) hashed.push(names);
      }
      // All others have the very lines of the backup hashed.
      expect(hashed.slice(0, -1)).toEqual(['ratio', 'single', 'fixed', 'raw', 'tags', 'grid']);
    });
  });
});
