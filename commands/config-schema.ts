import { exitCodes } from '../src/errors/index.js';
import type { DefineCommand } from './command.js';

export const define: DefineCommand = (command, io, finish) => {
  command
    .option('--legacy', 'schema of a file before 1.4.0, which holds operational settings too')
    .addHelpText(
      'after',
      `
Examples:
  $ tmi-dbtool config schema > tmi.schema.json
  Then, in the first line of the configuration, for editors:
  # yaml-language-server: $schema=tmi.schema.json`,
    )
    .action(async () => {
      const { configurationSchema } = await import('../src/preflight/documents/json-schema.js');
      const { legacy } = command.opts<{ readonly legacy?: boolean }>();
      const schema = configurationSchema(legacy ? 'legacy' : 'bootstrap');
      io.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
      finish(exitCodes.done.code);
    });
};
