import { expect, it } from 'vitest';
import type { TdsType } from '../../support/stand-ins/tds-answers.js';
import { rows } from '../../support/stand-ins/tds-catalog.js';
import { scripted, texts } from './script.js';

it('reads what the catalogue says of tables', async () => {
  const types: Record<string, TdsType> = {
    id: 'int',
    name: 'text',
    type: 'text',
    max_length: 'int',
    precision: 'int',
    scale: 'int',
    nullable: 'bit',
    counts: 'bit',
    computed: 'bit',
    period: 'int',
    has_default: 'int',
    next: 'text',
  };
  const line = (name: string, type: string, facts: Record<string, unknown> = {}) => ({
    id: 1,
    name,
    type,
    max_length: 0,
    precision: 0,
    scale: 0,
    nullable: true,
    counts: false,
    computed: false,
    period: 0,
    has_default: 0,
    next: null,
    ...facts,
  });
  const { database } = await scripted([
    [/ProductVersion/, texts(['schema', 'version'], [{ schema: 'app', version: '16.0' }])],
    [
      /from sys\.objects o left join/,
      rows({ id: 'int', name: 'text', type: 'text', special: 'int' }, [
        { id: 1, name: 'orders', type: 'U', special: 0 },
        { id: 2, name: 'hot', type: 'U', special: 1 },
        { id: 3, name: 'seen', type: 'V', special: 0 },
      ]),
    ],
    [
      /from sys\.partitions/,
      rows({ id: 'int', rows: 'bigint', bytes: 'bigint' }, [{ id: 1, rows: 7, bytes: 8192 }]),
    ],
    [
      /from sys\.columns c join sys\.tables/,
      rows(types, [
        line('id', 'bigint', { counts: true, next: '9007199254740993', nullable: false }),
        line('note', 'nvarchar', { max_length: -1 }),
        line('code', 'nchar', { max_length: 20 }),
        line('price', 'decimal', { precision: 38, scale: 10 }),
        line('placed', 'datetime2', { scale: 3 }),
        line('old', 'datetime'),
        line('total', 'money', { computed: true }),
        line('seen', 'timestamp'),
        line('since', 'datetime2', { scale: 7, period: 1 }),
        line('facts', 'nvarchar', { max_length: -1, has_default: 1 }),
        line('shape', 'geometry', { max_length: -1 }),
      ]),
    ],
    [/from sys\.key_constraints/, rows({ id: 'int', name: 'text' }, [{ id: 1, name: 'id' }])],
    [
      /from sys\.foreign_keys f join sys\.foreign_key_columns/,
      rows({ id: 'int', name: 'text', target: 'text', part: 'text', referenced: 'text' }, [
        { id: 1, name: 'fk', target: 'users', part: 'a', referenced: 'x' },
        { id: 1, name: 'fk', target: 'users', part: 'b', referenced: 'y' },
        { id: 1, name: 'fk_out', target: null, part: 'c', referenced: 'z' },
      ]),
    ],
    [
      /from sys\.check_constraints/,
      rows({ id: 'int', name: 'text', definition: 'text' }, [
        { id: 1, name: 'ck', definition: '(isjson([facts])=(1))' },
      ]),
    ],
    [/from sys\.sequences/, texts(['name', 'next'], [{ name: 'numbers', next: '12' }])],
  ]);
  const facts = await database.transfer.inspect();
  expect(facts).toMatchObject({
    schema: 'app',
    engineVersion: '16.0',
    views: ['seen'],
    special: ['hot'],
    sequences: [{ name: 'numbers', next: '12' }],
  });
  const [orders] = facts.tables;
  expect(orders).toMatchObject({
    name: 'orders',
    primaryKey: ['id'],
    counters: [{ column: 'id', next: '9007199254740993' }],
    checks: ['ck'],
    estimatedRows: 7,
    bytes: 8192,
  });
  expect(orders?.foreignKeys).toMatchObject([
    { name: 'fk', columns: ['a', 'b'], references: 'users', referencedColumns: ['x', 'y'] },
    { name: 'fk_out', columns: ['c'], references: undefined },
  ]);
  expect(
    orders?.columns.map(({ name, kind, type, generated, hasDefault, fractionDigits }) =>
      [name, kind, type, generated ? 'generated' : hasDefault ? 'default' : '', fractionDigits ?? '']
        .join(' ')
        .trim(),
    ),
  ).toEqual([
    'id integer bigint default',
    'note text nvarchar(max)',
    'code text nchar(10)',
    'price decimal decimal(38,10)',
    'placed timestamp datetime2(3)  3',
    'old timestamp datetime  3',
    'total decimal money generated',
    'seen binary timestamp generated',
    'since timestamp datetime2(7) generated 7',
    'facts json nvarchar(max) default',
    'shape binary geometry',
  ]);
});
