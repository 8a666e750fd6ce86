import { Command, CommanderError } from 'commander';
import type { CommandEntry, Program } from '../../commands/command.js';
import { addGlobalOptions } from '../../commands/global-options.js';
import { reportError } from '../../commands/output/error.js';
import type { Io } from '../../commands/io.js';

/** Defines a command as `main` does, alone. */
async function defined(entry: CommandEntry, io: Io, all: Program, finish: (code: number) => void) {
  const program = addGlobalOptions(new Command('tmi-dbtool'))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  const words = entry.name.split(' ');
  const last = words.pop() as string;
  const parent = words.reduce((above, word) => above.command(word).copyInheritedSettings(program), program);
  const command = parent.command(last).copyInheritedSettings(program);
  (await entry.load()).define(command, io, finish, all);
  return { program, command };
}

/** The options of a command and its arguments, as it declares them. */
export async function declaredBy(entry: CommandEntry, io: Io, all: Program): Promise<Command> {
  return (await defined(entry, io, all, () => undefined)).command;
}

/** Runs a command that need not stand in the table of commands. @returns its exit code */
export async function runEntry(
  entry: CommandEntry,
  args: readonly string[],
  io: Io,
  all: Program,
): Promise<number> {
  let code = 0;
  try {
    const { program } = await defined(entry, io, all, (given) => (code = given));
    await program.parseAsync([...entry.name.split(' '), ...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error, io, { json: false });
  }
}
