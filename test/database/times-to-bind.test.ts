import { describe, expect, it } from 'vitest';
import { encode as forSqlServer } from '../../src/database/dialects/mssql/values.js';
import { encode as forOracle } from '../../src/database/dialects/oracle/values.js';
import { encode as forSqlite } from '../../src/database/dialects/sqlite/values.js';
import type { ColumnFacts } from '../../src/database/schema-facts.js';

const column = (type: string): ColumnFacts => ({
  name: 'at',
  kind: 'timestamp',
  type,
  nullable: true,
  hasDefault: false,
  generated: false,
});

describe('what is bound for a time', () => {
  it.each([
    ['date', '2025-03-01', '2025-03-01 00:00:00'],
    ['timestamp(6)', '2025-03-01T10:20:30.500Z', '2025-03-01 10:20:30.500'],
    ['timestamp(6) with time zone', '2025-03-01T10:20:30.500Z', '2025-03-01 10:20:30.500 +00:00'],
    // Oracle's own text of a year before our era; the format of a zone needs a zone.
    ['date', '-0044-03-15 12:00:00', '-0044-03-15 12:00:00'],
    ['timestamp(6)', '-0044-03-15 12:00:00.250000000', '-0044-03-15 12:00:00.250000000'],
    [
      ...['timestamp(6) with time zone', '-0044-03-15 12:00:00.250000000'],
      '-0044-03-15 12:00:00.250000000 +00:00',
    ],
    ['timestamp(6)', '0044-03-15 12:00:00 BC', '0044-03-15 12:00:00 BC'],
  ] as const)('Oracle: %s from %s', (type, value, bound) => {
    expect(forOracle(value, column(type))).toBe(bound);
  });

  it.each([
    ['datetime2(7)', '2025-03-01T10:20:30.500Z', '2025-03-01T10:20:30.5'],
    ['datetimeoffset(7)', '2025-03-01T10:20:30.500Z', '2025-03-01 10:20:30.5 +00:00'],
    ['datetimeoffset(7)', '0044-03-15 12:00:00 BC', '0044-03-15 12:00:00 BC'],
    // What the server refuses it shall name; it is no fault of the tool.
    ['datetime2(7)', 'To be decided by Z', 'To be decided by Z'],
  ] as const)('SQL Server: %s from %s', (type, value, bound) => {
    expect(forSqlServer(value, column(type))).toBe(bound);
  });

  it.each([
    ['2025-03-01T10:20:30.500Z', '2025-03-01 10:20:30.500+00:00'],
    ['0044-03-15 12:00:00+00 BC', '0044-03-15 12:00:00+00 BC'],
    ['To be decided by Z', 'To be decided by Z'],
  ])('SQLite: %s', (value, bound) => {
    expect(forSqlite(value, column('datetime'))).toBe(bound);
  });
});
