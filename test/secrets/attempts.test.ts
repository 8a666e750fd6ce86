import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Limiter, raceAbort, withAttempts, type SecretTimeouts } from '../../src/secrets/attempts.js';
import { SecretFault } from '../../src/secrets/fault.js';

const timeouts: SecretTimeouts = {
  requestMs: 1_000,
  totalMs: 5_000,
  attempts: 3,
  backoffMs: 20,
  concurrency: 2,
};
const busy = new SecretFault('secrets/unreachable', 'busy', { retryable: true });

describe('withAttempts', () => {
  it('waits longer before each attempt, and as long as the service asks', async () => {
    const times: number[] = [];
    const run = withAttempts(
      () => {
        times.push(performance.now());
        return Promise.reject(
          times.length === 1
            ? busy
            : new SecretFault('secrets/unreachable', 'x', { retryable: true, retryAfterMs: 120 }),
        );
      },
      timeouts,
      new AbortController().signal,
    );
    await expect(run).rejects.toMatchObject({ code: 'secrets/unreachable' });
    expect(times).toHaveLength(3);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(9);
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(118);
  });

  it('does not repeat what will not get better', async () => {
    let calls = 0;
    const refuse = () => {
      calls += 1;
      return Promise.reject(new SecretFault('secrets/refused', 'no'));
    };
    await expect(withAttempts(refuse, timeouts, new AbortController().signal)).rejects.toMatchObject({
      code: 'secrets/refused',
    });
    expect(calls).toBe(1);
  });

  it('gives up at once when the service wants a longer wait than there is time', async () => {
    let calls = 0;
    const refuse = () => {
      calls += 1;
      return Promise.reject(
        new SecretFault('secrets/unreachable', 'x', { retryable: true, retryAfterMs: timeouts.totalMs + 1 }),
      );
    };
    await expect(withAttempts(refuse, timeouts, new AbortController().signal)).rejects.toMatchObject({
      reason: 'x',
    });
    expect(calls).toBe(1);
  });

  it('lets nobody ask before the wait of one that was throttled is over, and fewer at a time then', async () => {
    const limiter = new Limiter(20);
    const signal = new AbortController().signal;
    const throttled = new SecretFault('secrets/unreachable', 'x', {
      retryable: true,
      throttled: true,
      retryAfterMs: 150,
    });
    let isFirst = true;
    const first = withAttempts(
      () => {
        if (!isFirst) return Promise.resolve();
        isFirst = false;
        return Promise.reject(throttled);
      },
      timeouts,
      signal,
      limiter,
    );
    await new Promise((resolve) => setImmediate(resolve));
    const since = performance.now();
    let running = 0;
    let most = 0;
    const others = Array.from({ length: 20 }, () =>
      limiter.run(async () => {
        expect(performance.now() - since).toBeGreaterThan(100);
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      }),
    );
    await Promise.all([first, ...others]);
    expect(most).toBeLessThanOrEqual(8);
    expect(isFirst).toBe(false);
  });

  it('slows nobody down for trouble that is no throttling', async () => {
    const limiter = new Limiter(20);
    let calls = 0;
    const once = () => ((calls += 1) === 1 ? Promise.reject(busy) : Promise.resolve());
    await withAttempts(once, { ...timeouts, backoffMs: 0 }, new AbortController().signal, limiter);
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      // Until all twenty have had a turn to begin in.
      for (let i = 0; i < 30; i += 1) await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => limiter.run(work)));
    expect(most).toBe(20);
  });

  it('takes a wait that is as long as there is time for one that can be waited for', async () => {
    let calls = 0;
    const fault = new SecretFault('secrets/unreachable', 'x', { retryable: true, retryAfterMs: 5 });
    const once = () => ((calls += 1) === 1 ? Promise.reject(fault) : Promise.resolve('there'));
    const signal = new AbortController().signal;
    expect(await withAttempts(once, { ...timeouts, backoffMs: 0, totalMs: 5 }, signal)).toBe('there');
  });

  it('leaves a client that ignores its signal behind', async () => {
    let seen: AbortSignal | undefined;
    const hang = (signal: AbortSignal) => {
      seen = signal;
      return new Promise<never>(() => undefined);
    };
    const quick = { ...timeouts, requestMs: 20, attempts: 2 };
    await expect(withAttempts(hang, quick, new AbortController().signal)).rejects.toMatchObject({
      code: 'secrets/unreachable',
    });
    expect(seen?.aborted).toBe(true);
  });

  it('gives the reason of the cancellation, even while it waits', async () => {
    const controller = new AbortController();
    const over = new SecretFault('secrets/unreachable', 'over');
    const run = withAttempts(
      () => {
        // By then the attempt has failed, and the wait before the next has begun.
        setImmediate(() => controller.abort(over));
        return Promise.reject(busy);
      },
      { ...timeouts, backoffMs: 4_000 },
      controller.signal,
    );
    await expect(run).rejects.toBe(over);
  });
});

describe('raceAbort', () => {
  it('rejects at once when the signal has already aborted', async () => {
    const reason = new Error('stopped');
    await expect(raceAbort(new Promise(() => undefined), AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('leaves nothing behind on a signal that lives on, however it ends', async () => {
    const { signal } = new AbortController();
    const run = (attempt: () => Promise<string>) =>
      withAttempts(attempt, { ...timeouts, attempts: 1 }, signal).catch(() => 'failed');
    expect(await raceAbort(Promise.resolve('there'), signal)).toBe('there');
    await expect(raceAbort(Promise.reject(busy), signal)).rejects.toBe(busy);
    expect([await run(() => Promise.resolve('there')), await run(() => Promise.reject(busy))]).toEqual([
      'there',
      'failed',
    ]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('Limiter', () => {
  it('begins each in a turn of its own, so that requests are on their way while others are made', async () => {
    const limiter = new Limiter(3);
    const steps: string[] = [];
    const work = async (name: string) => {
      steps.push(`${name} begins`);
      for (let i = 0; i < 20; i += 1) await Promise.resolve();
      steps.push(`${name} is sent`);
    };
    await Promise.all(['a', 'b'].map((name) => limiter.run(() => work(name))));
    expect(steps).toEqual(['a begins', 'a is sent', 'b begins', 'b is sent']);
  });

  it('never runs more than its size, and goes on after a failure', async () => {
    const limiter = new Limiter(2);
    let running = 0;
    let most = 0;
    const work = async (i: number) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (i % 2 === 0) throw new Error('half of them fail');
    };
    const results = await Promise.allSettled(Array.from({ length: 9 }, (_, i) => limiter.run(() => work(i))));
    expect(most).toBe(2);
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(4);
  });
});
