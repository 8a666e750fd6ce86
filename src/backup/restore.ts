import { constraintText } from '../database/broken.js';
import type {
  BrokenConstraint,
  Database,
  DatabaseSession,
  SequenceFacts,
  TableFacts,
} from '../database/index.js';
import { ToolError } from '../errors/index.js';
import { LOCK_WAIT_MS, waitForLock } from '../settings/change.js';
import { systemSettings } from '../settings/table.js';
import { fitBackup, type TablePair } from './fit.js';
import { assertHistoryMayGo, historyAtRisk, type HistoryAtRisk } from './history.js';
import { circularKeys } from './order.js';
import { emptyReporting } from './empty.js';
import type { OnProgress } from './progress.js';
import { TableLoader } from './load.js';
import { compareTables } from './read-back.js';
import type { BackupKeys } from './recipients.js';
import type { ScratchNames } from './scratch-names.js';
import { selectNames, serverTables, type TableSelection } from './select-tables.js';
import { settingsIn, type BackedUpSetting } from './settings-rows.js';
import { assertPassable, brokenIn, toleratedIn } from './tolerated.js';
import { assertUnfiltered } from './unfiltered.js';
import { countUnsaved } from './unsaved.js';
import { verifyBackup, type VerifiedBackup } from './verify.js';

const isSettings = (name: string): boolean => name.toLowerCase() === systemSettings.name;

export type RestoreStep = 'verify' | 'plan' | 'load' | 'compare' | 'commit';

export interface RestoreRequest {
  readonly database: Database;
  /** The backup's bytes from the beginning; asked for twice. */
  readonly open: () => AsyncIterable<Buffer>;
  /** How many there are, where that is known; for progress only. */
  readonly size?: number | undefined;
  readonly keys?: BackupKeys | undefined;
  /** Delete the rows that the tables of the backup hold now. */
  readonly replace: boolean;
  /** Which tables of the backup; all of them without it. */
  readonly selection?: TableSelection | undefined;
  /** Rows that triggers guard may be replaced. */
  readonly discardHistory?: boolean;
  /** Bytes of the largest row that is restored; left out, what the memory of Node.js can hold. */
  readonly mostRowBytes?: number | undefined;
  /** Under which the database has what the backup holds, where not under its own names. */
  readonly names?: ScratchNames;
  /** Whether the engine that was backed up takes a key for satisfied that this one compares otherwise. */
  readonly acceptsKey?: (session: DatabaseSession, key: BrokenConstraint) => Promise<boolean>;
  /** Cut digits of a second that a column cannot keep. */
  readonly cutTimes: boolean;
  /** Read everything, check everything, write nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress;
  readonly onStep?: (step: RestoreStep) => void;
  /** Called before anything is written. */
  readonly onPlan?: (plan: RestorePlan) => Promise<void>;
  /** Called with the settings that would be restored, before `onPlan`. They may be secrets. */
  readonly onSettings?: (settings: readonly BackedUpSetting[]) => void;
  /**
   * Writes a backup of the rows that are about to be replaced. It runs when nobody else writes to their tables any more,
   * up to the end.
   */
  readonly backUp?: (session: DatabaseSession, selection: TableSelection) => Promise<void>;
}

export interface RestorePlan {
  /** The schema that is restored into; undefined where the database has none beside itself. */
  readonly schema: string | undefined;
  readonly backup: VerifiedBackup;
  readonly tables: readonly {
    readonly name: string;
    /** In the backup. */
    readonly rows: number;
    /** In the database, now. */
    readonly existing: number;
  }[];
  /** Tables of the database that the backup does not hold; they stay as they are. */
  readonly untouched: readonly string[];
  /** Sequences of the backup that the database does not have. */
  readonly missingSequences: readonly string[];
  /** What rows of these tables do not satisfy, in words; they did not where they come from, and are restored. */
  readonly broken: readonly string[];
  /** Tables whose triggers refuse deletion, with the rows that would be replaced. */
  readonly history: readonly HistoryAtRisk[];
}

interface Prepared {
  readonly plan: RestorePlan;
  readonly pairs: readonly TablePair[];
  /** Empty tables outside of the backup that point at its tables. */
  readonly dependents: readonly string[];
  /** True when every table of the database is replaced. */
  readonly whole: boolean;
}

/** Guarded rows that would be replaced. They are read like a backup's: in one state. */
async function historyOf(request: RestoreRequest, pairs: readonly TablePair[]): Promise<HistoryAtRisk[]> {
  const { database } = request;
  const targets = pairs.map(({ target }) => target);
  if ((await database.transfer.guards(targets.map(({ name }) => name))).length === 0) return [];
  return database.snapshot(({ transfer }) =>
    historyAtRisk(transfer, targets, (table) =>
      countUnsaved(transfer, request, pairs.find(({ target }) => target === table) as TablePair),
    ),
  );
}

/** What may be one of the chosen tables, as far as that is known before the names of all are. */
function wantedBy({ selection = { scope: 'all' } }: RestoreRequest): (table: string) => boolean {
  if (selection.scope === 'all') return () => true;
  if (selection.scope === 'settings') return isSettings;
  const names = new Set((selection.names ?? []).map((name) => name.toLowerCase()));
  return (table) => names.has(table.toLowerCase());
}

/** Sequences that no column owns may have numbered any rows but settings. */
function sequencesOf({ selection }: RestoreRequest, { header }: VerifiedBackup): readonly SequenceFacts[] {
  return selection?.scope === 'settings' ? [] : header.sequences;
}

async function prepare(request: RestoreRequest, backup: VerifiedBackup): Promise<Prepared> {
  const { database, replace, selection = { scope: 'all' } } = request;
  const schema = await database.transfer.inspect();
  const hint = 'tmi-dbtool db verify lists the tables of a backup.';
  const chosen = selectNames([...backup.facts.keys()], selection, 'The backup', hint);
  const wanted = [...backup.facts.values()].filter(({ name }) => chosen.has(name));
  const { pairs, findings } = fitBackup(wanted, schema, request.names);
  if (findings.length > 0) {
    throw new ToolError('backup/not-fitting', 'The tables of the database do not take this backup', {
      diagnostics: findings,
      hint: 'Use a database whose server has the version of the one that was backed up.',
    });
  }
  const fixed = pairs.filter(({ target }) => !target.transactional).map(({ target }) => target.name);
  if (fixed.length > 0) {
    throw new ToolError('backup/not-transactional', `The engine cannot undo changes of ${fixed.join(', ')}`, {
      hint: 'Convert the tables first, for example: ALTER TABLE … ENGINE=InnoDB.',
    });
  }
  const restored = new Set(pairs.map(({ target }) => target.name));
  const others = serverTables(schema).filter((table) => !restored.has(table.name));
  const tables = await Promise.all(
    pairs.map(async ({ backup: { name }, target }) => ({
      name: target.name,
      rows: backup.tables.find((table) => table.name === name)?.rows ?? 0,
      existing: await database.transfer.countRows(target),
    })),
  );
  const sequences = new Set(schema.sequences.map(({ name }) => name));
  const history = replace ? await historyOf(request, pairs) : [];
  const plan = {
    schema: schema.schema,
    history,
    broken: wanted.flatMap(brokenIn).map(constraintText),
    backup,
    tables,
    untouched: others.map((table) => table.name),
    missingSequences: sequencesOf(request, backup)
      .map(({ name }) => name)
      .filter((name) => !sequences.has(name)),
  };
  const dependents = await emptyDependents(database, others, restored, replace);
  return { plan, pairs, dependents, whole: others.length === 0 };
}

/** @throws ToolError `backup/depends` when one of them has rows: they could point nowhere afterwards */
async function emptyDependents(
  database: Database,
  others: readonly TableFacts[],
  restored: ReadonlySet<string>,
  replace: boolean,
): Promise<string[]> {
  const dependents = others.filter((table) =>
    table.foreignKeys.some((key) => key.references !== undefined && restored.has(key.references)),
  );
  if (!replace) return [];
  for (const table of dependents) {
    if ((await database.transfer.countRows(table)) > 0) {
      throw new ToolError(
        'backup/depends',
        `The table ${table.name}, which is not in the backup, depends on rows that would be replaced`,
        {
          hint: 'Restore a backup of the whole database, or empty the table first.',
        },
      );
    }
  }
  return dependents.map((table) => table.name);
}

async function assertEmpty(
  session: DatabaseSession,
  pairs: readonly TablePair[],
  replace: boolean,
): Promise<void> {
  if (replace) return;
  const full: string[] = [];
  for (const { target } of pairs) {
    if ((await session.transfer.countRows(target)) > 0) full.push(target.name);
  }
  if (full.length > 0) {
    throw new ToolError('backup/not-empty', `The database holds rows already, in ${full.join(', ')}`, {
      hint: 'Replace all rows of the tables in the backup with --replace; --replace --dry-run says what would happen.',
    });
  }
}

async function continueCounters(
  session: DatabaseSession,
  request: RestoreRequest,
  { plan, pairs }: Prepared,
): Promise<void> {
  for (const { backup, target, columns } of pairs) {
    for (const { column, next } of backup.counters) {
      const name = columns.find((pair) => pair.backup.name === column)?.target.name;
      const own = target.counters.find((counter) => counter.column === name);
      if (own && own.next !== next) await session.transfer.continueCounter(target.name, own.column, next);
    }
  }
  for (const { name, next } of sequencesOf(request, plan.backup)) {
    if (!plan.missingSequences.includes(name)) await session.transfer.continueSequence(name, next);
  }
}

const existingOf = ({ tables }: RestorePlan) =>
  tables.map(({ name, existing }) => ({ name, rows: existing }));

/** @throws ToolError `backup/broken-foreign-key`, `database/constraint` for what the backup does not say that it breaks */
async function assertSatisfied(
  session: DatabaseSession,
  pairs: readonly TablePair[],
  tolerated: readonly BrokenConstraint[],
  acceptsKey: RestoreRequest['acceptsKey'],
): Promise<void> {
  const broken: BrokenConstraint[] = [];
  for (const each of await session.transfer.brokenInLoad(pairs.map(({ target }) => target))) {
    if (tolerated.some(({ table, name }) => each.table === table && each.name === name)) continue;
    if ((await acceptsKey?.(session, each)) !== true) broken.push(each);
  }
  const keys = broken.filter(({ kind }) => kind === 'foreign key').map(constraintText);
  if (keys.length > 0) {
    throw new ToolError(
      'backup/broken-foreign-key',
      `Rows would point at rows that are not there: ${keys.join(', ')}; nothing was kept`,
      {
        hint: 'Restore a backup that holds the other tables as well.',
      },
    );
  }
  if (broken.length === 0) return;
  throw new ToolError(
    'database/constraint',
    `Rows do not satisfy what the database checks: ${broken.map(constraintText).join(', ')}; nothing was kept`,
    { hint: 'Compare the checks of the tables with those of the database that was backed up.' },
  );
}

/**
 * Restores a backup, all or nothing: it is verified first, loaded in one transaction, and read back before the commit.
 * @throws ToolError codes of the area `backup`, `database/locked`
 */
export async function restoreBackup(request: RestoreRequest): Promise<RestorePlan> {
  const { database, onStep } = request;
  onStep?.('verify');
  // Rows are compared when they are in the database; a dry run, which puts none there, reads them here.
  const backup = await verifyBackup(request.open(), request.keys, request.signal, request.onProgress, {
    values: request.dryRun,
    sums: request.dryRun,
    digests: request.dryRun ? 'version-1' : 'none',
    size: request.size,
    wants: wantedBy(request),
    mostRowBytes: request.mostRowBytes,
  });
  if (!request.dryRun) await waitForLock(database, request.signal, LOCK_WAIT_MS);
  onStep?.('plan');
  const prepared = await prepare(request, backup);
  const { plan, pairs, dependents, whole } = prepared;
  if (request.onSettings && pairs.some(({ backup: { name } }) => isSettings(name))) {
    request.onSettings(await settingsIn(request));
  }
  const tolerated = toleratedIn(pairs);
  if (!request.dryRun) assertPassable(await database.transfer.stiffConstraints(tolerated));
  if (!request.dryRun) assertHistoryMayGo(plan.history, request.discardHistory ?? false);
  await request.onPlan?.(plan);
  await assertEmpty(database, pairs, request.replace);
  if (request.dryRun) return plan;
  const names = pairs.map(({ target }) => target.name);
  // A counter that is ahead does no harm when nothing is kept, and DDL would end the transaction.
  const countersFirst = !database.capabilities.transactionalDdl;
  if (countersFirst) await continueCounters(database, request, prepared);
  const circular = circularKeys(pairs.map(({ target }) => target));
  const load = async (session: DatabaseSession): Promise<void> => {
    // Once more, since nobody else can write any more now.
    // Where nobody was asked, since there was nothing to replace, nothing is replaced.
    await assertUnfiltered(session.transfer, names);
    const replaces = plan.tables.some(({ existing }) => existing > 0);
    await assertEmpty(session, pairs, request.replace && replaces);
    if (replaces) {
      await request.backUp?.(session, whole ? { scope: 'all' } : { scope: 'tables', names });
    }
    onStep?.('load');
    if (request.replace) {
      const emptied = [...dependents.map((name) => ({ name, rows: 0 })), ...existingOf(plan)];
      await emptyReporting(session.transfer, emptied, request.onProgress);
    }
    const source = { ...request, backup };
    const loader = new TableLoader(session, database.target.engine, source, request, pairs);
    await loader.load();
    if (!countersFirst) await continueCounters(session, request, prepared);
    onStep?.('compare');
    await assertSatisfied(session, pairs, tolerated, request.acceptsKey);
    await compareTables(session, loader.expected, source);
    request.signal.throwIfAborted();
    onStep?.('commit');
  };
  await database.load(names, circular, load, tolerated);
  return plan;
}
