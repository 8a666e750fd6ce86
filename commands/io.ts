import type { Writable } from 'node:stream';

/** A stream that a command writes text to. */
export interface TextSink {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width of the terminal in columns; undefined when it is not one. */
  readonly columns: number | undefined;
}

export interface PromptOptions {
  /** Do not show what is typed. */
  readonly hidden?: boolean;
}

/** Everything of the outside world that a command may touch, handed in so that tests can hand in their own. */
export interface Io {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** True when a person can be asked: standard input and standard error are terminals. */
  readonly canPrompt: boolean;
  /** Asks on standard error and reads one line. Called only when `canPrompt`. */
  prompt(question: string, options?: PromptOptions): Promise<string>;
  /** All of standard input. */
  readStdin(): Promise<Buffer>;
  /** Standard output for bytes. Whoever writes to it writes nothing else there. */
  binaryOutput(): Writable;
  /** Standard input, piece by piece. */
  binaryInput(): AsyncIterable<Buffer>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** User that the process works as; undefined where the system has no such numbers. */
  readonly uid: number | undefined;
  now(): Date;
  /**
   * Command line or environment of the process as the system keeps them, with a NUL behind each part: node reads them as
   * UTF-8, and puts U+FFFD where they are none. Undefined where the system does not tell (all but Linux).
   */
  readonly asGiven?: (what: 'cmdline' | 'environ') => Promise<Buffer | undefined>;
  /** What runs the tool, for bug reports. */
  readonly runtime: {
    readonly node: string;
    readonly platform: string;
    /** Path of the program's file. */
    readonly program: string;
  };
  /** Aborts when the process is asked to stop; the reason is the signal's name. */
  readonly signal: AbortSignal;
  /**
   * Becomes another program: same process id, same standard streams, nothing of the tool left. Undefined where node
   * cannot (before 22.15, and on Windows). It does not return; a program that cannot be started ends the process, so
   * that must be known before.
   * @param args beginning with the program's own name
   */
  readonly become?: (file: string, args: readonly string[], env: Readonly<Record<string, string>>) => void;
  /** Tells every signal that node can catch, also repeated ones, until the returned function is called. */
  onSignal(listener: (signal: NodeJS.Signals) => void): () => void;
}
