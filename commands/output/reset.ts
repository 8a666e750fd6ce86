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
  if (plan.others.length > 0) {
    io.stdout.write(
      `${style.strong('as well'.padEnd(LABEL_WIDTH))} ${escapeControls(plan.others.join(', '))}\n`,
    );
  }
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
  if (seeded > 0)
    io.stdout.write(`${style.good('seeded'.padEnd(LABEL_WIDTH))} ${countText(seeded, 'setting')}\n`);
  if (cache) io.stdout.write(`${escapeControls(cacheText(cache))}\n`);
}
