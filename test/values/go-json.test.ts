import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toGoJson, type JsonValue } from '../../src/values/go-json.js';

describe('toGoJson', () => {
  it('is compact and sorts the keys of maps', () => {
    expect(toGoJson({ b: [1, true, null], a: 'x', 10: '', 9: '' })).toBe(
      '{"10":"","9":"","a":"x","b":[1,true,null]}',
    );
  });

  it('sorts by UTF-8 bytes, where JavaScript would put the astral key first', () => {
    const keys = ['\uff5e', '\u{1f600}'];
    expect([...keys].sort()).toEqual(['\u{1f600}', '\uff5e']);
    expect(toGoJson(Object.fromEntries(keys.map((key) => [key, ''])))).toBe('{"\uff5e":"","\u{1f600}":""}');
  });

  it('keeps the order of a Map, which stands for a struct', () => {
    expect(
      toGoJson([
        new Map<string, JsonValue>([
          ['url', 'u'],
          ['claims', { b: '', a: '' }],
        ]),
      ]),
    ).toBe('[{"url":"u","claims":{"a":"","b":""}}]');
  });

  it('escapes what Go escapes and nothing else', () => {
    expect(toGoJson('<a href="x">&\\ \u2028\u2029 \b\f\n\r\t\u0000\u001f \u007fäß\u{1f600}')).toBe(
      '"\\u003ca href=\\"x\\"\\u003e\\u0026\\\\ \\u2028\\u2029 \\b\\f\\n\\r\\t\\u0000\\u001f \u007fäß\u{1f600}"',
    );
  });

  it('puts the replacement character for half a pair', () => {
    expect(toGoJson('a\ud800b')).toBe('"a\\ufffdb"');
  });

  it('refuses numbers that JSON cannot hold', () => {
    expect(() => toGoJson([Number.NaN])).toThrow(RangeError);
  });

  it('is read back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = toGoJson(value as JsonValue);
        // Written by JSON.stringify, a negative zero would lose its sign; Go keeps it.
        expect(JSON.parse(text)).toEqual(value);
        expect(text).not.toMatch(/[<>&\u2028\u2029]/);
      }),
    );
  });

  it('keeps the sign of a zero', () => {
    expect(toGoJson([-0, 0])).toBe('[-0,0]');
  });

  it('has the keys of every map in byte order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.constant('')), (map) => {
        const keys = [...toGoJson(map).matchAll(/("(?:[^"\\]|\\.)*"):/g)].map(([, key]) =>
          Buffer.from(JSON.parse(key ?? '') as string),
        );
        expect(keys).toHaveLength(Object.keys(map).length);
        for (const [index, key] of keys.slice(1).entries()) {
          expect(Buffer.compare(keys[index] ?? Buffer.alloc(0), key)).toBe(-1);
        }
      }),
    );
  });
});
