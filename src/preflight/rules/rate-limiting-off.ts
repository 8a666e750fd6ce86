import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const rateLimitingOff: Rule = {
  id: 'rate-limiting-off',
  tier: 'rules',
  severity: inProduction('error'),
  summary: 'Rate limiting is off',
  why: 'Without it nothing slows down whoever tries passwords and tokens.',
  fix: 'Remove `server.disable_rate_limiting`. It is for load tests.',
  *check(configuration) {
    const value = configuration.written('server.disable_rate_limiting');
    if (value?.text !== 'true') return;
    yield reportOn(value, { message: 'server.disable_rate_limiting is on', expected: 'false' });
  },
};
