import {
  CACHE_SECONDS,
  clearCachedSettings,
  clearCachedTables,
  ROW_CACHE_MINUTES,
  type CachedTables,
  type CacheOutcome,
} from '../src/settings/cache.js';
import type { RedisTarget } from '../src/settings/redis.js';
import type { Context } from './context.js';

const paths = ['url', 'host', 'port', 'password', 'db'] as const;
type Part = (typeof paths)[number];

/** Where the configuration says that Redis is; undefined when it says nothing. References are resolved. */
async function redisTarget(context: Context): Promise<RedisTarget | undefined> {
  const stated = new Map<Part, string>();
  for (const part of paths) {
    const value = await context.bootstrapValue(`database.redis.${part}`);
    if (value && value.text !== '') stated.set(part, value.text);
  }
  if (stated.size === 0) return undefined;
  const secrets = await context.secrets();
  const sources = (['url', 'password'] as const).flatMap((part) => {
    const text = stated.get(part);
    return text === undefined ? [] : [{ key: part, text, origin: {} }];
  });
  const resolved = await secrets.resolve(sources);
  return {
    url: resolved.get('url'),
    host: stated.get('host') ?? 'localhost',
    port: Number(stated.get('port') ?? 6379),
    password: resolved.get('password'),
    db: Number(stated.get('db') ?? 0),
  };
}

/**
 * Deletes what changed from the cache of running servers, when Redis is configured. Never throws: the rows are written
 * by now.
 * @param changed keys of the settings that were written or deleted, or which tables were replaced or emptied
 */
export async function clearServerCaches(
  context: Context,
  changed: readonly string[] | CachedTables,
): Promise<CacheOutcome> {
  try {
    const target = await redisTarget(context);
    if (!target) return { state: 'not-configured' };
    return typeof changed === 'string'
      ? await clearCachedTables(target, changed)
      : await clearCachedSettings(target, changed);
  } catch {
    return { state: 'unreachable', redis: 'Redis', reason: 'its address or password could not be resolved' };
  }
}

/** What the operator should know about running servers after a write. */
export function cacheText(outcome: CacheOutcome, tables: CachedTables = 'settings'): string {
  const rows =
    tables === 'settings' ? '' : `, and copies of other rows for up to ${ROW_CACHE_MINUTES} minutes`;
  const wait = `A running server may use what it has cached for up to ${CACHE_SECONDS} seconds${rows}.`;
  switch (outcome.state) {
    case 'cleared':
      return `Cleared the cache of running servers in ${outcome.redis}.`;
    case 'unreachable':
      return [`The cache in ${outcome.redis} was not cleared: ${outcome.reason}.`, outcome.hint, wait]
        .filter((text) => text !== undefined)
        .join(' ');
    case 'not-configured':
      return wait;
  }
}
