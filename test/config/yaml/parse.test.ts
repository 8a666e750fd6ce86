import { describe, expect, it } from 'vitest';
import type { MapNode, YamlNode } from '../../../src/config/yaml/node.js';
import { parseYaml } from '../../../src/config/yaml/parse.js';
import { ToolError, type ErrorCode } from '../../../src/errors/index.js';

const encode = (text: string) => new TextEncoder().encode(text);
const parse = (text: string) => parseYaml(encode(text), 'config.yml');

function faultsOf(input: string | Uint8Array): ToolError {
  try {
    parseYaml(typeof input === 'string' ? encode(input) : input, 'config.yml');
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
  throw new Error('it was read without a fault');
}

/** The tree as plain data: scalars as text, null for null. */
function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.isNull ? null : node.text;
  if (node.kind === 'sequence') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}

function at(map: MapNode, ...path: readonly string[]): YamlNode {
  return path.reduce<YamlNode>((node, key) => {
    const entry = node.kind === 'map' ? node.entries.find((e) => e.key === key) : undefined;
    if (!entry) throw new Error(`no ${key}`);
    return entry.value;
  }, map);
}

describe('what is read', () => {
  it('decodes base64 as the server does, whatever its style', () => {
    const text =
      'a: !!binary aGk=\nb: !!binary "bnVsbA=="\nc: !!binary |\n  YcOk\n  4oKs\nd: !!binary ~ # x\n';
    expect(plain(parse(text.replace(/^d.*$/m, 'd: [!!binary eWVz]')).root)).toEqual({
      a: 'hi',
      b: 'null',
      c: 'aä€',
      d: ['yes'],
    });
    expect(faultsOf(text).diagnostics[0]?.position).toEqual({ line: 6, column: 13 });
  });

  it('keeps plain scalars as they are written', () => {
    const { root } = parse('a: 1.10\nb: 0x1F\nc: yes\nd: ~\ne:\nf: 2024-01-01\ng: "1"\nh: "~"\n');
    expect(plain(root)).toEqual({
      a: '1.10',
      b: '0x1F',
      c: 'yes',
      d: null,
      e: null,
      f: '2024-01-01',
      g: '1',
      h: '~',
    });
    expect(at(root, 'g')).toMatchObject({ style: 'double' });
  });

  it('unescapes the other styles', () => {
    const { root } = parse("a: \"x\\ty\"\nb: 'it''s'\nc: |\n  1\n  2\nd: >-\n  1\n  2\n");
    expect(plain(root)).toEqual({ a: 'x\ty', b: "it's", c: '1\n2\n', d: '1 2' });
    expect(['a', 'b', 'c', 'd'].map((key) => at(root, key))).toMatchObject(
      ['double', 'single', 'literal', 'folded'].map((style) => ({ style })),
    );
  });

  it('gives positions and ranges of keys and values', () => {
    const { root, text } = parse('\uFEFFa:\r\n  b: "ü" # c\r\n');
    const a = at(root, 'a') as MapNode;
    expect(a.entries[0]?.keyPosition).toEqual({ line: 2, column: 3 });
    expect(a.entries[0]?.value.position).toEqual({ line: 2, column: 6 });
    expect(text.slice(...(a.entries[0]?.value.range ?? [0, 0]))).toBe('"ü"');
    expect(root.entries[0]?.keyPosition).toEqual({ line: 1, column: 1 });
  });

  it('follows aliases, and says where the text is shared', () => {
    const { root, text } = parse('a: &x {p: 1}\nb: *x\n');
    const p = at(root, 'b', 'p');
    expect(p).toMatchObject({ inherited: true, text: '1', position: { line: 2, column: 4 } });
    expect(text.slice(...p.range)).toBe('*x');
    expect(text.slice(...(p.writtenAt ?? [0, 0]))).toBe('1');
    expect(at(root, 'a', 'p').inherited).toBe(false);
  });

  it('takes an alias for the latest anchor of its name', () => {
    expect(plain(parse('a: &x 1\nb: *x\nc: &x 2\nd: *x\n').root)).toEqual({ a: '1', b: '1', c: '2', d: '2' });
  });

  it('applies merge keys: own keys win, then earlier maps', () => {
    const { root } = parse(
      'x: &x {p: 1, q: 1}\ny: &y {q: 2, r: 2}\na:\n  own: 0\n  <<: [*x, *y]\n  p: 3\nb:\n  "<<": text\n',
    );
    const a = at(root, 'a') as MapNode;
    expect(a.entries.map(({ key, from }) => [key, from])).toEqual([
      ['own', 'own'],
      ['q', 'merged'],
      ['r', 'merged'],
      ['p', 'own'],
    ]);
    expect(plain(a)).toEqual({ own: '0', q: '1', r: '2', p: '3' });
    expect(a.entries[1]).toMatchObject({ keyPosition: { line: 5, column: 3 }, value: { inherited: true } });
    expect(a.entries[1]?.value.position).toEqual({ line: 5, column: 8 });
    expect(plain(at(root, 'b'))).toEqual({ '<<': 'text' });
  });

  it('knows the core tags', () => {
    const { root } = parse('a: !!str ~\nb: !!int "3"\nc: !!map {d: 1}\n');
    expect(at(root, 'a')).toMatchObject({ text: '~', isNull: false, tag: 'str' });
    expect(at(root, 'b')).toMatchObject({ text: '3', tag: 'int' });
  });

  it('ends a block scalar with the file, as the server does', () => {
    expect(plain(parse('a: |\n  x').root)).toEqual({ a: 'x' });
    expect(plain(parse('a: |+\n  x\n\n').root)).toEqual({ a: 'x\n\n' });
  });

  it('reads keys that look like members of every object', () => {
    expect(parse('__proto__: 1\nconstructor: 2\ntoString: 3\n').root.entries.map((e) => e.key)).toEqual([
      '__proto__',
      'constructor',
      'toString',
    ]);
  });

  it.each(['', '\n\n', '# only a comment\n', '---\n', '~\n', '\uFEFF'])('calls %j empty', (text) => {
    expect(parse(text)).toMatchObject({ isEmpty: true, root: { entries: [] } });
  });

  it('does not call a map without keys empty', () => {
    expect(parse('{}\n')).toMatchObject({ isEmpty: false, root: { entries: [] } });
  });

  it.skipIf(process.env.WITHOUT_LARGE_FILES)('reads a megabyte, with work in proportion', () => {
    const text = Array.from({ length: 40_000 }, (_, i) => `key${i}: "some value ${i}" # c\n`).join('');
    expect(text.length).toBeGreaterThan(1_000_000);
    // Quadratic work takes minutes, more than a test has.
    expect(parse(text).root.entries).toHaveLength(40_000);
  });
});

describe('what is refused', () => {
  it.each<[string, string | Uint8Array, ErrorCode, number?, number?]>([
    ['a duplicate key', 'a:\n  b: 1\n  b: 2\n', 'config/duplicate-key', 3, 3],
    ['a number beside its text', '1: a\n"1": b\n', 'config/duplicate-key', 2, 1],
    ['a second merge key', 'a: &a {b: 1}\nc:\n  <<: *a\n  <<: *a\n', 'config/duplicate-key', 4, 3],
    ['two documents', 'a: 1\n---\nb: 2\n', 'config/several-documents', 2, 1],
    ['a list', '# c\n- a\n', 'config/not-a-map', 2, 1],
    ['a single value', 'hello\n', 'config/not-a-map', 1, 1],
    ['an open quote', 'a: "x\nb: 1\n', 'config/invalid-yaml'],
    ['an open brace', 'a: {b: 1\n', 'config/invalid-yaml'],
    ['a tab as indentation', 'a:\n\tb: 1\n', 'config/invalid-yaml', 2, 1],
    ['carriage returns only', 'a: 1\rb: 2\r', 'config/invalid-yaml', 1, 5],
    ['a NUL byte', 'a: 1\nb: \0\n', 'config/invalid-yaml', 2, 4],
    ['a control character', 'a: x\u0007\n', 'config/invalid-yaml', 1, 5],
    ['a line separator', '# x\u2028a: 1\n', 'config/invalid-yaml', 1, 4],
    ['an unknown alias', 'a: *b\n', 'config/invalid-yaml', 1, 4],
    ['an alias inside its anchor', 'a: &a\n  b: *a\n', 'config/invalid-yaml', 2, 6],
    ['a merge of no map', 'a: &a 1\nb:\n  <<: *a\n', 'config/invalid-yaml', 3, 7],
    ['a merge of an anchored list', 'a: &a [{b: 1}]\nc:\n  <<: *a\n', 'config/invalid-yaml', 3, 7],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x61, 0x00]), 'config/not-utf8', 1, 1],
    ['UTF-16 without a mark', new Uint8Array([0x61, 0x00, 0x3a, 0x00]), 'config/not-utf8', 1, 1],
    [
      'Latin-1',
      new Uint8Array([0x61, 0x3a, 0x20, 0x31, 0x0a, 0x62, 0x3a, 0x20, 0xfc, 0x0a]),
      'config/not-utf8',
      2,
      4,
    ],
    ['a character cut short', new Uint8Array([0x61, 0x3a, 0x20, 0xc3]), 'config/not-utf8', 1, 4],
    ['a foreign tag', 'a: !secret x\n', 'config/unsupported-yaml', 1, 12],
    ['a value that starts with an exclamation mark', 'a: !x\n', 'config/unsupported-yaml'],
    ['a template', 'a: {{ b }}\n', 'config/unsupported-yaml', 1, 5],
    ['a broken base64', 'a: !!binary aGk\n', 'config/invalid-yaml', 1, 13],
    ['bytes that are no text', 'a: !!binary /w==\n', 'config/unsupported-yaml', 1, 13],
    ['a key in base64', '!!binary aGk=: 1\n', 'config/unsupported-yaml', 1, 10],
    ['a list as a key', '? [a]\n: 1\n', 'config/unsupported-yaml', 1, 3],
    ['a missing key', ': 1\n', 'config/unsupported-yaml'],
    ['brackets without end', '['.repeat(1_000_000), 'config/too-deep'],
    ['a deep map', Array.from({ length: 70 }, (_, i) => `${' '.repeat(i)}k:\n`).join(''), 'config/too-deep'],
  ])('%s', (_, input, code, line, column) => {
    const { diagnostics } = faultsOf(input);
    expect(diagnostics.map((d) => d.code)).toContain(code);
    for (const d of diagnostics)
      expect(d).toMatchObject({ file: 'config.yml', severity: 'error', hint: expect.any(String) as string });
    if (line !== undefined)
      expect(diagnostics.find((d) => d.code === code)?.position).toEqual({ line, column });
  });

  it('reports every fault at once', () => {
    const error = faultsOf('a: 1\na: 2\nb: !x 3\nb: 4\n');
    expect(error.diagnostics.map((d) => [d.code, d.position?.line])).toEqual([
      ['config/duplicate-key', 2],
      ['config/unsupported-yaml', 3],
      ['config/duplicate-key', 4],
    ]);
    expect(error.code).toBe('config/invalid-yaml');
  });

  it('refuses a bomb of aliases quickly', () => {
    const names = [...'abcdefghij'];
    const lines = names.map((name, i) => {
      const inner =
        i === 0
          ? '1'
          : Array(10)
              .fill(`*${names[i - 1] ?? ''}`)
              .join(',');
      return `${name}: &${name} [${inner}]\n`;
    });
    const { code, diagnostics } = faultsOf(lines.join(''));
    expect(code).toBe('config/too-many-aliases');
    expect(diagnostics.map(({ message, hint }) => `${message}. ${hint ?? ''}`)).toEqual([
      'Aliases bring in more than 100000 values. Write the values out, or use fewer aliases of aliases.',
    ]);
  });

  it('refuses aliases that build a deep value from flat ones', () => {
    const lines = Array.from(
      { length: 70 },
      (_, i) => `k${i}: &a${i} {x: ${i === 0 ? '1' : `*a${i - 1}`}}\n`,
    );
    expect(faultsOf(lines.join('')).code).toBe('config/too-deep');
  });

  it('refuses a file above the limit', () => {
    expect(faultsOf(new Uint8Array(4 * 1024 * 1024 + 1).fill(0x23)).code).toBe('config/too-large');
  });

  it.each([['trailing spaces deeper than a block scalar', 'k1: |1\n   v2\n  \nk3: v4\n']])(
    'refuses what two readers read differently: %s',
    (_, text) => {
      const error = faultsOf(text);
      expect(error.code).toBe('config/ambiguous-yaml');
      expect(error.diagnostics[0]?.position?.line).toBe(1);
    },
  );

  it('never repeats the text it stumbled over', () => {
    for (const text of [
      'a: hunter2: hunter2\n',
      'a: "hunter2" hunter2\n',
      'a: @hunter2\n',
      'a: *hunter2\n',
      'a: !hunter2 x\n',
    ]) {
      expect(JSON.stringify(faultsOf(text))).not.toContain('hunter2');
    }
  });
});
