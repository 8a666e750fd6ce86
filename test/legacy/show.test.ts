import { expect, it } from 'vitest';
import { inUse, oneLine, show } from '../../src/legacy/show.js';

it.each([
  [undefined, true, undefined],
  ['', true, ''],
  ['LEAK', true, '********'],
  ['vault://tmi/x?default=LEAK', true, 'vault://tmi/x?default=********'],
  ['{"client_secret":"LEAK"}', false, '{"client_secret":"********"}'],
  ['a \r\n b', false, 'a b'],
  [`https://u:${'LEAK'.repeat(2000)}@h`, false, 'https://u:********@h'],
  ['a'.repeat(73), false, `${'a'.repeat(71)}…`],
])('shows %j', (text, secret, shown) => {
  const exact = show(text, secret);
  expect(exact === undefined ? exact : oneLine(exact)).toBe(shown);
});

it.each(['a', ' ', '\n', '://', 'a=', '{"a":'])(
  'shows a value of a million characters, with work in proportion: %j',
  (unit) => {
    expect(oneLine(show(unit.repeat(1_000_000 / unit.length), false) ?? '').length).toBeLessThan(73);
  },
);

it('keeps every character of what is no secret', () => {
  const text = `a \r\n b ${'x'.repeat(100)}`;
  expect(show(text, false)).toBe(text);
});

it('tells for people what is not set, what is empty, and a value on one line', () => {
  expect([undefined, '', 'a\n b', 'x'.repeat(73)].map((shown) => inUse(shown))).toEqual([
    'not set',
    'empty',
    'a b',
    `${'x'.repeat(71)}…`,
  ]);
});
