import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { collecting } from '../../commands/young-garbage.js';

interface Detail {
  readonly kind: number;
  readonly flags: number;
}

const progress = { table: 'things', rows: 1, totalRows: 2, bytes: 3 };

/** How many young collections V8 was told to make during a piece of work. */
async function youngCollections(work: () => void): Promise<number> {
  let count = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries() as (PerformanceEntry & { detail: Detail })[]) {
      const isForced = (detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
      if (isForced && detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) count += 1;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  work();
  await sleep(50);
  observer.disconnect();
  return count;
}

it('tells of every batch, and has young garbage collected every few milliseconds', async () => {
  let told = 0;
  const update = collecting((given) => {
    expect(given).toBe(progress);
    told += 1;
  });
  let calls = 0;
  const collections = await youngCollections(() => {
    const end = performance.now() + 300;
    while (performance.now() < end) {
      const next = performance.now() + 1;
      while (performance.now() < next);
      update(progress);
      calls += 1;
    }
  });
  expect(told).toBe(calls);
  // One each 15 ms at the most, and fewer where others have the cores.
  expect(collections).toBeGreaterThanOrEqual(3);
  expect(collections).toBeLessThanOrEqual(20);
});

it('leaves nobody else a way to collect', () => {
  expect(runInNewContext('typeof gc')).toBe('undefined');
});
