import { redisFault } from './redis-faults.js';
import { askRedis, describeRedis, type RedisTarget } from './redis.js';

/** How long a running server may go on with what it has read, when nothing tells it otherwise. */
export const CACHE_SECONDS = 60;

const PREFIX = 'tmi:settings:';

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
