import { exitCodes, ToolError, type Diagnostic } from '../src/errors/index.js';
import { isReference } from '../src/config/reference.js';
import { blockingRows, explainSettings, type Explanation } from '../src/settings/explain.js';
import { bootstrapFault, nameKey, unknownKeyFault } from '../src/settings/named-key.js';
import { refuseFaults } from '../src/settings/plan.js';
import type { ServerChoice, ServerModel } from '../src/config/precedence.js';
import type { SettingsTable } from '../src/settings/store.js';
import { viewRows, type SettingView } from '../src/settings/view.js';
import type { DefineCommand, GlobalOptions } from './command.js';
import type { Io } from './io.js';
import { jsonDocument } from './output/json.js';
import { oneLine } from './output/settings-change.js';
import { bareValue, layerName, rowsText } from './output/settings-view.js';
import { alignedTable } from './output/table.js';
import { serverOption, whichServer } from './server-choice.js';
import { blockedExit, readLayers } from './settings-layers.js';
import { addEnvironmentOptions, type EnvironmentOptions } from './environment-options.js';
import { noteEnvironment, withServerEnvironment } from './server-environment.js';
import { warn, withSettings, type SettingsSession } from './settings-session.js';

interface GetOptions extends GlobalOptions {
  readonly reveal?: boolean;
  readonly effective?: boolean;
  readonly server?: ServerChoice;
}

const help = `
One key into a pipe prints the bare value and a line break. Secrets are masked, there too, unless --reveal is given.

Examples:
  $ tmi-dbtool settings get websocket.inactivity_timeout_seconds
  $ tmi-dbtool settings get auth.oauth.providers.google.client_secret --reveal
  $ tmi-dbtool settings get logging.level --effective --config config.yml`;

function findingOf(name: string): Diagnostic {
  const named = nameKey(name);
  if (named.kind === 'unknown') return unknownKeyFault(named);
  if (named.kind === 'bootstrap') return bootstrapFault(named.setting);
  const preset = named.key.setting?.default ?? '';
  return {
    code: 'settings/not-stored',
    severity: 'error',
    message: `The database holds no row for ${named.key.key}`,
    key: named.key.key,
    hint: `${preset === '' ? 'It has no default.' : `Its default is ${preset}.`} What the server uses: settings get ${name} --effective`,
  };
}

/** The rows that are named, in the order of the names. @throws ToolError with every name that leads to none */
function namedRows(
  names: readonly string[],
  views: readonly SettingView[],
  table: SettingsTable,
): SettingView[] {
  const byKey = new Map(views.map((view) => [view.key, view]));
  const faults: Diagnostic[] = [];
  const found = names.flatMap((name): SettingView[] => {
    const named = nameKey(name);
    const row = table.get(named.kind === 'stored' ? named.key.key : name);
    const view = row && byKey.get(row.key);
    if (!view) faults.push(findingOf(name));
    return view ? [view] : [];
  });
  refuseFaults(faults, '');
  return found;
}

async function getRows(
  names: readonly string[],
  session: SettingsSession,
  options: GetOptions,
  io: Io,
): Promise<number> {
  const table = await session.read();
  const reveal = options.reveal ?? false;
  const views = viewRows(table, session.cipher, session.database.capabilities, { reveal });
  const found = namedRows(names, views, table);
  const broken = found.filter(({ encryption }) => encryption === 'unreadable');
  const [only] = found;
  if (options.json) {
    // What is wrong with a row stands in its `problem`: a second document would be none of JSON.
    io.stdout.write(jsonDocument('settings-get', { database: session.database.describe(), settings: found }));
    return broken.length > 0 ? exitCodes.secret.code : exitCodes.done.code;
  }
  if (only && found.length === 1 && (!io.stdout.isTTY || options.quiet)) {
    if (only.value !== null) bareValue(only, io);
  } else await rowsText(found, io, options);
  refuseFaults(
    broken.map(({ key, problem }) => ({
      code: 'settings/cannot-decrypt',
      severity: 'error',
      message: problem?.message ?? `${key} cannot be read`,
      key,
      ...(problem?.hint === undefined ? {} : { hint: problem.hint }),
    })),
    '',
  );
  return exitCodes.done.code;
}

/** A setting as the server will use it. */
interface EffectiveView {
  readonly key: string;
  readonly value: string | null;
  readonly secret: boolean;
  readonly winner: string;
  readonly where: string | null;
}

async function effectiveView(
  { key, secret, layers, models }: Explanation,
  session: SettingsSession,
  options: GetOptions,
  model: ServerModel,
): Promise<EffectiveView> {
  const { winner, value } = models[model];
  const where = layers.find(({ layer }) => layer === winner)?.where ?? null;
  if (value === null || !secret || !options.reveal || !isReference(value)) {
    return { key, value, secret, winner: layerName(winner), where };
  }
  const resolved = await (await session.context.secrets()).resolve([{ key, text: value, origin: {} }]);
  return { key, value: resolved.get(key)?.reveal() ?? null, secret, winner: layerName(winner), where };
}

/** True for a finding about one of the settings, or about the provider that it belongs to. */
function concerns({ key }: Diagnostic, settings: readonly Explanation[]): boolean {
  return settings.some(
    ({ key: own, path }) => key !== undefined && (key === own || path === key || path.startsWith(`${key}.`)),
  );
}

async function getEffective(
  names: readonly string[],
  session: SettingsSession,
  options: GetOptions,
  io: Io,
): Promise<number> {
  const layers = await readLayers(session, options.config, io);
  const { inputs, diagnostics: written } = layers;
  const explained = explainSettings({ ...inputs, reveal: options.reveal ?? false });
  const faults: Diagnostic[] = [];
  const found = names.flatMap((name) => {
    const named = nameKey(name);
    const explanation = explained.get(named.kind === 'unknown' ? name : named.key.key);
    if (!explanation) faults.push(findingOf(name));
    return explanation ? [explanation] : [];
  });
  refuseFaults(faults, '');
  const { model } = await whichServer(options, io, layers.document, session.database, layers.table);
  const blocking = found.flatMap((one) => blockingRows(one, model, inputs));
  const diagnostics = [...written.filter((finding) => concerns(finding, found)), ...blocking];
  const views = await Promise.all(
    found.map((explanation) => effectiveView(explanation, session, options, model)),
  );
  const [only] = views;
  if (options.json) {
    io.stdout.write(jsonDocument('settings-get-effective', { settings: views, diagnostics }));
    return blockedExit(blocking);
  }
  for (const finding of diagnostics) {
    if (!blocking.includes(finding)) warn(io, options, `${finding.message}; it counts as not set here`);
  }
  if (only && views.length === 1 && (!io.stdout.isTTY || options.quiet)) {
    if (blocking.length === 0) bareValue(only, io);
  } else {
    const rows = views.map(({ key, value, winner, where }) => [key, oneLine(value), winner, where ?? '-']);
    io.stdout.write(alignedTable(['KEY', 'VALUE', 'FROM', 'WHERE'], rows, io.stdout.columns));
  }
  const lost = blocking.filter(({ code }) => code === 'settings/cannot-decrypt');
  if (lost.length > 0)
    for (const { message } of blocking.filter((one) => !lost.includes(one))) warn(io, options, message);
  refuseFaults(lost.length > 0 ? lost : blocking, '');
  return exitCodes.done.code;
}

/** Shows settings. @returns 0; 1 when a key has no row, 3 when no setting has it or a row that counts is no value, 5 when a row cannot be decrypted */
async function runSettingsGet(names: readonly string[], options: GetOptions, io: Io): Promise<number> {
  if (options.server !== undefined && !options.effective) {
    throw new ToolError('usage/bad-argument', '--server says whose rules decide, and belongs to --effective');
  }
  return withSettings(options, io, { readOnly: true }, (session) =>
    options.effective ? getEffective(names, session, options, io) : getRows(names, session, options, io),
  );
}

async function inEnvironment(
  names: readonly string[],
  options: GetOptions & EnvironmentOptions,
  own: Io,
): Promise<number> {
  const { io, seen } = await withServerEnvironment(options, own);
  noteEnvironment(seen, io, options);
  return runSettingsGet(names, options, io);
}

export const define: DefineCommand = (command, io, finish) => {
  addEnvironmentOptions(command)
    .argument('<keys...>', 'keys of the database, or paths of the file')
    .option('--reveal', 'show secrets')
    .option('--effective', 'what the server uses: variable, file (--config), database, default')
    .addOption(serverOption('with --effective: whose rules decide'))
    .addHelpText('after', help)
    .action(async (keys: string[]) =>
      finish(await inEnvironment(keys, command.optsWithGlobals<GetOptions>(), io)),
    );
};
