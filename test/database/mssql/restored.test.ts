import { join } from 'node:path';
import { expect, it } from 'vitest';
import { backup, digests, folder, restore } from '../../backup/library.js';
import { withMssql } from '../../support/clients/mssql.js';
import { connect } from '../../support/connection.js';
import { failure } from '../../support/errors.js';
import { World } from './world.js';

const selection = { scope: 'tables', names: ['t'] } as const;

it('gives back values of every type as a server keeps them', async () => {
  const w = await World.start();
  w.database.define(
    `create table t (id bigint primary key, d decimal(38,10), m money, s smallmoney, g uniqueidentifier, b binary(3),
      c nchar(4), v varchar(9), x xml, h hierarchyid, dt datetime, sd smalldatetime, d2 datetime2, dto datetimeoffset,
      day date, clock time, f float, r real, t tinyint, flag bit)`,
  );
  await withMssql(w.url, (statement) =>
    statement(
      `insert into [dbo].[t] ([id], [d], [m], [s], [g], [b], [c], [v], [x], [h], [dt], [sd], [d2], [dto],
        [day], [clock], [f], [r], [t], [flag]) values (1, '1.50', convert(money, '-2.5'), convert(smallmoney, '3'),
        'a0b1c2d3-0000-4000-8000-00000000000f', ?, 'ab', 'ü', convert(xml, '<a> </a>', 1), convert(hierarchyid, '/1/'),
        '2026-01-02T03:04:05.007', '2026-01-02T03:04:00', '2026-01-02T03:04:05.1234567',
        '2026-01-02 03:04:05.1234567 +01:00', '2026-01-02', '23:59:59.9999999', '0.1', '0.1', '255', '1')`,
      [Buffer.from([1])],
    ),
  );
  const before = w.rows('select * from t');
  const database = await connect(w.url);
  const file = join(folder(), 'backup');
  const first = await backup(database, file, { selection });
  w.database.direct.exec('delete from t');
  await restore(database, file);
  // The same instant, in UTC.
  expect(w.rows('select * from t')).toEqual([{ ...before[0], dto: '2026-01-02 02:04:05.1234567 +00:00' }]);
  expect(await digests(await backup(database, `${file}-again`, { selection }))).toEqual(await digests(first));
});

/** Restores one value out of a wide column into a column of `type`; answers what is there, or the error. */
async function restored(type: string, from: string, value: string, cutTimes = false): Promise<unknown> {
  const source = await World.start();
  source.database.define(`create table t (id int primary key, v ${from})`);
  await withMssql(source.url, (statement) =>
    statement(`insert into [dbo].[t] ([id], [v]) values (1, ?)`, [value]),
  );
  const file = join(folder(), 'backup');
  await backup(await connect(source.url), file);
  const target = await World.start();
  target.database.define(`create table t (id int primary key, v ${type})`);
  const work = restore(await connect(target.url), file, { cutTimes });
  return work.then(
    () => target.rows('select v from t')[0]?.['v'],
    async () => {
      expect(target.rows('select * from t')).toEqual([]);
      const { code, message, hint } = await failure(work);
      expect(`${message} ${hint ?? ''}`).not.toContain(value);
      return `${code}: ${message}`;
    },
  );
}

it.each([
  [
    'nvarchar(3)',
    'nvarchar(max)',
    'CANARY',
    /^database\/constraint: .*table "tmi\.dbo\.t", column "v".* 2628/,
  ],
  ['tinyint', 'int', '256', /^database\/constraint: .* 244/],
  ['uniqueidentifier', 'nvarchar(9)', 'CANARY', /^database\/constraint: .* 8169/],
  ['smallmoney', 'decimal', '999999', /^database\/constraint: .* 294/],
  ['smallmoney', 'nvarchar(9)', 'CANARY', /^database\/constraint: .* 293/],
  ['money', 'decimal(20)', '99999999999999999999', /^database\/constraint: .* 236/],
  ['datetime', 'datetime2', '1000-01-01 00:00:00', /^database\/constraint: .* 242/],
  // What the server takes and changes without a word, the comparison finds.
  ['varchar(9)', 'nvarchar(9)', '日本', /^backup\/differs/],
  ['nvarchar(3)', 'nvarchar(9)', 'abc ', /^backup\/differs/],
  ['decimal(5,2)', 'decimal(9,4)', '1.0050', /^backup\/differs/],
])('refuses for a column of %s, of %s, %s', async (type, from, value, error) => {
  expect(await restored(type, from, value)).toMatch(error);
});

const others = 'and the backup has others';

it.each([
  ['datetime', '05.124', `keeps 3 digits of a second, of which the last is 0, 3 or 7, ${others}`, '05.123'],
  ['datetime', '05.129', `keeps 3 digits of a second, of which the last is 0, 3 or 7, ${others}`, '05.127'],
  [
    'datetime',
    '05.1239999',
    `keeps 3 digits of a second, of which the last is 0, 3 or 7, ${others}`,
    '05.123',
  ],
  ['datetime', '05.992', `keeps 3 digits of a second, of which the last is 0, 3 or 7, ${others}`, '05.990'],
  ['smalldatetime', '59', 'keeps whole minutes, and the backup has seconds', '00.000'],
  ['datetime2(3)', '05.1234', 'keeps 3 digits of a second, and the backup has more', '05.123'],
])(
  'tells of a time that a column of %s keeps otherwise, and cuts it: %s',
  async (type, given, told, kept) => {
    const time = `2026-01-02 03:04:${given}`;
    expect(await restored(type, 'datetime2', time)).toBe(`backup/not-fitting: The column t.v ${told}`);
    expect(await restored(type, 'datetime2', time, true)).toBe(`2026-01-02 03:04:${kept}`);
  },
);

it.each([
  ['datetime', '05.003', '05.003'],
  ['datetime', '05', '05.000'],
  ['datetime', '05.5', '05.500'],
  ['datetime', '05.55', '05.550'],
  ['smalldatetime', '00', '00.000'],
])('leaves a time alone that a column of %s keeps: %s', async (type, given, kept) => {
  expect(await restored(type, 'datetime2', `2026-01-02 03:04:${given}`)).toBe(`2026-01-02 03:04:${kept}`);
});
