import { rm } from 'node:fs/promises';
import { createFile, type StagedFile } from '../config/files/write.js';
import { ToolError } from '../errors/index.js';

/** Mode of what only its owner may read. */
export const PRIVATE = 0o600;

/** The files of one import, so that a failure before the commit can take them away again. */
export class NewFiles {
  staged: StagedFile | undefined;
  readonly #created: string[] = [];

  async create(file: string, bytes: Uint8Array): Promise<void> {
    if (!(await createFile(file, bytes, { mode: PRIVATE }))) {
      throw new ToolError('config/cannot-write-file', `${file} exists already`, {
        hint: 'Run the command again.',
      });
    }
    this.#created.push(file);
  }

  async remove(): Promise<void> {
    await this.staged?.discard();
    for (const file of this.#created) await rm(file, { force: true });
  }
}
