import type { Database, DatabaseSession, TableFacts } from '../database/index.js';
import { ToolError } from '../errors/index.js';
import { LOCK_WAIT_MS, waitForLock } from '../settings/change.js';
import { fitBackup, type TablePair } from './fit.js';
import { circularKeys } from './order.js';
import type { OnProgress } from './progress.js';
import { TableLoader } from './load.js';
import { compareTables } from './read-back.js';
import type { BackupKeys } from './recipients.js';
import { serverTables } from './select-tables.js';
import { verifyBackup, type VerifiedBackup } from './verify.js';

export type RestoreStep = 'verify' | 'plan' | 'load' | 'compare' | 'commit';

export interface RestoreRequest {
  readonly database: Database;
  /** The backup's bytes from the beginning; asked for twice. */
  readonly open: () => AsyncIterable<Buffer>;
  readonly keys?: BackupKeys | undefined;
  /** Delete the rows that the tables of the backup hold now. */
  readonly replace: boolean;
  /** Cut digits of a second that a column cannot keep. */
  readonly cutTimes: boolean;
  /** Read everything, check everything, write nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress;
  readonly onStep?: (step: RestoreStep) => void;
  /** Called before anything is written. */
  readonly onPlan?: (plan: RestorePlan) => Promise<void>;
}

export interface RestorePlan {
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
}

interface Prepared {
  readonly plan: RestorePlan;
  readonly pairs: readonly TablePair[];
  /** Empty tables outside of the backup that point at its tables. */
  readonly dependents: readonly string[];
}

async function prepare({ database, replace }: RestoreRequest, backup: VerifiedBackup): Promise<Prepared> {
  const schema = await database.transfer.inspect();
  const { pairs, findings } = fitBackup([...backup.facts.values()], schema);
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
  const plan = {
    backup,
    tables,
    untouched: others.map((table) => table.name),
    missingSequences: backup.header.sequences.map(({ name }) => name).filter((name) => !sequences.has(name)),
  };
  const dependents = await emptyDependents(database, others, restored, replace);
  return { plan, pairs, dependents };
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

async function continueCounters(session: DatabaseSession, { plan, pairs }: Prepared): Promise<void> {
  for (const { backup, target, columns } of pairs) {
    for (const { column, next } of backup.counters) {
      const name = columns.find((pair) => pair.backup.name === column)?.target.name;
      const own = target.counters.find((counter) => counter.column === name);
      if (own && own.next !== next) await session.transfer.continueCounter(target.name, own.column, next);
    }
  }
  for (const { name, next } of plan.backup.header.sequences) {
    if (!plan.missingSequences.includes(name)) await session.transfer.continueSequence(name, next);
  }
}

async function assertKeys(session: DatabaseSession, pairs: readonly TablePair[]): Promise<void> {
  const broken = await session.transfer.brokenForeignKeys(pairs.map(({ target }) => target));
  if (broken.length === 0) return;
  throw new ToolError(
    'backup/broken-foreign-key',
    `Rows would point at rows that are not there: ${broken.join(', ')}; nothing was kept`,
    {
      hint: 'Restore a backup that holds the other tables as well.',
    },
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
  });
  if (!request.dryRun) await waitForLock(database, request.signal, LOCK_WAIT_MS);
  onStep?.('plan');
  const prepared = await prepare(request, backup);
  const { plan, pairs, dependents } = prepared;
  await request.onPlan?.(plan);
  await assertEmpty(database, pairs, request.replace);
  if (request.dryRun) return plan;
  const names = pairs.map(({ target }) => target.name);
  // A counter that is ahead does no harm when nothing is kept, and DDL would end the transaction.
  const countersFirst = !database.capabilities.transactionalDdl;
  if (countersFirst) await continueCounters(database, prepared);
  await database.load(names, circularKeys(pairs.map(({ target }) => target)), async (session) => {
    // Once more, since nobody else can write any more now.
    await assertEmpty(session, pairs, request.replace);
    onStep?.('load');
    if (request.replace) await session.transfer.emptyTables([...dependents, ...names]);
    const source = { ...request, backup };
    const loader = new TableLoader(session, database.target.engine, source, request, pairs);
    await loader.load();
    if (!countersFirst) await continueCounters(session, prepared);
    onStep?.('compare');
    await assertKeys(session, pairs);
    await compareTables(session, loader.expected, source);
    request.signal.throwIfAborted();
    onStep?.('commit');
  });
  return plan;
}
