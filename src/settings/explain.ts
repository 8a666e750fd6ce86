import { keyOfLookup, type SettingKey } from '../config/setting-key.js';
import type { Written } from '../config/layer.js';
import { locationOf, type Diagnostic } from '../errors/index.js';
import { unreadableOrigins, type DecodedRow, type DecodedRows } from './decode.js';
import { effectiveConfig, type EffectiveInputs, type EffectiveSetting } from './effective.js';
import {
  providerOwner,
  server18ReadsOf,
  serverModels,
  type RowOrigin,
  type ServerModel,
  type Winner,
} from '../config/precedence.js';
import type { StoredRow } from './row.js';
import { rowFault } from './row-value.js';
import { settingByDatabaseKey } from '../registry/index.js';
import { isHidden, shownValue } from '../redact/index.js';
import type { SettingsTable } from './store.js';

/** Why a layer wins. The code is part of the JSON contract; the text is for people. */
export const winReasons = {
  'bootstrap-variable': 'a bootstrap setting: the variable outranks the file',
  'bootstrap-file': 'a bootstrap setting: the file holds it, and no variable does',
  'explicit-row': 'somebody set the row, which outranks variable and file',
  'row-alone': 'no variable and no file states it, so the row applies although nobody chose it',
  'variable-over-seeded': 'a variable outranks the file, and a row that nobody chose',
  'file-over-seeded': 'the file outranks a row that nobody chose',
  'variable-provider': 'variables define the provider, so its entry in the file is not read',
  'reads-no-rows': 'this server reads the setting from file and environment only',
  'config-first': 'this server takes file and environment before the database',
  'provider-hides-rows': "the provider of file or environment hides the database's provider with the same id",
  'file-pins-default':
    'the file has the key without a value, by which this server takes the default and no row',
  derived: 'it follows from another setting',
  'row-unreadable': 'the row cannot be read with the keys at hand, so what the server uses is not known',
  'row-invalid': 'the row counts, and its text is no value of the type of the setting',
  default: 'no layer holds a value',
} as const;
export type WinReason = keyof typeof winReasons;

/** What one layer holds, as it may be shown. */
export interface ExplainedLayer {
  readonly layer: Winner;
  readonly value: string | null;
  /** `config.yml:12:3`, `$TMI_LOG_LEVEL`, `registry` or `system_settings`. */
  readonly where: string;
  readonly origin?: string;
  readonly modifiedAt?: string | null;
  readonly modifiedBy?: string | null;
  readonly encrypted?: boolean;
  /** Of a row that cannot be read: why, and which key it wants. Of one that is no value of its type: what it should be. */
  readonly problem?: string;
}

export interface ExplainedModel {
  readonly winner: Winner;
  /** Null when no layer holds one, and when it is not known: see `reason`. */
  readonly value: string | null;
  readonly reason: WinReason;
}

/** Everything about where a setting's value comes from. Holds no secret unless it was to be revealed. */
export interface Explanation {
  readonly key: string;
  readonly path: string;
  readonly secret: boolean;
  readonly operational: boolean;
  /** Layers that hold a value, weakest first. */
  readonly layers: readonly ExplainedLayer[];
  readonly models: Readonly<Record<ServerModel, ExplainedModel>>;
  /** Layers that hold another value than the one that wins for the server that counts. The default never does. */
  readonly shadowed: readonly Winner[];
}

/** The rows that cannot be read, as explanations take them. */
export function unreadableRows(
  table: Pick<SettingsTable, 'get' | 'hasOrigin'>,
  decoded: Pick<DecodedRows, 'unreadable'>,
): Map<string, UnreadableRow> {
  const rows = new Map<string, UnreadableRow>();
  for (const [key, origin] of unreadableOrigins(table, decoded)) {
    const [stored, fault] = [table.get(key), decoded.unreadable.get(key)];
    if (stored && fault) rows.set(key, { origin, stored, fault });
  }
  return rows;
}

/**
 * What is wrong with the rows that keep a setting's value from being known under a model: its own, or that of the setting
 * it follows.
 */
export function blockingRows(
  { key, models }: Explanation,
  model: ServerModel,
  { rows, unreadable }: Pick<ExplainInputs, 'rows' | 'unreadable'>,
): Diagnostic[] {
  const { reason } = models[model];
  if (reason !== 'row-unreadable' && reason !== 'row-invalid') return [];
  const found = settingByDatabaseKey(key);
  const source = found?.kind === 'setting' ? found.setting.derivedFrom?.databaseKey : undefined;
  for (const name of source === undefined ? [key] : [key, source]) {
    const fault = reason === 'row-invalid' ? faultOf(name, rows) : unreadable.get(name)?.fault;
    if (fault) return [fault];
  }
  return [];
}

function faultOf(name: string, rows: ExplainInputs['rows']): Diagnostic | undefined {
  const found = settingByDatabaseKey(name);
  const key = found && keyOfLookup(found);
  const text = rows.get(name)?.text ?? '';
  return key === undefined || text === '' ? undefined : rowFault(key, text);
}

/** A row that cannot be read: as it is stored, and what is wrong with it. */
export interface UnreadableRow {
  /** Where a table cannot say, `explicit`: the row may be what counts. */
  readonly origin: RowOrigin;
  readonly stored: StoredRow;
  readonly fault: Diagnostic;
}

export interface ExplainInputs extends Omit<EffectiveInputs, 'model' | 'rows' | 'unreadable'> {
  readonly rows: ReadonlyMap<string, DecodedRow>;
  /** Rows that cannot be read, by key. */
  readonly unreadable: ReadonlyMap<string, UnreadableRow>;
  readonly reveal: boolean;
  /** The server that counts for what is shadowed; left out: as documented. */
  readonly model?: ServerModel;
}

/** Why a row does not count that is there. */
function rowPassedOver(key: SettingKey, model: ServerModel, inputs: ExplainInputs): WinReason | undefined {
  const reads = server18ReadsOf(key);
  if (model === '1.8' && reads !== 'origin' && reads !== 'provider') {
    return reads === 'config-first' ? 'config-first' : 'reads-no-rows';
  }
  return providerOwner(key, inputs) === undefined ? undefined : 'provider-hides-rows';
}

/** Why variables, the file or the default count for a setting of the database. */
function configurationReason(
  setting: EffectiveSetting,
  stored: boolean,
  model: ServerModel,
  inputs: ExplainInputs,
): WinReason {
  const { key, winner } = setting;
  if (setting.pinned) return 'file-pins-default';
  const passedOver = stored ? rowPassedOver(key, model, inputs) : undefined;
  if (passedOver) return passedOver;
  if (providerOwner(key, inputs) === 'environment' && setting.file) return 'variable-provider';
  if (winner === 'environment') return 'variable-over-seeded';
  return winner === 'file' ? 'file-over-seeded' : 'default';
}

function reasonOf(setting: EffectiveSetting, model: ServerModel, inputs: ExplainInputs): WinReason {
  const { key, winner, row } = setting;
  if (setting.unknown) return 'row-unreadable';
  if (setting.fault) return 'row-invalid';
  const explicit = row?.origin === 'explicit';
  const stated = winner === 'row' ? explicit : winner !== 'default' && setting[winner];
  if (key.setting?.derivedFrom && !stated) return 'derived';
  if (winner === 'row') return explicit ? 'explicit-row' : 'row-alone';
  const stored = row !== undefined || inputs.unreadable.has(key.key);
  if (winner === 'default' && !stored && !setting.file && !setting.environment) return 'default';
  if (!key.operational) return winner === 'environment' ? 'bootstrap-variable' : 'bootstrap-file';
  return configurationReason(setting, stored, model, inputs);
}

function whereOf(written: Written): string {
  return written.layer === 'file' ? locationOf(written) : `$${written.variable}`;
}

function unreadableLayer({ origin, stored, fault }: UnreadableRow): ExplainedLayer {
  return {
    layer: 'row',
    value: null,
    where: 'system_settings',
    origin,
    modifiedAt: stored.modifiedAtIso,
    modifiedBy: stored.modifiedBy,
    encrypted: true,
    problem: fault.message,
  };
}

function layersOf(setting: EffectiveSetting, inputs: ExplainInputs): ExplainedLayer[] {
  const { key } = setting;
  const show = (text: string): string | null =>
    inputs.reveal ? text : (shownValue(text, isHidden(key)) ?? null);
  const layers: ExplainedLayer[] = [];
  const preset = key.setting?.default;
  if (preset !== undefined && preset !== '')
    layers.push({ layer: 'default', value: preset, where: 'registry' });
  const row = setting.row && inputs.rows.get(key.key);
  const unreadable = inputs.unreadable.get(key.key);
  if (unreadable) layers.push(unreadableLayer(unreadable));
  if (row) {
    const fault = rowFault(key, row.text);
    layers.push({
      layer: 'row',
      value: show(row.text),
      where: 'system_settings',
      origin: row.origin,
      modifiedAt: row.stored.modifiedAtIso,
      modifiedBy: row.stored.modifiedBy,
      encrypted: row.encrypted,
      ...(fault ? { problem: fault.message } : {}),
    });
  }
  for (const layer of ['file', 'environment'] as const) {
    const value = setting[layer];
    if (value) layers.push({ layer, value: show(value.text), where: whereOf(value.written) });
  }
  return layers;
}

function shadowedBy(setting: EffectiveSetting): Winner[] {
  if (setting.unknown) return [];
  return (['row', 'file', 'environment'] as const).filter(
    (layer) => layer !== setting.winner && setting[layer] && setting[layer].text !== setting.text,
  );
}

/**
 * Explains every setting that a layer or the registry knows, by key: what each layer holds, which wins under either
 * model, and why. Precedence itself is decided in precedence.ts, as everywhere.
 */
export function explainSettings(inputs: ExplainInputs): Map<string, Explanation> {
  const unreadable = new Map([...inputs.unreadable].map(([key, { origin }]) => [key, origin]));
  const byModel = new Map(
    serverModels.map((model) => [model, effectiveConfig({ ...inputs, unreadable, model })]),
  );
  const documented = byModel.get('documented') ?? new Map<string, EffectiveSetting>();
  const explanations = new Map<string, Explanation>();
  for (const [name, setting] of documented) {
    const { key } = setting;
    const models = serverModels.map((model) => {
      const found = byModel.get(model)?.get(name) ?? setting;
      const shown = inputs.reveal ? found.text : shownValue(found.text, isHidden(key));
      const explained: ExplainedModel = {
        winner: found.winner,
        value: shown === undefined || shown === '' || found.fault ? null : shown,
        reason: reasonOf(found, model, inputs),
      };
      return [model, explained] as const;
    });
    explanations.set(name, {
      key: name,
      path: key.path,
      secret: key.secret,
      operational: key.operational,
      layers: layersOf(setting, inputs),
      models: Object.fromEntries(models) as Record<ServerModel, ExplainedModel>,
      shadowed: shadowedBy(byModel.get(inputs.model ?? 'documented')?.get(name) ?? setting),
    });
  }
  return explanations;
}
