import { describe, expect, it } from 'vitest';
import { LineBlocks, lineRanges, parts } from '../../src/backup/lines.js';
import { valueRanges, valuesAt } from '../../src/backup/line-values.js';

const text = '{"header":1}\n[1,"ü"]\n\n[2,"\u2028"]\n{"end":1}\n';
const bytes = Buffer.from(text);

describe('blocks of whole lines', () => {
  it('hold all lines in their order, wherever the chunks end', () => {
    for (let first = 0; first <= bytes.length; first += 1) {
      for (let second = first; second <= bytes.length; second += 1) {
        const lines = new LineBlocks();
        const chunks = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        const blocks = chunks.flatMap((chunk) => [...lines.push(chunk)]);
        lines.end();
        expect(blocks.every((block) => block.at(-1) === 10)).toBe(true);
        expect(Buffer.concat(blocks).toString()).toBe(text);
      }
    }
  });

  it('come as soon as a line has its end', () => {
    const lines = new LineBlocks();
    const push = (chunk: string): string[] => [...lines.push(Buffer.from(chunk))].map(String);
    expect(['[1', ',2]\n[3', ']\n', '[4]\n[5]\n[', '6]\n[7]\n[8]\n'].map(push)).toEqual([
      [],
      ['[1,2]\n'],
      ['[3]\n'],
      ['[4]\n[5]\n'],
      ['[6]\n', '[7]\n[8]\n'],
    ]);
  });

  it('refuse a last line without an end', () => {
    const lines = new LineBlocks();
    expect([...lines.push(Buffer.from('[1]\n[2]'))].map(String)).toEqual(['[1]\n']);
    expect(() => lines.end()).toThrow('its last line has no end');
  });

  it('refuse a line that is no row and has more than 16 MiB, and take a row of that size', () => {
    const most = 16 * 1024 * 1024;
    const push = (begin: string, size: number): void => {
      const lines = new LineBlocks();
      for (const chunk of [Buffer.from(begin), Buffer.alloc(size - begin.length, 'x')]) {
        expect([...lines.push(chunk)]).toEqual([]);
      }
    };
    expect(() => push('{', most)).not.toThrow();
    expect(() => push('{', most + 1)).toThrow('a line is longer than any writer makes one');
    expect(() => push('[', most + 1)).not.toThrow();
  });
});

describe('parts of a block', () => {
  it.each([
    ['[1]\n[2]\n', ['[1]\n[2]\n']],
    ['[1]\n[2]\n{"end":1}\n', ['[1]\n[2]\n', '{"end":1}\n']],
    ['{"end":1}\n', ['{"end":1}\n']],
    ['{"end":1}\n[1]\n', ['{"end":1}\n[1]\n']],
    ['[{"a":1}]\n', ['[{"a":1}]\n']],
    ['[1]\n[{"a":1}]\n', ['[1]\n[{"a":1}]\n']],
    ['\n', ['\n']],
    ['', ['']],
  ])('%j: the last line for itself where it is no row', (block, expected) => {
    expect(parts(Buffer.from(block)).map(String)).toEqual(expected);
  });

  it('say where each line is', () => {
    expect([...lineRanges(bytes)].map(([start, end]) => bytes.toString('utf8', start, end))).toEqual(
      text.split('\n').slice(0, -1),
    );
  });
});

describe('values of a line', () => {
  const rows = [
    [],
    [1],
    [1, 'a,b', null],
    ['"quoted"', 'back\\slash', '\\"', '\\\\', ''],
    [['a', ['b,c', ']']], { text: '],}' }, '[', '{'],
    ['ü\u0000\u2028', -1.5e300, true, false],
  ];
  const line = (row: unknown): Buffer => Buffer.from(`${JSON.stringify(row)}\n`);

  it.each(rows.map((row) => [row]))('are where JSON has them: %j', (row) => {
    const before = Buffer.from('["another line"]\n');
    const both = Buffer.concat([before, line(row), before]);
    const found = [...valueRanges(both, before.length)].map(([start, end]) =>
      both.toString('utf8', start, end),
    );
    expect(found).toEqual(row.length === 0 ? [''] : row.map((value) => JSON.stringify(value)));
  });

  it.each([
    [[], []],
    [[0], ['a']],
    [
      [1, 3],
      [undefined, 'b,', undefined, { text: ']' }],
    ],
    [[4], [undefined, undefined, undefined, undefined, 'last']],
  ])('are read at places alone: %j', (places, expected) => {
    expect(valuesAt(line(['a', 'b,', ['c'], { text: ']' }, 'last']), 0, places)).toEqual(expected);
  });
});
