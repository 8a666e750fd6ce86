import { corsOrigins } from '../cors.js';
import { webAddress } from '../addresses.js';
import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

/** An origin has a scheme and a host, and nothing behind them. */
function isOrigin(text: string): boolean {
  const url = webAddress(text);
  return url !== undefined && /^[^/]+\/\/[^/?#@]+$/.test(text);
}

export const corsOriginInvalid: Rule = {
  id: 'cors-origin-invalid',
  tier: 'rules',
  severity: always('error'),
  summary: 'An origin lacks scheme or host, or has a path',
  why: 'Browsers send `https://host` or `https://host:port`. Anything else never matches: a warning. The server does not start with what has no scheme or host.',
  fix: 'Write scheme and host, without a slash at the end.',
  *check(configuration) {
    const { value, origins } = corsOrigins(configuration);
    for (const origin of value ? origins : []) {
      if (!value || origin.includes('*') || isOrigin(origin)) continue;
      const hasHost = /^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(origin);
      yield reportOn(value, {
        message: hasHost
          ? 'server.cors.allowed_origins holds more than an origin; the server starts, and it never matches'
          : 'server.cors.allowed_origins holds something that is no origin',
        ...(hasHost ? { severity: 'warning' as const } : {}),
        found: origin,
        expected: 'scheme and host, such as https://tmi.example.com',
      });
    }
  },
};
