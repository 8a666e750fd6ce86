import fc from 'fast-check';
import { CORE_SCHEMA, load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { scalarText } from '../../../src/config/yaml/scalar-text.js';

describe('scalarText', () => {
  it.each([
    ['plain words', 'plain words'],
    ['postgres://u:p@h:5432/d?sslmode=require', 'postgres://u:p@h:5432/d?sslmode=require'],
    ['/var/lib/tmi', '/var/lib/tmi'],
    ['yes', '"yes"'],
    ['null', '"null"'],
    ['12', '"12"'],
    ['', '""'],
    ['a: b', '"a: b"'],
    ['a #b', '"a #b"'],
    ['a,b', '"a,b"'],
    ['say "hi"', '\'say "hi"\''],
    ['a\nb', '"a\\nb"'],
    ['*', '"*"'],
  ])('%j', (value, written) => {
    expect(scalarText(value)).toBe(written);
  });

  it('reads back as exactly that text, in a block and in braces', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string()),
        (value) => {
          const block = `k: ${scalarText(value)}\n`;
          const flow = `{k: ${scalarText(value)}, l: m}\n`;
          for (const read of [
            (text: string) => load(text, { schema: CORE_SCHEMA }),
            (text: string) => parse(text) as unknown,
          ]) {
            expect(read(block)).toEqual({ k: value });
            expect(read(flow)).toEqual({ k: value, l: 'm' });
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
