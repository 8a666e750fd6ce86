import { Option, type Command } from 'commander';
import type { DefineCommand, Finish } from './command.js';
import type { Io } from './io.js';
import { environmentViews, type ResolveSecretsOptions } from './secrets-run.js';

const examples = `
Values are printed only with --show and --reveal. Exit code 5 when a reference cannot be resolved.

Examples:
  $ tmi-dbtool resolve-secrets config.yml                 # every reference and what became of it
  $ tmi-dbtool resolve-secrets config.yml --check         # in CI
  $ tmi-dbtool resolve-secrets config.yml --show auth.jwt.secret | pbcopy
  $ tmi-dbtool resolve-secrets config.yml --format dotenv --reveal > .env
  $ tmi-dbtool resolve-secrets config.yml --render        # the file, fit for a ticket
  $ tmi-dbtool resolve-secrets config.yml --lift --apply  # inline secrets to the provider

To hand the values to a program without writing them anywhere: tmi-dbtool exec -- COMMAND`;

function declare(command: Command): Command {
  return command
    .argument('[file]', 'configuration file; without one the environment alone')
    .option('--check', 'print what fails and nothing else; a mistyped reference fails too (exit code 3)')
    .option('--show <key>', 'print the value of one setting or variable, and nothing else')
    .addOption(
      new Option('--format <format>', 'print the effective environment of the server (TMI_*)').choices(
        environmentViews,
      ),
    )
    .option('--reveal', 'with --format and --render: print secrets as they are')
    .option('--render', 'print the file with its secrets masked, or resolved with --reveal; all else stays')
    .option('--inventory', 'list secrets in the file that ought to be references')
    .option('--lift', 'show which of them could move to the secrets provider')
    .option('--apply', 'with --lift: write them there and put references into the file, with a backup')
    .option('--prefix <path>', 'with --lift: path of the provider under which the secrets shall lie')
    .option('--fingerprint-key <reference>', 'key that makes fingerprints the same in every run')
    .addHelpText('after', examples);
}

export const define: DefineCommand = (command: Command, io: Io, finish: Finish) => {
  declare(command).action(async (file: string | undefined) => {
    const options = command.optsWithGlobals<ResolveSecretsOptions>();
    const { runResolveSecrets } = await import('./resolve-secrets-run.js');
    finish(await runResolveSecrets(file, options, io));
  });
};
