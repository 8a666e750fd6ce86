import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Kept } from '../../src/bootstrap/kept.js';

const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Readings that the test answers itself, in the order in which they were asked for. */
function readings() {
  const asked: { answer: (value: string) => void; fail: (error: Error) => void }[] = [];
  const faults: unknown[] = [];
  const kept = new Kept<string>({
    read: () => new Promise((answer, fail) => asked.push({ answer, fail })),
    maxAgeMs: MINUTE,
    clock: () => Date.now(),
    onStale: (error) => faults.push(error) > 0 && (error as Error).message !== 'a mistake',
  });
  return { kept, asked, faults };
}

async function withValue(value: string) {
  const world = readings();
  const first = world.kept.current();
  world.asked[0]?.answer(value);
  expect(await first).toBe(value);
  return world;
}

describe('a kept value', () => {
  it('is read once for all who ask first', async () => {
    const { kept, asked } = readings();
    const [a, b] = [kept.current(), kept.current()];
    expect(asked).toHaveLength(1);
    asked[0]?.answer('one');
    expect(await Promise.all([a, b])).toEqual(['one', 'one']);
  });

  it('is served while it is read anew, also when the answer never comes', async () => {
    const { kept, asked } = await withValue('one');
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(asked).toHaveLength(2);
    expect(await kept.current()).toBe('one');
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(await kept.current()).toBe('one');
    expect(asked).toHaveLength(2);
    asked[1]?.answer('two');
    await vi.advanceTimersByTimeAsync(0);
    expect(await kept.current()).toBe('two');
  });

  it('is read anew by who asks, where the timer was late', async () => {
    const { kept, asked } = await withValue('one');
    vi.setSystemTime(Date.now() + MINUTE);
    expect(await kept.current()).toBe('one');
    expect(asked).toHaveLength(2);
  });

  it('is waited for once it was invalidated, and an older reading does not count', async () => {
    const { kept, asked } = await withValue('one');
    await vi.advanceTimersByTimeAsync(MINUTE);
    kept.invalidate();
    const next = kept.current();
    expect(asked).toHaveLength(3);
    asked[1]?.answer('from before the write');
    await vi.advanceTimersByTimeAsync(0);
    asked[2]?.answer('three');
    expect(await next).toBe('three');
    expect(await kept.current()).toBe('three');
  });

  it('stays in use when it cannot be read, which is told once a minute', async () => {
    const { kept, asked, faults } = await withValue('one');
    await vi.advanceTimersByTimeAsync(MINUTE);
    asked[1]?.fail(new Error('away'));
    await vi.advanceTimersByTimeAsync(0);
    expect(await kept.current()).toBe('one');
    expect(faults).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(MINUTE - 1);
    expect(asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveLength(3);
  });

  it('hides no mistake: the next caller meets it', async () => {
    const { kept, asked } = await withValue('one');
    await vi.advanceTimersByTimeAsync(MINUTE);
    asked[1]?.fail(new Error('a mistake'));
    await vi.advanceTimersByTimeAsync(0);
    const next = kept.current();
    asked[2]?.fail(new Error('a mistake'));
    await expect(next).rejects.toThrow('a mistake');
  });

  it('is read no more once it is closed', async () => {
    const { kept, asked } = await withValue('one');
    kept.close();
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(asked).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
