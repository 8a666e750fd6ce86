import { reportOn } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

export const firstUserPromoted: Rule = {
  id: 'first-user-promoted',
  tier: 'rules',
  severity: inProduction('warning'),
  summary: 'The first user to log in becomes an administrator',
  why: 'Between the first start and your own login anybody else may be the first.',
  fix: 'Name administrators in `administrators` or in `TMI_ADMIN_*`, and turn `auth.auto_promote_first_user` off.',
  *check(configuration) {
    const value = configuration.written('auth.auto_promote_first_user');
    if (value?.text !== 'true') return;
    yield reportOn(value, { message: 'auth.auto_promote_first_user is on', expected: 'false' });
  },
};
