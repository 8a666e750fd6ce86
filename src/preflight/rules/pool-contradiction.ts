import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

const pool = 'database.connection_pool';

export const poolContradiction: Rule = {
  id: 'pool-contradiction',
  tier: 'rules',
  severity: always('warning'),
  summary: 'The connection pool keeps more than it opens',
  why: 'More idle connections than open ones, or a longer idle time than lifetime, cannot be. The server lowers the larger one without a word.',
  fix: 'Keep `max_idle_conns` at or below `max_open_conns`, and `conn_max_idle_time` at or below `conn_max_lifetime`.',
  *check(configuration) {
    for (const [small, large] of [
      ['max_idle_conns', 'max_open_conns'],
      ['conn_max_idle_time', 'conn_max_lifetime'],
    ]) {
      const [a, b] = [configuration.value(`${pool}.${small}`), configuration.value(`${pool}.${large}`)];
      if (!a || !b || Number(b.text) <= 0 || Number(a.text) <= Number(b.text)) continue;
      // The place of whichever was written; both can be.
      yield reportOn(a.layer === 'default' ? b : a, {
        message: `${a.key.path} (${a.text}) is larger than ${b.key.path} (${b.text})`,
        expected: `${small} of at most ${large}`,
      });
    }
  },
};
