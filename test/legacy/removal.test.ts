import { describe, expect, it } from 'vitest';
import { keyOfSetting, type SettingKey } from '../../src/config/setting-key.js';
import { isMissedWithout, usedWithout } from '../../src/legacy/removal.js';
import { settings } from '../../src/registry/index.js';
import { layers } from './layers.js';

function keyOf(name: string): SettingKey {
  const setting = settings.find(({ databaseKey }) => databaseKey === name);
  if (!setting) throw new Error(`There is no setting ${name}`);
  return keyOfSetting(setting);
}

const name = 'timmy.enabled'; // false by default
const key = keyOf(name);
const on = 'timmy: {enabled: true}\n';
const empty = 'timmy: {enabled: }\n';

describe('a key of the file', () => {
  it.each([
    ['that changes the default', layers(on), true, 'false'],
    ['that says the default', layers('timmy: {enabled: false}\n'), false, 'false'],
    ['that is not there', layers('operator: {name: A}\n'), false, 'false'],
    ['that says what a row says', layers(on, { [name]: 'true' }, {}, 'documented', 'seeded'), false, 'true'],
    ['that hides a row', layers(on, { [name]: 'false' }, {}, 'documented', 'seeded'), true, 'false'],
    ['that somebody has outranked by a row', layers(on, { [name]: 'false' }), false, 'false'],
    ['that a variable overrides', layers(on, {}, { TMI_TIMMY_ENABLED: 'true' }), false, 'true'],
    [
      'without a value, before a row, to server 1.8',
      layers(empty, { [name]: 'true' }, {}, '1.8', 'seeded'),
      true,
      'true',
    ],
    ['without a value, and without a row, to server 1.8', layers(empty, {}, {}, '1.8'), false, 'false'],
    [
      'without a value, before a row, as documented',
      layers(empty, { [name]: 'true' }, {}, 'documented', 'seeded'),
      false,
      'true',
    ],
  ] as const)('%s', (_, inputs, isMissed, without) => {
    expect(isMissedWithout(key, inputs)).toBe(isMissed);
    expect(usedWithout(key, inputs).text).toBe(without);
  });

  it('does not take along its neighbours', () => {
    const inputs = layers('timmy: {enabled: true, llm_model: m}\n');
    expect(usedWithout(keyOf('timmy.llm_model'), inputs).text).not.toBe('m');
    expect(inputs.file.values.get('timmy.llm_model')?.text).toBe('m');
  });
});
