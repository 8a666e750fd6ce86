import { describe, expect, it } from 'vitest';
import { lineNestedTooDeep, nestsTooDeep } from '../../src/backup/nesting.js';

const arrays = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
/** Half of the depth of one kind, half of the other. */
const both = (depth: number): string =>
  `${'[{"a":'.repeat(Math.floor(depth / 2))}${arrays(depth % 2)}${'}]'.repeat(Math.floor(depth / 2))}`;

/** The second opinion: texts taken out, what is open counted character by character. */
function depthOf(json: string): number {
  let [depth, most] = [0, 0];
  for (const character of json.replaceAll(/"(?:\\.|[^"\\])*"/gs, '')) {
    if ('[{'.includes(character)) depth += 1;
    if (']}'.includes(character)) depth -= 1;
    most = Math.max(most, depth);
  }
  return most;
}

const block = (...lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));

describe('a line that nests deeper than a hundred', () => {
  it.each([
    ['arrays', arrays],
    ['objects', objects],
  ])('is found to the one: %s', (_, make) => {
    expect([make(100), make(101)].map((line) => depthOf(line))).toEqual([100, 101]);
    expect([make(100), make(101)].map((line) => nestsTooDeep(Buffer.from(line)))).toEqual([false, true]);
    expect(lineNestedTooDeep(block(make(100)))).toBeUndefined();
    expect(lineNestedTooDeep(block(make(101)))).toBe(0);
  });

  it('is found where each kind has half of the depth', () => {
    const [fits, deep] = [`[${both(98)}]`, both(102)];
    expect([depthOf(fits), depthOf(deep)]).toEqual([99, 102]);
    expect(lineNestedTooDeep(block(fits))).toBeUndefined();
    expect(lineNestedTooDeep(block(deep))).toBe(0);
  });

  it('is where it begins, behind lines of every length', () => {
    const before = ['[1]', `["${'x'.repeat(300)}"]`, `[${arrays(60)},${arrays(60)}]`, objects(100), '["ü"]'];
    const start = Buffer.byteLength(block(...before));
    expect(lineNestedTooDeep(block(...before, arrays(101), objects(101)))).toBe(start);
    expect(lineNestedTooDeep(block(...before))).toBeUndefined();
  });

  it('counts what is closed again, and neither what stands in a text nor what an escape makes of its end', () => {
    const wide = `[${Array<string>(200).fill('[]').join(',')}]`;
    const text = `["${'[{'.repeat(200)}"]`;
    const escaped = `["\\"${'['.repeat(200)}","\\\\",${arrays(50)}]`;
    const behind = `["\\\\",${arrays(100)}]`;
    expect([wide, text, escaped, behind].map(depthOf)).toEqual([2, 1, 51, 101]);
    expect(lineNestedTooDeep(block(wide, text, escaped))).toBeUndefined();
    expect(lineNestedTooDeep(block(behind))).toBe(0);
  });
});
