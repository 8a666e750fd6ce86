import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError, type ErrorCode } from '../errors/index.js';
import { connectDatabase, type ConnectDatabaseOptions } from './connect.js';
import type { Database } from './contract.js';

/** Faults of a server that is still starting. A wrong password or name does not get better by waiting. */
const passing: ReadonlySet<ErrorCode> = new Set(['database/unreachable', 'database/timeout']);

const PAUSE_MS = 500;

export interface WaitOptions {
  /** How long to go on trying; zero tries once. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Connects to a database that may still be starting.
 * @throws ToolError as `connectDatabase` does, with the last attempt's fault
 */
export async function connectWhenReady(
  options: ConnectDatabaseOptions,
  { waitMs, signal }: WaitOptions,
): Promise<Database> {
  // Whoever does not wait needs no clock, which takes a millisecond to load.
  const end = waitMs > 0 ? performance.now() + waitMs : 0;
  for (;;) {
    try {
      return await connectDatabase(options);
    } catch (error) {
      const over = waitMs <= 0 || performance.now() + PAUSE_MS > end;
      if (over || !(error instanceof ToolError) || !passing.has(error.code)) throw error;
    }
    await sleep(PAUSE_MS, undefined, signal ? { signal } : {});
  }
}
