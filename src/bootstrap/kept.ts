/** What a value is read with, and how long it is good for. */
export interface KeptInputs<Value> {
  /** Reads the value anew. */
  readonly read: () => Promise<Value>;
  /** Milliseconds after which a value is read anew. */
  readonly maxAgeMs: number;
  /** Milliseconds since some moment, never going back. */
  readonly clock: () => number;
  /** Told that the value could not be read again. True when the value of before is to stay in use. */
  readonly onStale: (error: unknown) => boolean;
}

interface Read<Value> {
  readonly value: Value;
  readonly at: number;
}

/**
 * A value that is read again and again in the background, so that only the first caller ever waits for it: whoever
 * asks meanwhile gets the value of before. It is read anew as soon as it is old, asked for or not, so that a server that
 * was idle does not answer with what stood there hours ago.
 *
 * Nothing here keeps the process alive.
 */
export class Kept<Value> {
  readonly #inputs: KeptInputs<Value>;
  #last: Read<Value> | undefined;
  #loading: Promise<Value> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** True when the next caller is to wait for a value that is read from now on. */
  #outdated = true;
  /** Counts what made the readings that are under way worthless. */
  #era = 0;

  constructor(inputs: KeptInputs<Value>) {
    this.#inputs = inputs;
  }

  /** @throws what reading throws, when there is no value to go on with */
  current(): Promise<Value> {
    const last = this.#last;
    if (last === undefined || this.#outdated) return this.#load();
    if (this.#inputs.clock() - last.at >= this.#inputs.maxAgeMs) this.#renew();
    return Promise.resolve(last.value);
  }

  /** The next caller waits for a value that is read from now on. When that fails, the value of before stays in use. */
  invalidate(): void {
    this.#outdated = true;
    this.#era += 1;
    this.#loading = undefined;
  }

  close(): void {
    this.invalidate();
    clearTimeout(this.#timer);
    this.#last = undefined;
  }

  #load(): Promise<Value> {
    this.#loading ??= this.#readOrKeep(this.#era);
    return this.#loading;
  }

  /** Nobody waits for this, so a fault that no caller saw is read again, and thrown, by the next one. */
  #renew(): void {
    this.#load().catch(() => (this.#outdated = true));
  }

  async #readOrKeep(era: number): Promise<Value> {
    const at = this.#inputs.clock();
    try {
      const value = await this.#inputs.read();
      if (era === this.#era) this.#keep({ value, at });
      return value;
    } catch (error) {
      const last = this.#last;
      if (last === undefined || !this.#inputs.onStale(error)) throw error;
      // The next try is a whole age away, so that a database that is down is not asked at every request.
      if (era === this.#era) this.#keep({ value: last.value, at: this.#inputs.clock() });
      return last.value;
    } finally {
      if (era === this.#era) this.#loading = undefined;
    }
  }

  #keep(read: Read<Value>): void {
    this.#last = read;
    this.#outdated = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#renew(), this.#inputs.maxAgeMs).unref();
  }
}
