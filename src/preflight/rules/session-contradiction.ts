import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const sessionContradiction: Rule = {
  id: 'session-contradiction',
  tier: 'rules',
  severity: always('warning'),
  summary: 'Tokens outlive the session',
  why: 'A session ends after `session_lifetime_days`, whatever tokens are left. A longer refresh token only looks as if it worked.',
  fix: 'Keep `refresh_token_days` at or below `session_lifetime_days`.',
  *check(configuration) {
    const refresh = configuration.written('auth.jwt.refresh_token_days');
    const session = configuration.written('auth.jwt.session_lifetime_days');
    if (!refresh || !session || Number(refresh.text) <= Number(session.text)) return;
    yield reportOn(refresh, {
      message: 'auth.jwt.refresh_token_days is larger than auth.jwt.session_lifetime_days',
      expected: `at most ${session.text}`,
    });
  },
};
