import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EditTree } from '../../../src/config/yaml/cut-plan.js';
import * as blocks from '../../../src/config/yaml/cut-block.js';
import { editYaml } from '../../../src/config/yaml/edit.js';
import { parseYaml } from '../../../src/config/yaml/parse.js';
import { readRequest, type YamlEdits } from '../../../src/config/yaml/request.js';
import { isExpectedResult } from '../../../src/config/yaml/verify.js';

// The cutter is the real one until a test sabotages it.
vi.mock('../../../src/config/yaml/cut-block.js', async (original) => {
  const real = await original<typeof blocks>();
  return { ...real, editBlockMap: vi.fn(real.editBlockMap) };
});

afterEach(() => vi.mocked(blocks.editBlockMap).mockClear());

const read = (text: string) => parseYaml(new TextEncoder().encode(text), 'c.yml');

const original = `a: 1
b:
  c: "two"
  d: [x, y]
e: !!str 3
f: {g: 4, h: ~}
`;

/** Whether `after` passes for the original less `b.c`. */
function passes(after: string, edits: YamlEdits = { cut: [['b', 'c']] }): boolean {
  const document = read(original);
  const edit: EditTree = readRequest(document, edits).edit;
  return isExpectedResult(document.root, edit, edits.add ?? [], read(after).root);
}

const right = original.replace('  c: "two"\n', '');

describe('the reading back of an edited text', () => {
  it('passes what lacks exactly the cut pairs', () => expect(passes(right)).toBe(true));

  it.each<[string, string]>([
    ['nothing was cut', original],
    ['a neighbour went too', right.replace('  d: [x, y]\n', '  z: 1\n')],
    ['a pair behind it went too', right.replace('a: 1\n', '')],
    ['the last pair went too', right.replace('f: {g: 4, h: ~}\n', '')],
    ['a value is another', right.replace('a: 1', 'a: 2')],
    ['a text in a list is another', right.replace('[x, y]', '[x, z]')],
    ['a list is shorter', right.replace('[x, y]', '[x]')],
    ['a list is longer', right.replace('[x, y]', '[x, y, y]')],
    ['a list became a map', right.replace('[x, y]', '{x: y}')],
    ['a map became a scalar', right.replace('{g: 4, h: ~}', 'g')],
    ['a scalar became a map', right.replace('a: 1', 'a: {b: 1}')],
    ['quoting is another', right.replace('a: 1', 'a: "1"')],
    ['a tag is gone', right.replace('!!str 3', '3')],
    ['a key is another', right.replace('a: 1', 'aa: 1')],
    ['the order is another', `e: !!str 3\n${right.replace('e: !!str 3\n', '')}`],
    ['something was added', `${right}z: 1\n`],
  ])('refuses it when %s', (_, after) => expect(passes(after)).toBe(false));

  it('refuses it when a merged pair is written out', () => {
    const merged = 'x: &x {p: 1}\ny: {<<: *x, q: 2}\nz: 3\n';
    const edit = (text: string) => readRequest(read(text), { cut: [['z']] }).edit;
    const check = (after: string) => isExpectedResult(read(merged).root, edit(merged), [], read(after).root);
    expect(check('x: &x {p: 1}\ny: {<<: *x, q: 2}\n')).toBe(true);
    expect(check('x: &x {p: 1}\ny: {p: 1, q: 2}\n')).toBe(false);
  });

  it('refuses it when an addition at the end is missing', () => {
    const edits: YamlEdits = { cut: [['f']], add: [{ at: ['f'], key: 'new', value: 'text' }] };
    expect(passes(original.replace(/^f.*\n/m, ''), edits)).toBe(false);
  });

  const added: YamlEdits = { cut: [['a']], add: [{ at: ['a'], key: 'new', value: 'text' }] };
  const grown = original.replace('a: 1', 'new: "text"');

  it('passes an addition in its place', () => expect(passes(grown, added)).toBe(true));

  it.each<[string, string]>([
    ['is missing', original.replace('a: 1\n', '')],
    ['has another key', grown.replace('new', 'old')],
    ['has another value', grown.replace('"text"', '"texts"')],
    ['is null', grown.replace('"text"', '')],
    ['is a list', grown.replace('"text"', '[text]')],
    ['stands elsewhere', `${grown.replace('new: "text"\n', '')}new: "text"\n`],
  ])('refuses it when an addition %s', (_, after) => expect(passes(after, added)).toBe(false));
});

describe('an edit', () => {
  const cut = () => editYaml(read(original), { cut: [['b', 'c']] }).text;

  it('is made by the cutter', () => {
    expect(cut()).toBe(right);
    expect(blocks.editBlockMap).toHaveBeenCalled();
  });

  it.each<[string, (changes: Parameters<typeof blocks.editBlockMap>[4]) => void]>([
    ['cuts nothing', () => undefined],
    ['cuts another pair', ({ spans }) => spans.push([0, 'a: 1\n'.length])],
    [
      'spoils a neighbour',
      (changes) => {
        const at = original.indexOf('  c: "two"\n');
        changes.spans.push([at, at + '  c: "two"\n'.length]);
        changes.insertions.push({ offset: original.indexOf('1'), text: '2' });
      },
    ],
    [
      'leaves no YAML',
      ({ spans }) => spans.push([original.indexOf('"two"') + 4, original.indexOf('"two"') + 5]),
    ],
  ])('stops when a broken cutter %s', (_, sabotage) => {
    vi.mocked(blocks.editBlockMap).mockImplementation((_layout, _map, _cuts, _added, changes) =>
      sabotage(changes),
    );
    expect(cut).toThrowError(expect.objectContaining({ code: 'config/cannot-cut' }) as Error);
  });
});
