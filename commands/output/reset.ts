import type { BackupFileResult, ResetPlan } from '../../src/backup/index.js';
import { nameTarget, type DatabaseTarget } from '../../src/database/index.js';
import type { CacheOutcome } from '../../src/settings/cache.js';
import type { GlobalOptions } from '../command.js';
import type { Io } from '../io.js';
import { cacheText } from '../server-cache.js';
import { bytesText, countText } from './amounts.js';
import { escapeControls } from './escape.js';
import { styleFor } from './style.js';
import { alignedTable } from './table.js';

const LABEL_WIDTH = 10;

export interface ResetOutcome {
  readonly plan: ResetPlan;
  readonly backup: BackupFileResult | undefined;
  /** Settings that were inserted afterwards. */
  readonly seeded: number;
  readonly cache: CacheOutcome | undefined;
  /** What `--confirm` takes for this database. */
  readonly confirmation: string;
}

/** The database and everything that a reset takes away. */
export async function resetPlanText(
  plan: ResetPlan,
  target: DatabaseTarget,
  io: Io,
  options: GlobalOptions,
): Promise<void> {
  if (options.quiet) return;
  const style = await styleFor(io.stdout, io, options);
  const schema = plan.schema === undefined ? '' : `, schema "${plan.schema}"`;
  const named = escapeControls(`${nameTarget(target)}${schema}`);
  io.stdout.write(`${style.strong('database'.padEnd(LABEL_WIDTH))} ${named}\n`);
  io.stdout.write(`${style.strong('scope'.padEnd(LABEL_WIDTH))} ${plan.scope}\n`);
  io.stdout.write(
    alignedTable(
      ['table', 'rows'],
      plan.tables.map(({ name, rows }) => [name, rows.toLocaleString('en-US')]),
    ),
  );
  for (const { table, rows, unsaved, triggers } of plan.history) {
    const text = `${table}: ${countText(rows, 'row')}, ${unsaved} of them in no backup (${triggers.join(', ')})`;
    io.stdout.write(`${style.warn('guarded'.padEnd(LABEL_WIDTH))} ${escapeControls(text)}\n`);
  }
  if (plan.others.length > 0) {
    io.stdout.write(
      `${style.strong('as well'.padEnd(LABEL_WIDTH))} ${escapeControls(plan.others.join(', '))}\n`,
    );
  }
}

/** A word of a command line as a shell reads it. */
const shellWord = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** The command that brings back what is gone. The URL is not repeated: it may hold a password. */
function restoreLine(
  { backup, plan, confirmation }: ResetOutcome,
  { config, databaseUrl }: GlobalOptions,
): string {
  const words = ['tmi-dbtool', 'db', 'restore', backup?.file ?? ''];
  if (backup?.encrypted === true) words.push('--identity', 'file://IDENTITY');
  if (config !== undefined) words.push('--config', config);
  if (databaseUrl !== undefined) words.push('--database-url', 'URL');
  // What a server or --seed has put there meanwhile gives way.
  words.push('--replace', '--confirm', confirmation);
  if (plan.history.length > 0) words.push('--discard-history');
  return escapeControls(words.map(shellWord).join(' '));
}

export async function resetText(outcome: ResetOutcome, io: Io, options: GlobalOptions): Promise<void> {
  if (options.quiet) return;
  const style = await styleFor(io.stdout, io, options);
  const { plan, backup, seeded, cache } = outcome;
  if (backup) {
    io.stdout.write(
      `${style.strong('backup'.padEnd(LABEL_WIDTH))} ${escapeControls(backup.file)} (${bytesText(backup.fileBytes)}, verified)\n`,
    );
  }
  const rows = plan.tables.reduce((sum, table) => sum + table.rows, 0);
  const done = plan.scope === 'schema' ? 'dropped' : 'emptied';
  io.stdout.write(
    `${style.good('reset'.padEnd(LABEL_WIDTH))} ${countText(plan.tables.length, 'table')} ${done}, ${countText(rows, 'row')} gone\n`,
  );
  if (plan.others.length > 0) {
    const named = escapeControls(plan.others.join(', '));
    io.stdout.write(`${style.good('dropped'.padEnd(LABEL_WIDTH))} as well: ${named}\n`);
  }
  if (backup) {
    const first = plan.scope === 'schema' ? 'start the server once, then ' : '';
    io.stdout.write(
      `${style.strong('to restore'.padEnd(LABEL_WIDTH))} ${first}${restoreLine(outcome, options)}\n`,
    );
  }
  if (seeded > 0)
    io.stdout.write(`${style.good('seeded'.padEnd(LABEL_WIDTH))} ${countText(seeded, 'setting')}\n`);
  if (cache)
    io.stdout.write(
      `${escapeControls(cacheText(cache, plan.scope === 'settings' ? 'settings' : 'everything'))}\n`,
    );
}
