import { corsOrigins } from '../cors.js';
import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const corsWildcard: Rule = {
  id: 'cors-wildcard',
  tier: 'rules',
  severity: always('error'),
  summary: 'A wildcard among the origins that may call the API',
  why: 'With `*` any page that a user opens can use the API in the user’s name. The server refuses it. A `*` within an origin is no pattern to the server and never matches: a warning.',
  fix: 'List the origins of your user interfaces.',
  *check(configuration) {
    const { value, origins } = corsOrigins(configuration);
    for (const origin of value ? origins : []) {
      if (!value || !origin.includes('*')) continue;
      const alone = origin.trim() === '*';
      yield reportOn(value, {
        message: alone
          ? 'server.cors.allowed_origins holds a wildcard'
          : 'server.cors.allowed_origins holds a pattern; the server starts, and no origin ever equals it',
        ...(alone ? {} : { severity: 'warning' as const }),
        found: origin,
        expected: 'origins such as https://tmi.example.com',
      });
    }
  },
};
