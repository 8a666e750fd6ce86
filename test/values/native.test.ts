import { expect, it } from 'vitest';
import { toNative, type SettingType } from '../../src/values/index.js';

it.each([
  ['string', ' a ', ' a '],
  ['int', '+042', 42],
  ['float', '.25', 0.25],
  ['bool', 'T', true],
  ['bool', '0', false],
  ['duration', '1m30s', 90_000],
  ['duration', '1500us', 1.5],
  ['string_list', 'a, b', ['a', 'b']],
  ['string_list', '["a"]', ['a']],
  ['string_map', '{"a":"b"}', { a: 'b' }],
  ['userinfo_list', '[{"url":"https://a.example"}]', [{ url: 'https://a.example' }]],
] as [SettingType, string, unknown][])('gives %s %j', (type, text, value) => {
  expect(toNative(type, text)).toEqual({ ok: true, value });
});

it.each([
  ['int', 'many'],
  ['int', '9007199254740993'],
  ['duration', '5'],
  ['bool', 'yes'],
  ['string_map', '[]'],
] as [SettingType, string][])('refuses %s %j', (type, text) => {
  const result = toNative(type, text);
  expect(result.ok).toBe(false);
});

it('freezes lists and what is in them', () => {
  const result = toNative('userinfo_list', '[{"url":"https://a.example","claims":{"a":"b"}}]');
  if (!result.ok) expect.fail('It was refused.');
  expect(Object.isFrozen(result.value)).toBe(true);
  expect(Object.isFrozen(result.value[0]?.claims)).toBe(true);
});
