import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

export const redisUrlAndParts: Rule = {
  id: 'redis-url-and-parts',
  tier: 'rules',
  severity: always('warning'),
  summary: 'Redis is given twice, by URL and by parts',
  why: 'The URL wins, and host, port, password and database number have no effect. One of the two is out of date sooner or later.',
  fix: 'Remove the parts, or the URL.',
  *check(configuration) {
    if (!configuration.written('database.redis.url')?.text) return;
    for (const part of ['host', 'port', 'password', 'db']) {
      const value = configuration.written(`database.redis.${part}`);
      if (!value || value.text === '') continue;
      yield reportOn(value, {
        message: `${value.key.path} has no effect beside database.redis.url`,
        expected: 'the URL alone, or the parts alone',
      });
    }
  },
};
