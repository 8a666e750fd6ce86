import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { OnProgress } from '../src/backup/index.js';

/** Milliseconds between two collections, in which a backup makes a megabyte of lines. A collection takes half of one. */
const INTERVAL_MS = 15;

type Collect = (options: { readonly type: 'minor' }) => void;

/** V8's own function, which it shows to a context that is made while the flag is set. */
function collector(): Collect {
  try {
    setFlagsFromString('--expose-gc');
    return runInNewContext('gc') as Collect;
  } catch {
    return () => undefined; // it is for less memory, and nothing needs it
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}

let collect: Collect | undefined;

/**
 * Has young garbage collected while rows go into a backup or come out of one. They do so in pieces of memory that V8
 * holds only the handles of: by itself it would let tens of megabytes of them come together. To hash the bytes of a file
 * makes too few for that.
 * @returns the same, told of each batch
 */
export function collecting(update: OnProgress): OnProgress {
  let last = performance.now();
  return (progress) => {
    update(progress);
    const now = performance.now();
    if (now - last < INTERVAL_MS) return;
    collect ??= collector();
    collect({ type: 'minor' });
    last = performance.now();
  };
}
