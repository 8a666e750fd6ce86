import { exitCodes, ToolError } from '../src/errors/index.js';
import { planUnset } from '../src/settings/set.js';
import type { DefineCommand } from './command.js';
import type { Io } from './io.js';
import type { WriteOptions } from './settings-session.js';
import { runWrite } from './settings-write.js';

interface UnsetOptions extends WriteOptions {
  readonly ifMatch?: string;
}

const help = `
Without a row the server falls back to variable, file and default. A key without a row is no fault.

Examples:
  $ tmi-dbtool settings unset ui.default_theme
  $ tmi-dbtool settings unset auth.oauth.providers.old.enabled auth.oauth.providers.old.client_id --dry-run`;

/** Takes rows away. @returns 0; errors carry their own exit codes */
async function runSettingsUnset(keys: readonly string[], options: UnsetOptions, io: Io): Promise<number> {
  const { ifMatch } = options;
  if (ifMatch !== undefined && keys.length > 1) {
    throw new ToolError('usage/conflicting-options', '--if-match compares one row; unset one key with it');
  }
  await runWrite(
    {
      kind: 'settings-unset',
      prepare: () => Promise.resolve((context) => planUnset(keys, context, { ifMatch })),
    },
    options,
    io,
  );
  return exitCodes.done.code;
}

export const define: DefineCommand = (command, io, finish) => {
  command
    .argument('<keys...>', 'keys of rows')
    .option('--if-match <hash>', 'only when the row is still the one with this hash')
    .option('--dry-run', 'show what would change; write nothing')
    .addHelpText('after', help)
    .action(async (keys: string[]) =>
      finish(await runSettingsUnset(keys, command.optsWithGlobals<UnsetOptions>(), io)),
    );
};
