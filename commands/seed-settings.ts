import { planSeed, seedableKeys } from '../src/settings/seed.js';
import { exitCodes, ToolError } from '../src/errors/index.js';
import type { DefineCommand } from './command.js';
import { addWaitOption, type DatabaseOptions } from './database-options.js';
import type { Io } from './io.js';
import type { WriteOptions } from './settings-session.js';
import { runWrite } from './settings-write.js';

interface SeedOptions extends WriteOptions, DatabaseOptions {
  readonly ifEmpty?: boolean;
  readonly only?: string;
}

const help = `
A row that exists is never touched. The rows are marked as seeded: nobody chose them, so files and variables outrank
them. Safe to run twice, and two at once. Where rows are encrypted and the key at hand opens none of them, or none is
configured, it stops with exit code 5 and says which key they want, also when there is nothing to insert.

Examples:
  $ tmi-dbtool seed-settings --config config.yml
  $ tmi-dbtool seed-settings --if-empty             # the rule of a server's first boot; for a release phase
  $ tmi-dbtool seed-settings --only auth.jwt --dry-run`;

/** Inserts the defaults that are missing. @returns 0 */
async function runSeedSettings(options: SeedOptions, io: Io): Promise<number> {
  const { ifEmpty = false, only } = options;
  if (seedableKeys({ only }).length === 0) {
    throw new ToolError('usage/bad-argument', `--only ${only ?? ''} names no setting that has a default`, {
      hint: 'It takes the beginning of keys: auth.jwt, websocket, …',
    });
  }
  await runWrite(
    {
      kind: 'seed-settings',
      prepare: () => Promise.resolve((context) => planSeed(context, { ifEmpty, only })),
      existing: 'keep',
      waitSeconds: options.wait,
    },
    options,
    io,
  );
  return exitCodes.done.code;
}

export const define: DefineCommand = (command, io, finish) => {
  addWaitOption(command)
    .option('--if-empty', 'only when the table holds no row at all')
    .option('--only <prefix>', 'only keys under this prefix')
    .option('--dry-run', 'show what would be inserted; write nothing')
    .addHelpText('after', help)
    .action(async () => finish(await runSeedSettings(command.optsWithGlobals<SeedOptions>(), io)));
};
