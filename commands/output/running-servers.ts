import type { ImportPlan } from '../../src/legacy/plan.js';
import { namesOf, reachOf } from '../../src/legacy/running-servers.js';
import { CACHE_SECONDS, type CacheOutcome } from '../../src/settings/cache.js';
import { escapeControls } from './escape.js';

/** When a running server looks at rows again, as far as its cache decides that. */
function whenRead(cache: CacheOutcome | undefined): string {
  switch (cache?.state) {
    case 'cleared':
      return `with the next request, since the cache that they share in ${cache.redis} is cleared`;
    case 'unreachable':
      return `within ${CACHE_SECONDS} seconds, since the cache that they share in ${cache.redis} still holds the former values`;
    case 'not-configured':
    case undefined:
      return `within ${CACHE_SECONDS} seconds, for which they keep what they have read, each for itself or all in their Redis`;
  }
}

const HELD =
  'running Go servers: until they are started anew they go on with all that they have read from file and variables';

/**
 * The last lines of an import for Go servers: what those that run hold until a restart, and what reaches them without
 * one. They run on whatever server the plan was made for.
 * @param goServer true when a Go server has run in the database
 */
export function runningServersText(
  plan: Pick<ImportPlan, 'options' | 'entries' | 'source'>,
  cache: CacheOutcome | undefined,
  goServer: boolean,
): string[] {
  if (plan.options.server !== '1.8' && !goServer) return [];
  const { held, pickedUp } = reachOf(plan);
  const also = namesOf(held);
  const anew = namesOf(pickedUp);
  return [
    `${HELD}${also === undefined ? '' : `, which includes ${also}`}`,
    ...(anew === undefined
      ? []
      : [`running Go servers: they pick up by themselves, ${whenRead(cache)}: ${anew}`]),
  ].map(escapeControls);
}

/** The same after an undo, for a database in which a Go server has run. */
export function runningServersAfterUndo(cache: CacheOutcome | undefined): string[] {
  if (cache === undefined) return [escapeControls(HELD)];
  return [
    HELD,
    `running Go servers: rows that they read from the database they pick up by themselves, ${whenRead(cache)}`,
  ].map(escapeControls);
}
