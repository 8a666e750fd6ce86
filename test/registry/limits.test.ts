import { describe, expect, it } from 'vitest';
import { checkLimits } from '../../src/registry/limits.js';
import type { Limits, SettingType } from '../../src/registry/types.js';

const cases: readonly (readonly [SettingType, Limits, readonly string[], readonly string[]])[] = [
  ['int', { min: 60 }, ['60', '9223372036854775807'], ['59', '-1']],
  ['int', { min: 1, max: 16 }, ['1', '16'], ['0', '17']],
  ['string', { min: 1, max: 65535 }, ['1', '65535', ''], ['0', '65536', 'http', '80.5']],
  ['float', { min: 0, max: 1 }, ['0', '0.25', '1'], ['-0.1', '1.0001']],
  [
    'duration',
    { min: '0s', minExclusive: true, max: '1m0s' },
    ['1ns', '1m0s', '60s'],
    ['0s', '-1s', '1m0.1s', 'x'],
  ],
  ['string', { enum: ['dev', 'production'] }, ['dev', ''], ['Dev', 'prod', 'constructor']],
];

describe('checkLimits', () => {
  it.each(cases)('%s %j', (type, limits, within, outside) => {
    for (const text of within) expect(checkLimits(type, text, limits), text).toBeUndefined();
    for (const text of outside) expect(checkLimits(type, text, limits)?.expected, text).toBeTruthy();
  });

  it('lets everything pass without limits', () => {
    expect(checkLimits('int', '-5', undefined)).toBeUndefined();
  });

  it('names the bounds in what it expected', () => {
    expect(checkLimits('int', '0', { min: 1, max: 16 })?.expected).toBe('a whole number from 1 to 16');
    expect(checkLimits('int', '5', { min: 15 })?.expected).toBe('a whole number of at least 15');
    expect(checkLimits('duration', '0s', { min: '0s', minExclusive: true, max: '1m0s' })?.expected).toBe(
      'a duration above 0s and of at most 1m0s',
    );
    expect(checkLimits('string', 'x', { enum: ['a', 'b'] })?.expected).toBe('one of a, b');
  });
});
