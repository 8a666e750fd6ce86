import { describe, expect, it } from 'vitest';
import { LineIndex } from '../../../src/config/yaml/lines.js';
import type { YamlNode } from '../../../src/config/yaml/node.js';
import { parseYaml } from '../../../src/config/yaml/parse.js';
import { readPlain } from '../../../src/config/yaml/plain.js';
import { readYamlText } from '../../../src/config/yaml/read-text.js';
import { thrown } from '../../support/errors.js';

/** What every value is written as, with its place; a block map or list ends with its last value. */
function places(node: YamlNode, text: string, path = ''): string[] {
  const own = `${path || '.'} ${node.kind} ${node.position.line}:${node.position.column} ${JSON.stringify(text.slice(...node.range))}`;
  if (node.kind === 'scalar') return [`${own} ${node.style} ${JSON.stringify(node.text)} ${node.isNull}`];
  if (node.kind === 'sequence')
    return [own, ...node.items.flatMap((item, i) => places(item, text, `${path}/${i}`))];
  return [
    own,
    ...node.entries.flatMap(({ key, keyPosition: at, from, value }) => [
      `${path}/${key} key ${at.line}:${at.column} ${from}`,
      ...places(value, text, `${path}/${key}`),
    ]),
  ];
}

describe('a file that is written plainly', () => {
  it('gives every value with its place', () => {
    const text = 'a: x y # c\nb:\n  - \'q\'\n  - k: ""\n    l:\n\nc: [1, {d: ~}, []]\n';
    const root = readPlain(new LineIndex(text));
    expect(root && places(root, text)).toEqual([
      `. map 1:1 ${JSON.stringify(text.trimEnd())}`,
      '/a key 1:1 own',
      '/a scalar 1:4 "x y" plain "x y" false',
      '/b key 2:1 own',
      `/b sequence 3:3 ${JSON.stringify('- \'q\'\n  - k: ""\n    l:')}`,
      `/b/0 scalar 3:5 "'q'" single "q" false`,
      `/b/1 map 4:5 ${JSON.stringify('k: ""\n    l:')}`,
      '/b/1/k key 4:5 own',
      '/b/1/k scalar 4:8 "\\"\\"" double "" false',
      '/b/1/l key 5:5 own',
      '/b/1/l scalar 5:7 "" plain "" true',
      '/c key 7:1 own',
      '/c sequence 7:4 "[1, {d: ~}, []]"',
      '/c/0 scalar 7:5 "1" plain "1" false',
      '/c/1 map 7:8 "{d: ~}"',
      '/c/1/d key 7:9 own',
      '/c/1/d scalar 7:12 "~" plain "~" true',
      '/c/2 sequence 7:16 "[]"',
    ]);
  });

  const nested = (depth: number) =>
    Array.from({ length: depth }, (_, i) => `${' '.repeat(i)}k:\n`).join('') + `${' '.repeat(depth)}k: 1\n`;
  it.each<[string, (depth: number) => string, number]>([
    ['maps', nested, 29],
    ['lists', (depth) => `k: ${'['.repeat(depth)}${']'.repeat(depth)}\n`, 30],
    ['braces', (depth) => `k: ${'{k: '.repeat(depth)}1${'}'.repeat(depth)}\n`, 29],
  ])('is left to the other reader when %s are nested deep', (_, made, limit) => {
    expect(readPlain(new LineIndex(made(limit)))).toBeDefined();
    expect(readPlain(new LineIndex(made(limit + 1)))).toBeUndefined();
  });

  it.each(['a: 1\t\n', '\uFEFFa: 1\n', 'a: 1\r\n'])(
    'is none with a tab, mark or carriage return: %j',
    (text) => {
      expect(readPlain(new LineIndex(text))).toBeUndefined();
    },
  );

  it.each([
    'a: x\n',
    'a: -5\n',
    'a: $x\n',
    'a: (x)\n',
    'a: x:y\n',
    'a: .5 # c\n',
    '---\na: 1\n',
    'a:   x   \n',
  ])('is read by the quick reader: %j', (text) => expect(readPlain(new LineIndex(text))).toBeDefined());

  it.each([
    'a: "x\n  y"\n',
    '%YAML 1.1\n---\na: 1\n',
    'a: >\n  x\n',
    'a: &x 1\n',
    '',
    '# x\n',
    'a: |2\n   x\n',
  ])('or else by the other: %j', async (text) => {
    const bytes = Buffer.from(text);
    const read = await readYamlText(bytes, 'c.yml');
    const { root, isEmpty } = parseYaml(bytes, 'c.yml');
    expect(read).toMatchObject({ file: 'c.yml', text, root, isEmpty });
  });

  it('knows the place of every offset', async () => {
    const bytes = Buffer.from('a: 1\nb: 2\n');
    const read = await readYamlText(bytes, 'c.yml');
    expect(read).toMatchObject({ file: 'c.yml', bytes, text: 'a: 1\nb: 2\n', isEmpty: false });
    expect(read.positionAt(8)).toEqual({ line: 2, column: 4 });
  });
});

describe('a file with many faults', () => {
  const lines = (text: string) =>
    thrown(() => parseYaml(Buffer.from(text), 'c.yml')).diagnostics.map(
      ({ position }) => position?.line ?? 0,
    );
  const broken = (count: number) => Array.from({ length: count }, (_, i) => `k${i}: @x\nl${i}: 1\n`).join('');

  it('has each of them told once', () => {
    expect(lines(broken(10))).toEqual(Array.from({ length: 10 }, (_, i) => 2 * i + 1));
  });

  it('has one cause told, not what follows from it', () => {
    const text = 'a: 1\nb: [1]]\nc: 2\nd: 3\n';
    expect(lines(text)).toEqual([2]);
    // So long a file is not read again for every cause.
    expect(lines(text + `# ${'x'.repeat(60_000)}\n`).length).toBeGreaterThan(1);
  });

  it('has lines at one wrong indentation told once', () => {
    expect(lines('a:\n    b: 1\n  c: 2\n  d: 3\n  e: 4\nf: 5\n')).toEqual([3]);
  });
});

describe('a value behind an alias', () => {
  const at = (text: string, ...path: (string | number)[]) =>
    path.reduce<YamlNode>(
      (node, segment) => {
        const inner =
          node.kind === 'map'
            ? node.entries.find(({ key }) => key === segment)?.value
            : node.kind === 'sequence'
              ? node.items[segment as number]
              : undefined;
        if (!inner) throw new Error(`no ${segment}`);
        return inner;
      },
      parseYaml(Buffer.from(text), 'c.yml').root,
    );

  it.each<[text: string, path: (string | number)[], seen: string, written: string | undefined]>([
    ['a: &x [1, 2]\nb: *x\n', ['b'], '*x', '[1, 2]'],
    ['a: &x [1, 2]\nb: *x\n', ['b', 1], '*x', '2'],
    ['a: &x [[1], {p: 2}]\nb: *x\n', ['b', 1, 'p'], '*x', '2'],
    ['a: &x {p: 1}\nb: &y {q: *x}\nc: *y\n', ['c', 'q', 'p'], '*y', '1'],
    ['a: &x {p: 1}\nb:\n  <<: *x\n', ['b', 'p'], '*x', '1'],
    ['b:\n  <<: {p: 1}\n', ['b', 'p'], '1', undefined],
    ['a: &x {p: 1}\nb:\n  <<: [{q: 2}, *x]\n', ['b', 'p'], '*x', '1'],
    ['&k a: 1\nb: *k\n', ['b'], '*k', 'a'],
  ])('%j is seen where it is used', (text, path, seen, written) => {
    const node = at(text, ...path);
    expect(text.slice(...node.range)).toBe(seen);
    expect(node.inherited).toBe(true);
    expect(node.writtenAt && text.slice(...node.writtenAt)).toBe(written);
  });
});

describe('a text that is written', () => {
  it.each<[string, boolean | null]>([
    ['', true],
    ['~', true],
    ['null', true],
    ['Null', true],
    ['NULL', true],
    ['nUll', false],
    ['!!null ~', true],
    ['!!str ~', false],
    ['!!int ~', false],
    ['"~"', false],
  ])('%j is null: %s', (written, isNull) => {
    const { root } = parseYaml(Buffer.from(`a: ${written}\nb: 1\n`), 'c.yml');
    expect(root.entries[0]?.value).toMatchObject({ isNull });
  });

  it.each([
    ['a: >\n  x', 'x'],
    ['a: |+\n  x', 'x'],
    ['a: |\n  x\n', 'x\n'],
    ['a: "x\\n"', 'x\n'],
    ['a: >\n  x\n  y\n', 'x y\n'],
  ])('at the end of the file: %j', (text, expected) => {
    expect(parseYaml(Buffer.from(text), 'c.yml').root.entries[0]?.value).toMatchObject({ text: expected });
  });
});
