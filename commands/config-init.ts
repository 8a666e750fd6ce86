import path from 'node:path';
import { Option } from 'commander';
import { writeOutput } from '../src/config/files/output.js';
import { exitCodes } from '../src/errors/index.js';
import type { DefineCommand, GlobalOptions } from './command.js';
import type { Io } from './io.js';
import { jsonDocument } from './output/json.js';
import { escapeControls } from './output/escape.js';
import { skeletonProviders, type SkeletonProvider } from '../src/preflight/documents/skeleton.js';

export interface ConfigInitOptions extends GlobalOptions {
  readonly secrets: SkeletonProvider;
}

/** Creates the file, readable for its owner only. Never replaces one, so no file in use needs naming. */
async function create(file: string, text: string, io: Io): Promise<void> {
  await writeOutput(
    {
      file: path.resolve(io.cwd, file),
      name: file,
      overwrite: false,
      inUse: [],
      exists: 'config/output-exists',
      wayOut: 'Choose another name, or leave it out to see the text.',
    },
    Buffer.from(text, 'utf8'),
  );
}

/** Prints the skeleton, or writes it to a file that does not exist yet. Resolves with the exit code. */
async function runConfigInit(file: string | undefined, options: ConfigInitOptions, io: Io): Promise<number> {
  const { productionSkeleton } = await import('../src/preflight/documents/skeleton.js');
  const text = productionSkeleton(options.secrets);
  if (file === undefined || file === '-') {
    io.stdout.write(options.json ? jsonDocument('skeleton', { file: null, text }) : text);
    return exitCodes.done.code;
  }
  await create(file, text, io);
  if (options.json) io.stdout.write(jsonDocument('skeleton', { file, text }));
  else if (!options.quiet) {
    io.stdout.write(
      `${escapeControls(`Wrote ${file}. Fill it in, then: tmi-dbtool validate-config ${file}`)}\n`,
    );
  }
  return exitCodes.done.code;
}

const examples = `
Examples:
  $ tmi-dbtool config init config-production.yml
  $ tmi-dbtool config init --secrets vault > config.yml`;

export const define: DefineCommand = (command, io, finish) => {
  command
    .argument('[file]', 'file to write; without it the text goes to standard output')
    .addOption(
      new Option('--secrets <provider>', 'secrets provider to write the block for')
        .choices(skeletonProviders)
        .default('env'),
    )
    .addHelpText('after', examples)
    .action(async (file: string | undefined) => {
      finish(await runConfigInit(file, command.optsWithGlobals<ConfigInitOptions>(), io));
    });
};
