import { describe, expect, it } from 'vitest';
import { TableDigest, type DigestColumn } from '../../src/backup/digest.js';
import type { PortableRow } from '../../src/database/index.js';

function digestOf(columns: readonly DigestColumn[], rows: readonly PortableRow[]): string {
  const digest = new TableDigest(columns);
  for (const row of rows) digest.add(row);
  return digest.hex();
}

const columns: readonly DigestColumn[] = [
  { name: 'id', kind: 'integer' },
  { name: 'Price', kind: 'decimal' },
  { name: 'score', kind: 'float' },
  { name: 'flag', kind: 'boolean' },
  { name: 'label', kind: 'text' },
  { name: 'body', kind: 'binary' },
  { name: 'at', kind: 'timestamp' },
  { name: 'day', kind: 'date' },
  { name: 'clock', kind: 'time' },
  { name: 'uid', kind: 'uuid' },
  { name: 'doc', kind: 'json' },
  { name: 'list', kind: 'array' },
];

const rows: readonly PortableRow[] = [
  [
    ...[1, '12.3400', 0.1, true, 'Ünïcödé', 'AAH/', '2025-03-01T10:20:30.123456Z', '2024-02-29'],
    ...['23:59:59.500', '123E4567-E89B-12D3-A456-426614174000', '{"b": 1.50, "a": 1}', ['a', null]],
  ],
  [
    ...['9223372036854775807', 'NaN', '-Infinity', 0, '', '', '2025-03-01 10:20:30+02:00', '0001-01-01'],
    ...['00:00:00', null, '[]', '["x"]'],
  ],
  [
    ...[{ text: 'seven' }, '0', '-0', null, null, null, '2026-08-01 10:20:30.5 +0000 UTC m=+0.012', null],
    ...[null, null, null, null],
  ],
  [3, null, null, null, null, null, 'infinity', 'infinity', '10:20', null, 'no json', null],
  [4, null, null, null, null, null, { integer: '1785579630' }, null, null, null, null, null],
  [5, null, null, null, null, null, '2025-03-01', null, null, null, null, null],
];

describe('the digest of a table', () => {
  it('stays what it is: backups that were made before must verify', () => {
    expect(digestOf(columns, rows)).toBe('5b423d73c33c17703d2e2d9ac77c5086e0889d49d90db8004056a045d825c64b');
    expect(digestOf(columns, [])).toBe('0'.repeat(64));
  });

  it('depends on the order of neither rows nor columns', () => {
    const turned = rows.map((row) => [...row].reverse()).reverse();
    expect(digestOf([...columns].reverse(), turned)).toBe(digestOf(columns, rows));
  });
});

it('takes JSON that nests as deep as any engine allows it', () => {
  const deep = `${'[{"a" : '.repeat(50_000)}1.50${'}]'.repeat(50_000)}`;
  const same = `${'[{"a":'.repeat(50_000)}15e-1${'}]'.repeat(50_000)}`;
  const digest = (text: string): string => {
    const table = new TableDigest([{ name: 'doc', kind: 'json' }]);
    table.add([text]);
    return table.hex();
  };
  expect(digest(deep)).toBe(digest(same));
  expect(digest(deep)).not.toBe(digest(same.replace('15e-1', '15e-2')));
});
