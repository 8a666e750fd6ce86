import { expect, it } from 'vitest';
import { SettingsCipher } from '../../src/settings/cipher.js';
import { viewRows } from '../../src/settings/view.js';
import { capabilities, storedRow, tableOf } from './support.js';

it.each([
  // The text fits the row's own type, and is no value of the setting.
  ['server.require_if_match', 'string', 'no', 'expected true or false'],
  ['timmy.llm_max_tokens', 'int', 'many', 'expected a whole number'],
  ['zebra.stripes', 'int', 'many', 'what its type (int) says'],
])('says of the row %s of type %s what it should hold', (key, type, text, said) => {
  const table = tableOf([storedRow(key, text, { type })]);
  const [view] = viewRows(table, SettingsCipher.from({}), capabilities, { reveal: false });
  expect(view?.problem?.message).toContain(said);
});

it.each([
  ['ui.default_theme', '', 'settings/empty-value'],
  ['zebra.stripes', '', 'settings/empty-value'],
  ['ui.default_theme', 'dark', undefined],
  ['zebra.stripes', 'five', undefined],
])('says of the row %s with the text "%s" what is wrong: %s', (key, text, code) => {
  const [view] = viewRows(tableOf([storedRow(key, text)]), SettingsCipher.from({}), capabilities, {
    reveal: false,
  });
  expect(view?.problem?.code).toBe(code);
});
