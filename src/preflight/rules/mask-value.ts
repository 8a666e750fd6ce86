import { isMask } from '../../redact/index.js';
import { reportOn } from '../configuration.js';
import { stricterInProduction, type Rule } from '../rule.js';

export const maskValue: Rule = {
  id: 'mask-value',
  tier: 'rules',
  severity: stricterInProduction,
  summary: 'A mask stands where a value belongs',
  why: 'Tools print `********` and the like in place of secrets. A file or a variable with one is the output of a tool: the server takes the stars for the secret.',
  fix: 'Write the value itself, or a reference to it.',
  *check(configuration) {
    for (const value of configuration.allWritten) {
      if (!isMask(value.text)) continue;
      yield reportOn(value, {
        message: `${value.key.path} holds a mask, as tools print it, and no value`,
        ...(value.key.secret ? { hint: 'Write the secret, or a reference such as vault://PATH.' } : {}),
      });
    }
  },
};
