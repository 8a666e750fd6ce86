import { prepareAttributes } from '../src/config/files/attributes.js';
import { exitCodes, ToolError } from '../src/errors/index.js';
import { applyImport, type ImportResult, type ImportStep } from '../src/legacy/apply.js';
import { blockerError, planImportInTurns, type PlannedImport } from '../src/legacy/plan-import.js';
import { idleSecretNotes } from '../src/legacy/idle-secrets.js';
import { formerVariableNotes } from '../src/legacy/notes.js';
import { allStops, readinessOf } from '../src/legacy/readiness.js';
import type { RewriteTarget } from '../src/legacy/target.js';
import { planDigest } from '../src/legacy/plan-digest.js';
import { isEmptyPlan, type ImportPlan } from '../src/legacy/plan.js';
import { overridingPartsOf } from '../src/legacy/older-address.js';
import { passedOverNotes } from '../src/legacy/variable-notes.js';
import type { Database } from '../src/database/index.js';
import type { CacheOutcome } from '../src/settings/cache.js';
import { hasGoServerRun } from '../src/settings/go-server.js';
import { readSettings, type SettingsTable } from '../src/settings/store.js';
import { isGuess, type WhichServer } from '../src/settings/which-server.js';
import { buildInfo } from '../src/version.js';
import { confirm, isAsked } from './confirm.js';
import { checkImportOptions } from './import-legacy-check.js';
import type { ImportLegacyOptions } from './import-legacy-options.js';
import { Context, type LoadedFile } from './context.js';
import type { Io } from './io.js';
import { loadInput, openImport, targetOf, type Opened } from './import-legacy-open.js';
import { attributesFor, withFurtherStops } from './import-legacy-readiness.js';
import { emptyTargetNotes, type ChosenTarget } from './import-legacy-target.js';
import { withServerEnvironment, type SeenEnvironment } from './server-environment.js';
import { Reporter } from './output/reporter.js';
import { escapeControls } from './output/escape.js';
import { leaveStamp } from './production-stamp.js';
import { clearServerCaches } from './server-cache.js';
import { whichServer } from './server-choice.js';
import { earlierNote, importJson, importText, planDiff, planText } from './output/import-legacy.js';

/** @throws ToolError `legacy/plan-changed` when the plan is not the one that was reviewed */
function assertReviewed({ ifPlan }: ImportLegacyOptions, digest: string): void {
  if (ifPlan === undefined || ifPlan === digest) return;
  throw new ToolError(
    'legacy/plan-changed',
    `The plan is ${digest}, and --if-plan names ${ifPlan}: file, rows, variables, model or answers differ from what was reviewed`,
    { hint: 'Nothing was written. Review it again: the same command with --dry-run.' },
  );
}

/** Asks once on a terminal. Elsewhere the plan goes ahead: it has stopped by itself where a choice was needed. */
async function agree(options: ImportLegacyOptions, io: Io, describe: string): Promise<void> {
  if (await confirm(`Import into ${describe}?`, options, io)) return;
  throw new ToolError('legacy/declined', 'Not imported; nothing was written');
}

/** What the operator should know before anything is written, whatever else is to be quiet. */
function notice(text: string, io: Io, { quiet }: ImportLegacyOptions): void {
  if (!quiet) io.stderr.write(`warning: ${escapeControls(text)}\n`);
}

/** What became of the caches of running servers; undefined when no row changed. */
async function clearCaches(context: Context, keys: readonly string[]): Promise<CacheOutcome | undefined> {
  return keys.length === 0 ? undefined : clearServerCaches(context, keys);
}

interface Outcome {
  readonly plan: ImportPlan;
  readonly digest: string;
  /** True when a person is asked about it. */
  readonly asks: boolean;
  readonly diff: string;
  readonly notes: readonly string[];
  readonly chosen: ChosenTarget;
  readonly seen: SeenEnvironment;
  readonly result: ImportResult | undefined;
}

/** A plan, with the rows it was made from. */
interface Planned {
  readonly built: PlannedImport;
  readonly table: SettingsTable;
  readonly digest: string;
}

interface Review {
  readonly outcome: Outcome;
  /** What stops the plan, all of it in one. */
  readonly blocked: ToolError | undefined;
}

/** Plans, and carries the plan out unless it is a dry run or something stops it. */
class ImportRun {
  readonly #reporter: Reporter;

  constructor(
    readonly options: ImportLegacyOptions,
    readonly io: Io,
    readonly context: Context,
    readonly input: LoadedFile | undefined,
    private readonly seen: SeenEnvironment,
  ) {
    this.#reporter = new Reporter(io, options);
  }

  async run(): Promise<number> {
    const { options, context } = this;
    const target = await targetOf(options, context);
    if (this.input && target.kind === 'in-place' && options.dropAttributes !== true) prepareAttributes();
    const opened = await openImport(this, target);
    const planned = await this.#plan(target, opened);
    assertReviewed(options, planned.digest);
    const { outcome, blocked } = await this.#review(target, opened, planned);
    const database = opened.database.describe();
    if (blocked && !options.json) throw blocked;
    if (blocked ?? options.dryRun) {
      if (options.json) this.io.stdout.write(importJson(outcome, database, blocked));
      return blocked ? blocked.exitCode : exitCodes.done.code;
    }
    if (!isEmptyPlan(outcome.plan)) await agree(options, this.io, database);
    await this.#tell(outcome, opened, await this.#carryOut(target, opened, planned));
    return exitCodes.done.code;
  }

  /** Reads the rows, finds out which server will read them, and plans. A dry run says what else would stop it. */
  async #plan(target: RewriteTarget, opened: Opened): Promise<Planned> {
    const { options, io, input } = this;
    const { source, cipher, database, stops, circumstances } = opened;
    const { production } = circumstances;
    this.#reporter.step(`reading settings of ${database.describe()}`);
    // A person may think about the plan for longer than a session stays.
    if (!options.dryRun && !isAsked(options, io)) database.prepareLock();
    const early = (error: unknown, found?: SettingsTable): Promise<never> => {
      if (!options.dryRun) throw error;
      return withFurtherStops(error, { ...circumstances, database, cipher, table: found }, stops);
    };
    const table = await readSettings(database).catch(early);
    const planFor = ({ model, reason }: WhichServer): Promise<PlannedImport> =>
      planImportInTurns({
        source,
        options: {
          server: model,
          serverReason: reason,
          onConflict: options.onConflict,
          shadowed: options.shadowed,
          rewrites: target.kind !== 'none',
          allowPlaintextSecrets: options.allowPlaintextSecrets ?? false,
        },
        table,
        cipher,
        capabilities: database.capabilities,
        production,
        now: io.now(),
      });
    const built = await whichServer(options, io, input?.document, database, table)
      .then((server) => this.#settleGuess(server, planFor))
      .catch((error: unknown) => early(error, table));
    const digest = planDigest({
      source,
      fileBytes: input?.file.bytes,
      options: built.plan.options,
      table,
      target: database.target,
      production,
      encrypts: cipher.canEncrypt,
      rewrite: target.kind === 'output' ? target.path : target.kind,
    });
    return { built, table, digest };
  }

  /** Shows the plan, and finds what stops it. */
  async #review(target: RewriteTarget, opened: Opened, planned: Planned): Promise<Review> {
    const { options, io, input } = this;
    const { cipher, database, found, stops, circumstances } = opened;
    const { table, digest } = planned;
    const { plan } = planned.built;
    const dryRun = options.dryRun ?? false;
    const attributes = await attributesFor(plan, target, input?.file, options.dropAttributes);
    const chosen = { ...found, notes: [...found.notes, ...attributes.notes] };
    const empty = await emptyTargetNotes(database, table);
    const ready = dryRun
      ? await readinessOf({ ...circumstances, database, cipher, plan, table })
      : { stops: [], notes: [] };
    // Who is asked has seen what the answer is about, also with --quiet.
    const asks = !dryRun && isAsked(options, io);
    const outcome: Outcome = {
      plan,
      digest,
      asks,
      diff: input && (dryRun || options.json || asks) ? planDiff(input.document, plan) : '',
      notes: await this.#notes(plan, [...chosen.notes, ...empty, ...ready.notes]),
      chosen,
      seen: this.seen,
      result: undefined,
    };
    const idle = dryRun && isEmptyPlan(plan) && target.kind !== 'output';
    await this.#showPlan(outcome, database.describe(), idle);
    return {
      outcome,
      blocked: allStops([...stops, blockerError(plan), ...attributes.stops, ...ready.stops]),
    };
  }

  async #carryOut(target: RewriteTarget, opened: Opened, planned: Planned): Promise<ImportResult> {
    const { options, io, context, input, seen } = this;
    const { cipher, database, circumstances } = opened;
    const result = await applyImport({
      built: planned.built,
      database,
      table: planned.table,
      rows: planned.built.rows,
      cipher,
      file: input?.file,
      target,
      sidecars: circumstances.sidecars,
      uid: io.uid,
      tool: `tmi-dbtool ${buildInfo.version}`,
      environment: { from: seen.from, name: seen.name ?? null, variables: seen.variables },
      now: io.now(),
      signal: io.signal,
      keepsReceipt: options.backup !== false,
      dropsAttributes: options.dropAttributes ?? false,
      onNotice: (text) => notice(text, io, options),
      onStep: (step: ImportStep) => this.#reporter.step(step),
    });
    if (result.changed.length > 0 && (await context.isProduction())) await leaveStamp(database, io, options);
    if (result.earlier.length > 0) earlierNote(result, io, options, input?.file.name);
    return result;
  }

  /** Clears the caches of running servers, and says what was done. */
  async #tell(outcome: Outcome, { database, circumstances }: Opened, result: ImportResult): Promise<void> {
    const { options, io, context, input } = this;
    const { plan, chosen } = outcome;
    const cache = await clearCaches(context, result.changed);
    if (options.json) {
      io.stdout.write(importJson({ ...outcome, result, cache }, database.describe(), undefined));
      return;
    }
    const goServer = await this.#goServerHasRun(plan, database, circumstances.asksServer);
    await importText({ plan, result, cache, chosen, goServer, file: input?.file.name }, io, options);
  }

  /** Where nothing says which server will read the rest of the file, and it matters, a person at the terminal is asked. */
  async #settleGuess(
    found: WhichServer,
    planFor: (server: WhichServer) => Promise<PlannedImport>,
  ): Promise<PlannedImport> {
    const { options, io } = this;
    const planned = await planFor(found);
    const asks = io.canPrompt && !options.yes && !options.nonInteractive && !options.dryRun && !options.json;
    const matters = (): boolean => (planned.plan.other?.differences.length ?? 0) > 0;
    if (!asks || !isGuess(found) || !matters()) return planned;
    const question = 'Nothing in the database says which server reads it. Is it a Go server 1.8? [y/N] ';
    const answer = await io.prompt(question);
    if (!/^y(es)?$/i.test(answer.trim())) return planFor({ model: 'documented', reason: 'answer' });
    return planFor({ model: '1.8', reason: 'answer' });
  }

  /** Asks the database again only where somebody named the server, since the plan stands on its answer otherwise. */
  async #goServerHasRun(plan: ImportPlan, database: Database, asksServer: boolean): Promise<boolean> {
    if (plan.options.serverReason === 'go-server') return true;
    if (asksServer) return false;
    // The rows are stored: that it cannot be told which servers run is no trouble any more.
    return hasGoServerRun(database).catch(() => false);
  }

  async #notes(plan: ImportPlan, target: readonly string[]): Promise<string[]> {
    const { options, io, context, input } = this;
    const provider = (await context.bootstrapValue('secrets.provider'))?.text ?? 'env';
    return [
      ...target,
      ...plan.notes,
      ...(input ? idleSecretNotes(input.document, provider) : []),
      ...this.seen.notes,
      ...formerVariableNotes(Object.keys(io.env).sort()),
      ...(options.fromEnv ? passedOverNotes(io.env) : []),
    ];
  }

  async #showPlan(
    { plan, digest, asks, diff, notes, chosen, seen }: Outcome,
    database: string,
    idle: boolean,
  ): Promise<void> {
    const { options, io, input } = this;
    if (options.json) return;
    await planText(
      {
        plan,
        digest: options.dryRun ? digest : undefined,
        asks: asks && !isEmptyPlan(plan),
        diff: options.dryRun || asks ? diff : '',
        notes,
        chosen,
        seen,
        database,
        file: input?.file.name,
        idle,
      },
      io,
      options,
    );
  }
}

/**
 * Runs `import-legacy`: plan, then lock, backup, one transaction, rewrite and proof; or `--undo`.
 * @returns 0 when imported, planned or undone; errors carry their own exit codes
 */
export async function runImportLegacy(options: ImportLegacyOptions, own: Io): Promise<number> {
  checkImportOptions(options);
  const { io, seen } = await withServerEnvironment(options, own);
  if (options.undo !== undefined) {
    const { runUndo } = await import('./import-legacy-undo.js');
    return runUndo(options.undo, options, io);
  }
  const loaded = await loadInput(options, io);
  const over = options.shadowed === 'env' ? overridingPartsOf(io.env) : undefined;
  const input = loaded && over ? { ...loaded, over } : loaded;
  const context = new Context(io, options, input);
  try {
    return await new ImportRun(options, io, context, input, seen).run();
  } finally {
    await context.close();
  }
}
