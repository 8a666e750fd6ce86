import { reportOn, type Configuration, type Value } from '../configuration.js';
import { always, type Rule } from '../rule.js';

const preset = 15;

/** The number of the database, and what says it: the URL's path outranks `database.redis.db`. */
function numberOf(configuration: Configuration): { value: Value; number: number } | undefined {
  const url = configuration.value('database.redis.url');
  const text = configuration.secretText(url);
  if (url && text) {
    const path = /^rediss?:\/\/[^/?#]*\/(\d+)(?:$|[?#])/i.exec(text)?.[1];
    return path === undefined ? undefined : { value: url, number: Number(path) };
  }
  const value = configuration.value('database.redis.db');
  return value && { value, number: Number(value.text) };
}

export const redisDatabaseNumber: Rule = {
  id: 'redis-database-number',
  tier: 'rules',
  severity: always('warning'),
  summary: 'The number of the Redis database is above 15',
  why: 'Redis has the databases 0 to 15 unless its configuration says otherwise (`databases`), and managed ones often have one only. The server does not start when there is none of that number.',
  fix: 'Use a number from 0 to 15, or make sure that `databases` of Redis is higher. `--connect` asks it.',
  *check(configuration) {
    const found = numberOf(configuration);
    if (!found || !(found.number > preset)) return;
    yield reportOn(found.value, {
      message: `The Redis database ${found.number} is beyond the ${preset + 1} that Redis has by default`,
      expected: `a number from 0 to ${preset}`,
    });
  },
};
