import { Command, CommanderError } from 'commander';
import { globSync } from 'tinyglobby';
import { addGlobalOptions } from './global-options.js';
import type { Io } from './io.js';
import { reportError } from './output/error.js';
import { validationGithub } from './output/github.js';
import { validationMarkdown } from './output/markdown.js';
import { declare } from './validate-config.js';
import { runValidateConfig, validateTargets } from './validate-config-run.js';
import type { ValidateConfigOptions } from './validation-options.js';
import { exitCodes } from '../src/errors/index.js';

/** What becomes of the files and options that a command line holds. @returns the exit code of the process */
type Run = (files: readonly string[], options: ValidateConfigOptions) => Promise<number>;

/** Reads a command line as `validate-config` does, and runs it. @returns the exit code of the process */
async function validateConfig(args: readonly string[], io: Io, run: Run): Promise<number> {
  let exitCode: number = exitCodes.done.code;
  const command = addGlobalOptions(new Command('validate-config'))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  declare(command).action(async (files: readonly string[]) => {
    exitCode = await run(files, command.optsWithGlobals<ValidateConfigOptions>());
  });
  try {
    await command.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error, io, { json: false });
    return error.exitCode === 0 ? exitCodes.done.code : exitCodes.usage.code;
  }
}

/** The files that a pattern names; itself when it names none, so that the report says that there is no such file. */
function filesOf(pattern: string, cwd: string): string[] {
  const found = globSync(pattern, { cwd, dot: true, onlyFiles: true, expandDirectories: false });
  return found.length === 0 ? [pattern] : found.sort();
}

/** The inputs of the action, as the runner hands them over. */
function argumentsOf(env: Io['env'], cwd: string): string[] {
  const input = (name: string): string => env[`INPUT_${name.toUpperCase()}`]?.trim() ?? '';
  const patterns = input('files')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return [
    ...(['profile', 'fail-on', 'ignore', 'server'] as const).flatMap((name) =>
      input(name) === '' ? [] : [`--${name}`, input(name)],
    ),
    ...(input('strict') === 'true' ? ['--strict'] : []),
    '--',
    ...new Set(patterns.flatMap((pattern) => filesOf(pattern, cwd))),
  ];
}

/** Variables of the runner are no settings of a server. */
function withoutInputs(env: Io['env']): Io['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('INPUT_')));
}

/** Annotates the lines of the pull request, and writes the summary of the job. */
function runAction(given: Io, append: (file: string, text: string) => void): Promise<number> {
  const io: Io = { ...given, env: withoutInputs(given.env) };
  return validateConfig(argumentsOf(given.env, given.cwd), io, async (files, options) => {
    const { report, exitCode } = await validateTargets(files, options, io);
    io.stdout.write(validationGithub(report));
    const summary = given.env['GITHUB_STEP_SUMMARY'];
    if (summary !== undefined && summary !== '') append(summary, validationMarkdown(report));
    return exitCode;
  });
}

/**
 * The offline validator by itself: as a GitHub action where a runner calls it, as a command line everywhere else.
 * @param append adds text to a file: the runner's summary of the job
 * @returns the exit code of the process
 */
export async function runOfflineValidator(
  args: readonly string[],
  io: Io,
  append: (file: string, text: string) => void,
): Promise<number> {
  const isAction = io.env['GITHUB_ACTIONS'] === 'true' && io.env['INPUT_FILES'] !== undefined;
  if (isAction) return runAction(io, append);
  return validateConfig(args, io, (files, options) => runValidateConfig(files, options, io));
}
