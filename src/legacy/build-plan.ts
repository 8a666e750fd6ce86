import { readLeaves } from '../config/leaves.js';
import type { YamlPath } from '../config/yaml/node.js';
import type { YamlDocument } from '../config/yaml/parse.js';
import { comparePositions, ToolError, type Diagnostic } from '../errors/index.js';
import type { EffectiveInputs } from '../settings/effective.js';
import { blockersOf } from './blockers.js';
import { decide, type Decision, type DecisionContext, type DesiredRow } from './decide.js';
import { derivedRows } from './derived-rows.js';
import { hiddenRows, type HiddenRow } from './hidden-rows.js';
import { keepDisputed, keepLeaves, keepPartialProviders } from './kept-leaves.js';
import { layersAfter, layersBefore, rowsAfter } from './layers.js';
import { planNotes } from './notes.js';
import type { ImportPlan, PlanOptions } from './plan.js';
import { derivedEntry, hiddenEntry, remarkEntry, renameEntries, statementEntries } from './plan-entries.js';
import type { PlanInputs } from './plan-inputs.js';
import { prove, type Proof } from './proof.js';
import { rewriteFile, type Rewrite } from './rewrite.js';
import { rowWrites } from './row-writes.js';
import type { FileRename } from './statement.js';
import { withoutSuperseded } from './superseded.js';

function rewriteOrFindings(
  document: YamlDocument,
  cuts: readonly YamlPath[],
  renames: readonly FileRename[],
): { rewrite: Rewrite | undefined; findings: readonly Diagnostic[] } {
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
  hidden: readonly HiddenRow[],
  options: PlanOptions,
): Map<string, string> {
  const chosen = new Map<string, string>();
  for (const { statement, chosen: text } of decisions)
    if (text !== undefined) chosen.set(statement.key.key, text);
  for (const { key, text } of renames) chosen.set(key.key, text);
  for (const { key, text } of derived) chosen.set(key.key, text);
  if (options.onConflict === 'keep') for (const { key, text } of hidden) chosen.set(key.key, text);
  return chosen;
}

export interface BuiltPlan {
  readonly plan: ImportPlan;
  /** Compares the configuration before with the one made of the new file and the given rows. */
  readonly proveWith: (newBytes: Uint8Array | undefined, rows: EffectiveInputs['rows']) => Proof;
}

/** Decides everything about an import from what was read. Pure but for the random part of encrypted values. */
export function buildPlan(read: PlanInputs): BuiltPlan {
  const { statements, remarks } = withoutSuperseded(read.statements, read.rows);
  const inputs: PlanInputs = { ...read, statements, remarks: [...read.remarks, ...remarks] };
  const { options, rows, document } = inputs;
  const leaves = document ? readLeaves(document.root) : [];
  const context: DecisionContext = {
    options,
    environment: inputs.environment,
    rows,
    unreadable: inputs.unreadable,
    encrypts: inputs.cipher.canEncrypt,
    hasOrigin: inputs.table.hasOrigin,
  };
  const decided = inputs.statements.map((statement) => decide(statement, context));
  const marked = inputs.table.exists && !inputs.table.hasOrigin ? keepDisputed(decided) : decided;
  const whole = options.server === '1.8' ? keepPartialProviders(marked, leaves) : marked;
  const rewrites = options.rewrites ?? true;
  const decisions = rewrites ? whole : keepLeaves(whole);
  const renames = rewrites ? inputs.renames : [];
  const hidden = options.server === '1.8' ? hiddenRows(decisions, rows, inputs.environment) : [];
  const stated = decisions.flatMap((d) => d.row ?? []);
  const derived = derivedRows(stated, inputs.statements, rows);
  const desired = [...stated, ...derived];
  const deletes = options.onConflict === 'overwrite' ? hidden.map(({ key }) => key.key) : [];
  const writes = rowWrites(desired, rows, inputs.cipher, inputs.now);

  const cuts = decisions
    .filter(({ entry }) => entry.file === 'cut')
    .flatMap(({ statement }) => statement.leaves.map((leaf) => leaf.path));
  const { rewrite, findings } = document
    ? rewriteOrFindings(document, cuts, renames)
    : { rewrite: undefined, findings: [] };

  const before = layersBefore(inputs);
  const chosen = chosenValues(decisions, renames, derived, hidden, options);
  const proveWith: BuiltPlan['proveWith'] = (newBytes, after) =>
    prove(before, layersAfter(inputs, newBytes, after), chosen);
  const shadows = decisions.flatMap((d) => d.shadow ?? []);
  const entries = [
    ...decisions.flatMap(statementEntries),
    ...hidden.map((row) => hiddenEntry(row, options)),
    ...inputs.remarks.map(remarkEntry),
    ...inputs.renames.flatMap((rename) => renameEntries(rename, rewrites)),
  ].sort((a, b) => comparePositions(a.position, b.position) || (a.path < b.path ? -1 : 1));
  const undecided = entries.some((e) => e.reason === 'explicit-differs') || shadows.some((s) => !s.choice);
  const proof =
    findings.length > 0 || undecided
      ? undefined
      : proveWith(rewrite?.bytes, rowsAfter(rows, desired, deletes, inputs.table.hasOrigin));
  const plan: ImportPlan = {
    source: document ? 'file' : 'environment',
    options,
    entries: [...entries, ...derived.map((row) => derivedEntry(row, rows.get(row.key.key)))],
    shadows,
    blockers: [
      ...findings,
      ...blockersOf({ inputs, entries, shadows, desired, writes: writes.findings, proof }),
    ],
    notes: planNotes(inputs, entries),
    writes: writes.rows,
    deletes,
    rewrite,
    proof,
  };
  return { plan, proveWith };
}
