import { readLeaves } from '../config/leaves.js';
import type { YamlPath } from '../config/yaml/node.js';
import type { YamlDocument } from '../config/yaml/parse.js';
import { comparePositions, ToolError, type Diagnostic } from '../errors/index.js';
import type { EffectiveInputs } from '../settings/effective.js';
import { blockersOf } from './blockers.js';
import { decide, type Decision, type DecisionContext, type DesiredRow } from './decide.js';
import { derivedRows } from './derived-rows.js';
import { settleEmptyLeaves, withoutSilentLists } from './empty-leaves.js';
import { keepDisputed, keepLeaves, removedLeaves } from './kept-leaves.js';
import { fileAfter, layersAfter, layersBefore, rowsAfter } from './layers.js';
import { settleNeverRead } from './never-read.js';
import { planNotes } from './notes.js';
import { unheardVariables } from './older-findings.js';
import { settleOlderVariables } from './older-shadows.js';
import type { ImportPlan, OtherModel, PlanEntry, Shadow } from './plan.js';
import { hiddenEntry, remarkEntry, rowEntry, renameEntries, statementEntries } from './plan-entries.js';
import type { PlanInputs } from './plan-inputs.js';
import { prove, type Proof } from './proof.js';
import { settleProviders, type SettledProviders } from './provider-entries.js';
import { rewriteFile, type Rewrite } from './rewrite.js';
import { mayStore, rowWrites } from './row-writes.js';
import type { FileRename, Remark } from './statement.js';
import { withoutSuperseded } from './superseded.js';

/** What becomes of the leaves: all of them stay in a file that is not rewritten. */
function inFile(
  { decisions, remarks }: Pick<SettledProviders, 'decisions' | 'remarks'>,
  before: EffectiveInputs,
  rewrites: boolean,
): Pick<SettledProviders, 'decisions' | 'remarks'> {
  if (!rewrites) return { decisions: keepLeaves(decisions), remarks };
  return { decisions, remarks: settleEmptyLeaves(remarks, before) };
}

/** What leaves the file. */
function cutsOf(decisions: readonly Decision[], remarks: readonly Remark[]): YamlPath[] {
  const cut = decisions.filter(({ entry }) => entry.file === 'cut');
  const leaves = [...cut.flatMap(({ statement }) => statement.leaves), ...removedLeaves(remarks)];
  return leaves.map((leaf) => leaf.path);
}

function rewriteOrFindings(
  document: YamlDocument | undefined,
  cuts: readonly YamlPath[],
  renames: readonly FileRename[],
): { rewrite: Rewrite | undefined; findings: readonly Diagnostic[] } {
  if (!document) return { rewrite: undefined, findings: [] };
  try {
    return { rewrite: rewriteFile(document, cuts, renames), findings: [] };
  } catch (error) {
    if (error instanceof ToolError && error.diagnostics.length > 0) {
      return { rewrite: undefined, findings: error.diagnostics };
    }
    throw error;
  }
}

/** The values that settings must have where the operator's choice, or a new name, changes them. */
function chosenValues(
  decisions: readonly Decision[],
  renames: readonly FileRename[],
  derived: readonly DesiredRow[],
  { chosen: kept }: Pick<SettledProviders, 'chosen'>,
): Map<string, string | undefined> {
  const chosen = new Map<string, string | undefined>(kept);
  for (const { statement, chosen: text } of decisions)
    if (text !== undefined) chosen.set(statement.key.key, text);
  for (const { key, text } of renames) chosen.set(key.key, text);
  for (const { key, text } of derived) chosen.set(key.key, text);
  return chosen;
}

/** The same comparison for a server of the other model, which nobody promised anything. */
function otherModel(
  before: EffectiveInputs,
  after: EffectiveInputs,
  chosen: ReadonlyMap<string, string | undefined>,
): OtherModel {
  const server = before.model === '1.8' ? 'documented' : '1.8';
  const { differences } = prove({ ...before, model: server }, { ...after, model: server }, chosen);
  return { server, differences };
}

/** True when the operator has a choice to make first. */
function isUndecided(entries: readonly PlanEntry[], shadows: readonly Shadow[]): boolean {
  return (
    entries.some((e) => e.reason === 'explicit-differs' || e.reason === 'row-surfaces') ||
    shadows.some((s) => !s.choice)
  );
}

export interface BuiltPlan {
  readonly plan: ImportPlan;
  /** Compares the configuration before with the one made of the new file and the given rows. */
  readonly proveWith: (newBytes: Uint8Array | undefined, rows: EffectiveInputs['rows']) => Proof;
}

/**
 * Decides everything about an import from what was read. Pure but for the random part of encrypted values. It pauses
 * where whoever asks may see to something else.
 */
export function* buildPlan(read: PlanInputs): Generator<void, BuiltPlan, void> {
  const speaking = withoutSilentLists(read);
  const leaves = read.document ? readLeaves(read.document.root) : [];
  const older = settleOlderVariables({ ...read, ...speaking }, leaves);
  const { statements, remarks } = withoutSuperseded(older.statements, read.rows);
  const before = layersBefore({ ...read, statements });
  yield;
  const { options, rows, document } = read;
  const switches = settleNeverRead(statements, before, options, document?.file);
  const inputs: PlanInputs = {
    ...read,
    statements: switches.statements,
    remarks: [...older.remarks, ...remarks, ...switches.remarks],
  };
  const context: DecisionContext = {
    options,
    layers: before,
    rows,
    unreadable: inputs.unreadable,
    encrypts: inputs.cipher.canEncrypt,
    hasOrigin: inputs.table.hasOrigin,
    mayStore: (key, text) => mayStore(key, text, inputs),
  };
  const decided = inputs.statements.map((statement) => decide(statement, context));
  yield;
  const marked = inputs.table.exists && !inputs.table.hasOrigin ? keepDisputed(decided) : decided;
  const rewrites = options.rewrites ?? true;
  // A file that stays as it is keeps its providers, and goes on to hide their rows.
  const settled = settleProviders(inputs, marked, rewrites ? leaves : []);
  const { decisions, remarks: settledRemarks } = inFile(settled, before, rewrites);
  const renames = rewrites ? inputs.renames : [];
  const { hidden, fromVariables } = settled;
  const stated = [...decisions.flatMap((d) => d.row ?? []), ...fromVariables];
  const derived = derivedRows(stated, inputs.statements, rows);
  const desired = [...stated, ...derived];
  const deletes = hidden
    .filter(({ fate }) => fate === 'overwritten' || fate === 'unchosen')
    .map(({ key }) => key.key);
  const writes = rowWrites(desired, rows, inputs.cipher, inputs.now);

  yield;
  const { rewrite, findings } = rewriteOrFindings(document, cutsOf(decisions, settledRemarks), renames);
  yield;

  const chosen = chosenValues(decisions, renames, derived, settled);
  const fileThen = fileAfter(inputs, rewrite?.bytes);
  const proveWith: BuiltPlan['proveWith'] = (newBytes, rowsNow) => {
    const file = newBytes === rewrite?.bytes ? fileThen : fileAfter(inputs, newBytes);
    return prove(before, layersAfter(inputs, file, rowsNow), chosen);
  };
  const shadows = [...decisions.flatMap((d) => d.shadow ?? []), ...older.shadows, ...inputs.addressShadows];
  const entries = [
    ...decisions.flatMap(statementEntries),
    ...hidden.map(hiddenEntry),
    ...settledRemarks.map(remarkEntry),
    ...inputs.renames.flatMap((rename) => renameEntries(rename, rewrites)),
  ].sort((a, b) => comparePositions(a.position, b.position) || (a.path < b.path ? -1 : 1));
  const unsettled = [findings, older.stuck, settled.blockers, switches.asked];
  const isSettled = !isUndecided(entries, shadows) && unsettled.every(({ length }) => length === 0);
  const after = layersAfter(inputs, fileThen, rowsAfter(rows, desired, deletes, inputs.table.hasOrigin));
  yield;
  const proof = isSettled ? prove(before, after, chosen) : undefined;
  let other: OtherModel | undefined;
  const plan: ImportPlan = {
    source: document ? 'file' : 'environment',
    options,
    entries: [
      ...entries,
      ...fromVariables.map((row) => rowEntry(row, rows.get(row.key.key), 'variable-wins')),
      ...derived.map((row) => rowEntry(row, rows.get(row.key.key), 'derived')),
    ],
    shadows,
    blockers: [
      ...findings,
      ...switches.asked,
      ...older.stuck,
      ...unheardVariables(decisions, after, options, document?.file),
      ...blockersOf({
        inputs,
        entries,
        shadows,
        desired,
        writes: writes.findings,
        stuck: settled.blockers,
        proof,
      }),
    ],
    notes: planNotes(inputs, { entries, decisions, after }),
    writes: writes.rows,
    deletes,
    rewrite,
    // Worked out for whoever shows it: a quiet run does not.
    get other() {
      return isSettled ? (other ??= otherModel(before, after, chosen)) : undefined;
    },
    proof,
  };
  return { plan, proveWith };
}
