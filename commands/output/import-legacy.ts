import type { YamlDocument } from '../../src/config/yaml/parse.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import type { ToolError } from '../../src/errors/index.js';
import type { ImportResult } from '../../src/legacy/apply.js';
import { maskedDiff } from '../../src/legacy/masked-diff.js';
import { countActions, type ImportPlan } from '../../src/legacy/plan.js';
import { inUse } from '../../src/legacy/show.js';
import { variablesAfterwards } from '../../src/legacy/notes.js';
import type { CacheOutcome } from '../../src/settings/cache.js';
import type { ImportLegacyOptions } from '../import-legacy-options.js';
import type { ChosenTarget } from '../import-legacy-target.js';
import type { Io } from '../io.js';
import { environmentLine, type SeenEnvironment } from '../server-environment.js';
import { cacheText } from '../server-cache.js';
import { undoCommand, type TargetOptions } from './again.js';
import { escapeControls, escapeLines } from './escape.js';
import { guessText, otherServerText, serverText } from './import-servers.js';
import { jsonDocument } from './json.js';
import { flatPlanTable, groupedPlanTable } from './plan-table.js';
import { runningServersText } from './running-servers.js';
import { styleFor, type Style } from './style.js';

const NOTHING = 'Nothing to do.';

interface PlanView {
  readonly plan: ImportPlan;
  /** The diff to show; empty to show none. */
  readonly diff: string;
  readonly notes: readonly string[];
  readonly chosen: ChosenTarget;
  readonly seen: SeenEnvironment;
  /** To give to --if-plan; undefined where nobody will. */
  readonly digest: string | undefined;
  /** True when a person is asked about it, who has to see it also with `--quiet`. */
  readonly asks: boolean;
  readonly database: string;
  readonly file: string | undefined;
  /** True when nothing comes of it, and nothing further will say so. */
  readonly idle: boolean;
}

/** What an import did, and what became of the caches of running servers. */
interface ImportView {
  readonly plan: ImportPlan;
  readonly result: ImportResult;
  readonly cache: CacheOutcome | undefined;
  readonly chosen: ChosenTarget;
  /** True when a Go server has run in the database. */
  readonly goServer: boolean;
  /** The file as the user named it. */
  readonly file: string | undefined;
}

/** Unified diff of the rewrite, with secrets masked; empty when the file stays as it is. */
export function planDiff(document: YamlDocument, plan: ImportPlan): string {
  if (!plan.rewrite) return '';
  return maskedDiff(document, parseYaml(plan.rewrite.bytes, document.file), document.file);
}

function paintDiff(diff: string, style: Style): string {
  return escapeLines(diff)
    .split('\n')
    .map((line) =>
      line.startsWith('+') ? style.added(line) : line.startsWith('-') ? style.removed(line) : line,
    )
    .join('\n');
}

function countsText(plan: ImportPlan): string {
  const counts = Object.entries(countActions(plan)).filter(([, count]) => count > 0);
  return counts.map(([action, count]) => `${count} ${action}`).join(', ');
}

function proofText(
  { proof }: Pick<ImportPlan, 'proof'>,
  { neededVariable }: ChosenTarget,
  seen: SeenEnvironment,
  style: Style,
): string[] {
  if (!proof || proof.differences.length > 0) return [];
  const condition =
    neededVariable === undefined ? '' : `, for a server that is started with the same ${neededVariable}`;
  const blind =
    seen.variables === 0 ? ', without a variable of a server: one that the server has may outrank them' : '';
  const lines = [
    style.good(`proof: ${proof.compared} settings compared, no unwanted difference${condition}${blind}`),
  ];
  for (const { key, before, after } of proof.chosen) {
    const change = `${key}: ${inUse(before)} -> ${inUse(after)}`;
    lines.push(`  ${escapeControls(change)} (chosen, or by today's name)`);
  }
  return lines;
}

/** The plan as a table with line numbers, then what the operator should know, and the diff when it is asked for. */
export async function planText(view: PlanView, io: Io, options: ImportLegacyOptions): Promise<void> {
  if (options.quiet && !view.asks) return;
  const { plan, diff, notes } = view;
  const style = await styleFor(io.stdout, io, options);
  const from = view.file ?? 'the environment';
  // What reads the log of the historical form knows it in one shape, also from a terminal.
  const columns = options.historical ? undefined : io.stdout.columns;
  const table =
    columns === undefined
      ? flatPlanTable(plan, style)
      : groupedPlanTable(plan, style, { columns, verbose: options.verbose ?? false });
  const lines = [style.strong(`Import of ${from} into ${view.database}`), '', table];
  if (diff !== '') lines.push(paintDiff(diff, style));
  lines.push(
    ...notes.map((note) => `note: ${escapeControls(note)}`),
    escapeControls(serverText(plan)),
    `plan: ${countsText(plan)}${view.digest === undefined ? '' : `, digest ${view.digest}`}`,
    escapeControls(environmentLine(view.seen)),
    ...proofText(plan, view.chosen, view.seen, style),
    ...otherServerText(plan),
  );
  if (view.idle && plan.blockers.length === 0) lines.push(NOTHING);
  if (options.dryRun && plan.blockers.length === 0)
    lines.push(...guessText(plan, { file: view.file, undo: undefined, options }));
  io.stdout.write(`${lines.join('\n')}\n`);
}

/** What may become of the variables that were imported. */
function variablesText(plan: ImportPlan): string[] {
  const { removable, needed, server18Only } = variablesAfterwards(plan);
  const lines: string[] = [];
  if (removable.length > 0) {
    lines.push(`may now be removed, since the stored rows outrank them: ${removable.join(', ')}`);
  }
  if (needed.length > 0) lines.push(`still needed, since the server reads them: ${needed.join(', ')}`);
  if (server18Only.length > 0) lines.push(`read only by a Go server 1.8: ${server18Only.join(', ')}`);
  return lines;
}

/** What an import does not undo: rows of runs before it that were killed, after which the file was edited, say. */
export function earlierNote(
  { earlier, receipt }: Pick<ImportResult, 'earlier' | 'receipt'>,
  io: Io,
  options: TargetOptions,
  imported: string | undefined,
): void {
  if (options.quiet) return;
  const after = receipt === undefined ? '' : ', after the undo of this one';
  for (const file of earlier) {
    const text = `an earlier import of this file was killed; its rows are in the database, and its receipt is ${file}. To take them back${after}: ${undoCommand(file, options, imported)}`;
    io.stderr.write(`note: ${escapeControls(text)}\n`);
  }
}

/** Where the backup and the receipt are, and the command that takes the import back. */
function tracesText(
  { backup, receipt, receiptId }: ImportResult,
  options: ImportLegacyOptions,
  file: string | undefined,
): { readonly kept: string[]; readonly undo: string | undefined } {
  const kept = backup === undefined ? [] : [`backup  ${backup}`];
  const named = receipt ?? receiptId;
  const undo = named === undefined ? undefined : undoCommand(named, options, file);
  if (undo !== undefined) {
    kept.push(`receipt ${named}${receipt === undefined ? ', in the database' : ''}`, `undo    ${undo}`);
  }
  return { kept: kept.map(escapeControls), undo };
}

/** What an import did, where its traces are, and what comes next. */
export async function importText(
  { plan, result, cache, chosen, goServer, file }: ImportView,
  io: Io,
  options: ImportLegacyOptions,
): Promise<void> {
  if (options.quiet) return;
  const style = await styleFor(io.stdout, io, options);
  const stored = result.rowsWritten + result.rowsDeleted;
  const { kept, undo } = tracesText(result, options, file);
  const lines = result.resumed ? ['finished what an earlier run had begun'] : [];
  if (stored > 0) {
    const removed = result.rowsDeleted > 0 ? `, removed ${result.rowsDeleted}` : '';
    lines.push(style.good(`stored ${result.rowsWritten} rows${removed}`));
  }
  if (result.rewritten !== undefined) lines.push(style.good(`rewrote ${result.rewritten}`));
  lines.push(...kept);
  if (cache) lines.push(escapeControls(cacheText(cache)));
  if (stored > 0) lines.push(...variablesText(plan));
  if (stored > 0 || result.rewritten !== undefined) {
    // Said again at the end: who overlooks it starts a server that sees nothing of this.
    lines.push(...chosen.notes.map((note) => escapeControls(`note: ${note}`)));
    lines.push(...runningServersText(plan, cache, goServer));
    lines.push(...guessText(plan, { file, undo, options }));
  } else if (!result.resumed) lines.push(NOTHING);
  if (lines.length > 0) io.stdout.write(`${lines.join('\n')}\n`);
}

/** The same as data: see docs/json-output.md. */
export function importJson(
  outcome: {
    readonly plan: ImportPlan;
    readonly digest: string;
    readonly diff: string;
    readonly notes: readonly string[];
    readonly seen: SeenEnvironment;
    readonly result: ImportResult | undefined;
    readonly cache?: CacheOutcome | undefined;
  },
  database: string,
  error: ToolError | undefined,
): string {
  const { plan, diff, notes, seen, result, cache } = outcome;
  return jsonDocument('import-legacy', {
    database,
    source: plan.source,
    server: plan.options.server,
    environment: { from: seen.from, name: seen.name ?? null, variables: seen.variables },
    serverReason: plan.options.serverReason ?? null,
    otherServer: plan.other ?? null,
    counts: countActions(plan),
    digest: outcome.digest,
    entries: plan.entries,
    shadows: plan.shadows,
    notes,
    diff,
    proof: result?.proof ?? plan.proof ?? null,
    result: result ?? null,
    cache: cache ?? null,
    error: error ?? null,
  });
}
