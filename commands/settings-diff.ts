import { keyOfSetting } from '../src/config/setting-key.js';
import type { LayerValue } from '../src/config/layer.js';
import { readFileLayer } from '../src/config/file-layer.js';
import { readLeaves } from '../src/config/leaves.js';
import { exitCodes, locationOf, ToolError } from '../src/errors/index.js';
import type { ServerChoice } from '../src/config/precedence.js';
import type { YamlText } from '../src/config/yaml/parse.js';
import { settings } from '../src/registry/index.js';
import { isReference } from '../src/config/reference.js';
import { decodeRows } from '../src/settings/decode.js';
import { diffSettings, type Difference, type DiffSide, type DiffValue } from '../src/settings/diff.js';
import { isExport, readExport, type PlacedEntry, type ReadExport } from '../src/settings/export/read.js';
import { UNVERIFIED } from '../src/settings/export/format.js';
import { ExportSealer } from '../src/settings/export/seal.js';
import { nameKey } from '../src/settings/named-key.js';
import { readSettings } from '../src/settings/store.js';
import { serverOfDatabase, type WhichServer } from '../src/settings/which-server.js';
import type { DefineCommand, GlobalOptions } from './command.js';
import { Context, loadFile } from './context.js';
import type { Io } from './io.js';
import { jsonDocument } from './output/json.js';
import { diffText } from './output/settings-diff.js';
import { addEnvironmentOptions, type EnvironmentOptions } from './environment-options.js';
import { noteEnvironment, withServerEnvironment } from './server-environment.js';
import { noteServer, serverOption } from './server-choice.js';
import { statedServer } from './stated-server.js';
import { resolveOption } from './settings-session.js';

interface DiffOptions extends GlobalOptions {
  readonly key?: string;
  readonly server?: ServerChoice;
}

/** What a side can be that is no file. */
export const diffSides = ['database', 'defaults'] as const;

const help = `
A and B are each a configuration file, an export, or one of the words database and defaults. Secrets are compared and
never shown; a mask or a reference that cannot be compared counts as a difference.

Examples:
  $ tmi-dbtool settings diff defaults database
  $ tmi-dbtool settings diff config-production.yml database
  $ tmi-dbtool settings diff yesterday.yml database --key env://EXPORT_KEY`;

/** A side, and what it says about the server that reads it. */
interface Side {
  readonly side: DiffSide;
  readonly document?: YamlText;
  readonly server?: WhichServer;
}

function defaultsSide(): DiffSide {
  const values = settings.flatMap((setting) => {
    const text = setting.default;
    return text === undefined || text === '' || text === '[]'
      ? []
      : [[keyOfSetting(setting).key, { text }] as const];
  });
  return {
    name: 'defaults',
    layer: 'default',
    values: new Map(values),
    holdsBootstrap: true,
    statesOrigin: false,
  };
}

async function databaseSide(context: Context): Promise<Side> {
  const cipher = await context.cipher();
  const database = await context.database({ readOnly: true });
  const table = await readSettings(database);
  const server = await serverOfDatabase(database, table);
  const { rows, unreadable } = decodeRows(table, cipher, database.capabilities);
  const values = new Map<string, DiffValue>();
  for (const { text, origin, stored } of rows.values())
    if (text !== '') values.set(stored.key, { text, origin });
  for (const { key } of unreadable.values()) if (key !== undefined) values.set(key, { text: undefined });
  const side = { name: 'database', layer: 'row', values, holdsBootstrap: false, statesOrigin: true } as const;
  return { side, server };
}

/** References lead to values where they can be resolved; one that cannot is not comparable. */
async function configValue({ key, text, written }: LayerValue, context: Context): Promise<DiffValue> {
  const where = written.layer === 'file' ? locationOf(written) : '';
  if (!key.secret || !key.operational || !isReference(text)) return { text, where };
  const [result] = await (await context.secrets()).tryResolve([{ key: key.key, text, origin: {} }]);
  return { text: result && 'value' in result ? result.value.reveal() : undefined, where };
}

function exportValue(
  entry: PlacedEntry,
  source: ReadExport,
  fingerprints: Fingerprints,
  sealer?: ExportSealer,
): DiffValue {
  const { key, value, origin, position } = entry;
  const facts = {
    origin: origin === 'explicit' ? 'explicit' : 'seeded',
    where: locationOf({ file: source.file, position }),
  } as const;
  if (value.kind === 'plain') return { ...facts, text: value.text };
  if (value.kind === 'encrypted') return { ...facts, text: sealer?.open(key, value.sealed) };
  const matches = (text: string): boolean | undefined => {
    const own =
      value.fingerprint === UNVERIFIED ? [] : fingerprints(key, text, Buffer.from(source.salt, 'hex'));
    return own.length === 0 ? undefined : own.includes(value.fingerprint);
  };
  return { ...facts, text: undefined, matches };
}

type Fingerprints = (key: string, text: string, salt: Buffer) => string[];

async function fileSide(name: string, context: Context, options: DiffOptions): Promise<Side> {
  const { document } = await loadFile(name, context.io);
  if (isExport(document)) {
    const source = readExport(document);
    const key = options.key === undefined ? undefined : await resolveOption(context, '--key', options.key);
    const sealer = key && new ExportSealer(key, source.salt);
    const cipher = await context.cipher();
    const fingerprints: Fingerprints = (...args) => cipher.fingerprints(...args);
    const values = source.entries
      .filter(({ origin }) => origin !== 'default')
      .map((entry) => [entry.key, exportValue(entry, source, fingerprints, sealer)] as const);
    return {
      side: { name, layer: 'row', values: new Map(values), holdsBootstrap: false, statesOrigin: true },
    };
  }
  const layer = readFileLayer(readLeaves(document.root), document.file);
  const [fault] = layer.diagnostics;
  if (fault) {
    throw new ToolError('settings/invalid-values', `${name} holds values that cannot be compared`, {
      diagnostics: layer.diagnostics,
    });
  }
  const held = [...layer.values.values()].filter(({ text }) => text !== '');
  const values = await Promise.all(
    held.map(async (value) => [value.key.key, await configValue(value, context)] as const),
  );
  return {
    side: {
      name,
      layer: 'file',
      values: new Map(values),
      providers: layer.providers,
      emptyTexts: new Set(
        [...layer.values.values()].flatMap(({ key, text }) => (text === '' ? [key.key] : [])),
      ),
      nulls: layer.nulls,
      holdsBootstrap: true,
      statesOrigin: false,
    },
    document,
  };
}

function sideOf(name: string, context: Context, options: DiffOptions): Promise<Side> | Side {
  if (name === 'defaults') return { side: defaultsSide() };
  return name === 'database' ? databaseSide(context) : fileSide(name, context, options);
}

function isBootstrap(key: string): boolean {
  return nameKey(key).kind === 'bootstrap';
}

/** Whose rules decide: somebody says so, else the database that is compared; without one, as documented. */
function serverOf(sides: readonly Side[], options: DiffOptions, io: Io): WhichServer {
  const document = sides.find((side) => side.document)?.document;
  const ofDatabase = sides.find(({ server }) => server)?.server;
  return statedServer(options, io, document) ?? ofDatabase ?? { model: 'documented', reason: 'empty' };
}

/** Compares two sides. @returns 0 when they agree, 3 when they differ */
async function runSettingsDiff(a: string, b: string, options: DiffOptions, io: Io): Promise<number> {
  const context = new Context(io, options);
  let differences: Difference[];
  let server: WhichServer;
  try {
    // One after the other: the database has one connection.
    const left = await sideOf(a, context, options);
    const right = await sideOf(b, context, options);
    server = serverOf([left, right], options, io);
    differences = diffSettings(left.side, right.side, isBootstrap, server.model);
  } finally {
    await context.close();
  }
  if (options.json)
    io.stdout.write(jsonDocument('settings-diff', { a, b, server: server.model, differences }));
  else {
    await diffText(a, b, differences, io, options);
    if (differences.some(({ wins }) => wins !== null)) noteServer(server, io, options);
  }
  return differences.length === 0 ? exitCodes.done.code : exitCodes.findings.code;
}

async function inEnvironment(
  a: string,
  b: string,
  options: DiffOptions & EnvironmentOptions,
  own: Io,
): Promise<number> {
  const { io, seen } = await withServerEnvironment(options, own);
  noteEnvironment(seen, io, options);
  return runSettingsDiff(a, b, options, io);
}

export const define: DefineCommand = (command, io, finish) => {
  addEnvironmentOptions(command)
    .argument('<a>', 'file, database or defaults')
    .argument('<b>', 'file, database or defaults')
    .option(
      '--key <reference>',
      'key of an export with encrypted secrets: env://NAME, file://PATH, vault://PATH',
    )
    .addOption(serverOption('whose rules name the one that is used'))
    .addHelpText('after', help)
    .action(async (a: string, b: string) =>
      finish(await inEnvironment(a, b, command.optsWithGlobals<DiffOptions>(), io)),
    );
};
