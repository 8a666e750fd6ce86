import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const cookieInsecure: Rule = {
  id: 'cookie-insecure',
  tier: 'rules',
  severity: inProduction('error'),
  summary: 'Login cookies are sent over plain HTTP too',
  why: 'A browser sends such a cookie with the first plain request, where anybody on the way can read it and log in with it.',
  fix: 'Set `auth.cookie.secure: true`.',
  *check(configuration) {
    const secure = configuration.written('auth.cookie.secure');
    if (!secure || secure.text === 'true') return;
    if (configuration.written('auth.cookie.enabled')?.text === 'false') return;
    yield reportOn(secure, {
      message: 'auth.cookie.secure is off, so login cookies travel over plain HTTP',
      expected: 'true',
    });
  },
};
