import { remove } from '../config/files/at-once.js';
import { stageNew, type StagedFile, type StagedNew } from '../config/files/write.js';
import { ToolError } from '../errors/index.js';

/** Mode of what only its owner may read. */
export const PRIVATE = 0o600;

/** The files of one import, so that a failure before the commit can take them away again. */
export class NewFiles {
  staged: StagedFile | undefined;
  readonly #waiting = new Map<string, Promise<StagedNew>>();
  readonly #created: string[] = [];

  /** Begins to write a file that `create` will put in its place, so that the disk works while others do. */
  prepare(file: string, bytes: Uint8Array): void {
    const waiting = stageNew(file, bytes, { mode: PRIVATE });
    // Told by `create`.
    waiting.catch(() => undefined);
    this.#waiting.set(file, waiting);
  }

  /** Puts a file in its place, which may have been prepared with the same bytes. */
  async create(file: string, bytes: Uint8Array): Promise<void> {
    const waiting = await (this.#waiting.get(file) ?? stageNew(file, bytes, { mode: PRIVATE }));
    if (!(await waiting.place())) {
      throw new ToolError('config/cannot-write-file', `${file} exists already`, {
        hint: 'Run the command again.',
      });
    }
    this.#waiting.delete(file);
    this.#created.push(file);
  }

  /** Takes away what waits to become a file. */
  async discard(): Promise<void> {
    await this.staged?.discard();
    for (const waiting of this.#waiting.values()) await (await waiting.catch(() => undefined))?.discard();
  }

  async remove(): Promise<void> {
    await this.discard();
    for (const file of this.#created) await remove(file);
  }
}
