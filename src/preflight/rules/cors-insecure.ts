import { corsOrigins } from '../cors.js';
import { unfitForProduction } from '../addresses.js';
import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const corsInsecure: Rule = {
  id: 'cors-insecure',
  tier: 'rules',
  severity: inProduction('error'),
  summary: 'Pages from localhost or over plain HTTP may call the API',
  why: 'A page that came over plain HTTP may have been changed on the way; one from localhost is whatever runs on the user’s machine.',
  fix: 'Remove the origin, or serve the page over https.',
  *check(configuration) {
    const { value, origins } = corsOrigins(configuration);
    for (const origin of value ? origins : []) {
      if (!value || origin.includes('*') || unfitForProduction(origin) === undefined) continue;
      yield reportOn(value, {
        message: 'server.cors.allowed_origins holds an origin of development',
        found: origin,
        expected: 'an https:// origin that users open',
      });
    }
  },
};
