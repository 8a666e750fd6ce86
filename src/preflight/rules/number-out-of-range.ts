import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

/** Where zero has no sense either. */
const atLeastOne =
  /^(auth\.jwt\.\w+_days|database\.connection_pool\.max_open_conns|timmy\.(chunk_size|llm_max_tokens|llm_timeout_seconds|max_concurrent_llm_requests|text_retrieval_top_k|code_retrieval_top_k)|upload\.max_file_size_mb|rate_limit\.\w+)$/;

export const numberOutOfRange: Rule = {
  id: 'number-out-of-range',
  tier: 'rules',
  severity: always('warning'),
  summary: 'A count, size or time is negative, or zero where that makes no sense',
  why: 'No setting of the server has a meaning below zero. Servers start with such a number; what they make of it differs from setting to setting, from no limit to nothing at all.',
  fix: 'Write a number in the range, or remove the key to get the default.',
  *check(configuration) {
    for (const value of configuration.allWritten) {
      const { key, text } = value;
      const least = atLeastOne.test(key.path) ? 1 : 0;
      if ((key.type !== 'int' && key.type !== 'float') || key.limits || Number(text) >= least) continue;
      yield reportOn(value, {
        message: `${key.path} is out of range`,
        expected: `at least ${least}`,
        ...(key.setting?.default ? { hint: `The default is ${key.setting.default}.` } : {}),
      });
    }
  },
};
