import { describe, expect, it } from 'vitest';
import { maskRanges } from '../../../src/config/yaml/mask.js';
import { parseYaml } from '../../../src/config/yaml/parse.js';

describe('maskRanges', () => {
  it('replaces values and leaves the lines around them', () => {
    const text = 'a: "secret" # note\nb: |\n  line 1\n  line 2\nc: "x\n\n  y"\nd: 1\n';
    const { root } = parseYaml(new TextEncoder().encode(text), 'f.yml');
    const ranges = root.entries.slice(0, 3).map((entry) => entry.value.range);
    expect(maskRanges(text, ranges.toReversed(), '***')).toBe('a: *** # note\nb: ***\nc: ***\nd: 1\n');
  });

  it('keeps the line ending behind a block scalar as it is', () => {
    const text = 'a: |\r\n  x\r\n\r\nb: 1\r\n';
    const { root } = parseYaml(new TextEncoder().encode(text), 'f.yml');
    const ranges = [root.entries[0]?.value.range ?? ([0, 0] as const)];
    expect(maskRanges(text, ranges, '***')).toBe('a: ***\r\n\r\nb: 1\r\n');
  });

  it('joins ranges that overlap and skips empty ones', () => {
    expect(
      maskRanges(
        '0123456789',
        [
          [2, 5],
          [4, 7],
          [3, 4],
          [9, 9],
        ],
        '*',
      ),
    ).toBe('01*789');
    expect(
      maskRanges(
        '0123',
        [
          [0, 2],
          [2, 4],
        ],
        '*',
      ),
    ).toBe('**');
  });

  it('takes ranges in any order, one of them inside another', () => {
    const ranges = [
      [7, 9],
      [1, 6],
      [2, 3],
    ] as const;
    expect(maskRanges('0123456789', ranges)).toBe('0********6********9');
    expect(
      maskRanges(
        '0123',
        [
          [0, 2],
          [0, 3],
        ],
        '*',
      ),
    ).toBe('*3');
    expect(
      maskRanges(
        '0123',
        [
          [0, 3],
          [0, 2],
        ],
        '*',
      ),
    ).toBe('*3');
  });
});
