import { isHidden } from '../redact/index.js';
import { isStorable } from '../config/checks.js';
import { circumstancesOf, server18ReadsOf } from '../config/precedence.js';
import type { SettingKey } from '../config/setting-key.js';
import { overriddenBy, type Overriding } from '../config/written.js';
import type { DecodedRow } from '../settings/decode.js';
import { effectiveSetting, isSameUse, type EffectiveInputs } from '../settings/effective.js';
import type { PlanAction, PlanEntry, PlanOptions, Shadow } from './plan.js';
import type { PlanReason } from './reasons.js';
import { isMissedWithout } from './removal.js';
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
  /** File, environment and rows as they are, by which it is known what a server uses now. */
  readonly layers: EffectiveInputs;
  readonly rows: ReadonlyMap<string, DecodedRow>;
  /** Keys of rows that cannot be decrypted; they get here only when the file is to replace them. */
  readonly unreadable: ReadonlySet<string>;
  /** True when secrets at rest are to be encrypted. */
  readonly encrypts: boolean;
  /** False for a value that no row may hold: a secret without a key, or what is too long once it is encrypted. */
  readonly mayStore: (key: SettingKey, text: string) => boolean;
  /** False in a table of a server before 1.8.22, where nothing can be marked as somebody's choice. */
  readonly hasOrigin: boolean;
}

/** What keeps the server from using the file's value. A variable that says the same takes nothing away. */
function overridingOf(statement: Statement, { layers }: DecisionContext): Overriding | undefined {
  if (statement.variable !== undefined) return undefined;
  const overriding = overriddenBy(statement.key, layers);
  return overriding?.value?.text === statement.text ? undefined : overriding;
}

/** Keys that are stored and yet must stay in the file: the server reads them there. */
function stayReason(statement: Statement, context: DecisionContext): PlanReason | undefined {
  const { options, layers } = context;
  const { key } = statement;
  if (key.setting?.alsoStored) return 'also-stored';
  if (options.server !== '1.8' || server18ReadsOf(key) !== 'file') return undefined;
  if (statement.renamed) return 'server-reads-new-name';
  // A provider stays whole; so does what the server would miss, and what it would miss without a variable that says otherwise.
  const isNeeded =
    key.provider || isMissedWithout(key, layers) || overridingOf(statement, context) !== undefined;
  return isNeeded ? 'server-reads-file' : undefined;
}

/**
 * Server 1.8 never takes from its file what has another name in the database, or none in the file: stored, it takes effect
 * for the first time.
 * @returns what the server uses until then; undefined when nothing changes
 */
function usedUntilStored(
  { key, renamed }: Statement,
  text: string,
  { options, layers }: DecisionContext,
): { readonly text: string } | undefined {
  if (options.server !== '1.8' || renamed) return undefined;
  if (circumstancesOf(key, '1.8', layers).file === 'own-name') return undefined;
  const used = effectiveSetting(key, layers).text;
  return isSameUse(key, used, text) ? undefined : { text: used ?? '' };
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

/** What is decided of an entry of the plan; the rest follows from statement and row. */
type Decided = Pick<PlanEntry, 'action' | 'file' | 'row' | 'reason' | 'used'>;

function entryOf(
  statement: Statement,
  row: DecodedRow | undefined,
  decided: Decided,
  text = statement.text,
): PlanEntry {
  const { key } = statement;
  return {
    path: nameOf(statement),
    position: positionOf(statement),
    key: key.key,
    value: show(text, isHidden(key)),
    current: row && row.text !== text ? show(row.text, isHidden(key)) : undefined,
    secret: key.secret,
    ...decided,
  };
}

/** The row says something else, which somebody set: it is kept, or waits for a choice. */
function inConflict(statement: Statement, row: DecodedRow, context: DecisionContext): Decision {
  const kept = context.options.onConflict === 'keep';
  const leaves = kept && stayReason(statement, context) === undefined;
  const entry = entryOf(statement, row, {
    action: 'conflict',
    file: leaves ? 'cut' : 'kept',
    row: 'unchanged',
    reason: kept ? 'row-kept' : 'explicit-differs',
  });
  return { statement, entry, row: undefined, chosen: kept ? row.text : undefined, shadow: undefined };
}

/** Why what the statement says, or its variable, is not stored; undefined when it is. */
function notStoredReason(
  { key }: Statement,
  text: string,
  stays: PlanReason | undefined,
  desired: DesiredRow | undefined,
  { mayStore }: DecisionContext,
): Decided | undefined {
  // The provider that the variables define has no such field: it is that entry which is stored.
  if (text === '') {
    return { action: 'removed', file: 'cut', row: undefined, reason: 'variable-provider' };
  }
  if (!isStorable(key, text))
    return { action: 'stays', file: 'kept', row: undefined, reason: 'not-storable' };
  if (stays !== 'server-reads-file' || !desired || mayStore(key, text)) return undefined;
  return { action: 'stays', file: 'kept', row: undefined, reason: 'not-stored' };
}

function shadowOf(
  statement: Statement,
  variable: string | undefined,
  choice: Shadow['choice'],
): Shadow | undefined {
  const position = positionOf(statement);
  if (variable === undefined || !position) return undefined;
  return { path: nameOf(statement), key: statement.key.key, position, variable, choice };
}

/** What speaks against a statement: a row that somebody set, and a variable that overrides the file. */
interface Rivals {
  readonly row: DecodedRow | undefined;
  /** True when the row says something else, which somebody set. */
  readonly conflict: boolean;
  readonly overriding: Overriding | undefined;
}

function rivalsOf(statement: Statement, context: DecisionContext): Rivals {
  const stored = context.rows.get(statement.key.key);
  // Servers read a row without a value as not set.
  const row = stored?.text === '' ? undefined : stored;
  const overriding = overridingOf(statement, context);
  if (row?.origin !== 'explicit') return { row, conflict: false, overriding };
  // What the variable says was chosen over the file, and is stored: by a run before, say, that did not get to its end.
  const chosenBefore = context.options.shadowed === 'env' && row.text === overriding?.value?.text;
  if (chosenBefore) return { row, conflict: false, overriding };
  const conflict = row.text !== statement.text;
  // A row that somebody set outranks variables, so nothing shadows a file that agrees with it.
  return { row, conflict, overriding: conflict ? overriding : undefined };
}

/** The value that is to be in the row, and what it replaces. */
interface Stored extends Rivals {
  readonly text: string;
  readonly shadow: Shadow | undefined;
  readonly fromVariable: boolean;
  readonly stays: PlanReason | undefined;
  readonly change: RowChange;
}

function usedNow({ key }: Statement, until: { readonly text: string } | undefined): Pick<Decided, 'used'> {
  return until ? { used: show(until.text, key.secret) ?? '' } : {};
}

/** The value has a row: one that is there, or one that is written. */
function inRow(statement: Statement, stored: Stored, context: DecisionContext): Decision {
  const { row, conflict, overriding, text, shadow, fromVariable, stays, change } = stored;
  const until = overriding ? undefined : usedUntilStored(statement, text, context);
  const isCut = stays === undefined && statement.leaves.length > 0;
  const variableWins = fromVariable || statement.instead !== undefined;
  const isChosen = conflict || statement.renamed || variableWins || shadow !== undefined;
  const decided: Decided = {
    action: conflict ? 'conflict' : actionOf(statement, change.row, stays !== undefined),
    file: isCut ? 'cut' : 'kept',
    row: change.row,
    reason: variableWins ? 'variable-wins' : (stays ?? (until ? 'takes-effect' : change.reason)),
    ...usedNow(statement, until),
  };
  return {
    statement,
    entry: entryOf(statement, row, decided, text),
    row: change.desired,
    chosen: isChosen || until ? text : undefined,
    shadow,
  };
}

/**
 * Decides about one statement: into the database, already there, in conflict with a row that somebody set, or
 * overridden by a variable. Conflicts and shadows without a choice leave everything as it is; the plan stops there.
 */
export function decide(statement: Statement, context: DecisionContext): Decision {
  const { onConflict, shadowed } = context.options;
  const rivals = rivalsOf(statement, context);
  const { row, conflict, overriding } = rivals;
  if (row && conflict && onConflict !== 'overwrite') return inConflict(statement, row, context);

  const shadow = shadowOf(statement, overriding?.variable, shadowed);
  const fromVariable = shadow !== undefined && shadowed === 'env';
  const text = (fromVariable ? overriding?.value?.text : statement.text) ?? '';
  const stays = stayReason(statement, context);
  const change = rowChange(statement.key, text, row, context);
  const notStored = notStoredReason(statement, text, stays, change.desired, context);
  if (notStored) {
    const entry = entryOf(statement, row, notStored);
    return { statement, entry, row: undefined, chosen: undefined, shadow };
  }
  return inRow(statement, { ...rivals, text, shadow, fromVariable, stays, change }, context);
}
