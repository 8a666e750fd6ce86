import { expect, it } from 'vitest';
import { show } from '../../src/legacy/show.js';

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
  expect(show(text, secret)).toBe(shown);
});

it.each(['a', ' ', '\n', '://', 'a=', '{"a":'])(
  'shows a value of a million characters at once: %j',
  (unit) => {
    const began = performance.now();
    expect(show(unit.repeat(1_000_000 / unit.length), false)?.length).toBeLessThan(73);
    expect(performance.now() - began).toBeLessThan(3000);
  },
);
