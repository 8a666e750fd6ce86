import { spawn, type ChildProcess } from 'node:child_process';
import { bundle, type Bundle } from './bundle.js';

/** How a process ended, and what it printed. */
export interface BinaryRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The executable itself in a process of its own, with real streams, signals and environment. */
export class Binary {
  private constructor(private readonly program: Bundle) {}

  /** Bundles the sources as they are. Dispose of it after the tests of the file. */
  static async create(): Promise<Binary> {
    return new Binary(await bundle('bin/tmi-dbtool.ts'));
  }

  /** The words that start it, for a test that starts it in a way of its own. */
  get command(): readonly string[] {
    return [process.execPath, this.program.file];
  }

  dispose(): void {
    this.program.dispose();
  }

  /**
   * @param env the whole environment; PATH is added, so that commands are found
   * @param stdout an open file to print to, in place of a pipe
   */
  start(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    cwd: string,
    stdout: 'pipe' | number = 'pipe',
  ): ChildProcess {
    return spawn(process.execPath, [this.program.file, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', stdout, 'pipe'],
    });
  }

  run(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Promise<BinaryRun> {
    return finished(this.start(args, env, cwd));
  }
}

/** Waits for the end of a process, collecting what it prints. */
export function finished(child: ChildProcess): Promise<BinaryRun> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
