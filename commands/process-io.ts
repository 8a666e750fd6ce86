import { constants } from 'node:os';
import {
  exitCodeForSignal,
  exitCodes,
  handledSignals,
  ToolError,
  type HandledSignal,
} from '../src/errors/index.js';
import { directSink, type ByteSink } from './direct-sink.js';
import type { Io } from './io.js';
import { errorText } from './output/error.js';

/**
 * A stream to write to, opened when it is first used. Its faults never end the command that writes: its work may be half
 * done. `onFault` is told of them, but not of a closed pipe (`tmi-dbtool … | head`), which is the reader's choice.
 */
function streamSink(open: () => NodeJS.WriteStream, onFault: (code: string) => void): ByteSink {
  let opened: NodeJS.WriteStream | undefined;
  const stream = (): NodeJS.WriteStream => {
    if (opened) return opened;
    opened = open();
    opened.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code !== 'EPIPE') onFault(code ?? 'unknown fault');
    });
    return opened;
  };
  return {
    write: (text) => void stream().write(text),
    get isTTY() {
      return stream().isTTY;
    },
    get columns() {
      // A terminal that was never told its width says 0.
      const { isTTY, columns } = stream();
      return isTTY && columns > 0 ? columns : undefined;
    },
  };
}

/** @throws ToolError `internal/no-working-directory` when the folder was removed since; absolute paths work without it */
function folderOf(proc: NodeJS.Process): string {
  try {
    return proc.cwd();
  } catch (error) {
    const message = 'The folder that the command was started in does not exist any more';
    throw new ToolError('internal/no-working-directory', message, {
      hint: 'Change to another folder.',
      cause: error,
    });
  }
}

/**
 * What cannot be caught, what says that this very process is broken, what tells of children, and what a terminal or a
 * shell does to the whole group of processes, the started program included.
 */
const notForwarded: ReadonlySet<string> = new Set([
  ...['SIGKILL', 'SIGSTOP', 'SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGCHLD'],
  ...['SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGWINCH'],
]);

/** What `exec` hands on to the command that it started: all that node has a name for, and can catch. */
const forwardedSignals = (): NodeJS.Signals[] =>
  Object.keys(constants.signals).filter((name) => !notForwarded.has(name)) as NodeJS.Signals[];

type Become = NonNullable<Io['become']>;

/** @see https://nodejs.org/api/process.html#processexecvefile-args-env */
function becomeOf(proc: NodeJS.Process): { become?: Become } {
  const { execve } = proc as NodeJS.Process & { execve?: (...words: Parameters<Become>) => void };
  if (execve === undefined || proc.platform === 'win32') return {};
  return {
    become(file, args, env) {
      // Node ignores these two, and what is ignored stays so in the new program; what is caught does not.
      for (const signal of ['SIGPIPE', 'SIGXFSZ'] as const) proc.on(signal, () => undefined);
      execve.call(proc, file, args, env);
    },
  };
}

/** How long a reader of standard error may take for the last words. One that never reads holds no run back. */
const LAST_WORDS_MS = 2000;

/** Even a write of nothing is called back only when all that was written before it has gone or failed. */
const drained = (stream: NodeJS.WriteStream): Promise<unknown> | undefined =>
  stream.writableEnded ? undefined : new Promise((resolve) => stream.write('', resolve));

const passed = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** How soon after a signal the same one is its echo. */
const ECHO_MS = 100;

/** The world of a process, and how a command leaves it. */
export interface ProcessIo extends Io {
  /**
   * Waits for what was printed to arrive. From then on a signal ends the process, with the same code.
   * @returns the exit code of the process: the command's, or 1 when its output was lost
   */
  finish(exitCode: number): Promise<number>;
}

/**
 * The real streams, environment, clock and signals of a process. Call `finish` when the command is done.
 * @param descriptors of the output, for a process that may write past its streams; see `directSink`
 */
export function processIo(
  proc: NodeJS.Process,
  descriptors?: { readonly stdout: number; readonly stderr: number },
): ProcessIo {
  const aborter = new AbortController();
  /** Who hands signals on in place of ending by them. */
  let forwarding = 0;
  let firstAt = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (forwarding > 0) return aborter.abort(signal);
    // npm and shells hand on what the terminal sent to everybody: one key would count twice.
    if (aborter.signal.aborted && performance.now() - firstAt < ECHO_MS) return;
    if (aborter.signal.aborted) proc.exit(exitCodeForSignal(signal as HandledSignal));
    firstAt = performance.now();
    const note = `${signal}: stopping at the next safe point; a second signal ends the process at once`;
    // Over the line that shows how far the work has come.
    stderr.write(stderr.isTTY ? `\r${note.padEnd((stderr.columns ?? 80) - 1)}\n` : `${note}\n`);
    aborter.abort(signal);
  };
  for (const signal of handledSignals) proc.on(signal, onSignal);
  let outputFault: string | undefined;
  const onOutputFault = (code: string): void => void (outputFault ??= code);
  let stdoutIsOpen = false;
  const openStdout = (): NodeJS.WriteStream => {
    stdoutIsOpen = true;
    return proc.stdout;
  };
  const stdout = streamSink(openStdout, onOutputFault);
  let stderrIsOpen = false;
  const openStderr = (): NodeJS.WriteStream => {
    stderrIsOpen = true;
    return proc.stderr;
  };
  // What standard error does not take cannot be said anywhere.
  const stderr = streamSink(openStderr, () => undefined);
  return {
    stdout: descriptors ? directSink(descriptors.stdout, stdout, onOutputFault) : stdout,
    stderr: descriptors ? directSink(descriptors.stderr, stderr, () => undefined) : stderr,
    get canPrompt() {
      // Asked of the descriptors: opening the stream would make standard input non-blocking, for a started program too.
      const { isatty } = proc.getBuiltinModule('node:tty');
      return isatty(0) && isatty(2);
    },
    async prompt(question, { hidden = false } = {}) {
      const { createInterface } = await import('node:readline');
      const { PassThrough } = await import('node:stream');
      aborter.signal.throwIfAborted();
      if (hidden) proc.stderr.write(question);
      // The editor of the line shows it on its output, wherever that is; the terminal itself shows nothing then.
      const output = hidden ? new PassThrough().resume() : proc.stderr;
      const terminal = createInterface({ input: proc.stdin, output, ...(hidden ? { terminal: true } : {}) });
      const close = (): void => terminal.close();
      aborter.signal.addEventListener('abort', close, { once: true });
      let answer: string | undefined;
      await new Promise<void>((resolve) => {
        // On a terminal Ctrl-C reaches readline, and no signal is sent.
        terminal.once('SIGINT', () => aborter.abort('SIGINT'));
        // Ctrl-D, and everything else that ends the question without an answer.
        terminal.once('close', resolve);
        terminal.question(hidden ? '' : question, (text) => {
          answer = text;
          terminal.close();
        });
      });
      aborter.signal.removeEventListener('abort', close);
      if (answer === undefined || hidden) proc.stderr.write('\n');
      aborter.signal.throwIfAborted();
      return answer ?? '';
    },
    async readStdin() {
      const { addAbortSignal } = await import('node:stream');
      const { collectInput, InputFault, MAX_INPUT_BYTES } = await import('../src/config/files/input.js');
      try {
        return await collectInput(addAbortSignal(aborter.signal, proc.stdin), MAX_INPUT_BYTES);
      } catch (error) {
        if (!(error instanceof InputFault)) throw error;
        const { fileError } = await import('../src/config/files/read.js');
        throw fileError('standard input', error);
      }
    },
    binaryOutput: openStdout,
    // Whoever waits for more of it must be let go by a signal.
    async *binaryInput() {
      const { addAbortSignal } = await import('node:stream');
      yield* addAbortSignal(aborter.signal, proc.stdin) as AsyncIterable<Buffer>;
    },
    // A copy: what is set for this process later on is not part of what a command was started with.
    env: { ...proc.env },
    get cwd() {
      return folderOf(proc);
    },
    // Files belong to the effective user, also where it is not the one who started the program.
    uid: proc.geteuid?.() ?? proc.getuid?.(),
    now: () => new Date(),
    async asGiven(what) {
      const { readInput } = await import('../src/config/files/input.js');
      return readInput(`/proc/self/${what}`).then(
        ({ bytes }) => bytes,
        () => undefined,
      );
    },
    runtime: { node: proc.version, platform: `${proc.platform}-${proc.arch}`, program: proc.argv[1] ?? '' },
    ...becomeOf(proc),
    signal: aborter.signal,
    onSignal(listener) {
      const signals = forwardedSignals();
      for (const signal of signals) proc.on(signal, listener);
      forwarding += 1;
      return () => {
        forwarding -= 1;
        for (const signal of signals) proc.off(signal, listener);
      };
    },
    async finish(exitCode) {
      if (stdoutIsOpen) await drained(proc.stdout);
      let finalCode = exitCode;
      if (outputFault !== undefined && exitCode === exitCodes.done.code) {
        const error = new ToolError(
          'internal/output-lost',
          `Done, but standard output cannot be written (${outputFault})`,
        );
        stderr.write(errorText(error));
        finalCode = error.exitCode;
      }
      // The work is over: a signal may end the process sooner, and does not change what it says about the work.
      for (const signal of handledSignals)
        proc.off(signal, onSignal).once(signal, () => proc.exit(finalCode));
      if (stderrIsOpen) await Promise.race([drained(proc.stderr), passed(LAST_WORDS_MS)]);
      return finalCode;
    },
  };
}
