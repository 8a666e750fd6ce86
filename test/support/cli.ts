import { execFile } from 'node:child_process';
import { bundle, type Bundle } from './bundle.js';
import type { ChildRequest } from './cli-child.js';

/** How a process ended; `code` is null when a signal ended it. */
export interface ChildRun {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** The tool in processes of its own, which can be killed or belong to another user. */
export class ChildCli {
  private constructor(private readonly program: Bundle) {}

  /** Bundles the sources as they are. Dispose of it after the tests of the file. */
  static async create(): Promise<ChildCli> {
    return new ChildCli(await bundle('test/support/cli-child.ts'));
  }

  dispose(): void {
    this.program.dispose();
  }

  /** @param uid user to run as; only root may choose another */
  run(request: ChildRequest, uid?: number): Promise<ChildRun> {
    const options = { cwd: request.cwd, ...(uid === undefined ? {} : { uid, gid: uid }) };
    return new Promise((resolve) => {
      execFile(process.execPath, [this.program.file, JSON.stringify(request)], options, (error, out, err) => {
        const code = typeof error?.code === 'number' ? error.code : error ? null : 0;
        resolve({ code, signal: error?.signal ?? null, out, err });
      });
    });
  }
}
