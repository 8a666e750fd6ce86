import { isStorable } from '../config/checks.js';
import { providerEntry, type SettingKey } from '../config/setting-key.js';
import type { EnvironmentLayer } from '../config/environment.js';
import type { DecodedRow } from '../settings/decode.js';
import type { PlanAction, PlanEntry, PlanOptions, Shadow } from './plan.js';
import type { PlanReason } from './reasons.js';
import { show } from './show.js';
import { nameOf, positionOf, type Statement } from './statement.js';

/** A row as it must be after the import. */
export interface DesiredRow {
  readonly key: SettingKey;
  /** The value in the clear, in normal form. */
  readonly text: string;
  readonly origin: 'seeded' | 'explicit';
  /** True when only origin or encryption change, which leaves time and author as they were. */
  readonly sameValue: boolean;
}

/** What becomes of one statement. */
export interface Decision {
  readonly statement: Statement;
  readonly entry: PlanEntry;
  readonly row: DesiredRow | undefined;
  /** The value the setting must have afterwards when the operator's choice changes it. */
  readonly chosen: string | undefined;
  readonly shadow: Shadow | undefined;
}

export interface DecisionContext {
  readonly options: PlanOptions;
  readonly environment: Omit<EnvironmentLayer, 'diagnostics'>;
  readonly rows: ReadonlyMap<string, DecodedRow>;
  /** Keys of rows that cannot be decrypted; they get here only when the file is to replace them. */
  readonly unreadable: ReadonlySet<string>;
  /** True when secrets at rest are to be encrypted. */
  readonly encrypts: boolean;
  /** False in a table of a server before 1.8.22, where nothing can be marked as somebody's choice. */
  readonly hasOrigin: boolean;
}

/** The variable that keeps the server from using the file's value, if there is one. */
function overridingVariable(statement: Statement, context: DecisionContext): string | undefined {
  if (statement.variable !== undefined) return undefined;
  const { key } = statement;
  const value = context.environment.values.get(key.key);
  if (value && value.text !== statement.text && value.written.layer === 'environment')
    return value.written.variable;
  const entry = key.provider && providerEntry(key.provider.family, key.provider.id);
  return value || entry === undefined ? undefined : context.environment.providers.get(entry);
}

/** Keys that are stored and yet must stay in the file: the server reads them there. */
function stayReason(statement: Statement, options: PlanOptions): PlanReason | undefined {
  const { key } = statement;
  if (key.setting?.alsoStored) return 'also-stored';
  const reads = key.provider ? key.provider.family.server18Reads : key.setting?.server18Reads;
  if (options.server !== '1.8' || reads !== 'file') return undefined;
  return statement.renamed ? 'server-reads-new-name' : 'server-reads-file';
}

interface RowChange {
  readonly row: PlanEntry['row'];
  readonly reason: PlanReason;
  readonly desired: DesiredRow | undefined;
}

/** What a row needs so that it holds `text` as an operator's choice. */
function rowChange(
  key: SettingKey,
  text: string,
  row: DecodedRow | undefined,
  { encrypts, hasOrigin, unreadable }: DecisionContext,
): RowChange {
  const desired = (sameValue: boolean): DesiredRow => ({ key, text, origin: 'explicit', sameValue });
  if (unreadable.has(key.key)) return { row: 'replace', reason: 'row-unreadable', desired: desired(false) };
  if (!row) return { row: 'insert', reason: 'new-row', desired: desired(false) };
  if (row.text !== text) {
    const reason = row.origin === 'explicit' ? 'row-overwritten' : 'replaces-seeded';
    return { row: 'replace', reason, desired: desired(false) };
  }
  if (hasOrigin && row.origin !== 'explicit')
    return { row: 'replace', reason: 'becomes-explicit', desired: desired(true) };
  if (key.secret && encrypts && !row.encrypted) {
    return { row: 'replace', reason: 'secret-encrypted', desired: desired(true) };
  }
  return { row: 'unchanged', reason: 'already-stored', desired: undefined };
}

function actionOf(statement: Statement, row: PlanEntry['row'], stays: boolean): PlanAction {
  if (statement.renamed) return 'renamed';
  if (stays) return 'stays';
  return row === 'unchanged' ? 'same' : 'moves';
}

/**
 * Decides about one statement: into the database, already there, in conflict with a row that somebody set, or
 * overridden by a variable. Conflicts and shadows without a choice leave everything as it is; the plan stops there.
 */
export function decide(statement: Statement, context: DecisionContext): Decision {
  const { key } = statement;
  const { options } = context;
  const stored = context.rows.get(key.key);
  // Servers read a row without a value as not set.
  const row = stored?.text === '' ? undefined : stored;
  const explicit = row?.origin === 'explicit';
  const entry = (
    fields: Pick<PlanEntry, 'action' | 'file' | 'row' | 'reason'>,
    text = statement.text,
  ): PlanEntry => ({
    path: nameOf(statement),
    position: positionOf(statement),
    key: key.key,
    value: show(text, key.secret),
    current: row && row.text !== text ? show(row.text, key.secret) : undefined,
    secret: key.secret,
    ...fields,
  });

  const overriding = overridingVariable(statement, context);
  // What the variable says was chosen over the file, and is stored: by a run before, say, that did not get to its end.
  const chosenBefore =
    explicit &&
    options.shadowed === 'env' &&
    overriding !== undefined &&
    row.text === context.environment.values.get(key.key)?.text;
  const conflict = explicit && row.text !== statement.text && !chosenBefore;
  if (conflict && options.onConflict !== 'overwrite') {
    const kept = options.onConflict === 'keep';
    return {
      statement,
      entry: entry({
        action: 'conflict',
        file: kept && stayReason(statement, options) === undefined ? 'cut' : 'kept',
        row: 'unchanged',
        reason: kept ? 'row-kept' : 'explicit-differs',
      }),
      row: undefined,
      chosen: kept ? row.text : undefined,
      shadow: undefined,
    };
  }

  // A row that somebody set outranks variables, so nothing shadows a file that agrees with it.
  const variable = explicit && !conflict && !chosenBefore ? undefined : overriding;
  const position = positionOf(statement);
  const shadow: Shadow | undefined =
    variable === undefined || !position
      ? undefined
      : { path: nameOf(statement), key: key.key, position, variable, choice: options.shadowed };
  const fromVariable = shadow !== undefined && options.shadowed === 'env';
  const text = fromVariable ? context.environment.values.get(key.key)?.text : statement.text;
  if (text === undefined || text === '' || !isStorable(key, text)) {
    // The provider that the variables define has no such field: there is nothing to store, so the file keeps it.
    const reason = text === undefined || text === '' ? 'variable-provider' : 'not-storable';
    return {
      statement,
      entry: entry({ action: 'stays', file: 'kept', row: undefined, reason }),
      row: undefined,
      chosen: undefined,
      shadow,
    };
  }
  const change = rowChange(key, text, row, context);
  const stays = stayReason(statement, options);
  return {
    statement,
    entry: entry(
      {
        action: conflict ? 'conflict' : actionOf(statement, change.row, stays !== undefined),
        file: stays === undefined && statement.leaves.length > 0 ? 'cut' : 'kept',
        row: change.row,
        reason: fromVariable ? 'variable-wins' : (stays ?? change.reason),
      },
      text,
    ),
    row: change.desired,
    chosen: conflict || statement.renamed || shadow ? text : undefined,
    shadow,
  };
}
