import { reportOn } from '../configuration.js';
import { unencodedCharacters } from '../database-address.js';
import { isPlaceholder } from '../placeholders.js';
import { always, type Rule } from '../rule.js';

const partsHint = 'A Go server 1.8 uses database.redis.host and database.redis.port in its place.';

export const redisUrlInvalid: Rule = {
  id: 'redis-url-invalid',
  tier: 'rules',
  severity: always('error'),
  summary: 'The Redis URL cannot be understood',
  why: 'The server connects to nothing and ends. A Go server 1.8 logs it and uses `database.redis.host` and `port`, if it has them.',
  fix: 'Write `rediss://:password@host:6379/0`; `redis://` is the same without TLS.',
  *check(configuration) {
    const value = configuration.value('database.redis.url');
    const text = configuration.secretText(value);
    if (!value || !text || isPlaceholder(text) || unencodedCharacters(text) !== '') return;
    const { server } = configuration.options;
    const partsAreUsed =
      server === '1.8' &&
      ['host', 'port'].every((part) => configuration.text(`database.redis.${part}`) !== '');
    if (/^rediss?:\/\/[^/]/i.test(text) && URL.canParse(text)) return;
    yield reportOn(value, {
      message: 'database.redis.url is not a URL of Redis',
      expected: 'rediss://:password@host:6379/0',
      ...(partsAreUsed ? { severity: 'warning' as const, hint: partsHint } : {}),
    });
  },
};
