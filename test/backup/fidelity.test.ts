import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/backup/json-text.js';
import { normalForm } from '../../src/backup/normal-form.js';
import { orderTables } from '../../src/backup/order.js';
import { connect, connectFresh, freshUrl, queryRows } from '../support/connection.js';
import { failure } from '../support/errors.js';
import { whyMissing } from '../support/servers/index.js';
import { backup, digests, folder, restore } from './library.js';

describe('normal forms', () => {
  it.each([
    ['decimal', '0001.500', '1.5'],
    ['decimal', '-0.00', '0'],
    ['decimal', '12345678901234567890.1200', '12345678901234567890.12'],
    ['integer', '9007199254740993', '9007199254740993'],
    ['integer', true, 1],
    ['integer', { text: '7' }, 7],
    ['integer', { text: 'seven' }, { text: 'seven' }],
    ['boolean', 1, true],
    ['boolean', '0', false],
    ['boolean', { integer: '2' }, { integer: '2' }],
    ['float', '1e300', 1e300],
    ['float', 'NaN', 'NaN'],
    ['timestamp', '2025-03-01 10:20:30.120000+02:00', '2025-03-01T08:20:30.120Z'],
    ['timestamp', { integer: '0' }, '1970-01-01T00:00:00.000Z'],
    ['timestamp', 'infinity', 'infinity'],
    ['timestamp', '2025-03-01', '2025-03-01T00:00:00.000Z'],
    ['date', '2025-03-01 00:00:00', '2025-03-01'],
    ['time', '10:20:30.500000', '10:20:30.5'],
    ['time', '10:20:30.000', '10:20:30'],
    ['uuid', 'AB', 'ab'],
    ['array', '["a",null]', ['a', null]],
    ['text', '', ''],
    ['text', null, null],
  ] as const)('%s %j', (kind, value, expected) => {
    expect(normalForm(kind, value)).toEqual(expected);
  });

  it.each([
    ['{"b": 1.50, "a" : [ ]}', '{"a":[],"b":15e-1}'],
    ['100', '1e2'],
    ['-0', '0'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['"\\u00fc"', '"ü"'],
    ['12345678901234567890', '1234567890123456789e1'],
    ['no json', 'no json'],
  ])('JSON %s', (text, expected) => {
    expect(canonicalJson(text)).toBe(expected);
  });
});

describe('order of tables', () => {
  const table = (name: string, ...references: string[]) => ({
    name,
    foreignKeys: references.map((target) => ({
      name: `${name}_${target}`,
      columns: ['x'],
      references: target,
      referencedColumns: ['id'],
      deferrable: false,
    })),
  });

  it('puts parents first', () => {
    const { tables, circular } = orderTables([table('c', 'b'), table('b', 'a'), table('a')]);
    expect(tables.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(circular).toEqual([]);
  });

  it('finds the keys that no order satisfies', () => {
    const { tables, circular } = orderTables([
      table('a', 'b'),
      table('b', 'a', 'b'),
      table('c', 'elsewhere'),
    ]);
    expect(tables.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
    expect(circular.map(({ key }) => key.name)).toEqual(['a_b', 'b_b']);
  });
});

describe.skipIf(whyMissing('postgres'))('PostgreSQL', () => {
  const ddl = `
    create type mood as enum ('sad', 'happy');
    create table odd (
      id integer generated always as identity primary key, tags text[], grid integer[][], span interval,
      address inet, price numeric, amount money, mood mood, bits bit(5), range int4range, doc json,
      fixed char(5), plain timestamp, zoned timetz, tiny timestamptz(3), vector tsvector,
      doubled integer generated always as (1 + 1) stored, wide numeric(1000, 500));
    create sequence alone;
    create function shout() returns trigger language plpgsql as 'begin new.fixed = ''x''; return new; end';
    create trigger shouts before insert on odd for each row execute function shout()`;

  it('keeps the values of types that no other engine has, and calls no trigger for them', async () => {
    const [source, target] = [await connectFresh('postgres'), await connectFresh('postgres')];
    for (const database of [source, target]) for (const sql of ddl.split(';\n')) await database.knex.raw(sql);
    await source.knex.raw('alter table odd disable trigger user');
    await source.knex.raw(
      `insert into odd (tags, grid, span, address, price, amount, mood, bits, range, doc, fixed, plain, zoned, tiny, vector, wide)
       values (array['a,"b\\c', null, '', '{}', 'NULL'], '{{1,2},{3,4}}', '1 year 2 days 03:04:05.678', '::1/64', 'NaN',
         12.34, 'happy', b'10101', '[1,5)', '{"a": 1,  "a":2}', 'ab', 'infinity', '10:00:00+05:45',
         '2025-01-01 00:00:00.123Z', 'a fat cat', 1e499 + 1e-499),
       ('{}', null, null, null, 0.10, null, null, null, null, null, null, '2025-01-01 00:00:00.000001', null, null, null, null)`,
    );
    await source.knex.raw(`select setval('alone', 41)`);
    const path = folder();
    const first = await backup(source, join(path, 'first'));
    await restore(target, join(path, 'first'));
    expect(await digests(await backup(target, join(path, 'second')))).toEqual(await digests(first));
    const rows = 'select odd::text from odd order by id';
    expect(await queryRows(target, rows)).toEqual(await queryRows(source, rows));
    expect(await queryRows(target, `select nextval('alone')::int as next`)).toEqual([{ next: 42 }]);
    // The trigger is on again, and the identity goes on.
    await target.knex.raw(`insert into odd (fixed) values ('y')`);
    expect(await queryRows(target, 'select id, fixed from odd order by id desc limit 1')).toEqual([
      { id: 3, fixed: 'x    ' },
    ]);
  });

  it('refuses digits of a second that a column cannot keep, unless they may be cut', async () => {
    const [source, target] = [await connectFresh('postgres'), await connectFresh('postgres')];
    await source.knex.raw('create table times (id int primary key, at timestamptz)');
    await source.knex.raw(`insert into times values (1, '2025-01-01 00:00:00.123999Z')`);
    await target.knex.raw('create table times (id int primary key, at timestamptz(3))');
    const file = join(folder(), 'b');
    await backup(source, file);
    expect((await failure(restore(target, file))).code).toBe('backup/not-fitting');
    await restore(target, file, { cutTimes: true });
    expect(await queryRows(target, 'select at::text from times')).toEqual([
      { at: '2025-01-01 00:00:00.123+00' },
    ]);
  });
});

describe('a target that changes what it is given', () => {
  it('gets nothing', async () => {
    const [from, to] = [await freshUrl('sqlite'), await freshUrl('sqlite')];
    const [source, target] = [await connect(from), await connect(to)];
    await source.knex.raw('create table t (id integer primary key, v text)');
    await source.knex.raw(`insert into t values (1, '007')`);
    // A number has no zeros before it.
    await target.knex.raw('create table t (id integer primary key, v integer)');
    const file = join(folder(), 'b');
    await backup(source, file);
    expect((await failure(restore(target, file))).code).toBe('backup/differs');
    expect(await queryRows(target, 'select * from t')).toEqual([]);
  });

  it('gets no rows that point nowhere', async () => {
    const [source, target] = [await connectFresh('sqlite'), await connectFresh('sqlite')];
    for (const { knex } of [source, target]) {
      await knex.raw('create table parents (id integer primary key)');
      await knex.raw(
        'create table children (id integer primary key, parent integer references parents (id))',
      );
    }
    await source.knex.raw('insert into parents values (1)');
    await source.knex.raw('insert into children values (1, 1)');
    const file = join(folder(), 'b');
    await backup(source, file, { selection: { scope: 'tables', names: ['children'] } });
    expect((await failure(restore(target, file))).code).toBe('backup/broken-foreign-key');
    expect(await queryRows(target, 'select * from children')).toEqual([]);
  });

  it('keeps values that do not fit their column, as SQLite allows', async () => {
    const [source, target] = [await connectFresh('sqlite'), await connectFresh('sqlite')];
    for (const { knex } of [source, target]) {
      await knex.raw('create table odd (id integer primary key, n integer, b blob, d datetime, t text, x)');
    }
    await source.knex.raw(`insert into odd values (1, 'seven', 'text', 1700000000, x'00ff', 1.5)`);
    const file = join(folder(), 'b');
    const first = await backup(source, file);
    await restore(target, file);
    expect(await digests(await backup(target, `${file}2`))).toEqual(await digests(first));
    const types = 'select typeof(n) a, typeof(b) b, typeof(d) d, typeof(t) t, typeof(x) x from odd';
    expect(await queryRows(target, types)).toEqual([
      { a: 'text', b: 'text', d: 'integer', t: 'blob', x: 'real' },
    ]);
  });
});
