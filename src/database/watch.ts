import { ToolError } from '../errors/index.js';

/** How long the end of something that is no longer needed is waited for. */
const PATIENCE_MS = 2000;

/** Waits for `work` for two seconds at the most, whatever becomes of it. */
export async function shortly(work: unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  const done = Promise.resolve(work).then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([done, over]);
  clearTimeout(timer);
}

export interface WatchOptions {
  /** Milliseconds that one answer of the server may take; zero for no limit. */
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
  /** What to throw for an answer that did not come. */
  readonly timedOut: () => ToolError;
}

/** How work that does not end by itself is ended: asked of the server first, then by force. */
export interface Ending {
  /** Asks the server to give the statement up. */
  cancel?(): Promise<unknown>;
  /** Breaks the connection off. */
  sever(): void;
  /** True for what puts things in order, such as a rollback: the limit counts, and no signal. */
  readonly isTidying?: boolean;
}

/**
 * Sees to it that every wait for a server ends: at its limit, or at the signal that asks the run to stop, as long as
 * stopping leaves nothing half done.
 */
export class Watch {
  /** False once something was committed: what follows is a moment's work, and stopping there would leave it undone. */
  isInterruptible = true;

  constructor(private readonly options: WatchOptions) {}

  /** @throws ToolError `internal/interrupted` when the run was asked to stop */
  assertWanted(): void {
    if (this.isInterruptible && this.options.signal?.aborted === true) throw this.#interrupted();
  }

  #interrupted(): ToolError {
    return new ToolError(
      'internal/interrupted',
      `Interrupted by ${String(this.options.signal?.reason)}; nothing was changed`,
    );
  }

  /**
   * The outcome of `begin`, or the error of its end by limit or signal.
   * @param begin gets a function that begins the limit anew, for work in many steps
   */
  async guard<T>(begin: (progress: () => void) => Promise<T>, ending: Ending): Promise<T> {
    const { limitMs, signal, timedOut } = this.options;
    if (ending.isTidying !== true) this.assertWanted();
    let isStopping = false;
    let timer: NodeJS.Timeout | undefined;
    let onAbort: (() => void) | undefined;
    const ended = new Promise<never>((_, reject) => {
      const onLimit = (): void => {
        ending.sever();
        reject(timedOut());
      };
      timer = limitMs > 0 ? setTimeout(onLimit, limitMs) : undefined;
      onAbort = () => {
        if (!this.isInterruptible || ending.isTidying === true) return;
        isStopping = true;
        void this.#stop(work, ending).finally(() => reject(this.#interrupted()));
      };
    });
    const work = begin(() => timer?.refresh());
    signal?.addEventListener('abort', onAbort as unknown as () => void);
    try {
      return await Promise.race([work, ended]);
    } catch (error) {
      throw isStopping ? this.#interrupted() : error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort as unknown as () => void);
    }
  }

  async #stop(work: Promise<unknown>, ending: Ending): Promise<void> {
    let isDone = false;
    const settled = work.then(
      () => (isDone = true),
      () => (isDone = true),
    );
    if (ending.cancel) {
      await shortly(ending.cancel());
      await shortly(settled);
    }
    if (!isDone) ending.sever();
  }
}
