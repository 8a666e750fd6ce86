import { Argument } from 'commander';
import { exitCodes } from '../src/errors/index.js';
import type { DefineCommand, Program } from './command.js';
import type { Io } from './io.js';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

const help = `
The script holds all that it offers: commands, options, choices, setting keys, rules and providers. It starts no program
when you press tab. Print it again after an upgrade.

Examples:
  $ source <(tmi-dbtool completion bash)                # in ~/.bashrc
  $ source <(tmi-dbtool completion zsh)                 # in ~/.zshrc, after compinit
  $ tmi-dbtool completion fish | source                 # in ~/.config/fish/config.fish`;

/** Prints the completion script of a shell. @returns 0 */
async function runCompletion(shell: Shell, io: Io, program: Program): Promise<number> {
  const { completionModel } = await import('./completion/model.js');
  const model = await completionModel(program, io);
  const scripts = {
    bash: async () => (await import('./completion/bash.js')).bashScript(model),
    zsh: async () => (await import('./completion/zsh.js')).zshScript(model),
    fish: async () => (await import('./completion/fish.js')).fishScript(model),
  };
  io.stdout.write(await scripts[shell]());
  return exitCodes.done.code;
}

export const define: DefineCommand = (command, io, finish, program) => {
  command
    .addArgument(new Argument('<shell>', 'whose script to print').choices(shells))
    .addHelpText('after', help)
    .action(async (shell: Shell) => finish(await runCompletion(shell, io, program)));
};
