import { exitCodes, ToolError, type Diagnostic } from '../src/errors/index.js';
import { blockingRows, explainSettings, type Explanation } from '../src/settings/explain.js';
import { nameKey, unknownKeyFault } from '../src/settings/named-key.js';
import { refuseFaults } from '../src/settings/plan.js';
import type { DefineCommand, GlobalOptions } from './command.js';
import type { ServerChoice } from '../src/config/precedence.js';
import type { Io } from './io.js';
import { jsonDocument } from './output/json.js';
import { explanationText, shadowsText } from './output/settings-view.js';
import { noteServer, serverOption, whichServer } from './server-choice.js';
import { blockedExit, readLayers } from './settings-layers.js';
import { addEnvironmentOptions, type EnvironmentOptions } from './environment-options.js';
import { noteEnvironment, withServerEnvironment } from './server-environment.js';
import { noteMissingOrigin, warn, withSettings } from './settings-session.js';

interface ExplainOptions extends GlobalOptions {
  readonly all?: boolean;
  readonly reveal?: boolean;
  readonly server?: ServerChoice;
}

const help = `
Layers: the registry's default, the row, the file given with --config, and the environment. The winner for the server
whose database it is (or --server) is marked; both models are explained: as documented, and as a Go server 1.8 reads.

Examples:
  $ tmi-dbtool settings explain logging.level --config config.yml
  $ tmi-dbtool settings explain --all --config config.yml      # values that are written somewhere and not used`;

function chosen(names: readonly string[], explained: ReadonlyMap<string, Explanation>): Explanation[] {
  const faults: Diagnostic[] = [];
  const found = names.flatMap((name) => {
    const named = nameKey(name);
    const key = named.kind === 'unknown' ? name : named.key.key;
    const explanation = explained.get(key);
    if (!explanation) {
      faults.push(
        named.kind === 'unknown'
          ? unknownKeyFault(named)
          : { code: 'settings/not-stored', severity: 'error', message: `No layer holds ${name}`, key },
      );
    }
    return explanation ? [explanation] : [];
  });
  refuseFaults(faults, '');
  return found;
}

/**
 * Shows where values come from.
 * @returns 0; 5 when the value of a setting that was named rests on a row that cannot be decrypted, 3 when on one that is
 *   no value of its type
 */
async function runSettingsExplain(
  names: readonly string[],
  options: ExplainOptions,
  io: Io,
): Promise<number> {
  const all = options.all ?? false;
  if (all && names.length > 0) {
    throw new ToolError(
      'usage/conflicting-options',
      '--all explains every setting; leave it out, or the keys',
    );
  }
  if (!all && names.length === 0) {
    throw new ToolError('usage/bad-argument', 'Name one or more settings, or pass --all');
  }
  return withSettings(options, io, { readOnly: true }, async (session) => {
    const layers = await readLayers(session, options.config, io);
    const { inputs, diagnostics: written, hasOrigin } = layers;
    const server = await whichServer(options, io, layers.document, session.database, layers.table);
    const { model } = server;
    const explained = explainSettings({ ...inputs, reveal: options.reveal ?? false, model });
    const found = all
      ? [...explained.values()]
          .filter(({ shadowed }) => shadowed.length > 0)
          .sort((a, b) => (a.key < b.key ? -1 : 1))
      : chosen(names, explained);
    const blocking = found.flatMap((one) => blockingRows(one, model, inputs));
    const faults = all
      ? [...inputs.unreadable.values()].map(({ fault }) => fault)
      : [...blocking, ...found.flatMap(({ key }) => inputs.unreadable.get(key)?.fault ?? [])];
    const diagnostics = [...written, ...new Set(faults)];
    const serverReason = server.reason;
    if (options.json)
      io.stdout.write(
        jsonDocument('settings-explain', { server: model, serverReason, settings: found, diagnostics }),
      );
    else {
      for (const { message } of diagnostics) warn(io, options, message);
      if (all) await shadowsText(found, model, io, options);
      else for (const explanation of found) await explanationText(explanation, model, io, options);
      noteServer(server, io, options);
    }
    noteMissingOrigin(hasOrigin, io, options);
    return all ? exitCodes.done.code : blockedExit(blocking);
  });
}

async function inEnvironment(
  names: readonly string[],
  options: ExplainOptions & EnvironmentOptions,
  own: Io,
): Promise<number> {
  const { io, seen } = await withServerEnvironment(options, own);
  noteEnvironment(seen, io, options);
  return runSettingsExplain(names, options, io);
}

export const define: DefineCommand = (command, io, finish) => {
  addEnvironmentOptions(command)
    .argument('[keys...]', 'keys of the database, or paths of the file')
    .option('--all', 'every setting of which some layer holds a value that is not used')
    .option('--reveal', 'show secrets')
    .addOption(serverOption('whose winner is marked'))
    .addHelpText('after', help)
    .action(async (keys: string[]) =>
      finish(await inEnvironment(keys, command.optsWithGlobals<ExplainOptions>(), io)),
    );
};
