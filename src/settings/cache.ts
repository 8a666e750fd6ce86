import { redisFault } from './redis-faults.js';
import { askRedis, describeRedis, type RedisTarget } from './redis.js';

/** How long a running server may go on with what it has read, when nothing tells it otherwise. */
export const CACHE_SECONDS = 60;

const PREFIX = 'tmi:settings:';

/** How long servers go on with copies of rows of other tables, at most. */
export const ROW_CACHE_MINUTES = 15;

/** What servers keep in Redis of whole tables: their settings, and copies of users, threat models, lists and so on. */
const patterns = { settings: [`${PREFIX}*`], everything: [`${PREFIX}*`, 'cache:*'] } as const;

/** Tables whose copies are to go: the settings, or all. */
export type CachedTables = keyof typeof patterns;

/** What became of the caches after a write. */
export type CacheOutcome =
  | { readonly state: 'cleared'; readonly redis: string; readonly keys: number }
  /** Redis is configured and did not do it. */
  | { readonly state: 'unreachable'; readonly redis: string; readonly reason: string; readonly hint?: string }
  | { readonly state: 'not-configured' };

export interface ClearOptions {
  readonly timeoutMs?: number;
}

/**
 * Deletes settings from the cache that running servers share. Never throws: the rows are written, and whatever happens
 * here only means that servers follow a minute later.
 * @param keys as they are stored
 */
export async function clearCachedSettings(
  target: RedisTarget,
  keys: readonly string[],
  { timeoutMs = 2_000 }: ClearOptions = {},
): Promise<CacheOutcome> {
  const redis = describeRedis(target);
  try {
    await askRedis(target, timeoutMs, (client) => client.del(keys.map((key) => `${PREFIX}${key}`)));
    return { state: 'cleared', redis, keys: keys.length };
  } catch (error) {
    const { reason, hint } = redisFault(error);
    return { state: 'unreachable', redis, reason, ...(hint === undefined ? {} : { hint }) };
  }
}

/**
 * Deletes what the cache holds of whole tables, for rows that were replaced or emptied. Sessions and limits are no
 * copies, and stay. Never throws, as `clearCachedSettings`.
 */
export async function clearCachedTables(
  target: RedisTarget,
  tables: CachedTables,
  { timeoutMs = 10_000 }: ClearOptions = {},
): Promise<CacheOutcome> {
  const redis = describeRedis(target);
  let keys = 0;
  try {
    await askRedis(target, timeoutMs, async (client) => {
      for (const MATCH of patterns[tables]) {
        for await (const found of client.scanIterator({ MATCH, COUNT: 1000 })) {
          if (found.length > 0) keys += await client.del(found);
        }
      }
    });
    return { state: 'cleared', redis, keys };
  } catch (error) {
    const { reason, hint } = redisFault(error);
    return { state: 'unreachable', redis, reason, ...(hint === undefined ? {} : { hint }) };
  }
}
