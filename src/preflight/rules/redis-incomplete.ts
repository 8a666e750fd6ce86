import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const redisIncomplete: Rule = {
  id: 'redis-incomplete',
  tier: 'rules',
  severity: always('error'),
  summary: 'Redis has neither a URL nor host and port',
  why: 'The server needs Redis, by URL or by host and port, and ends without it.',
  fix: 'Set `database.redis.url`, or both `database.redis.host` and `database.redis.port`.',
  *check(configuration) {
    if (configuration.text('database.redis.url') !== '') return;
    for (const path of ['database.redis.host', 'database.redis.port']) {
      const value = configuration.value(path);
      if (!value || value.text !== '') continue;
      yield reportOn(value, {
        message: `${path} is empty, and there is no database.redis.url`,
        expected: 'a URL, or host and port',
        hint: 'Set database.redis.url (TMI_REDIS_URL), or host and port.',
      });
    }
  },
};
