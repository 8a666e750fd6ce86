import { describe, expect, it } from 'vitest';
import { withMssql } from '../../support/clients/mssql.js';
import { connect } from '../../support/connection.js';
import { World } from './world.js';

/** Values as a client sends them, and what a column of a server keeps of them, or the number that it refuses them with. */
type Case = readonly [type: string, sent: unknown, kept: unknown];

const bytes = (...values: number[]): Buffer => Buffer.from(values);

/** By the driver alone: what is sent is not what the tool would make of a value. */
async function keptOf(type: string, sent: unknown, compatibility = 160): Promise<unknown> {
  const w = await World.start();
  w.database.define(`create table t (v ${type})`);
  w.database.compatibility = compatibility;
  try {
    await withMssql(w.url, (statement) => statement('insert into [dbo].[t] ([v]) values (?)', [sent]));
  } catch (error) {
    return (error as { readonly number?: number }).number ?? error;
  }
  const statement = w.database.direct.prepare('select v from t').safeIntegers();
  return (statement.get() as { v: unknown }).v;
}

const whole: readonly Case[] = [
  ['tinyint', '255', 255n],
  ['tinyint', '256', 244],
  ['tinyint', 255, 255n],
  ['tinyint', 256, 220],
  ['tinyint', -1, 220],
  ['tinyint', 300.5, 232],
  ['tinyint', 254.9, 254n],
  ['smallint', '-32768', -32_768n],
  ['smallint', '32768', 244],
  ['smallint', 32_768, 220],
  ['int', ' 2147483647 ', 2_147_483_647n],
  ['int', '2147483648', 248],
  ['int', 2_147_483_648, 8115],
  ['int', '1.0', 245],
  ['int', 'one', 245],
  ['int', '', 0n],
  ['bigint', '-9223372036854775808', -(2n ** 63n)],
  ['bigint', '9223372036854775808', 8115],
  ['bigint', 'one', 8114],
  ['bit', '2', 1n],
  ['bit', 'TRUE', 1n],
  ['bit', 'false', 0n],
  ['bit', 0.1, 1n],
  ['bit', 'yes', 245],
];

const decimals: readonly Case[] = [
  ['decimal(5,2)', '1', '1.00'],
  ['decimal(5,2)', '1.005', '1.01'],
  ['decimal(5,2)', '-1.005', '-1.01'],
  ['decimal(5,2)', '-0.004', '0.00'],
  ['decimal(5,2)', '999.994', '999.99'],
  ['decimal(5,2)', '999.995', 8115],
  ['decimal(5,2)', 1000, 8115],
  ['decimal(5,2)', '1e2', 8114],
  ['decimal(5,2)', '', 8114],
  ['decimal', '123456789012345678.5', '123456789012345679'],
  ['decimal', '1000000000000000000', 8115],
  ['decimal(38,10)', '1234567890123456789012345678.0123456789', '1234567890123456789012345678.0123456789'],
  ['numeric(3,3)', '.5', '0.500'],
  ['decimal(10,3)', 0.0005, '0.001'],
  ['smallmoney', '1', 257],
  ['money', 1, '1.0000'],
  ['smallmoney', 214_749, 8115],
  ['float', '0.1', 0.1],
  ['float', '', 0],
  ['float', 'x', 8114],
  ['real', 0.1, Math.fround(0.1)],
  ['real', 1.5e39, 232],
  ['float(24)', 0.1, Math.fround(0.1)],
  ['float(25)', 0.1, 0.1],
];

const texts: readonly Case[] = [
  ['nvarchar(3)', 'üöä', 'üöä'],
  ['nvarchar(3)', 'abcd', 2628],
  ['nvarchar(3)', '😀a', '😀a'],
  ['nvarchar(3)', '😀😀', 2628],
  ['nvarchar(3)', 'abc  ', 'abc'],
  ['nvarchar(5)', 'abc  ', 'abc  '],
  ['nvarchar', 'ab', 2628],
  ['nvarchar(max)', 'a'.repeat(9000), 'a'.repeat(9000)],
  ['varchar(3)', 'ü€a', 'ü€a'],
  ['varchar(3)', '日本', '??'],
  ['varchar(3)', '😀a', '??a'],
  ['varchar(3)', '😀😀', 2628],
  ['char(4)', 'ab', 'ab  '],
  ['char', 'a', 'a'],
  ['nchar(2)', 'abc', 2628],
  ['nvarchar(20)', 12, '12'],
  ['binary(3)', bytes(1), bytes(1, 0, 0)],
  ['varbinary(3)', bytes(1, 0), bytes(1, 0)],
  ['varbinary(1)', bytes(1, 0), 2628],
  ['varbinary(max)', 'x', 257],
  ['nvarchar(9)', 0.5, 257],
  ['float', bytes(1), 206],
  ['uniqueidentifier', 'a0b1c2d3-0000-4000-8000-00000000000f', 'A0B1C2D3-0000-4000-8000-00000000000F'],
  ['uniqueidentifier', 'a0b1c2d3-0000-4000-8000-00000000000fxyz', 'A0B1C2D3-0000-4000-8000-00000000000F'],
  ['uniqueidentifier', 'a0b1c2d3000040008000000000000000', 8169],
  ['uniqueidentifier', 1, 206],
  ['xml', '<a> <b/> </a>', '<a><b/></a>'],
  ['hierarchyid', '/1/', 206],
];

const moments: readonly Case[] = [
  ['datetime', '2026-01-02T03:04:05.001', '2026-01-02 03:04:05.000'],
  ['datetime', '2026-01-02T03:04:05.002', '2026-01-02 03:04:05.003'],
  ['datetime', '2026-01-02T03:04:05.005', '2026-01-02 03:04:05.007'],
  ['datetime', '2026-01-02T03:04:05.008', '2026-01-02 03:04:05.007'],
  ['datetime', '2025-12-31T23:59:59.999', '2026-01-01 00:00:00.000'],
  ['datetime', '2026-01-02T03:04:05.1234', 241],
  ['datetime', '1752-12-31T00:00:00', 242],
  ['datetime', '1753-01-01T00:00:00', '1753-01-01 00:00:00.000'],
  ['datetime', '2026-02-30T00:00:00', 241],
  ['smalldatetime', '2026-01-02T03:04:29.998', '2026-01-02 03:04:00.000'],
  ['smalldatetime', '2026-01-02T03:04:29.999', '2026-01-02 03:05:00.000'],
  ['smalldatetime', '1899-12-31T00:00:00', 242],
  ['datetime2', '0001-01-01T00:00:00.0000001', '0001-01-01 00:00:00.0000001'],
  ['datetime2(3)', '2025-12-31 23:59:59.9995', '2026-01-01 00:00:00.000'],
  ['datetime2(0)', '2025-12-31 23:59:59.4999999', '2025-12-31 23:59:59'],
  ['datetime2', '2025-12-31 23:59:59.12345678', 241],
  ['datetime2', 'yesterday', 241],
  ['datetime2', 1, 206],
  ['datetimeoffset', '2026-01-02 03:04:05.12 -05:30', '2026-01-02 03:04:05.1200000 -05:30'],
  ['datetimeoffset(2)', '2026-01-02T03:04:05.125Z', '2026-01-02 03:04:05.13 +00:00'],
  ['datetimeoffset', '2026-01-02 03:04:05 +14:01', 241],
  ['date', '2026-01-02 23:59:59', '2026-01-02'],
  ['date', '0000-01-01', 241],
  ['time', '23:59:59.999999', '23:59:59.9999990'],
  ['time(3)', '01:02:03.0005', '01:02:03.001'],
  ['time', '24:00:00', 241],
];

describe.each([
  ['whole numbers', whole],
  ['decimals', decimals],
  ['texts', texts],
  ['moments', moments],
])('%s', (_, cases) => {
  it.each(cases)('%s keeps %o as %o', async (type, sent, kept) => {
    expect(await keptOf(type, sent)).toEqual(kept);
  });
});

it('says less of a text that is too long below compatibility level 150', async () => {
  expect(await keptOf('nvarchar(3)', 'abcd', 140)).toBe(8152);
});

it('keeps what an update and a merge write as it does what an insert writes', async () => {
  const w = await World.start();
  w.database.define('create table t (k nvarchar(9) primary key, v decimal(5,2))');
  const written = async (sql: string, ...values: unknown[]): Promise<unknown> => {
    await withMssql(w.url, (statement) => statement(sql, values));
    return w.rows('select * from t');
  };
  await written('insert into [dbo].[t] ([k], [v]) values (?, ?), (?, null)', 'a', '1', 'b');
  expect(await written('update [dbo].[t] set [v] = ? where [k] = ?', '2.5', 'a')).toContainEqual({
    k: 'a',
    v: '2.50',
  });
  const merge = `merge into [dbo].[t] with (holdlock) as t
    using (values (?, ?)) as s ([k], [v]) on t.[k] = s.[k] when matched then update set [v] = s.[v]
    when not matched then insert ([k], [v]) values (s.[k], s.[v]);`;
  expect(await written(merge, 'b', '3')).toContainEqual({ k: 'b', v: '3.00' });
  await expect(written(merge, 'b', '1000')).rejects.toMatchObject({ number: 8115 });
  await expect(written('update [dbo].[t] set [v] = ? where [k] = ?', 'x', 'a')).rejects.toMatchObject({
    number: 8114,
  });
});

it('tells of types what the catalogue of a server tells', async () => {
  const w = await World.start();
  const declared: Record<string, string> = {
    nvarchar: 'nvarchar(1)',
    'nvarchar(max)': 'nvarchar(max)',
    'char(3)': 'char(3)',
    'nchar(3)': 'nchar(3)',
    binary: 'binary(1)',
    decimal: 'decimal(18,0)',
    'numeric(5)': 'numeric(5,0)',
    'decimal(38,10)': 'decimal(38,10)',
    time: 'time(7)',
    'datetime2(3)': 'datetime2(3)',
    datetimeoffset: 'datetimeoffset(7)',
    'float(24)': 'real',
    'float(25)': 'float',
    sysname: 'nvarchar(128)',
    datetime: 'datetime',
    smallmoney: 'smallmoney',
  };
  const columns = Object.keys(declared).map((type, index) => `c${index} ${type}`);
  w.database.define(`create table t (${columns.join(', ')})`);
  const { tables } = await (await connect(w.url)).transfer.inspect();
  expect(tables[0]?.columns.map(({ type }) => type)).toEqual(Object.values(declared));
});

it('takes numbers of an identity where the session was told so, and nowhere else', async () => {
  const w = await World.start();
  w.database.direct.exec('create table t (id integer primary key autoincrement, v int)');
  const insert = (columns: string): string => `insert into [dbo].[t] (${columns}) values (?, 1)`;
  const run = (sql: string): Promise<unknown> => withMssql(w.url, (statement) => statement(sql, ['7']));
  await expect(run(insert('[id], [v]'))).rejects.toMatchObject({ number: 544 });
  const switched = (name: string, state: string): string =>
    `if exists (select 1 from sys.identity_columns where object_id = object_id(N'[dbo].[t]')
       and name in (N'${name}')) set identity_insert [dbo].[t] ${state}`;
  const around = (name: string): string =>
    `${switched(name, 'on')}; ${insert('[id], [v]')}; ${switched(name, 'off')}`;
  await expect(run(around('v'))).rejects.toMatchObject({ number: 544 });
  await run(around('id'));
  expect(w.rows('select * from t')).toEqual([{ id: 7, v: 1 }]);
});
