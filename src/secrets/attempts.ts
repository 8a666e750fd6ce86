import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SecretFault } from './fault.js';

/** How long and how often secrets are asked for. Times in milliseconds. */
export interface SecretTimeouts {
  /** One request to a provider. */
  readonly requestMs: number;
  /** Everything that one call resolves. */
  readonly totalMs: number;
  /** Requests for one document, the first included. */
  readonly attempts: number;
  /** Wait before the second attempt; doubles with each further one, with a random part. */
  readonly backoffMs: number;
  /** Documents that are fetched at the same time. */
  readonly concurrency: number;
}

export const defaultTimeouts: SecretTimeouts = {
  requestMs: 10_000,
  totalMs: 30_000,
  attempts: 4,
  backoffMs: 200,
  concurrency: 50,
};

/** Documents that are fetched at the same time once a service has asked for fewer requests. */
const SLOW_CONCURRENCY = 8;

const MAX_BACKOFF_MS = 5_000;

/**
 * Calls `attempt` until it answers, fails for good, or `signal` aborts, in which case the signal's reason is
 * thrown. Each attempt gets a signal of its own that also ends after `requestMs`.
 * @param limiter every attempt waits for its turn there
 * @throws SecretFault the last attempt's fault; at once when the service wants a longer wait than there is time.
 */
export async function withAttempts<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  timeouts: SecretTimeouts,
  signal: AbortSignal,
  limiter?: Limiter,
): Promise<T> {
  const once = () => limitedBy(timeouts.requestMs, signal, attempt);
  for (let number = 1; ; number += 1) {
    try {
      return await (limiter ? limiter.run(once) : once());
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SecretFault) || !error.retryable || number >= timeouts.attempts) throw error;
      if ((error.retryAfterMs ?? 0) > timeouts.totalMs) throw error;
      if (error.throttled) limiter?.slowDown(error.retryAfterMs ?? 0);
      const backoff = Math.min(timeouts.backoffMs * 2 ** (number - 1), MAX_BACKOFF_MS);
      // Half of the wait is random, so that many clients that were refused together do not return together.
      const wait = Math.max(backoff * (0.5 + Math.random() / 2), error.retryAfterMs ?? 0);
      await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

async function limitedBy<T>(
  ms: number,
  outer: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer.throwIfAborted();
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(
      new SecretFault('secrets/unreachable', `no answer within ${seconds(ms)}`, { retryable: true }),
    );
  }, ms);
  const { signal } = controller;
  const stop = () => controller.abort(outer.reason);
  setMaxListeners(0, outer);
  outer.addEventListener('abort', stop, { once: true });
  try {
    return await raceAbort(run(signal), signal);
  } catch (error) {
    // A client may reject with an error of its own when it is aborted, or with something that is no error.
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', stop);
  }
}

/** Settles with the promise, or rejects with the signal's reason at once: not every client listens to signals. */
export async function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  setMaxListeners(0, signal); // one for each reference that waits
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (abort) signal.removeEventListener('abort', abort);
  }
}

/** `1.5 s`, for messages. */
export function seconds(ms: number): string {
  return `${ms / 1000} s`;
}

/**
 * Runs at most `size` pieces of work at a time, in the order they came. Each begins in a turn of its own, so that the
 * first request is on its way before the last one is made, and answers are read meanwhile.
 */
export class Limiter {
  #size: number;
  #running = 0;
  #pausedUntil = 0;
  /** Until the work that began last has got as far as it gets without an answer. */
  #isStarting = false;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#startNext();
    }
  }

  /** From now on fewer at a time, and none before the wait is over: everybody would get the same refusal. */
  slowDown(waitMs: number): void {
    this.#size = Math.min(this.#size, SLOW_CONCURRENCY);
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + waitMs);
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#startNext();
    });
  }

  #startNext(): void {
    const pause = this.#pausedUntil - Date.now();
    if (pause > 0) {
      // Each that waits may set one: it only looks whether it is time.
      setTimeout(() => this.#startNext(), pause).unref();
      return;
    }
    if (this.#isStarting || this.#running >= this.#size) return;
    const next = this.#waiting.shift();
    if (!next) return;
    this.#running += 1;
    this.#isStarting = true;
    setImmediate(() => {
      this.#isStarting = false;
      this.#startNext();
    });
    next();
  }
}
