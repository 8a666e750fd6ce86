import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { ToolError } from '../src/errors/index.js';
import { readConfigured, resolveEnvironment, type EffectiveEnvironment } from '../src/secrets/index.js';
import type { GlobalOptions } from './command.js';
import { Context, loadFile } from './context.js';
import type { Io } from './io.js';
import { escapeControls } from './output/escape.js';
import { reportError } from './output/error.js';
import { Reporter } from './output/reporter.js';
import { startable } from './startable.js';

/** The options of `exec` as commander hands them over. */
export interface ExecOptions extends GlobalOptions {
  readonly pristine?: boolean;
  readonly pass?: readonly string[];
  readonly worker?: boolean;
}

/** What a program needs of its surroundings to run at all; everything else is left out by `--pristine`. */
const surroundings =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|TMPDIR|TZ|LANG|LANGUAGE|LC_[A-Z]+|HOSTNAME|PORT|DYNO)$/;

/** Exit codes of shells for a command that does not start. */
const CANNOT_EXECUTE = 126;
const NO_SUCH_COMMAND = 127;

type Variables = Record<string, string>;

function childEnvironment(
  { variables, unset }: EffectiveEnvironment,
  { pristine, pass }: ExecOptions,
  env: Io['env'],
): Variables {
  const passed = new Set(pass ?? []);
  const inherited = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (!pristine || surroundings.test(entry[0]) || passed.has(entry[0])),
  );
  const result: Variables = Object.fromEntries(inherited);
  for (const name of unset) delete result[name];
  for (const { name, value } of variables) result[name] = value.reveal();
  return result;
}

/** How the child ended: its exit code, or 128 and the number of the signal that ended it. */
function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

function startFault(command: string, code: string | undefined): { error: ToolError; exit: number } {
  // What Node refuses as an argument, a system would look for and not find.
  if (command === '' || code === 'ENOENT' || code === 'ENOTDIR') {
    const name = command === '' ? 'The empty name' : command;
    const error = new ToolError('exec/no-such-command', `${name}: there is no such command`, {
      hint: 'Check the name and PATH.',
    });
    return { error, exit: NO_SUCH_COMMAND };
  }
  const reasons: Record<string, string> = {
    EACCES: 'it is not executable, or it is a folder',
    ENOEXEC: 'it is no program of this machine',
    E2BIG: 'arguments and environment are larger than the system allows',
  };
  const reason = reasons[code ?? ''] ?? `the system refuses to start it (${code ?? 'unknown fault'})`;
  return { error: new ToolError('exec/cannot-execute', `${command}: ${reason}`), exit: CANNOT_EXECUTE };
}

/** Starts the command and hands signals on until it ends. */
async function run(words: readonly string[], env: Variables, options: ExecOptions, io: Io): Promise<number> {
  const [command = '', ...args] = words;
  let child: ChildProcess | undefined;
  if (io.become) {
    const file = await startable(command, args, env, io.cwd);
    if (file !== undefined) io.become(file, words, env);
  }
  // Also what a terminal sends to everything that runs in it: who sent a signal cannot be seen, and one that `kill` sent
  // to this process alone must not be lost.
  const stop = io.onSignal((signal) => void child?.kill(signal));
  try {
    child = spawn(command, args, { cwd: io.cwd, env, stdio: 'inherit' });
    return await ended(child);
  } catch (error) {
    const fault = startFault(command, (error as NodeJS.ErrnoException).code);
    reportError(fault.error, io, { json: options.json ?? false });
    return fault.exit;
  } finally {
    stop();
  }
}

/** @throws ToolError `usage/conflicting-options` */
function checkOptions({ pass, pristine, worker, config }: ExecOptions): void {
  if (pass !== undefined && !pristine) {
    throw new ToolError(
      'usage/bad-argument',
      '--pass goes with --pristine: without it every variable is handed on',
    );
  }
  if (worker && config !== undefined) {
    throw new ToolError('usage/conflicting-options', '--worker and --config exclude each other', {
      hint: 'Workers read the environment only.',
    });
  }
}

/**
 * Runs `exec`: resolves the environment, then starts the command with it.
 * @returns the command's exit code; 126 or 127 when it cannot be started
 * @throws ToolError `secrets/unresolved`, before anything was started
 */
export async function runExec(words: readonly string[], options: ExecOptions, io: Io): Promise<number> {
  checkOptions(options);
  // The file is read once: `others` do not name it again.
  const { config, ...others } = options;
  const loaded = config === undefined ? undefined : await loadFile(config, io);
  const context = new Context(io, others, loaded);
  let environment: EffectiveEnvironment;
  try {
    const configured = readConfigured(loaded?.document, io.env);
    environment = await resolveEnvironment(configured, await context.secrets(), {
      referencesOnly: options.worker ?? false,
    });
  } finally {
    await context.close();
  }
  if (!options.quiet) {
    for (const { message } of environment.left) io.stderr.write(`warning: ${escapeControls(message)}\n`);
  }
  if (io.signal.aborted)
    throw new ToolError('internal/interrupted', 'Interrupted before the command was started');
  new Reporter(io, options).step(`starting ${words[0] ?? ''}`);
  return run(words, childEnvironment(environment, options, io.env), options, io);
}
