import { ToolError } from '../errors/index.js';
import type { DatabaseTarget, StatementListener } from './contract.js';
import type { Dialect, HeldLock } from './dialects/dialect.js';
import { faultError, type ClassifiedFault } from './faults.js';
import type { StatementObserver } from './observed-client.js';
import { sever } from './sever.js';
import { Watch } from './watch.js';

const ANSWER_TIMEOUT_MS = 60_000;

export interface TrafficOptions {
  /** Milliseconds that the server may take for one answer, zero for no limit. Default: a minute. */
  readonly answerTimeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Counts statements and turns the driver's errors into ours. */
export class Traffic implements StatementObserver {
  readonly listeners: StatementListener[] = [];
  roundTrips = 0;
  /** Set while a transaction is open, which ends with its connection. */
  isInTransaction = false;
  readonly locks = new Map<string, HeldLock>();
  readonly #dialect: Dialect;
  readonly #target: DatabaseTarget;
  readonly watch: Watch;
  #connection: unknown;

  constructor(
    dialect: Dialect,
    target: DatabaseTarget,
    { answerTimeoutMs = ANSWER_TIMEOUT_MS, signal }: TrafficOptions,
  ) {
    this.#dialect = dialect;
    this.#target = target;
    const timedOut = (): ToolError => this.#error({ fault: 'silent', engineCode: undefined });
    this.watch = new Watch({ limitMs: answerTimeoutMs, signal, timedOut });
  }

  assertWanted(): void {
    this.watch.assertWanted();
  }

  connected(connection: unknown): void {
    this.#connection = connection;
  }

  guard<T>(
    connection: unknown,
    work: () => Promise<T>,
    cancel?: () => Promise<unknown>,
    isTidying = false,
  ): Promise<T> {
    return this.watch.guard(work, {
      isTidying,
      sever: () => sever(connection),
      ...(cancel ? { cancel } : {}),
    });
  }

  /** Work on the connection that goes past knex, such as rows in bulk. */
  guardStream<T>(work: (progress: () => void) => Promise<T>): Promise<T> {
    return this.watch.guard(work, { sever: () => sever(this.#connection) });
  }

  severAll(): void {
    sever(this.#connection);
  }

  sent(sql: string): void {
    this.roundTrips += 1;
    for (const listener of this.listeners) listener(sql);
  }

  /** True when a lock that a run relies on is gone with its session. */
  get hasLostLock(): boolean {
    return [...this.locks.values()].some((lock) => lock.isLost?.() === true);
  }

  mayReconnect(): boolean {
    return this.#dialect.sessionsAreAlike === true && !this.isInTransaction && !this.hasLostLock;
  }

  #error(fault: ClassifiedFault): ToolError {
    return faultError(fault, this.#target);
  }

  translate(error: unknown): unknown {
    if (error instanceof ToolError) return error;
    return this.#error(this.#dialect.classify(error) ?? { fault: 'unknown', engineCode: undefined });
  }

  /** Like `translate`, for an error before the first statement: nothing that breaks then was there before. */
  translateAtLogin(error: unknown): unknown {
    if (error instanceof ToolError) return error;
    if (error instanceof Error && /TimeoutError$/.test(error.name)) {
      return this.#error({ fault: 'timeout', engineCode: undefined });
    }
    const known = this.#dialect.classify(error);
    // Whatever a server says no for, it is a refusal, and no statement that failed.
    if (known?.fault === 'unknown') return this.#error({ ...known, fault: 'refused-at-login' });
    if (known?.fault !== 'connection-lost') return this.translate(error);
    return this.#error({ ...known, fault: 'broken-at-login' });
  }
}
