import { describe, expect, it } from 'vitest';
import { normalForm } from '../../src/backup/normal-form.js';

/** What two engines may say of one value. Backups of both have to have one digest. */
describe('forms of one value', () => {
  it.each([
    ['integer', ['12', '+12', '0012', 12, { text: '12' }, { integer: '12' }], 12],
    ['integer', ['-7', -7, '-07'], -7],
    ['integer', ['9223372036854775808', '+9223372036854775808'], '9223372036854775808'],
    ['integer', [true, '1', 1], 1],
    ['integer', [false, '0', '-0', '000'], 0],
    ['decimal', ['0', '000', '-000', '+0', '0.0', '-0.00', '.0'], '0'],
    ['decimal', ['.5', '0.5', '+00.50', '0.500'], '0.5'],
    ['decimal', ['-.5', '-0.50'], '-0.5'],
    ['decimal', ['100', '100.', '0100.000', '+100'], '100'],
    ['decimal', ['-10.10', '-0010.1'], '-10.1'],
    ['float', ['1.5', '15e-1', 1.5, '+1.5'], 1.5],
    ['float', ['-0', '-0.0'], '-0'],
    ['float', ['Infinity', '1e999'], 'Infinity'],
    ['boolean', [true, 'true', 1, '1', { integer: '1' }], true],
    ['boolean', [false, 'false', 0, '0', { text: 'false' }], false],
    [
      'timestamp',
      ['2025-03-01', '2025-03-01T00:00:00Z', '2025-03-01 01:00:00+01'],
      '2025-03-01T00:00:00.000Z',
    ],
    ['timestamp', [{ integer: '1700000000' }, '2023-11-14 22:13:20'], '2023-11-14T22:13:20.000Z'],
    [
      'date',
      [
        '2025-03-01',
        '2025-03-01 00:00',
        '2025-03-01T00:00:00',
        '2025-03-01T00:00:00Z',
        '2025-03-01 00:00:00.000',
        '2025-03-01 00:00:00+00:00',
        '2025-03-01T00:00:00-0000',
      ],
      '2025-03-01',
    ],
    ['date', ['12025-03-01'], '12025-03-01'],
    ['time', ['10:20:30', '10:20:30.', '10:20:30.0', '10:20:30.000000'], '10:20:30'],
    ['time', ['10:20:30.5', '10:20:30.500'], '10:20:30.5'],
    ['time', ['10:20:30.050', '10:20:30.05'], '10:20:30.05'],
    ['uuid', ['AB-cd', 'ab-cd', 'AB-CD'], 'ab-cd'],
    ['json', ['{"b":1,"a":[2.50]}', '{ "a" : [25e-1], "b" : 10e-1 }'], '{"a":[25e-1],"b":1}'],
    ['array', [['a', null], '["a",null]', '[ "a", null ]'], ['a', null]],
    ['array', [[['a'], ['b']], ['["a"]', '["b"]'], '[["a"],["b"]]'], [['a'], ['b']]],
    ['text', ['x', { text: 'x' }], 'x'],
    ['text', ['12', 12], '12'],
    ['binary', ['AAH/'], 'AAH/'],
  ] as const)('%s %j', (kind, forms, one) => {
    expect(forms.map((form) => normalForm(kind, form))).toEqual(forms.map(() => one));
  });
});

/** What an engine kept in a column of another kind is not turned into one: it would be another value. */
describe('what is not of the kind stays what it is', () => {
  it.each([
    ['integer', '1.5'],
    ['integer', '12x'],
    ['integer', 'x12'],
    ['integer', ''],
    ['decimal', ''],
    ['decimal', '.'],
    ['decimal', '-'],
    ['decimal', 'x0'],
    ['decimal', '0x'],
    ['decimal', 'NaN'],
    ['decimal', '1e5'],
    ['float', ''],
    ['float', ' '],
    ['float', 'word'],
    ['boolean', '2'],
    ['boolean', 'yes'],
    ['timestamp', 'infinity'],
    ['timestamp', '25-03-01'],
    ['timestamp', 'on 2025-03-01'],
    ['date', '2025-03-01 00:01'],
    ['date', '2025-03-01 00:00:01'],
    ['date', '2025-03-01 00:00:00.01'],
    ['date', '2025-03-01 00:00+01'],
    ['date', 'the 2025-03-01'],
    ['date', '2025-03-01 BC'],
    ['date', '025-03-01'],
    ['json', '{'],
    ['array', 'a'],
    ['array', '[a'],
    ['array', `${'['.repeat(101)}${']'.repeat(101)}`],
    ['text', { integer: '5' }],
    ['text', { binary: 'AAH/' }],
    ['binary', { text: 'x' }],
    ['binary', { integer: '5' }],
    ['text', { utf8: '/w==' }],
    ['json', { utf8: '/w==' }],
    ['integer', { utf16le: '2AA=' }],
    ['decimal', null],
  ] as const)('%s %j', (kind, value) => {
    expect(normalForm(kind, value)).toEqual(value);
  });
});
