import { exitCodes } from '../src/errors/index.js';
import type { DefineCommand, GlobalOptions } from './command.js';
import { jsonDocument } from './output/json.js';

const examples = `
Examples:
  $ tmi-dbtool config reference > settings-reference.md
  $ tmi-dbtool config reference --json                  # the registry as data`;

export const define: DefineCommand = (command, io, finish) => {
  command.addHelpText('after', examples).action(async () => {
    if (command.optsWithGlobals<GlobalOptions>().json) {
      const { providerFamilies, settings } = await import('../src/registry/index.js');
      const families = providerFamilies.map(({ idPattern, ...family }) => ({
        ...family,
        idPattern: idPattern.source,
      }));
      io.stdout.write(jsonDocument('reference', { settings, providers: families }));
    } else {
      const { settingsReference } = await import('../src/preflight/documents/reference.js');
      io.stdout.write(settingsReference());
    }
    finish(exitCodes.done.code);
  });
};
