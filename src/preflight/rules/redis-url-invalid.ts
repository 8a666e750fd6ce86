import { reportOn } from '../configuration.js';
import { unencodedCharacters } from '../database-address.js';
import { isPlaceholder } from '../placeholders.js';
import { always, type Rule } from '../rule.js';

export const redisUrlInvalid: Rule = {
  id: 'redis-url-invalid',
  tier: 'rules',
  severity: always('error'),
  summary: 'The Redis URL cannot be understood',
  why: 'The server connects to nothing and ends.',
  fix: 'Write `rediss://:password@host:6379/0`; `redis://` is the same without TLS.',
  *check(configuration) {
    const value = configuration.value('database.redis.url');
    const text = configuration.secretText(value);
    if (!value || !text || isPlaceholder(text) || unencodedCharacters(text) !== '') return;
    if (/^rediss?:\/\/[^/]/i.test(text) && URL.canParse(text)) return;
    yield reportOn(value, {
      message: 'database.redis.url is not a URL of Redis',
      expected: 'rediss://:password@host:6379/0',
    });
  },
};
