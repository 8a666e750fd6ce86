import { expect, it } from 'vitest';
import { failure } from '../../support/errors.js';
import type { TdsType } from '../../support/stand-ins/tds-answers.js';
import { TdsFault } from '../../support/stand-ins/tds-faults.js';
import { rows } from '../../support/stand-ins/tds-catalog.js';
import { column, scripted, table, texts, type Script } from './script.js';

it('asks for every type so that no digit is lost, and gives it back as it came', async () => {
  const columns = [
    column('d', 'decimal', 'decimal(38,10)'),
    column('m', 'decimal', 'money'),
    column('t', 'timestamp', 'datetimeoffset(7)'),
    column('u', 'timestamp', 'datetime2(7)'),
    column('c', 'time', 'time(7)'),
    column('x', 'text', 'xml'),
    column('h', 'text', 'hierarchyid'),
    column('g', 'binary', 'geometry'),
    column('n', 'text', 'nchar(5)'),
    column('b', 'boolean', 'bit'),
    column('f', 'float', 'real'),
    column('i', 'uuid', 'uniqueidentifier'),
  ];
  const sent = {
    d: '12345678901234567890.0123456789',
    m: '922337203685477.5807',
    t: '2026-01-02 03:04:05.1234567 +05:45',
    u: '0001-01-01 00:00:00.0000000',
    c: '23:59:59.9999990',
    x: '<a> </a>',
    h: '/1/2/',
    g: Buffer.from([1, 2]),
    n: 'ab   ',
    b: true,
    f: Math.fround(0.1),
    i: 'a0b1c2d3-0000-4000-8000-000000000000',
  };
  const types: Record<string, TdsType> = {
    ...Object.fromEntries(columns.map(({ name }) => [name, 'text'])),
    g: 'bytes',
    b: 'bit',
    f: 'float',
  };
  const { database, sent: statements } = await scripted([[/^select convert/, rows(types, [sent])]]);
  const read: unknown[] = [];
  for await (const batch of database.transfer.readRows(table(columns))) read.push(...batch);
  const portable = [
    '12345678901234567890.0123456789',
    '922337203685477.5807',
    '2026-01-01T21:19:05.1234567Z',
    '0001-01-01T00:00:00.000Z',
    '23:59:59.999999',
    '<a> </a>',
    '/1/2/',
    'AQI=',
    'ab',
    true,
    Math.fround(0.1),
    'a0b1c2d3-0000-4000-8000-000000000000',
  ];
  expect(read).toEqual([portable]);
  expect(statements()[0]).toBe(
    `select convert(varchar(60), [d]), convert(varchar(60), [m], 2), convert(varchar(40), [t], 121),` +
      ` convert(varchar(40), [u], 121), convert(varchar(40), [c], 121), convert(nvarchar(max), [x]),` +
      ` convert(nvarchar(max), [h]), convert(varbinary(max), [g]), [n], [b], [f], [i] from [app].[it's [odd]]]`,
  );
  await database.transfer.insertRows("it's [odd]", columns, [portable, columns.map(() => null)]);
  const insert = statements().at(-1) ?? '';
  expect(insert).toContain(
    '(@p0, convert(money, @p1), @p2, @p3, @p4, convert(xml, @p5, 1), convert(hierarchyid, @p6)',
  );
  expect(insert).toContain("set identity_insert [app].[it's [odd]]] on");
});

it('writes points in time in the form of their column', async () => {
  const { database, statements } = await scripted([]);
  const columns = [column('a', 'timestamp', 'datetimeoffset(7)'), column('b', 'timestamp', 'datetime')];
  await database.transfer.insertRows('t', columns, [
    ['2026-01-02T03:04:05.120Z', '2026-01-02T03:04:05.000Z'],
  ]);
  expect(statements.at(-1)?.parameters).toEqual({
    p0: '2026-01-02 03:04:05.12 +00:00',
    p1: '2026-01-02T03:04:05',
  });
});

it('lets keys and triggers rest while it loads, also those of tables that point at the tables', async () => {
  const { database, sent } = await scripted([
    [
      /f\.is_not_trusted/,
      rows({ name: 'text', table: 'text', target: 'text', trusted: 'int' }, [
        { name: 'k1', table: 'a', target: 'a', trusted: 1 },
        { name: 'k2', table: 'b', target: 'a', trusted: 0 },
        { name: 'k3', table: 'c', target: 'b', trusted: 1 },
        { name: 'k4', table: 'd', target: 'e', trusted: 1 },
      ]),
    ],
    [
      /from sys\.triggers/,
      texts(
        ['name', 'table'],
        [
          { name: 'audit', table: 'a' },
          { name: 'x', table: 'd' },
        ],
      ),
    ],
  ]);
  await database.load(['a'], [], async (session) => session.transfer.emptyTables(['b', 'a']));
  expect(
    sent().filter((sql) => !sql.startsWith('select f.name') && !sql.startsWith('select g.name')),
  ).toEqual([
    'set transaction isolation level read committed; begin transaction',
    'select top (1) 1 as locked from [app].[a] with (tablockx, holdlock)',
    [
      'alter table [app].[a] disable trigger [audit]',
      'alter table [app].[a] nocheck constraint [k1]',
      'alter table [app].[b] nocheck constraint [k2]',
      'alter table [app].[c] nocheck constraint [k3]',
    ].join(';\n'),
    'delete from [app].[b]',
    'delete from [app].[a]',
    [
      'alter table [app].[a] with check check constraint [k1]',
      'alter table [app].[b] with nocheck check constraint [k2]',
      'alter table [app].[c] with check check constraint [k3]',
      'alter table [app].[a] enable trigger [audit]',
    ].join(';\n'),
    'commit transaction',
  ]);
});

it.each([
  ['a counter that gave numbers', { last: '7', first: '1', step: '1' }, '20', '19'],
  ['a fresh counter', { last: null, first: '1', step: '1' }, '20', '20'],
  ['a counter in steps', { last: '7', first: '1', step: '5' }, '20', '15'],
  ['a counter that counts down', { last: '-7', first: '-1', step: '-1' }, '-20', '-19'],
  ['a counter that is ahead', { last: '30', first: '1', step: '1' }, '20', undefined],
])('makes %s go on', async (_, counter, next, value) => {
  const { database, sent } = await scripted([
    [/from sys\.identity_columns/, texts(['last', 'first', 'step'], [counter])],
    [/from sys\.sequences/, texts(['last', 'first', 'step'], [counter])],
  ]);
  await database.transfer.continueCounter('t', 'id', next);
  await database.transfer.continueSequence('s', next);
  const [, ...told] = sent();
  expect(told.filter((sql) => !sql.startsWith('select'))).toEqual(
    value === undefined
      ? []
      : [
          `dbcc checkident (N'[app].[t]', reseed, ${value}) with no_infomsgs`,
          `alter sequence [app].[s] restart with ${next}`,
        ],
  );
});

it('names foreign keys with rows that point nowhere', async () => {
  const { database } = await scripted([
    [/^select top \(1\) 1 as broken from \[app\]\.\[c\]/, rows({ broken: 'int' }, [{ broken: 1 }])],
  ]);
  const key = {
    name: 'k',
    columns: ['x', 'y'],
    references: 'p',
    referencedColumns: ['a', 'b'],
    deferrable: true,
  };
  const broken = await database.transfer.brokenInLoad([
    { ...table([]), name: 'c', foreignKeys: [key] },
    { ...table([]), name: 'd', foreignKeys: [key] },
  ]);
  expect(broken).toEqual([{ table: 'c', name: 'k', kind: 'foreign key', references: 'p' }]);
});

it('names what rows break that was never checked for them, and lets such checks rest in a load', async () => {
  const { database, sent } = await scripted([
    [
      /c\.is_not_trusted = 1/,
      rows({ table: 'text', name: 'text', definition: 'text' }, [
        { table: 'c', name: 'positive', definition: '([v]>(0))' },
        { table: 'c', name: 'kept', definition: '([v]<(9))' },
        { table: 'c', name: 'k', definition: null },
      ]),
    ],
    [
      /^select top \(1\) 1 as broken from \[app\]\.\[c\] (c where|where not \(\(\[v\]>)/,
      rows({ broken: 'int' }, [{ broken: 1 }]),
    ],
  ]);
  const key = { name: 'k', columns: ['x'], references: 'p', referencedColumns: ['a'], deferrable: true };
  const trusted = { ...key, name: 'trusted' };
  const broken = await database.transfer.brokenConstraints([
    { ...table([]), name: 'c', foreignKeys: [key, trusted] },
  ]);
  expect(broken).toEqual([
    { table: 'c', name: 'k', kind: 'foreign key', references: 'p' },
    { table: 'c', name: 'positive', kind: 'check' },
  ]);
  await database.load(['c'], [], () => Promise.resolve(), broken);
  expect(sent().filter((sql) => sql.startsWith('alter table'))).toEqual([
    'alter table [app].[c] nocheck constraint [positive]',
    'alter table [app].[c] with nocheck check constraint [positive]',
  ]);
});

/** What stands in a schema, and goes when it is dropped; a function keeps the table under it for one round. */
function schemaOf(names: readonly string[], open = 1): { script: Script; dropped: string[] } {
  const left = new Set(names);
  const dropped: string[] = [];
  const drop = (sql: string): undefined => {
    if (sql.startsWith('drop table') && [...left].some((name) => name.startsWith('drop function'))) {
      throw new TdsFault(3729, 'It is being referenced by an object.');
    }
    left.delete(sql);
    dropped.push(sql);
  };
  const script: Script = [
    [/as found from sys\.foreign_keys/, rows({ found: 'int' }, [])],
    [
      /N' drop constraint '/,
      texts(['statement'], [{ statement: 'alter table [app].[a] drop constraint [k]' }]),
    ],
    [
      /system_versioning = off\)' as statement/,
      texts(['statement'], [{ statement: 'alter table [app].[a] set (system_versioning = off)' }]),
    ],
    [
      /N'drop ' \+ case/,
      () =>
        texts(
          ['statement'],
          [...left].map((statement) => ({ statement })),
        ),
    ],
    [/^drop /, drop],
    [/^select @@trancount/, rows({ open: 'int' }, [{ open }])],
  ];
  return { script, dropped };
}

it('drops what the schema holds, and again what something else needed', async () => {
  const everything = [
    'drop table [app].[a]',
    'drop external table [app].[b]',
    'drop view [app].[v]',
    'drop sequence [app].[s]',
    'drop synonym [app].[y]',
    'drop procedure [app].[p]',
    'drop function [app].[f]',
    'drop type [app].[t]',
    'drop xml schema collection [app].[x]',
  ];
  const { script, dropped } = schemaOf(everything);
  const { database, sent } = await scripted(script);
  await database.dropAll();
  expect([...dropped].sort()).toEqual([...everything].sort());
  // Views go first, since tables may be bound to them.
  expect(dropped[0]).toBe('drop view [app].[v]');
  expect(dropped.at(-1)).toBe('drop table [app].[a]');
  expect(sent().at(-1)).toBe('commit transaction');
});

it('stops where a refusal ended the transaction: the next drop would be final', async () => {
  const { script, dropped } = schemaOf(['drop table [app].[a]', 'drop function [app].[f]'], 0);
  const { database } = await scripted(script);
  expect((await failure(database.dropAll())).code).toBe('database/in-use');
  expect(dropped).toEqual([]);
});

it('names all that falls besides tables', async () => {
  const { script } = schemaOf(['drop table [app].[a]', 'drop procedure [app].[p]', 'drop type [a.b].[t]]x]']);
  const { database } = await scripted(script);
  expect(await database.droppable()).toEqual(['procedure p', 'type t]x']);
});

it('drops nothing when another schema points here', async () => {
  const { script, dropped } = schemaOf(['drop table [app].[a]']);
  const outside: Script = [
    [/as found from sys\.foreign_keys/, rows({ found: 'int' }, [{ found: 1 }])],
    ...script,
  ];
  const { database, sent } = await scripted(outside);
  expect((await failure(database.dropAll())).code).toBe('database/referenced-from-outside');
  expect(dropped).toEqual([]);
  expect(sent().at(-1)).toMatch(/rollback transaction/);
});
