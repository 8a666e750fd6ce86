import { Option, type Command } from 'commander';
import { profiles, tiers } from '../src/preflight/rule.js';
import { serverChoices } from '../src/config/precedence.js';
import type { DefineCommand, Finish } from './command.js';
import type { Io } from './io.js';
import { addEnvironmentOptions, type EnvironmentOptions } from './environment-options.js';
import { formats, type ValidateConfigOptions } from './validation-options.js';

const examples = `
Tiers run in this order: ${tiers.join(', ')}. The first three need no network and no secrets.

Examples:
  $ tmi-dbtool validate-config config-production.yml
  $ tmi-dbtool validate-config config-*.yml --format github       # in a pull request
  $ tmi-dbtool validate-config --connect                          # on a dyno, from the environment
  $ tmi-dbtool validate-config config.yml --profile production --ignore required-setting
  $ tmi-dbtool validate-config --explain inline-secret`;

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** Declares arguments and options, which the command has in the validator by itself, too. */
export function declare(command: Command): Command {
  return command
    .argument('[files...]', 'configuration files, - for standard input; without one the environment alone')
    .addOption(
      new Option(
        '--profile <profile>',
        'standards to hold the configuration to (default: by auth.build_mode)',
      ).choices(profiles),
    )
    .option('--tier <tiers>', `check these tiers only (${tiers.join(', ')}); may be repeated`, collect)
    .option('--resolve', 'resolve references to secrets as well')
    .option('--connect', 'connect to database and Redis, and look at TLS files, as well')
    .option('--worker', 'check the variables of a worker instead')
    .option('--strict', 'operational settings in the file are errors')
    .addOption(
      new Option('--server <model>', 'which server reads the file').choices(serverChoices).default('auto'),
    )
    .option('--rule <ids>', 'check these rules only; may be repeated', collect)
    .option('--ignore <ids>', 'leave these rules out; may be repeated', collect)
    .addOption(new Option('--format <format>', 'form of the result').choices(formats))
    .addOption(
      new Option('--fail-on <severity>', 'least severity that ends with exit code 3')
        .choices(['warning', 'error'])
        .default('error'),
    )
    .option('--explain <rule>', "print a rule's documentation, or all")
    .addHelpText('after', examples);
}

export const define: DefineCommand = (command: Command, io: Io, finish: Finish) => {
  addEnvironmentOptions(declare(command)).action(async (files: readonly string[]) => {
    const options = command.optsWithGlobals<ValidateConfigOptions & EnvironmentOptions>();
    const { runValidateConfig } = await import('./validate-config-run.js');
    const { withServerEnvironment, noteEnvironment } = await import('./server-environment.js');
    const { io: world, seen } = await withServerEnvironment(options, io);
    noteEnvironment(seen, world, options);
    finish(await runValidateConfig(files, options, world));
  });
};
