import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const loggingDev: Rule = {
  id: 'logging-dev',
  tier: 'rules',
  severity: inProduction('warning'),
  summary: 'Logging is set up for development or tests',
  why: '`logging.is_dev` is on unless it is turned off. It logs in a form that log services do not read, with more detail than others should see.',
  fix: 'Set `logging.is_dev: false` and `logging.is_test: false`.',
  *check(configuration) {
    for (const path of ['logging.is_dev', 'logging.is_test']) {
      const value = configuration.value(path);
      if (value?.text !== 'true') continue;
      const byDefault = value.layer === 'default' ? ' by default' : '';
      yield reportOn(value, {
        message: `${path} is on${byDefault}`,
        expected: 'false',
        hint: `Set ${path}: false.`,
      });
    }
  },
};
