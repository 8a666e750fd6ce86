import { describe, expect, it } from 'vitest';
import { namesInOneCase, OddValues } from '../../src/backup/elsewhere.js';
import type { ColumnFacts, PortableValue, TableFacts, ValueKind } from '../../src/database/index.js';

const column = (name: string, kind: ValueKind): ColumnFacts => ({
  name,
  kind,
  type: kind,
  nullable: true,
  hasDefault: false,
  generated: false,
});

/** What is said of one value in the second of three columns, between two rows in which nothing is odd. */
function saidOf(kind: ValueKind, value: PortableValue): string[] {
  const odd = new OddValues('t', [column('id', 'integer'), column('odd', kind), column('last', 'text')]);
  const rows: PortableValue[][] = [
    [1, null, 'x'],
    [2, value, 'x'],
    [3, null, 'x'],
  ];
  odd.add(rows, Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
  return odd.texts();
}

const times =
  't.odd: points in time that no calendar has or that lie out of its years, which other engines refuse';
const numbers = 't.odd: numbers that are none or infinite, which other engines refuse';

describe('values that other engines refuse', () => {
  it.each([
    ['timestamp', '2025-02-30 00:00:00', times],
    ['timestamp', '2025-00-01 00:00:00', times],
    ['timestamp', '0000-01-01 00:00:00', times],
    ['timestamp', '0000-01-01T00:00:00Z', times],
    ['timestamp', 'infinity', times],
    ['timestamp', '2025-01-01 10:00:00 BC', times],
    ['timestamp', '12025-01-01 10:00:00', times],
    ['date', '2025-00-10', times],
    ['date', '2025-10-00', times],
    ['date', '0000-10-10', times],
    ['date', '2025-01-01 BC', times],
    ['date', '-infinity', times],
    ['decimal', 'NaN', numbers],
    ['decimal', '-Infinity', numbers],
    ['decimal', 'inf', numbers],
    ['float', 'Infinity', numbers],
    ['float', 'NaN', numbers],
    ['text', 'a\0b', 't.odd: texts with the character NUL, which PostgreSQL refuses'],
    [
      'text',
      { utf8: '/w==' },
      't.odd: texts that are not valid in their encoding, which other engines refuse',
    ],
  ] as const)('%s %j', (kind, value, said) => {
    expect(saidOf(kind, value)).toEqual([said]);
  });

  it.each([
    ['timestamp', '2024-02-29 10:00:00'],
    ['timestamp', '2025-12-31T23:59:59.123456Z'],
    ['timestamp', '2025-12-31 23:59:59+05:30'],
    ['timestamp', '2025-12-31 23:59'],
    ['timestamp', '0001-01-01 00:00:00'],
    ['timestamp', null],
    ['timestamp', { integer: '5' }],
    ['date', '2025-12-31'],
    ['date', '2000-10-10'],
    ['date', null],
    ['date', { integer: '5' }],
    ['decimal', '-12.5'],
    ['decimal', null],
    ['decimal', { text: 'NaN' }],
    ['float', '-0'],
    ['float', 1.5],
    ['float', null],
    ['text', 'nan'],
    ['text', '\\u0000'],
    ['text', 'information'],
  ] as const)('and none that all take: %s %j', (kind, value) => {
    expect(saidOf(kind, value)).toEqual([]);
  });

  it('are said once for each column, and each kind of them', () => {
    const odd = new OddValues('t', [column('a', 'timestamp'), column('b', 'text')]);
    const rows = [
      ['infinity', 'x\0'],
      ['-infinity', 'y\0'],
      ['2025-01-01 00:00:00', { utf8: '/w==' }],
    ];
    odd.add(rows, Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
    expect(odd.texts().map((text) => text.split(',')[0])).toEqual([
      't.a: points in time that no calendar has or that lie out of its years',
      't.b: texts with the character NUL',
      't.b: texts that are not valid in their encoding',
    ]);
  });
});

const table = (name: string, ...columns: string[]): TableFacts =>
  ({ name, columns: columns.map((each) => column(each, 'text')) }) as unknown as TableFacts;

it('names that are one where case does not count are told, of tables and of columns', () => {
  expect(
    namesInOneCase([table('Users', 'id', 'ID', 'name', 'Id'), table('users', 'a'), table('notes', 'A', 'b')]),
  ).toEqual([
    'Users and users: one name where the case of letters does not count',
    'Users.id and Users.ID and Users.Id: one name where the case of letters does not count',
  ]);
});
