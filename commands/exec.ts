import type { Command } from 'commander';
import type { DefineCommand, Finish } from './command.js';
import type { ExecOptions } from './exec-run.js';
import type { Io } from './io.js';

const examples = `
The values stand in the environment of the command and nowhere else. When a reference cannot be resolved, the
command is not started (exit code 5). Otherwise the exit code is the command's own; 128+n when signal n ended it,
126 when it cannot be executed, 127 when there is no such command.

Examples:
  $ tmi-dbtool exec --config /etc/tmi/config.yml -- /usr/bin/tmi-server
  $ tmi-dbtool exec -- ./tmi-server                       # everything from the environment
  $ tmi-dbtool exec --pristine --pass AWS_REGION -- ./tmi-server
  $ tmi-dbtool exec --worker -- ./chunk-embed             # only the references of the environment

In a Procfile:    web: tmi-dbtool exec -- bin/tmi-server
In a Dockerfile:  ENTRYPOINT ["tmi-dbtool", "exec", "--", "/tmi-server"]`;

const collect = (value: string, before: readonly string[] = []): string[] => [...before, ...value.split(',')];

export const define: DefineCommand = (command: Command, io: Io, finish: Finish) => {
  command
    .argument('<command...>', 'the command with its arguments, after --')
    .option(
      '--pristine',
      'start the command with the effective environment alone (and PATH, HOME and the like)',
    )
    .option('--pass <names>', 'with --pristine: further variables to hand on; may be repeated', collect)
    .option('--worker', 'resolve the references of the environment and add nothing of a server’s')
    .addHelpText('after', examples)
    .action(async (words: readonly string[]) => {
      const options = command.optsWithGlobals<ExecOptions>();
      const { runExec } = await import('./exec-run.js');
      finish(await runExec(words, options, io));
    });
};
