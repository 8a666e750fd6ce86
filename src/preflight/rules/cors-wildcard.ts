import { corsOrigins } from '../cors.js';
import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const corsWildcard: Rule = {
  id: 'cors-wildcard',
  tier: 'rules',
  severity: always('error'),
  summary: 'Every website may call the API',
  why: 'With `*` any page that a user opens can use the API in the user’s name. The server refuses it.',
  fix: 'List the origins of your user interfaces.',
  *check(configuration) {
    const { value, origins } = corsOrigins(configuration);
    for (const origin of value ? origins : []) {
      if (!value || !origin.includes('*')) continue;
      yield reportOn(value, {
        message: 'server.cors.allowed_origins holds a wildcard',
        found: origin,
        expected: 'origins such as https://tmi.example.com',
      });
    }
  },
};
