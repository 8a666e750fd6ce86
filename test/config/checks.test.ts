import { describe, expect, it } from 'vitest';
import { checkJsonCharacters, checkValue } from '../../src/config/checks.js';
import { keyOfSetting, type SettingKey } from '../../src/config/setting-key.js';
import { settingByPath } from '../../src/registry/index.js';

function keyOf(path: string): SettingKey {
  const setting = settingByPath(path);
  if (!setting) throw new Error(`no setting ${path}`);
  return keyOfSetting(setting);
}

describe('checkValue of the callback allowlist', () => {
  const check = (...patterns: string[]) =>
    checkValue(keyOf('auth.oauth.client_callback_allowlist'), JSON.stringify(patterns));

  it.each([
    'https://tmi.example.com/callback',
    'https://tmi.example.com/*',
    'http://localhost:4200/*',
    'http://127.0.0.1:8080/oauth2/callback?x=1',
    'tmi-desktop://callback',
  ])('takes %s', (pattern) => {
    expect(check(pattern)).toBeUndefined();
  });

  it.each([
    '',
    '*',
    'https://*',
    'tmi.example.com/callback',
    '/callback',
    'https://*.example.com/callback',
    'https://tmi.example.com/**',
    'https://tmi.example.com/call back',
    'https://exa mple.com/*',
    'http://:8080/*',
  ])('refuses %j, which would lock every login out', (pattern) => {
    expect(check('https://tmi.example.com/*', pattern)).toContain('item 2');
  });

  it('takes an empty list', () => {
    expect(check()).toBeUndefined();
  });
});

it('checks limits of every other setting', () => {
  const key = keyOf('content_extractors.wall_clock_budget');
  expect(checkValue(key, '1m0s')).toBeUndefined();
  expect(checkValue(key, '1ns')).toBeUndefined();
  expect(checkValue(key, '0s')).toBeDefined();
  expect(checkValue(key, '1m0.000000001s')).toBeDefined();
});

it.each([
  [String.raw`["\ud800"]`, false],
  [String.raw`["\uD83D\uDE00"]`, true],
  [String.raw`["\uDE00\uD83D"]`, false],
  [String.raw`["\ud83d\ude00\ude00"]`, false],
  [String.raw`["\\ud800"]`, true],
  [String.raw`["\\\ud800"]`, false],
  [String.raw`{"\udfff":"a"}`, false],
  [String.raw`["\ud83d\\\ude00"]`, false],
  ['["a\ud800"]', false],
  ['["😀 ü"]', true],
])('sees half of a surrogate pair in JSON, however it is written: %j', (json, whole) => {
  expect([json, checkJsonCharacters(json) === undefined]).toEqual([json, whole]);
  // Another opinion: what a reader makes of it.
  const texts = Object.entries(JSON.parse(json) as object).flat() as string[];
  expect(/\p{Surrogate}/u.test(texts.join(' '))).toBe(!whole);
});

it('refuses characters that no engine keeps', () => {
  const key = keyOf('operator.name');
  expect(checkValue(key, 'Müller 😀\t')).toBeUndefined();
  expect(checkValue(key, 'a\0b')).toContain('U+0000');
  expect(checkValue(key, 'a\ud83db')).toContain('surrogate');
});
