import { expect, it } from 'vitest';
import { parseYaml } from '../../../src/config/yaml/parse.js';

/** The codes of what is wrong with a text, each once with where it begins; nothing for one that is read. */
function refusals(text: string): string[] {
  try {
    parseYaml(Buffer.from(text), 'config.yml');
    return [];
  } catch (error) {
    const { diagnostics } = error as {
      diagnostics: readonly { code: string; position?: { line: number } }[];
    };
    return diagnostics.map(({ code, position }) => `${position?.line}: ${code}`);
  }
}

/** Lists within lists, so many, around a text. */
const lists = (depth: number, inside: string): string => '['.repeat(depth) + inside + ']'.repeat(depth);
/** The same of maps. */
const maps = (depth: number, inside: string): string => '{k: '.repeat(depth) + inside + '}'.repeat(depth);

// Each part is nested less deep than is allowed; only what the alias brings along is too deep, by one.
it.each([
  ['lists in lists', lists(30, '1'), lists(32, '*a'), lists(33, '*a')],
  ['maps in lists', maps(30, '1'), lists(32, '*a'), lists(33, '*a')],
  ['lists in maps', lists(30, '1'), maps(32, '*a'), maps(33, '*a')],
  ['maps in maps', maps(30, '1'), maps(32, '*a'), maps(33, '*a')],
])('counts how deep an alias nests %s', (_, anchored, allowed, tooDeep) => {
  expect(refusals(`a: &a ${anchored}\nb: ${allowed}\n`)).toEqual([]);
  expect(refusals(`a: &a ${anchored}\nb: ${tooDeep}\n`)).toEqual(['2: config/too-deep']);
});

it('counts how deep a merge key nests what it brings along', () => {
  const merged = (depth: number): string => maps(depth, '{<<: *a}');
  const anchored = `a: &a {x: ${lists(30, '1')}}\n`;
  expect(refusals(`${anchored}b: ${merged(30)}\n`)).toEqual([]);
  expect(refusals(`${anchored}b: ${merged(31)}\n`)).toContain('2: config/too-deep');
});

it('says once that aliases are too many or too deep, whatever follows', () => {
  const deep = `a: &a ${lists(40, '1')}\n`;
  expect(refusals(`${deep}b: ${lists(40, '*a')}\nc: ${lists(40, '*a')}\n`)).toEqual(['2: config/too-deep']);
});
