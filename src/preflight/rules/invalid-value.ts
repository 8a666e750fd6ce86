import { checkValue } from '../../config/checks.js';
import type { ConfigLeaf } from '../../config/leaves.js';
import { keyOfLookup, type SettingKey } from '../../config/setting-key.js';
import { plainData, readTypedValue } from '../../config/typed-value.js';
import { always, type Rule } from '../rule.js';
import { shownText } from '../shown.js';

/** What the setting takes, when the leaf holds something else. */
function expectedInstead(leaf: ConfigLeaf, key: SettingKey): string | undefined {
  const value = readTypedValue(key.type, leaf.node);
  if (value.kind === 'absent') return undefined;
  return value.kind === 'invalid' ? value.expected : checkValue(key, value.text);
}

function found(leaf: ConfigLeaf, key: SettingKey): string {
  const data = plainData(leaf.node);
  return shownText(key, typeof data === 'string' ? data : JSON.stringify(data));
}

export const invalidValue: Rule = {
  id: 'invalid-value',
  tier: 'schema',
  severity: always('error'),
  summary: 'A value of the file is not what its setting takes',
  why: 'Types, allowed words, ranges, durations and ports are checked as the server checks them. A server with such a value does not start, or starts with another value than the one that was meant.',
  fix: 'Write what the finding expects. Numbers and `true` or `false` stand without quotes, ports in quotes, durations with their unit (`30s`).',
  *check({ leaves, file }) {
    for (const leaf of leaves) {
      const key = keyOfLookup(leaf.lookup);
      // build-mode-unknown has more to say about this one.
      if (!key || key.path === 'auth.build_mode') continue;
      const expected = expectedInstead(leaf, key);
      if (expected === undefined) continue;
      const example = key.setting && !key.secret ? key.setting.example : '';
      yield {
        message: `${leaf.name} is not valid`,
        ...(file === undefined ? {} : { file }),
        position: leaf.position,
        key: key.path,
        found: found(leaf, key),
        expected,
        ...(example === '' ? {} : { hint: `For example: ${example}` }),
      };
    }
  },
};
