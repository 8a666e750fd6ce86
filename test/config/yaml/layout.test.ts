import { describe, expect, it } from 'vitest';
import { Layout } from '../../../src/config/yaml/layout.js';
import { parseYaml } from '../../../src/config/yaml/parse.js';

const layoutOf = (text: string) => new Layout(parseYaml(Buffer.from(text), 'c.yml'));

/** One letter for each line: content, blank, comment (#), or none (-) behind the last line ending. */
function kinds(text: string): string {
  const layout = layoutOf(text);
  const letters = { content: 'c', blank: 'b', comment: '#' };
  return text
    .split('\n')
    .map((_, line) => letters[layout.kind(line) as keyof typeof letters] ?? '-')
    .join('');
}

describe('the kind of a line', () => {
  it.each([
    ['a: 1\n', 'c-'],
    ['a: 1', 'c'],
    ['\n# x\na: 1 # y\n \n', 'b#cb-'],
    ['a: 1\n  ', 'cb'],
    ['\t# x\n \t \na: 1\n', '#bc-'],
    ['a: |\n  # x\n\n  y\n# z\n', 'cccc#-'],
    ['a: |+\n  x\n\n# z\n', 'ccc#-'],
    ['a: |-\n  x\n\nb: 1\n', 'ccbc-'],
    ['a: "x\n  # y\n\n  z"\n# w\n', 'cccc#-'],
    ["a: 'x\n\n  z'\n", 'ccc-'],
    ['a: x\n\n  z\n', 'ccc-'],
    ['a:\n  - [1,\n\n    # x\n    2]\n', 'ccb#c-'],
    ['? # x\n  a\n: 1\n', 'ccc-'],
    ['? |\n  # x\n: 1\n', 'ccc-'],
    ['\uFEFF# x\na: 1\n', '#c-'],
    ['a: 1\r\n\r\n# x\r\n', 'cb#-'],
  ])('%j', (text, expected) => expect(kinds(text)).toBe(expected));
});

describe('the column of a line', () => {
  it('counts spaces, and is none behind a tab', () => {
    const layout = layoutOf('a:\n    b: 1\n \t# x\n  # y\n');
    expect([0, 1, 2, 3].map((line) => layout.indent(line))).toEqual([0, 4, -1, 2]);
  });

  it('does not count a byte order mark', () => expect(layoutOf('\uFEFF  # x\na: 1\n').indent(0)).toBe(2));
});

describe('a block scalar that keeps its line endings', () => {
  it.each<[string, number[]]>([
    ['a: |+\n  x\nb: 1\n', [1]],
    ['a: >2+\n  x\n\nb: 1\n', [2]],
    ['a: |\n  x\nb: 1\n', []],
    ['a: !!str |-\n  +\nb: "\n  +"\n', []],
  ])('%j ends at its last line', (text, expected) => {
    const layout = layoutOf(text);
    expect([0, 1, 2, 3].filter((line) => layout.keepsBreaks(line))).toEqual(expected);
  });
});

describe('the header of a file', () => {
  it.each<[text: string, lines: number]>([
    ['a: 1\n', 0],
    ['# x\na: 1\n', 1],
    ['# x\n# y\n\n# z\na: 1\n', 2],
    ['\n\n# x\na: 1\n', 3],
    ['%YAML 1.1\n# x\n---\na: 1\n', 2],
    ['---\n# x\na: 1\n', 2],
    ['--- # marker\n# x\na: 1\n', 2],
    ['# x\n---\n# y\na: 1\n', 3],
    ['# x\n\n---\n# y\na: 1\n', 1],
    ['# vim: ts=2\n# x\na: 1\n', 2],
    ['# vim: ts=2\n\n# x\na: 1\n', 3],
    ['# vim: ts=2\n# yamllint disable\n\n# x\n# y\na: 1\n', 5],
    ['# x\n# vim: ts=2\n\n# y\na: 1\n', 2],
    ['# yaml-language-server: $schema=x\n', 1],
    ['# x', 1],
    ['a: 1\n# x\n', 0],
    ['\uFEFF# x\na: 1\n', 1],
  ])('%j has %d lines', (text, lines) => expect(layoutOf(text).headerLines).toBe(lines));
});

describe('what stands around an offset', () => {
  const text = 'a: 1  \t# x\n  b: 2'.replace('\n  b', '\nb');
  const layout = layoutOf(text);
  const at = (part: string) => text.indexOf(part);

  it('begins a line behind spaces only', () => {
    expect([at('a'), at('1'), at('b')].map((offset) => layout.startsLine(offset))).toEqual([
      true,
      false,
      true,
    ]);
    expect(layoutOf('\uFEFFa: 1\n').startsLine(1)).toBe(true);
  });

  it('ends a line before space and a comment', () => {
    const ends = [at('a') + 1, at('1') + 1, at('1'), text.length, at('2')];
    expect(ends.map((offset) => layout.endsLine(offset))).toEqual([false, true, false, true, false]);
    expect(layoutOf('a: 1\r\n').endsLine(4)).toBe(true);
  });

  it('skips spaces and tabs', () => expect(layout.skipSpace(at('1') + 1)).toBe(at('#')));
});

describe('the line ending of new text', () => {
  it.each([
    ['a: 1\r\nb: 2\n', 0, '\r\n'],
    ['a: 1\r\nb: 2\n', 1, '\n'],
    ['a: 1\r\nb: 2', 1, '\r\n'],
    ['a: 1', 0, '\n'],
  ])('%j at line %d', (text, line, expected) => expect(layoutOf(text).endingAt(line)).toBe(expected));
});
