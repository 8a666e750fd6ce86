import { execFile } from 'node:child_process';
import { bundle, type Bundle } from './bundle.js';
import type { ChildRequest } from './cli-child.js';
import { runHere } from './rewind.js';

/** How a process ended; `code` is null when a signal ended it. */
export interface ChildRun {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** Where mutants live in the tests' own process, kills are imagined: see `vitest.mutation.config.ts`. */
const isImagined = process.env['KILLS'] === 'imagined';

/** The tool in processes of its own, which can be killed or belong to another user. */
export class ChildCli {
  private constructor(private program: Bundle | undefined) {}

  /** Bundles the sources as they are. Dispose of it after the tests of the file. */
  static async create(): Promise<ChildCli> {
    return new ChildCli(isImagined ? undefined : await bundle('test/support/cli-child.ts'));
  }

  dispose(): void {
    this.program?.dispose();
  }

  /** @param uid user to run as; only root may choose another */
  async run(request: ChildRequest, uid?: number): Promise<ChildRun> {
    if (isImagined && uid === undefined) return runHere(request);
    const { file } = (this.program ??= await bundle('test/support/cli-child.ts'));
    const options = { cwd: request.cwd, ...(uid === undefined ? {} : { uid, gid: uid }) };
    return new Promise((resolve) => {
      execFile(process.execPath, [file, JSON.stringify(request)], options, (error, out, err) => {
        const code = typeof error?.code === 'number' ? error.code : error ? null : 0;
        resolve({ code, signal: error?.signal ?? null, out, err });
      });
    });
  }
}
