import { isLoopback } from '../addresses.js';
import { reportOn, type Configuration, type Value } from '../configuration.js';
import { inProduction, type Rule } from '../rule.js';

/** The setting to blame when Redis on another machine is open to everybody; undefined when it is not, or unknown. */
function openTo(configuration: Configuration): Value | undefined {
  const url = configuration.value('database.redis.url');
  if (url && url.text !== '') {
    const text = configuration.secretText(url);
    if (text === undefined || !URL.canParse(text)) return undefined;
    const { password, hostname } = new URL(text);
    return password === '' && !isLoopback(hostname) ? url : undefined;
  }
  const host = configuration.value('database.redis.host');
  if (!host || host.text === '' || isLoopback(host.text)) return undefined;
  return configuration.text('database.redis.password') === '' ? host : undefined;
}

export const redisNoPassword: Rule = {
  id: 'redis-no-password',
  tier: 'rules',
  severity: inProduction('warning'),
  summary: 'Redis on another machine has no password',
  why: 'Redis holds sessions and cached settings. Whoever reaches it can read and change them.',
  fix: 'Set `database.redis.password`, or a URL with a password.',
  *check(configuration) {
    const value = openTo(configuration);
    if (!value) return;
    yield reportOn(value, {
      message: 'Redis is on another machine and has no password',
      expected: 'a password',
      hint: 'Set database.redis.password (TMI_REDIS_PASSWORD), or a URL with a password.',
    });
  },
};
