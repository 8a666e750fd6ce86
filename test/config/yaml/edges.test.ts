import { describe, expect, it } from 'vitest';
import { editYaml } from '../../../src/config/yaml/edit.js';
import { parseYaml } from '../../../src/config/yaml/parse.js';
import { thrown } from '../../support/errors.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string) => parseYaml(bytesOf(text), 'f.yml');
const hintOf = (...bytes: number[]): string =>
  thrown(() => parseYaml(Uint8Array.from(bytes), 'f.yml')).hint ?? '';

describe('a file of another encoding', () => {
  it.each([
    ['the mark of little-endian UTF-16', [0xff, 0xfe]],
    ['the mark of big-endian UTF-16', [0xfe, 0xff]],
    ['little-endian UTF-16', [0x61, 0, 0x3a, 0, 0xff]],
    ['big-endian UTF-16', [0, 0x61, 0, 0x3a, 0xff]],
  ])('is to be converted when it begins with %s', (_, bytes) => {
    expect(hintOf(...bytes)).toContain('iconv -f UTF-16');
  });

  it.each([[[0xff, 0x61]], [[0x61, 0xfe]], [[0xfe, 0xfe]], [[0xff]]])(
    'is not taken for UTF-16 when it begins with %j',
    (bytes) => expect(hintOf(...bytes)).not.toContain('iconv -f UTF-16'),
  );
});

describe('what is no map', () => {
  it('is called a list or a single value', () => {
    expect(thrown(() => parse('- a\n')).message).toContain('is a list, not a map');
    expect(thrown(() => parse('a\n')).message).toContain('is a single value, not a map');
  });
});

describe('an edit', () => {
  it('puts a new pair in the place of all that a map in braces held', () => {
    const cut = [
      ['m', 'a'],
      ['m', 'b'],
    ];
    const edit = editYaml(parse('m: {a: 1, b: 2} # c\n'), {
      cut,
      add: [{ at: ['m', 'a'], key: 'new', value: 'x' }],
    });
    expect(edit.text).toBe('m: {new: x} # c\n');
  });

  it('keeps what stays apart by the blank lines above the first of several cuts', () => {
    const text = 'q: 1\n\na:\n  x: 1\n\n  y: 2\nz: 1\n\nb: 2\n';
    const cut = [['z'], ['q'], ['a', 'y']];
    expect(editYaml(parse(text), { cut }).text).toBe('a:\n  x: 1\n\nb: 2\n');
    const add = [{ at: ['z'], key: 'new', value: 'x' }];
    expect(editYaml(parse(text), { cut, add }).text).toBe('a:\n  x: 1\n\nnew: x\n\nb: 2\n');
  });

  it('takes a comment above the first pair of a block for no start of it', () => {
    const text = 'a:\n    # deep\n  b: 1\n\n  c: 2\n';
    expect(editYaml(parse(text), { cut: [['a', 'b']] }).text).toBe('a:\n    # deep\n\n  c: 2\n');
  });

  it('writes nothing into a map beside a pair that comes from another one', () => {
    const document = parse('a: &x {b: 1}\nc: {<<: *x, d: 1}\n');
    const add = [{ at: ['c', 'b'], key: 'new', value: 'x' }];
    expect(thrown(() => editYaml(document, { cut: [], add })).message).toContain('that an alias shares');
  });
});
