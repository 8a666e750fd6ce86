import { describe, expect, it } from 'vitest';
import { plainData, readTypedValue, type TypedValue } from '../../src/config/typed-value.js';
import type { SettingType } from '../../src/values/index.js';
import { leavesOf } from './support.js';

/** Reads `yaml` as the value of a key, and that as a setting of the type. */
function read(type: SettingType, yaml: string): TypedValue {
  // `operator.name` is one leaf whatever stands there.
  const [leaf] = leavesOf(`operator:\n  name: ${yaml}\n`);
  if (!leaf) throw new Error('no leaf');
  return readTypedValue(type, leaf.node);
}

const value = (text: string): TypedValue => ({ kind: 'value', text });

describe('readTypedValue', () => {
  it.each<[SettingType, string, string]>([
    ['string', 'plain text', 'plain text'],
    ['string', '1.10', '1.10'],
    ['string', '010', '010'],
    ['string', 'yes', 'yes'],
    ['string', 'True', 'True'],
    ['string', '2026-01-31', '2026-01-31'],
    ['string', '""', ''],
    ['string', '"null"', 'null'],
    ['string', '!!str null', 'null'],
    ['string', '|\n    one\n    two', 'one\ntwo\n'],
    ['string', '>-\n    one\n    two', 'one two'],
    ['bool', 'true', 'true'],
    ['bool', 'TRUE', 'true'],
    ['bool', 'False', 'false'],
    ['bool', 'yes', 'true'],
    ['bool', 'Off', 'false'],
    ['bool', 'y', 'true'],
    ['bool', '"on"', 'true'],
    ['bool', "'no'", 'false'],
    ['bool', '!!bool "true"', 'true'],
    ['int', '300', '300'],
    ['int', '+300', '300'],
    ['int', '-0', '0'],
    ['int', '1_000_000', '1000000'],
    ['int', '0x1F', '31'],
    ['int', '0X1f', '31'],
    ['int', '-0x10', '-16'],
    ['int', '0o17', '15'],
    ['int', '0b101', '5'],
    ['int', '3.6e3', '3600'],
    ['int', '60.0', '60'],
    ['int', '!!int "12"', '12'],
    ['int', '9223372036854775807', '9223372036854775807'],
    ['float', '0.25', '0.25'],
    ['float', '.5', '0.5'],
    ['float', '1', '1'],
    ['float', '1.0', '1'],
    ['float', '1e-7', '0.0000001'],
    ['float', '0x1', '1'],
    ['float', '!!float 1', '1'],
    ['duration', '30s', '30s'],
    ['duration', '"90m"', '1h30m0s'],
    ['duration', '60s', '1m0s'],
    ['duration', '"0"', '0s'],
    ['string_list', '[openid, 1.10, true]', '["openid","1.10","true"]'],
    ['string_list', '[]', '[]'],
    ['string_list', '[a, null, b]', '["a","b"]'],
    ['string_list', '["<&>"]', '["\\u003c\\u0026\\u003e"]'],
    ['string_list', '\n    - a\n    -\n    - b', '["a","b"]'],
    ['string_map', '{prompt: consent, access_type: offline}', '{"access_type":"offline","prompt":"consent"}'],
    ['string_map', '{prompt: null}', '{"prompt":""}'],
    ['string_map', '{}', '{}'],
    [
      'userinfo_list',
      '[{claims: {subject_claim: sub, email_claim: ~}, url: "https://id.example.com"}]',
      '[{"url":"https://id.example.com","claims":{"email_claim":"","subject_claim":"sub"}}]',
    ],
    [
      'administrator_list',
      '[{subject_type: user, email: ann@example.com, provider: google, group_name: ~}]',
      '[{"provider":"google","email":"ann@example.com","subject_type":"user"}]',
    ],
  ])('takes as %s what the server takes: %s', (type, yaml, expected) => {
    expect(read(type, yaml)).toEqual(value(expected));
  });

  it.each<SettingType>([
    'string',
    'bool',
    'int',
    'float',
    'duration',
    'string_list',
    'string_map',
    'userinfo_list',
    'administrator_list',
  ])('leaves the default of a %s where there is no value', (type) => {
    for (const yaml of ['', '~', 'null', 'Null', 'NULL', '!!null ~', '# a comment']) {
      expect(read(type, yaml), yaml).toEqual({ kind: 'absent' });
    }
  });

  it.each<[SettingType, string]>([
    ['string', '[a]'],
    ['string', '{a: b}'],
    ['string', '!!int twelve'],
    ['bool', '"true"'],
    ['bool', '1'],
    ['bool', 't'],
    ['bool', 'tRue'],
    ['bool', '!!str true'],
    ['bool', '!!bool yes'],
    ['bool', '[true]'],
    ['int', '"300"'],
    ['int', "'300'"],
    ['int', '!!str 300'],
    ['int', '!!int 3.5'],
    ['int', '_1'],
    ['int', '5 minutes'],
    ['int', 'true'],
    ['int', '9223372036854775808'],
    ['int', '.inf'],
    ['float', '"0.5"'],
    ['float', '._5'],
    ['float', '.inf'],
    ['float', '.nan'],
    ['float', '1e999'],
    ['float', '50%'],
    ['duration', '30'],
    ['duration', '0'],
    ['duration', '"30"'],
    ['duration', '1.5'],
    ['duration', '30 s'],
    ['duration', '1d'],
    ['string_list', 'openid, profile'],
    ['string_list', '""'],
    ['string_list', '{a: b}'],
    ['string_list', '[[a]]'],
    ['string_map', '[a]'],
    ['string_map', '{a: [b]}'],
    ['userinfo_list', 'https://id.example.com'],
    ['userinfo_list', '[{url: [a]}]'],
    ['userinfo_list', '[{url: a, claims: [b]}]'],
    ['administrator_list', '[ann@example.com]'],
    ['administrator_list', '[{provider: {a: b}}]'],
  ])('refuses as %s what the server refuses or misreads: %s', (type, yaml) => {
    expect(read(type, yaml).kind).toBe('invalid');
  });

  it.each([
    ['userinfo_list', '[{claims: {subject_claim: sub}}]'],
    ['userinfo_list', '[{url: "https://id.example.com", claim: {}}]'],
    ['administrator_list', '[{}]'],
    ['administrator_list', '[{provider: google, email: ann@example.com}]'],
    ['administrator_list', '[{provider: google, subject_type: group, email: ann@example.com}]'],
    ['administrator_list', '[{provider: google, subject_type: user, mail: ann@example.com}]'],
  ] as const)('knows that servers take as %s what no row can hold: %s', (type, yaml) => {
    expect(read(type, yaml).kind).toBe('unfit');
  });

  it.each([
    ['int', '1.5', '1', 'cut the fraction off'],
    ['int', '-1.5', '-1', 'cut the fraction off'],
    ['int', '0777', '511', 'as octal'],
    ['float', '010', '8', 'as octal'],
  ] as const)('takes as %s with a doubt what servers read in their own way: %s', (type, yaml, text, how) => {
    const value = read(type, yaml);
    expect(value).toMatchObject({ kind: 'value', text });
    expect(value.kind === 'value' && value.doubt?.effect).toContain(how);
  });

  it('never repeats a value in what it expected', () => {
    const canary = 'CANARY-typed-value';
    for (const type of ['bool', 'int', 'float', 'duration', 'string_list', 'string_map'] as const) {
      expect(JSON.stringify(read(type, `"${canary}"`))).not.toContain(canary);
    }
  });
});

describe('plainData', () => {
  it('keeps texts as written and nulls as null', () => {
    const [leaf] = leavesOf('administrators: [{provider: 1.10, email: ~}, "null", [x]]\n');
    expect(plainData(leaf!.node)).toEqual([{ provider: '1.10', email: null }, 'null', ['x']]);
  });
});
