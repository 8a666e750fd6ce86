import { expect, it } from 'vitest';
import { settingsDigest, type DigestRow } from '../../src/settings/digest.js';

const rows: readonly DigestRow[] = [
  { key: 'ui.default_theme', text: 'dark', type: 'string', origin: 'explicit' },
  { key: 'upload.max_file_size_mb', text: '10', type: 'int', origin: 'seeded' },
];
const [first, second] = rows as [DigestRow, DigestRow];

it('is one text for the same rows in any order, fixed by a vector', async () => {
  const digest = await settingsDigest(rows);
  expect(digest).toMatch(/^tmi1-[0-9a-f]{64}$/);
  expect(await settingsDigest([second, first])).toBe(digest);
  expect(digest).toBe('tmi1-133f0cb50ca86f62968e6e772f31c521df204c12f6003e17d767811750f23e59');
});

it('differs when a key, a value, a type or an origin does', async () => {
  const variants: DigestRow[][] = [
    [{ ...first, key: 'ui.other' }, second],
    [{ ...first, text: 'light' }, second],
    [{ ...first, type: 'json' }, second],
    [{ ...first, origin: 'seeded' }, second],
    [first],
    [],
  ];
  const digests = await Promise.all([rows, ...variants].map((list) => settingsDigest(list)));
  expect(new Set(digests).size).toBe(digests.length);
});

it('takes a row without a value for none', async () => {
  expect(await settingsDigest([...rows, { ...first, key: 'x.y', text: '' }])).toBe(
    await settingsDigest(rows),
  );
});

it('does not confuse where one text ends and the next begins', async () => {
  const one = await settingsDigest([{ ...first, key: 'a', text: 'b","c' }]);
  expect(await settingsDigest([{ ...first, key: 'a","b', text: 'c' }])).not.toBe(one);
});
