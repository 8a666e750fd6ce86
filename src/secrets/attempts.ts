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
  concurrency: 8,
};

const MAX_BACKOFF_MS = 5_000;

/**
 * Calls `attempt` until it answers, fails for good, or `signal` aborts, in which case the signal's reason is
 * thrown. Each attempt gets a signal of its own that also ends after `requestMs`.
 * @throws SecretFault the last attempt's fault.
 */
export async function withAttempts<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  timeouts: SecretTimeouts,
  signal: AbortSignal,
): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      return await limitedBy(timeouts.requestMs, signal, attempt);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SecretFault) || !error.retryable || number >= timeouts.attempts) throw error;
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
  const signal = AbortSignal.any([outer, controller.signal]);
  try {
    return await raceAbort(run(signal), signal);
  } catch (error) {
    // A client may reject with an error of its own when it is aborted, or with something that is no error.
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Settles with the promise, or rejects with the signal's reason at once: not every client listens to signals. */
export async function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
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

/** Runs at most `size` pieces of work at a time, in the order they came. */
export class Limiter {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
