import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretDocument } from '../../src/secrets/document.js';
import { parseExact, stringifyExact } from '../../src/secrets/exact-json.js';
import { SecretValue } from '../../src/values/secret-value.js';

const numbers = [
  '1.10',
  '0.12345678901234567890',
  '12345678901234567890',
  '1e400',
  '-0',
  '1E+2',
  '0',
  '-1.5e-7',
];

describe('numbers of a JSON text', () => {
  it.each(numbers)('%s keeps its text wherever it stands', (number) => {
    const text = `{"a":${number},"b":[${number},{"c":${number}}],"d":"${number}","e":"\\"${number}"}`;
    expect(stringifyExact(parseExact(text))).toBe(text);
  });

  it('keep theirs in any JSON, and nothing else changes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(stringifyExact(parseExact(text))).toBe(text);
      }),
    );
  });

  it.each(['{"a":01}', '{"a":.5}', '{"a":1.}', '{"a":1e}', '{"a":--1}', '[1,]', '1 2', '{"a":1', ''])(
    '%s is no JSON',
    (text) => {
      expect(() => parseExact(text)).toThrow(SyntaxError);
    },
  );
});

describe('a document', () => {
  const text = `{"f":1.10,"long":12345678901234567890,"o":{"id":12345678901234567890,"d":1.0},"one":1}`;

  it('gives numbers as they were served, in objects too', () => {
    const document = SecretDocument.fromText('it', text);
    const read = (name: string) => document.field(name).reveal();
    expect(['f', 'long', 'o', 'one'].map(read)).toEqual([
      '1.10',
      '12345678901234567890',
      '{"id":12345678901234567890,"d":1.0}',
      '1',
    ]);
  });

  it('keeps every other byte of its values when one is set', () => {
    const document = SecretDocument.fromText('it', text);
    expect(document.withField('new', new SecretValue('x'))).toBe(`${text.slice(0, -1)},"new":"x"}`);
  });

  it('refuses numbers that its store rounds, and keeps those that it cannot have rounded', () => {
    const fields = parseExact(text) as Record<string, unknown>;
    const document = SecretDocument.fromFields('it', fields, true);
    for (const name of ['f', 'long', 'o']) {
      expect(() => document.field(name)).toThrow(expect.objectContaining({ code: 'secrets/unreadable' }));
    }
    expect(document.field('one').reveal()).toBe('1');
    expect(() => document.fieldsWith('new', new SecretValue('x'))).toThrow('rounds');
    const short = SecretDocument.fromFields('it', parseExact('{"f":1.1,"n":-3}') as object as never, true);
    expect(stringifyExact(short.fieldsWith('new', new SecretValue('x')))).toBe('{"f":1.1,"n":-3,"new":"x"}');
  });
});
