import { Command, CommanderError } from 'commander';
import { exitCodes, ToolError } from '../src/errors/index.js';
import { buildInfo } from '../src/version.js';
import type { CommandEntry } from './command.js';
import { addGlobalOptions } from './global-options.js';
import { exitCodesHelp, groupedHelp, programExamples } from './help.js';
import { commandEntries, commandGroups, program as everyCommand } from './index.js';
import type { Io } from './io.js';
import { isLegacyInvocation, runLegacyInvocation } from './legacy-flags.js';
import { reportError } from './output/error.js';
import { escapeLines } from './output/escape.js';
import { jsonText } from './output/json.js';

/** The tool's own arguments: what follows `--` belongs to the program that `exec` starts. */
function ownArguments(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end < 0 ? args : args.slice(0, end);
}

/** The words that call an entry, and those with its alias in the place of the last one. */
function callsOf({ name, alias }: CommandEntry): string[][] {
  const words = name.split(' ');
  return alias === undefined ? [words] : [words, [...words.slice(0, -1), alias]];
}

/** The entries whose words all stand in the arguments: the only ones whose files are loaded. */
function calledEntries(args: readonly string[]): CommandEntry[] {
  return commandEntries.filter((entry) =>
    callsOf(entry).some((words) => words.every((word) => args.includes(word))),
  );
}

/** The entries that the first word can mean; all of them when it is none of theirs, for the help and its suggestions. */
function meantEntries([first]: readonly string[]): readonly CommandEntry[] {
  const meant = commandEntries.filter((entry) => callsOf(entry).some(([word]) => word === first));
  return meant.length > 0 ? meant : commandEntries;
}

async function printVersion(args: readonly string[], io: Io): Promise<void> {
  if (!args.includes('--json')) {
    io.stdout.write(`tmi-dbtool ${buildInfo.version}\n`);
    return;
  }
  const { release, version: system } = await import('node:os');
  const { installedPackages } = await import('./installed-packages.js');
  const { program, ...runtime } = io.runtime;
  const info = {
    tool: 'tmi-dbtool',
    ...buildInfo,
    ...runtime,
    system: `${release()} ${system()}`,
    packages: installedPackages(program, buildInfo.packages),
  };
  io.stdout.write(jsonText(info));
}

/** True when the words name a command or a group, and perhaps arguments after it. */
function namesCommand(words: readonly string[]): boolean {
  return commandEntries.some((entry) =>
    callsOf(entry).some((call) =>
      call.every((word, index) => index >= words.length || word === words[index]),
    ),
  );
}

/**
 * `help db reset` is `db reset --help`. Help about a command that does not exist is a call of it, for the error and the
 * suggestion.
 */
function plainArguments(args: readonly string[]): readonly string[] {
  const turned = args[0] === 'help' ? [...args.slice(1), '--help'] : args;
  const asked = turned[0] === 'ls' ? ['settings', 'list', ...turned.slice(1)] : turned;
  const end = asked.findIndex((word) => word.startsWith('-'));
  const words = end < 0 ? asked : asked.slice(0, end);
  const wantsHelp = ownArguments(asked).some((word) => word === '--help' || word === '-h');
  return wantsHelp && !namesCommand(words) ? words : asked;
}

/** True where the version is asked for; with a command beside it nobody can tell what is meant. */
function wantsVersion(own: readonly string[]): boolean {
  if (!own.some((word) => word === '--version' || word === '-V')) return false;
  if (own.every((word) => word.startsWith('-'))) return true;
  throw new ToolError('usage/bad-argument', '--version stands alone, and nothing was run', {
    hint: 'tmi-dbtool --version, or tmi-dbtool --version --json for all that a bug report needs',
  });
}

/** The command that an entry's words name, with the group above it made on the way. */
function commandFor(program: Command, entry: CommandEntry): Command {
  const words = entry.name.split(' ');
  const last = words.pop() as string;
  let parent = program;
  for (const word of words) {
    parent =
      parent.commands.find((c) => c.name() === word) ??
      parent
        .command(word)
        .copyInheritedSettings(program)
        .description(commandGroups[word]?.summary ?? '')
        .helpGroup(entry.group)
        .addHelpText('after', commandGroups[word]?.examples ?? '');
  }
  const command = parent.command(last).description(entry.summary).helpGroup(entry.group);
  return entry.alias === undefined ? command : command.alias(entry.alias);
}

/**
 * Runs the tool: parses the arguments, runs the command and says how it ended.
 * @param given the arguments after the program's name
 * @returns the process exit code, from the table in src/errors/exit-codes.ts
 */
export async function main(given: readonly string[], io: Io): Promise<number> {
  const args = plainArguments(given);
  const own = ownArguments(args);
  const json = own.includes('--json');
  let program: Command | undefined;
  try {
    if (given.some((word) => word.includes('\ufffd'))) {
      const { refuseChangedArguments } = await import('./given-bytes.js');
      await refuseChangedArguments(given, io);
    }
    if (wantsVersion(own)) {
      await printVersion(args, io);
      return exitCodes.done.code;
    }
    if (isLegacyInvocation(args)) return await runLegacyInvocation(args, io);

    let exitCode: number = exitCodes.done.code;
    program = addGlobalOptions(new Command('tmi-dbtool'))
      .description('Operations toolkit for TMI servers.')
      .option('-V, --version', 'print the version; with --json all that a bug report needs')
      .exitOverride()
      .configureOutput({
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => (json ? undefined : io.stderr.write(escapeLines(text))),
        getOutHelpWidth: () => io.stdout.columns ?? 100,
        getErrHelpWidth: () => io.stderr.columns ?? 100,
      })
      .configureHelp(groupedHelp)
      .addHelpText('after', `${programExamples}\n${exitCodesHelp()}`);

    const called = new Set(calledEntries(own));
    for (const entry of meantEntries(args)) {
      const command = commandFor(program, entry);
      command.copyInheritedSettings(program);
      // What is suggested for an option stands in suggest.ts: commander knows no beginnings of names.
      command.showHelpAfterError(`Try: tmi-dbtool ${entry.name} --help`).showSuggestionAfterError(false);
      if (called.has(entry))
        (await entry.load()).define(command, io, (code) => (exitCode = code), everyCommand);
    }
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.done.code;
      const { reportRefusal } = await import('./refusal.js');
      reportRefusal(error, own, io, program);
      return exitCodes.usage.code;
    }
    return reportError(error, io, { json });
  }
}
