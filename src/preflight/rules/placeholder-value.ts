import { isPlaceholder } from '../placeholders.js';
import { reportOn } from '../configuration.js';
import { stricterInProduction, type Rule } from '../rule.js';

export const placeholderValue: Rule = {
  id: 'placeholder-value',
  tier: 'rules',
  severity: stricterInProduction,
  summary: 'A value that an example left to be filled in',
  why: '`vault://replace-me/…`, `CHANGE_ME`, `<password>` and unexpanded `${NAME}` come from examples and templates. At best the server does not start; at worst everybody knows its secret.',
  fix: 'Fill in the value or the reference.',
  *check(configuration) {
    for (const value of configuration.allWritten) {
      if (!isPlaceholder(value.text)) continue;
      yield reportOn(value, {
        message: `${value.key.path} still holds a placeholder`,
        ...(value.key.setting?.example ? { hint: `For example: ${value.key.setting.example}` } : {}),
      });
    }
  },
};
