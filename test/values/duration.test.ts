import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/values/duration.js';

const largest = 2n ** 63n - 1n;

describe('parseDuration', () => {
  it.each<[string, bigint]>([
    ['0', 0n],
    ['-0', 0n],
    ['0s', 0n],
    ['5s', 5_000_000_000n],
    ['+5s', 5_000_000_000n],
    ['1478s', 1_478_000_000_000n],
    ['-5.6s', -5_600_000_000n],
    ['5.s', 5_000_000_000n],
    ['.5s', 500_000_000n],
    ['1.004s', 1_004_000_000n],
    ['10ns', 10n],
    ['11us', 11_000n],
    ['12\u00b5s', 12_000n],
    ['12\u03bcs', 12_000n],
    ['13ms', 13_000_000n],
    ['1ms', 1_000_000n],
    ['1m', 60_000_000_000n],
    ['16h', 57_600_000_000_000n],
    ['39h9m14.425s', 140_954_425_000_000n],
    ['10.5s4m', 250_500_000_000n],
    ['1h15m30.918273645s', 4_530_918_273_645n],
    ['52763797000ns', 52_763_797_000n],
    ['0.3333333333333333333h', 1_200_000_000_000n],
    ['0.100000000000000000000h', 360_000_000_000n],
    ['0.830103483285477580700h', 2_988_372_539_827n],
    ['9223372036854775807ns', largest],
    ['-9223372036854775808ns', -largest - 1n],
  ])('reads %s as Go does', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each([
    '',
    '3',
    '-',
    's',
    '.',
    '-.',
    '.s',
    '+.s',
    '1d',
    '1 s',
    ' 1s',
    '1s ',
    '--1s',
    '1e3s',
    '9223372036854775808ns',
    '9223372036854775.808us',
    '9223372036854ms775us808ns',
    '-9223372036854775809ns',
    '2562048h',
    'ten seconds',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('formatDuration', () => {
  it.each<[bigint, string]>([
    [0n, '0s'],
    [1n, '1ns'],
    [1_100n, '1.1\u00b5s'],
    [1_000n, '1\u00b5s'],
    [2_200_000n, '2.2ms'],
    [500_000_000n, '500ms'],
    [1_500_000_000n, '1.5s'],
    [3_300_000_000n, '3.3s'],
    [60_000_000_000n, '1m0s'],
    [120_000_000_000n, '2m0s'],
    [245_001_000_000n, '4m5.001s'],
    [3_600_000_000_000n, '1h0m0s'],
    [18_367_001_000_000n, '5h6m7.001s'],
    [-1_500_000_000n, '-1.5s'],
    [largest, '2562047h47m16.854775807s'],
    [-largest - 1n, '-2562047h47m16.854775808s'],
  ])('writes %s as %s', (nanoseconds, text) => {
    expect(formatDuration(nanoseconds)).toBe(text);
  });

  it('is read back as the same number of nanoseconds', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -largest - 1n, max: largest }), (nanoseconds) => {
        expect(parseDuration(formatDuration(nanoseconds))).toBe(nanoseconds);
      }),
    );
  });
});
