import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/values/go-json.js';
import { fromData, fromRow, fromText, isNormalForm } from '../../src/values/normal-form.js';
import { databaseTypeOf, type SettingType } from '../../src/values/types.js';

const types: readonly SettingType[] = [
  'string',
  'int',
  'bool',
  'float',
  'duration',
  'string_list',
  'string_map',
  'userinfo_list',
  'administrator_list',
];

const ann = '{"provider":"google","email":"ann@example.com","subject_type":"user"}';

describe('fromText', () => {
  it.each<[SettingType, string, string]>([
    ['string', ' kept as it is ', ' kept as it is '],
    ['int', '+007', '7'],
    ['bool', 'T', 'true'],
    ['float', '1.50', '1.5'],
    ['duration', '90s', '1m30s'],
    ['string_list', ' a , b,,c ', '["a","b","c"]'],
    ['string_list', '', '[]'],
    ['string_list', '["b", "a"]', '["b","a"]'],
    ['string_map', '{"b": "2", "a": "<"}', '{"a":"\\u003c","b":"2"}'],
    [
      'userinfo_list',
      '[{"claims":{"b":"y","a":"x"},"url":"https://id"},{"url":"https://id2","claims":{}}]',
      '[{"url":"https://id","claims":{"a":"x","b":"y"}},{"url":"https://id2"}]',
    ],
    [
      'administrator_list',
      '[{"subject_type":"user","email":"ann@example.com","group_name":"","provider":"google"}]',
      `[${ann}]`,
    ],
    [
      'administrator_list',
      '[{"subject_type":"group","group_name":"g","provider":"p"}]',
      '[{"provider":"p","group_name":"g","subject_type":"group"}]',
    ],
  ])('brings %s %j into normal form', (type, text, expected) => {
    expect(fromText(type, text)).toEqual({ ok: true, text: expected });
  });

  it.each<[SettingType, string]>([
    ['int', '1.5'],
    ['bool', 'yes'],
    ['float', 'NaN'],
    ['duration', '45'],
    ['string_list', '["https://a",'],
    ['string_list', '[["nested"]]'],
    ['string_map', 'a=b'],
    ['string_map', '["a"]'],
    ['string_map', '{"a":{"b":"c"}}'],
    ['userinfo_list', '[{"claims":{}}]'],
    ['userinfo_list', '[{"url":"u","extra":"x"}]'],
    ['administrator_list', '[{"provider":"p","subject_type":"user"}]'],
    ['administrator_list', '[{"provider":"p","subject_type":"group","email":"e"}]'],
    ['administrator_list', '[{"email":"e","subject_type":"user"}]'],
    ['administrator_list', '[{"provider":"p","email":"e"}]'],
    ['administrator_list', '[{"provider":"p","email":"e","subject_type":"constructor"}]'],
    ['administrator_list', '[{"provider":"p","email":"e","subject_type":"user","role":"x"}]'],
  ])('refuses %s %j and says what was expected without repeating it', (type, text) => {
    const result = fromText(type, text);
    expect(result.ok).toBe(false);
    expect(result).toHaveProperty('expected');
    expect(JSON.stringify(result)).not.toContain(JSON.stringify(text).slice(1, -1));
  });
});

describe('fromData', () => {
  it.each<[SettingType, JsonValue, string]>([
    ['string', 8080, '8080'],
    ['string', true, 'true'],
    ['int', 300, '300'],
    ['int', '300', '300'],
    ['bool', false, 'false'],
    ['bool', 'yes', 'true'],
    ['bool', 'Off', 'false'],
    ['float', 1e-7, '0.0000001'],
    ['duration', '120s', '2m0s'],
    ['string_list', ['a, b', 'c'], '["a, b","c"]'],
    ['string_list', [1, true], '["1","true"]'],
    ['string_map', { b: 1, a: 'x' }, '{"a":"x","b":"1"}'],
  ])('brings %s %j into normal form', (type, data, expected) => {
    expect(fromData(type, data)).toEqual({ ok: true, text: expected });
  });

  it.each<[SettingType, JsonValue]>([
    ['string', null],
    ['string', ['a']],
    ['string', {}],
    ['int', 1.5],
    ['int', true],
    ['bool', 'maybe'],
    ['bool', null],
    ['duration', 30],
    ['duration', 0],
    ['string_list', 'a,b'],
    ['string_list', [null]],
    ['string_map', []],
    ['administrator_list', { provider: 'p' }],
  ])('refuses %s %j', (type, data) => {
    expect(fromData(type, data).ok).toBe(false);
  });
});

describe('normal forms', () => {
  const text = fc.string({ unit: 'binary' });
  const texts = fc.dictionary(text, text);
  const name = fc.string({ minLength: 1 });
  const administrator = fc.oneof(
    fc.record({ provider: name, provider_id: name, email: name, subject_type: fc.constant('user') }),
    fc.record({ subject_type: fc.constant('group'), group_name: name, provider: name }),
  );
  const data: Readonly<Record<SettingType, fc.Arbitrary<JsonValue>>> = {
    string: text,
    int: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    bool: fc.constantFrom<JsonValue>(true, false, 't', 'off', '1'),
    float: fc.double({ noNaN: true, noDefaultInfinity: true }),
    duration: fc
      .tuple(fc.nat(100_000_000), fc.constantFrom('ns', 'us', 'ms', 's', 'm'))
      .map(([n, unit]) => `${n}${unit}`),
    string_list: fc.array(text),
    string_map: texts,
    userinfo_list: fc.array(fc.record({ url: name, claims: texts }, { requiredKeys: ['url'] })),
    administrator_list: fc.array(administrator),
  };

  it.each(types)('of %s stay as they are when normalised again', (type) => {
    fc.assert(
      fc.property(data[type], (value) => {
        const first = fromData(type, value);
        expect(first.ok).toBe(true);
        if (!first.ok) return;
        expect(fromText(type, first.text)).toEqual(first);
        expect(isNormalForm(databaseTypeOf(type), first.text)).toBe(true);
      }),
    );
  });
});

describe('fromRow', () => {
  it('takes a list as JSON only, since the comma form belongs to variables', () => {
    expect(fromText('string_list', 'a, b')).toEqual({ ok: true, text: '["a","b"]' });
    expect(fromRow('string_list', 'a, b').ok).toBe(false);
    expect(fromRow('string_list', '').ok).toBe(false);
    expect(fromRow('string_list', '["a", "b"]')).toEqual({ ok: true, text: '["a","b"]' });
  });

  it('takes what else a text may be', () => {
    expect(fromRow('int', '+5')).toEqual({ ok: true, text: '5' });
    expect(fromRow('string_map', '{}')).toEqual({ ok: true, text: '{}' });
  });
});

describe('isNormalForm', () => {
  it.each([
    ['int', '07'],
    ['bool', 'True'],
    ['float', '1.0'],
    ['json', '{"b":"","a":""}'],
    ['json', '["a", "b"]'],
    ['json', '["<"]'],
    ['json', 'not json'],
    ['string', 'half \ud800'],
  ] as const)('refuses %s %j', (type, text) => {
    expect(isNormalForm(type, text)).toBe(false);
  });

  it('takes structs in their own order', () => {
    expect(isNormalForm('json', `[${ann}]`)).toBe(true);
    expect(isNormalForm('json', '[{"url":"u","claims":{"a":"b"}}]')).toBe(true);
  });
});
