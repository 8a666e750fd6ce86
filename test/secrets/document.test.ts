import { describe, expect, it } from 'vitest';
import { decodeUtf8, SecretDocument } from '../../src/secrets/document.js';
import { parseExact, type ExactNumber } from '../../src/secrets/exact-json.js';
import { SecretFault } from '../../src/secrets/fault.js';
import { SecretValue } from '../../src/values/secret-value.js';
import { shown } from '../support/faults.js';

function faultOf(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (error instanceof SecretFault) return shown(error);
    throw error;
  }
  throw new Error('there was no fault');
}

const text = (content: string) => SecretDocument.fromText('secret a', content);
const exact = (content: string) => parseExact(content) as Record<string, unknown>;
const fields = (content: string, rounded = false) =>
  SecretDocument.fromFields('secret a', exact(content), rounded);

const noField = (reason: string) => shown('secrets/no-such-field', reason, { absent: true, vacant: true });
const noObject = shown('secrets/unreadable', 'secret a is not a JSON object, so it has no fields');
const empty = shown('secrets/empty', 'secret a is empty', { absent: true, vacant: true });

describe('the whole of a secret', () => {
  it.each(['', ' x ', '{"a":1}', 'line\nline'])('is its text as it stands: %j', (content) => {
    expect(text(content).whole().reveal()).toBe(content);
  });

  it.each([
    ['{"only":"1"}', '1'],
    ['{"a":"1","value":"2"}', '2'],
    ['{"value":""}', ''],
  ])('is the one field, or the one called value: %s', (content, expected) => {
    expect(fields(content).whole().reveal()).toBe(expected);
  });

  it.each([
    ['{}', 'no fields'],
    ['{"a":"1","b":"2"}', '2 fields'],
    ['{"a":"1","b":"2","Value":"3"}', '3 fields'],
  ])('is none of several: %s', (content, found) => {
    expect(faultOf(() => fields(content).whole())).toEqual({
      ...noField(`secret a holds ${found} and the reference names none`),
      hint: 'Name the field after a #, as in vault://PATH#FIELD.',
    });
  });
});

describe('a field', () => {
  it.each([
    ['{"f":"x"}', 'x'],
    ['{"f":""}', ''],
    ['{"f":null}', ''],
    ['{"f":true}', 'true'],
    ['{"f":false}', 'false'],
    ['{"f":0}', '0'],
    ['{"f":1.10}', '1.10'],
    ['{"f":12345678901234567890}', '12345678901234567890'],
    ['{"f":{"n":1.10,"t":"x"}}', '{"n":1.10,"t":"x"}'],
    ['{"f":["a",2]}', '["a",2]'],
    ['{"F":"other case"}', 'other case'],
    ['{"F":"other case","f":"exact"}', 'exact'],
    ['{"F":"one","ff":"x","f":"exact","fF":"y"}', 'exact'],
  ])('of %s is %j', (content, expected) => {
    expect(text(content).field('f').reveal()).toBe(expected);
    expect(fields(content).field('f').reveal()).toBe(expected);
    expect(text(content).has('f')).toBe(true);
    expect(text(content).valueIfAny('f')?.reveal()).toBe(expected);
  });

  it.each(['{}', '{"g":"x"}', '{"ff":"x"}'])('is not in %s', (content) => {
    expect(faultOf(() => text(content).field('f'))).toEqual(noField('secret a has no field f'));
    expect(text(content).has('f')).toBe(false);
    expect(text(content).valueIfAny('f')).toBeUndefined();
  });

  it('is not one that every object has', () => {
    expect(text('{}').has('constructor')).toBe(false);
    expect(text('{}').valueIfAny('toString')).toBeUndefined();
  });

  it('is not guessed among several that differ in letter case, which no option forgives', () => {
    const document = text('{"KEY":"1","Key":"2"}');
    expect(document.has('key')).toBe(true);
    expect(faultOf(() => document.field('key'))).toEqual(
      shown('secrets/no-such-field', 'secret a has 2 fields that differ from key only in letter case', {
        hint: 'Write the field exactly as it is stored.',
      }),
    );
  });

  it.each(['["f"]', '"f"', '7', '12345678901234567890', 'null', 'true', '{"f":1', 'CANARY'])(
    'is not in a text that is no object: %s',
    (content) => {
      for (const ask of ['field', 'has', 'valueIfAny'] as const) {
        expect(faultOf(() => text(content)[ask]('f'))).toEqual(noObject);
      }
    },
  );

  it.each(['', ' ', '\n'])('is not in an empty text: %j', (content) => {
    expect(faultOf(() => text(content).field('f'))).toEqual(empty);
    expect(faultOf(() => text(content).has('f'))).toEqual(empty);
  });

  it('that holds fields is a document of its own, with the name of both', () => {
    const inner = text('{"db":{"pw":"x","n":1.10},"text":"{\\"pw\\":\\"y\\"}","word":"CANARY"}');
    expect(inner.nested('db').field('pw').reveal()).toBe('x');
    expect(inner.nested('db').field('n').reveal()).toBe('1.10');
    expect(inner.nested('text').field('pw').reveal()).toBe('y');
    expect(faultOf(() => inner.nested('db').field('z'))).toEqual(noField('db in secret a has no field z'));
    expect(faultOf(() => inner.nested('word').field('z')).reason).toBe(
      'word in secret a is not a JSON object, so it has no fields',
    );
  });
});

describe('a field that is set', () => {
  it.each([
    ['{"a":"1"}', '{"a":"1","f":"new"}'],
    ['{"f":"old","a":1.10}', '{"a":1.10,"f":"new"}'],
    ['{"F":"old","a":null}', '{"a":null,"f":"new"}'],
    ['{}', '{"f":"new"}'],
  ])('stands in all of %s as %s', (content, expected) => {
    expect(text(content).withField('f', new SecretValue('new'))).toBe(expected);
  });

  it.each(['CANARY', '[]'])('cannot be one of %s', (content) => {
    expect(faultOf(() => text(content).withField('f', new SecretValue('new')))).toEqual(noObject);
  });
});

describe('a store that rounds numbers', () => {
  const isNumber = (what: string) =>
    shown('secrets/unreadable', `field f of secret a ${what} that the store rounds before it answers`, {
      hint: 'Store it as a JSON string.',
    });

  it.each([
    ['1.5', 'is a number'],
    ['9007199254740993', 'is a number'],
    ['1e300', 'is a number'],
    ['{"x":1.5}', 'holds a number'],
    ['[[0.1]]', 'holds a number'],
  ])('gives no %s, which may have been another', (number, what) => {
    expect(faultOf(() => fields(`{"f":${number}}`, true).field('f'))).toEqual(isNumber(what));
    expect(fields(`{"f":${number}}`, false).field('f').reveal()).toBe(number);
  });

  it.each(['0', '-7', '9007199254740991', '{"x":5}', '["1.5",null,true]'])(
    'gives %s, which it keeps',
    (value) => {
      expect(fields(`{"f":${value}}`, true).field('f').reveal()).toBe(value);
    },
  );

  const written = 'secret a holds a number that the store rounds, so it would be written back as another';
  it.each([
    ['0.1234567890123456', true],
    ['1234567890123456e3', true],
    ['[{"deep":1234567890123456789}]', true],
    // As many digits as such a store keeps, or whole numbers that it keeps whatever their length.
    ['0.123456789012345', false],
    ['1.5', false],
    ['0.000000000000000000015', false],
    ['-1.5E-10', false],
    ['1.2345678901234e-100', false],
    ['9007199254740991', false],
    ['"0.1234567890123456"', false],
  ])('is not given back %s by a write: %s', (value, isRefused) => {
    const write = () => fields(`{"n":${value},"f":1}`, true).fieldsWith('f', new SecretValue('new'));
    if (isRefused) {
      expect(faultOf(write)).toEqual(
        shown('secrets/unreadable', written, { hint: 'Store it as a JSON string first.' }),
      );
    } else expect(write()).toEqual({ n: exact(`{"n":${value}}`)['n'], f: 'new' });
    expect(fields(`{"n":${value}}`, false).fieldsWith('f', new SecretValue('new'))).toHaveProperty('n');
  });

  it('may be given another value in place of a number that it rounded', () => {
    const document = fields('{"F":1234567890123456789}', true);
    expect(document.fieldsWith('f', new SecretValue('new'))).toEqual({ f: 'new' });
  });
});

describe('bytes', () => {
  it('are a text when they are UTF-8', () => {
    expect(SecretDocument.fromBytes('secret a', Buffer.from('pässwörd')).whole().reveal()).toBe('pässwörd');
  });

  it('are never guessed to be one', () => {
    const binary = Buffer.from([0xff, 0xfe, 0x41]);
    const fault = shown('secrets/unreadable', 'secret a is binary and cannot be used as text');
    expect(faultOf(() => SecretDocument.fromBytes('secret a', binary))).toEqual(fault);
    expect(faultOf(() => decodeUtf8('secret a', binary))).toEqual(fault);
  });
});

it('a number keeps its text only where JavaScript would change it', () => {
  const { f, g } = exact('{"f":1.10,"g":1.5}') as { f: ExactNumber; g: number };
  expect([f.text, g]).toEqual(['1.10', 1.5]);
});
