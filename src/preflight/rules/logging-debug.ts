import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const loggingDebug: Rule = {
  id: 'logging-debug',
  tier: 'rules',
  severity: inProduction('warning'),
  summary: 'Everything is logged',
  why: 'The level debug writes much, and writes details of users and requests that do not belong into logs.',
  fix: 'Set `logging.level: info`.',
  *check(configuration) {
    const value = configuration.value('logging.level');
    if (value?.text !== 'debug') return;
    yield reportOn(value, { message: 'logging.level is debug', expected: 'info, warn or error' });
  },
};
