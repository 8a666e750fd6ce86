import { describe, expect, it } from 'vitest';
import { editYaml, type YamlEdits } from '../../../src/config/yaml/edit.js';
import { parseYaml } from '../../../src/config/yaml/parse.js';
import { thrown } from '../../support/errors.js';

const edit = (text: string, edits: YamlEdits) => editYaml(parseYaml(Buffer.from(text), 'c.yml'), edits);
const refused = (text: string, edits: YamlEdits) => thrown(() => edit(text, edits));

const put = (at: string[], key = 'new') => ({ cut: [], add: [{ at, key, value: 'x' }] });
const byHand = 'write "new" into the file by hand, then run again';
const aliasHint = 'Write the values out in place of the alias or merge key, then run again.';

describe('the words for an edit that would change something else', () => {
  it.each<[text: string, edits: YamlEdits, ...said: string[]]>([
    [
      'a: 1\n',
      { cut: [['b', 'c']] },
      'b.c: The file holds no pair "b.c" | the file changed since it was read: run again',
    ],
    [
      'a: [1]\n',
      { cut: [['a', 'b']] },
      'a.b: The file holds no pair "a.b" | the file changed since it was read: run again',
    ],
    [
      'a: [{b: 1}]\n',
      { cut: [['a', 1, 'b']] },
      'a.1.b: The file holds no pair "a.1.b" | the file changed since it was read: run again',
    ],
    ['a: 1\n', put(['b', 'c']), `b.c: The file holds no pair "b.c" to write "new" at | ${byHand}`],
    [
      'a: &x {b: 1}\nc: *x\n',
      put(['c', 'b']),
      `1:8 c.b: "new" cannot be written into a map that an alias shares | ${byHand}`,
    ],
    [
      'a: &x {b: 1}\nc: *x\n',
      put(['a', 'b']),
      `1:8 a.b: "new" cannot be written into a map that an alias shares | ${byHand}`,
    ],
    ['a: 1\nnew: 2\n', put(['a']), `2:1 a: The key "new" is already there | ${byHand}`],
    [
      'a: 1\n',
      { cut: [], add: [...put(['a']).add, ...put(['a']).add] },
      `1:1 a: The key "new" is already there | ${byHand}`,
    ],
    [
      'a:\n  b: 1\n',
      { cut: [['a']], add: put(['a', 'b']).add },
      `2:3 a.b: "new" would be written into a map that is cut | ${byHand}`,
    ],
    [
      'a: &x 1\nb: *x\nc: 2\n',
      { cut: [['a']] },
      '1:7 : The anchor "x" stands in a value to be cut, and line 2, column 4 still uses it | Write the values out in place of the alias, then run again.',
    ],
    [
      'a: {b: 1 # x\n  , c: 2}\n',
      { cut: [['a', 'b']] },
      '1:9 : A comment stands between this pair and its comma | put each pair of the braces on a line of its own, or cut it by hand, then run again',
    ],
    [
      'l:\n  - a: 1\n  - b: 2\n',
      { cut: [['l', 0, 'a']] },
      '2:5 : Nothing would remain of this list item | move or keep the whole list',
    ],
    [
      'x: &x\n  p: 1\n  q: 2\na:\n  <<: *x\nb:\n  <<: *x\n',
      { cut: [['a', 'p']] },
      `5:7 : "p" comes in here from line 2, column 3 through an alias or merge key and cannot be cut alone | ${aliasHint}`,
    ],
    [
      'a: &x {p: 1, q: 2}\nb: *x\n',
      { cut: [['a', 'p']] },
      `2:4 : "p" is used here and written at line 1, column 8, where it would be cut | ${aliasHint}`,
    ],
    [
      'l:\n  - a: 1\n    # about b\n    b: 2\n',
      { cut: [['l', 0, 'a']] },
      '3:5 : A comment between a list dash and its next key would lose its place | edit this place by hand, then run again',
    ],
    [
      'a: &x {p: 1, q: 2}\nb: [*x, {p: 1}]\nc: *x\n',
      { cut: [['a', 'p']] },
      `2:5 : "p" is used here and written at line 1, column 8, where it would be cut | ${aliasHint}`,
      `3:4 : "p" is used here and written at line 1, column 8, where it would be cut | ${aliasHint}`,
    ],
  ])('%j less and plus %j', (text, edits, ...expected) => {
    const { code, diagnostics, hint, message } = refused(text, edits);
    const lines = diagnostics.map((d) => {
      expect(d).toMatchObject({ code: 'config/cannot-cut', severity: 'error', file: 'c.yml' });
      const place = d.position ? `${d.position.line}:${d.position.column} ` : '';
      return `${place}${d.key ?? ''}: ${d.message} | ${d.hint ?? ''}`;
    });
    expect(lines).toEqual(expected);
    expect(code).toBe('config/cannot-cut');
    expect(hint).toBe(diagnostics[0]?.hint);
    expect(message).toBe(
      expected.length === 1
        ? diagnostics[0]?.message
        : `${expected.length} places in c.yml cannot be edited without changing something else`,
    );
  });
});

describe('what is cut out of braces', () => {
  it.each<[text: string, cut: string[], left: string]>([
    ['m: {a: 1, b: 2, c: 3}\n', ['a'], 'm: {b: 2, c: 3}\n'],
    ['m: {a: 1, b: 2, c: 3}\n', ['b'], 'm: {a: 1, c: 3}\n'],
    ['m: {a: 1, b: 2, c: 3}\n', ['c'], 'm: {a: 1, b: 2}\n'],
    ['m: {a: 1, b: 2, c: 3}\n', ['a', 'b'], 'm: {c: 3}\n'],
    ['m: {a: 1, b: 2, c: 3}\n', ['b', 'c'], 'm: {a: 1}\n'],
    ['m: {a: 1, b: 2, c: 3}\n', ['a', 'c'], 'm: {b: 2}\n'],
    ['m: { a: 1 ,\tb: 2 }\n', ['b'], 'm: { a: 1 }\n'],
    ['m: {a: 1, \tb: 2,}\n', ['b'], 'm: {a: 1, \t}\n'],
    ['m: {\n  a: 1,\n  b: 2,\n  c: 3\n}\n', ['b'], 'm: {\n  a: 1,\n  c: 3\n}\n'],
    ['m: {\n  a: 1,\n  b: 2,\n  c: 3\n}\n', ['c'], 'm: {\n  a: 1,\n  b: 2\n}\n'],
    ['m: {\n  a: 1,\n  b: 2, # about b\n  c: 3\n}\n', ['b'], 'm: {\n  a: 1,\n  c: 3\n}\n'],
    ['m: {\n  a: 1, b: 2,\n  c: 3, d: 4\n}\n', ['b', 'c'], 'm: {\n  a: 1,\n  d: 4\n}\n'],
    ['m: {\n  a: 1, # about a\n  b: 2 }\n', ['b'], 'm: {\n  a: 1 # about a\n }\n'],
    ['m: {a: 1, # about a\n  b: 2,\n  c: 3}\n', ['a'], 'm: { # about a\n  b: 2,\n  c: 3}\n'],
    ['m: {a: 1,\n\n  b: 2,\n\n  c: 3}\n', ['b'], 'm: {a: 1,\n\n  c: 3}\n'],
  ])('%j less %j', (text, keys, left) => {
    expect(edit(text, { cut: keys.map((key) => ['m', key]) }).text).toBe(left);
  });

  it.each<[text: string, at: string, cut: boolean, left: string]>([
    ['m: {a: 1, b: 2}\n', 'b', false, 'm: {a: 1, new: x, b: 2}\n'],
    ['m: {a: 1, b: 2}\n', 'b', true, 'm: {a: 1, new: x}\n'],
    [
      'm: {\n  # about a\n  a: 1,\n  b: 2\n}\n',
      'a',
      false,
      'm: {\n  new: x,\n  # about a\n  a: 1,\n  b: 2\n}\n',
    ],
    ['m: {\n  # about a\n  a: 1, # so\n  b: 2\n}\n', 'a', true, 'm: {\n  new: x,\n  b: 2\n}\n'],
    ['m: {a: 1, # so\n  b: 2}\n', 'a', true, 'm: {new: x, # so\n  b: 2}\n'],
    ['m: {\n  a: 1, b: 2 # so\n}\n', 'b', true, 'm: {\n  a: 1, new: x # so\n}\n'],
    ['m: {\n  a: 1,\n  b: 2 # so\n}\n', 'b', true, 'm: {\n  a: 1,\n  new: x\n}\n'],
  ])('%j at %s, which goes: %s', (text, at, goes, left) => {
    const { add } = put(['m', at]);
    expect(edit(text, { cut: goes ? [['m', at]] : [], add }).text).toBe(left);
  });

  it('puts two new pairs beside each other', () => {
    const add = ['p', 'q'].map((key) => ({ at: ['m', 'b'], key, value: 'x' }));
    expect(edit('m: {a: 1, b: 2}\n', { cut: [['m', 'b']], add }).text).toBe('m: {a: 1, p: x, q: x}\n');
    expect(edit('m: {a: 1, b: 2}\n', { cut: [], add }).text).toBe('m: {a: 1, p: x, q: x, b: 2}\n');
    expect(edit('m:\n  a: 1\n  b: 2\n', { cut: [], add }).text).toBe('m:\n  a: 1\n  p: x\n  q: x\n  b: 2\n');
  });
});

describe('what is added behind a dash', () => {
  it('moves what stood there below it', () => {
    const add = [
      { at: ['l', 0, 'a'], key: 'p', value: 'x' },
      { at: ['l', 0, 'a'], key: 'q', value: 'y' },
    ];
    expect(edit('l:\n  - a: 1\n    b: 2\n', { cut: [], add }).text).toBe(
      'l:\n  - p: x\n    q: "y"\n    a: 1\n    b: 2\n',
    );
  });
});
