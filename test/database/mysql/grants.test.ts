import { expect, it } from 'vitest';
import { Grants } from '../../../src/database/dialects/mysql/grants.js';

const on = (
  lines: readonly string[],
  privilege: string,
  database = 'tmi_prod',
  table = 'system_settings',
): boolean => new Grants(lines).on(database, table, privilege);

it.each([
  ['on the table', 'GRANT SELECT, INSERT ON `tmi_prod`.`system_settings` TO `u`@`%`', true],
  ['on another table', 'GRANT SELECT, INSERT ON `tmi_prod`.`users` TO `u`@`%`', false],
  ['on the database', 'GRANT INSERT ON `tmi_prod`.* TO `u`@`%` WITH GRANT OPTION', true],
  ['on databases that are named alike', 'GRANT ALL PRIVILEGES ON `tmi\\_%`.* TO `u`@`%`', true],
  ['on a database that is named by a wildcard', 'GRANT INSERT ON `tmi_____`.* TO `u`@`%`', true],
  ['on a database whose name has an underscore alone', 'GRANT INSERT ON `tmixprod`.* TO `u`@`%`', false],
  ['on the server', "GRANT ALL PRIVILEGES ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*x'", true],
  [
    'on single columns',
    'GRANT SELECT, INSERT (`setting_key`, `value`) ON `tmi_prod`.`system_settings` TO `u`@`%`',
    false,
  ],
  ['through a role, which has lines of its own', 'GRANT `writer` TO `u`@`%`', false],
  ['to do nothing', 'GRANT USAGE ON *.* TO `u`@`%`', false],
])('knows a right %s', (_, line, expected) => {
  expect(on([line], 'INSERT')).toBe(expected);
});

it('knows what MySQL takes back of a right on the server', () => {
  const lines = ['GRANT SELECT, INSERT ON *.* TO `u`@`%`', 'REVOKE INSERT ON `tmi_prod`.* FROM `u`@`%`'];
  expect(on(lines, 'INSERT')).toBe(false);
  expect(on(lines, 'SELECT')).toBe(true);
  expect(on(lines, 'INSERT', 'other')).toBe(true);
  expect(on([...lines, 'GRANT INSERT ON `tmi_prod`.`system_settings` TO `u`@`%`'], 'INSERT')).toBe(true);
});
