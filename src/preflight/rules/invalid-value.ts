import type { ConfigLeaf } from '../../config/leaves.js';
import { keyOfLookup, type SettingKey } from '../../config/setting-key.js';
import { administratorFields, judgeValue, placeOfFault } from '../../config/judged-value.js';
import { plainData } from '../../config/typed-value.js';
import { always, type Rule } from '../rule.js';
import { shownText } from '../shown.js';

function found(leaf: ConfigLeaf, key: SettingKey): string {
  const data = plainData(leaf.node);
  return shownText(key, typeof data === 'string' ? data : JSON.stringify(data));
}

export const invalidValue: Rule = {
  id: 'invalid-value',
  tier: 'schema',
  severity: always('error'),
  summary: 'A value of the file is not what its setting takes',
  why: 'Types, allowed words, ranges, durations and ports are checked as the server checks them. A server with such a value does not start: an error. Where servers take the value, or another one for it, the finding is a warning that says so.',
  fix: 'Write what the finding expects. Numbers and `true` or `false` stand without quotes, ports in quotes, durations with their unit (`30s`).',
  *check({ leaves, file, options }) {
    for (const leaf of leaves) {
      const key = keyOfLookup(leaf.lookup);
      // build-mode-unknown has more to say about this one.
      if (!key || key.path === 'auth.build_mode') continue;
      const objection = judgeValue(key, leaf.node)?.objection;
      if (!objection) continue;
      const { expected, verdict } = objection;
      // What no row can hold, a documented server does not take from its file either.
      const refused = verdict === 'refused' || (verdict === 'unfit' && options.server === 'documented');
      const example = key.setting && !key.secret ? key.setting.example : '';
      const hint =
        key.type === 'administrator_list' && !key.secret
          ? administratorFields
          : example === '' || expected.startsWith('a number of seconds')
            ? ''
            : `For example: ${example}`;
      yield {
        message:
          'effect' in objection
            ? `${leaf.name} is not what is documented; ${objection.effect}`
            : refused
              ? `${leaf.name} is not valid`
              : `${leaf.name} is not valid; a Go server starts with it, but the database cannot hold it`,
        ...(refused ? {} : { severity: 'warning' as const }),
        ...(file === undefined ? {} : { file }),
        position: placeOfFault(leaf, key),
        key: key.path,
        found: found(leaf, key),
        expected,
        ...(hint === '' ? {} : { hint }),
      };
    }
  },
};
