import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFloat64, parseBool, parseFloat64, parseInteger } from '../../src/values/scalars.js';

describe('parseBool', () => {
  it('knows the words of the server and no others', () => {
    expect(['1', 't', 'T', 'TRUE', 'true', 'True'].map(parseBool)).toEqual(Array(6).fill(true));
    expect(['0', 'f', 'F', 'FALSE', 'false', 'False'].map(parseBool)).toEqual(Array(6).fill(false));
    for (const other of ['', 'yes', 'on', 'tRUE', ' true', '2', 'constructor']) {
      expect(parseBool(other)).toBeUndefined();
    }
  });
});

describe('parseInteger', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['+7', '7'],
    ['007', '7'],
    ['-42', '-42'],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
  ])('reads %s as %s', (text, expected) => {
    expect(parseInteger(text)).toBe(expected);
  });

  it.each(['', '+', '1.0', '1e3', '0x10', '1_000', ' 1', '9223372036854775808', '-9223372036854775809'])(
    'refuses %j',
    (text) => {
      expect(parseInteger(text)).toBeUndefined();
    },
  );
});

describe('parseFloat64', () => {
  it.each([
    ['1', '1'],
    ['1.0', '1'],
    ['.25', '0.25'],
    ['5.', '5'],
    ['+0.50', '0.5'],
    ['-0', '0'],
    ['1e-7', '0.0000001'],
    ['1.5e-9', '0.0000000015'],
    ['-2.5E3', '-2500'],
    ['1_000', '1000'],
    ['1e21', '1000000000000000000000'],
    ['1.2345e22', '12345000000000000000000'],
  ])('reads %s as %s', (text, expected) => {
    expect(parseFloat64(text)).toBe(expected);
  });

  it.each([
    '',
    '.',
    'NaN',
    'Inf',
    'Infinity',
    '-inf',
    '1e999',
    '0x1p-2',
    '1__0',
    '_1',
    '1_',
    '1_.0',
    ' 1',
    '1,5',
  ])('refuses %j', (text) => {
    expect(parseFloat64(text)).toBeUndefined();
  });

  it('writes every double so that it reads back, without an exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = formatFloat64(value);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(text)).toBe(value === 0 ? 0 : value);
        expect(parseFloat64(text)).toBe(text);
      }),
    );
  });
});
