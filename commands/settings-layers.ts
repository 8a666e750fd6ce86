import { emptyFileLayer, readFileLayer } from '../src/config/file-layer.js';
import { readLeaves } from '../src/config/leaves.js';
import { exitCodes, type Diagnostic } from '../src/errors/index.js';
import type { YamlText } from '../src/config/yaml/parse.js';
import { decodeRows } from '../src/settings/decode.js';
import { unreadableRows, type ExplainInputs } from '../src/settings/explain.js';
import type { SettingsTable } from '../src/settings/store.js';
import { loadText } from './context.js';
import type { Io } from './io.js';
import type { SettingsSession } from './settings-session.js';

/** All layers of the server: the file given with `--config`, the environment, and the rows in the clear. */
export interface Layers {
  readonly inputs: Omit<ExplainInputs, 'reveal'>;
  /** What could not be read in file and environment. Such values count as not there. */
  readonly diagnostics: readonly Diagnostic[];
  /** False for a table that cannot say who stated a row. */
  readonly hasOrigin: boolean;
  readonly table: SettingsTable;
  /** The file given with `--config`. */
  readonly document: YamlText | undefined;
}

/** How a run ends when rows keep values from being known. An encrypted one outweighs one that is no value. */
export function blockedExit(blocking: readonly Diagnostic[]): number {
  if (blocking.length === 0) return exitCodes.done.code;
  const invalid = blocking.every(({ code }) => code === 'settings/invalid-value');
  return (invalid ? exitCodes.findings : exitCodes.secret).code;
}

export async function readLayers(
  session: SettingsSession,
  config: string | undefined,
  io: Io,
): Promise<Layers> {
  const { context, cipher, database } = session;
  const document = config === undefined ? undefined : (await loadText(config, io)).document;
  const file = document ? readFileLayer(readLeaves(document.root), document.file) : emptyFileLayer;
  const table = await session.read();
  const decoded = decodeRows(table, cipher, database.capabilities);
  const unreadable = unreadableRows(table, decoded);
  return {
    inputs: { file, environment: context.environment, rows: decoded.rows, unreadable },
    diagnostics: [...file.diagnostics, ...context.environment.diagnostics],
    hasOrigin: table.hasOrigin,
    table,
    document,
  };
}
