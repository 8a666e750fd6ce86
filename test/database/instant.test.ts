import { describe, expect, it } from 'vitest';
import { instantParts, isoInstant } from '../../src/database/instant.js';

describe('isoInstant', () => {
  it.each([
    // PostgreSQL
    ['2026-08-01 10:20:30+00', '2026-08-01T10:20:30.000Z'],
    ['2026-08-01 10:20:30.123456+00', '2026-08-01T10:20:30.123456Z'],
    ['2026-08-01 16:05:30.5+05:45', '2026-08-01T10:20:30.500Z'],
    // MySQL and MariaDB
    ['2026-08-01 10:20:30.120', '2026-08-01T10:20:30.120Z'],
    ['2026-08-01 10:20:30.123450', '2026-08-01T10:20:30.12345Z'],
    // Go's drivers for SQLite
    ['2026-08-01 10:20:30.123456789+00:00', '2026-08-01T10:20:30.123456789Z'],
    ['2026-08-01T03:20:30.1-07:00', '2026-08-01T10:20:30.100Z'],
    ['2026-08-01 10:20:30.123456 +0000 UTC', '2026-08-01T10:20:30.123456Z'],
    ['2026-08-01 10:20:30 +0000 UTC m=+0.012', '2026-08-01T10:20:30.000Z'],
    ['2026-08-01 10:20', '2026-08-01T10:20:00.000Z'],
    [1785579630, '2026-08-01T10:20:30.000Z'],
    [1785579630123, '2026-08-01T10:20:30.123Z'],
    [new Date('2026-08-01T10:20:30.123Z'), '2026-08-01T10:20:30.123Z'],
    ['2026-08-01 12:20:30.5 +0200 CEST m=-0.012', '2026-08-01T10:20:30.500Z'],
    ['2026-08-01 16:05:30 +0545 +0545', '2026-08-01T10:20:30.000Z'],
    ['2026-08-01 10:20:30 UTC', '2026-08-01T10:20:30.000Z'],
    // Local time of a place before zones had whole minutes
    ['1900-01-01 00:19:32+00:19:32', '1900-01-01T00:00:00.000Z'],
    ['2024-02-29 23:30:00-01:00', '2024-03-01T00:30:00.000Z'],
    ['0001-01-01 00:00:00', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31 23:59:59.999999', '9999-12-31T23:59:59.999999Z'],
    // Another era, another calendar, or no end: the engine's own words say what a time in ISO form cannot
    ['0044-03-15 12:00:00+00 BC', undefined],
    ['0001-12-31 00:00:00 BC', undefined],
    ['0044-03-15 12:00:00 +0000 BC', undefined],
    ['0044-03-15 12:00:00 UTC BC', undefined],
    ['2024-01-01 10:00:00 AD', undefined],
    ['-0044-03-15 12:00:00.000000000', undefined],
    ['-000043-03-15T12:00:00Z', undefined],
    ['+002024-03-15T12:00:00Z', undefined],
    ['10000-01-01 00:00:00+00', undefined],
    ['294276-12-31 23:59:59+00', undefined],
    ['9999-12-31 23:59:59-01:00', undefined],
    ['0000-01-01 00:00:00+01:00', undefined],
    ['infinity', undefined],
    ['-infinity', undefined],
    // A name of a zone without an offset says nothing for sure
    ['2024-01-01 10:00:00 PST', undefined],
    ['2024-01-01 10:00:00 Europe/Berlin', undefined],
    ['2024-01-01 10:00:00Z PST', undefined],
    ['2024-01-01 10:00:00+00 PST', undefined],
    ['2024-01-01 10:00:00 m=+0.012', undefined],
    ['2024-01-01 10:00:00+99:00', undefined],
    ['2024-01-01 10:00:00+01:60', undefined],
    // No calendar and no clock has these
    ['2026-02-30 10:20:30', undefined],
    ['2025-02-29T00:00:00Z', undefined],
    ['2026-01-01 24:00:00', undefined],
    ['2026-01-01 23:59:60', undefined],
    ['2026-01-01 10:20.5', undefined],
    ['0000-00-00 00:00:00', undefined],
    // Nothing to read
    ['yesterday', undefined],
    ['2026-13-45 10:20:30', undefined],
    ['', undefined],
    [null, undefined],
    [new Date(Number.NaN), undefined],
    [Number.NaN, undefined],
  ])('reads %s', (value, expected) => {
    expect(isoInstant(value)).toBe(expected);
  });
});

describe('instantParts', () => {
  it('keeps every digit', () => {
    const parts = { date: '2026-08-01', time: '10:20:30', fraction: '123456' };
    expect(instantParts('2026-08-01T10:20:30.123456Z')).toEqual(parts);
    expect(instantParts(new Date('2026-08-01T10:20:30.1Z'))).toEqual({ ...parts, fraction: '100' });
  });

  it('refuses what is no time', () => {
    expect(() => instantParts('soon')).toThrow(TypeError);
  });
});
