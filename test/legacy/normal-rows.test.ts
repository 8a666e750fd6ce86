import { expect, it } from 'vitest';
import { withNormalTexts } from '../../src/legacy/normal-rows.js';

it.each([
  ['timmy.enabled', 'T', 'true'],
  ['Timmy.Enabled', '0', 'false'],
  ['websocket.inactivity_timeout_seconds', '+300', '300'],
  // What is none of its type stays, and so does what nobody knows.
  ['timmy.enabled', 'perhaps', 'perhaps'],
  ['timmy.enabled', '', ''],
  ['no.such.key', 'T', 'T'],
  ['operator.name', 'T', 'T'],
])('takes the row %s of %j for %j', (key, text, normal) => {
  const row = { text, origin: 'explicit' };
  const rows = new Map([[key, row]]);
  expect(withNormalTexts(rows)).toEqual(new Map([[key, { text: normal, origin: 'explicit' }]]));
  expect(row.text).toBe(text);
});
