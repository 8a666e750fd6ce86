import { locationOf } from '../../src/errors/index.js';
import type { InlineSecret, LiftEntry, LiftPlan, LiftResult } from '../../src/secrets/index.js';
import type { GlobalOptions } from '../command.js';
import type { Io } from '../io.js';
import { escapeControls } from './escape.js';
import { jsonDocument } from './json.js';
import { styleFor, type Style } from './style.js';
import { alignedTable } from './table.js';

interface LiftView {
  readonly plan: LiftPlan;
  /** Inline secrets that do not move, such as those that belong in the database. */
  readonly others: readonly InlineSecret[];
  readonly file: string;
}

const noteTexts: Readonly<Record<LiftEntry['notes'][number], string>> = {
  'new-document': 'makes the secret that holds it',
  'over-deleted': 'over a deleted version',
  'no-check-and-set': 'no check-and-set: a change by somebody else at the same moment is lost',
};

function actionText({ action, notes }: LiftEntry, style: Style): string {
  switch (action) {
    case 'write':
      return ['write', ...notes.map((note) => noteTexts[note])].join('; ');
    case 'present':
      return style.good('already there');
    case 'conflict':
      return style.bad('another value is there');
  }
}

/** What would move where, for people. */
export async function liftPlanText(
  { plan, others, file }: LiftView,
  io: Io,
  options: GlobalOptions,
): Promise<void> {
  if (options.quiet) return;
  const style = await styleFor(io.stdout, io, options);
  if (plan.entries.length === 0)
    io.stdout.write(escapeControls(`${file}: no secret to move to ${plan.provider}`) + '\n');
  else {
    const rows = plan.entries.map((entry) => [
      entry.secret.key,
      style.faint(locationOf({ file, position: entry.secret.position })),
      entry.reference,
      actionText(entry, style),
    ]);
    const note = plan.writable ? '' : ', which the tool does not write to';
    io.stdout.write(`${escapeControls(plan.provider)}${note}\n`);
    io.stdout.write(alignedTable(['KEY', 'WHERE', 'REFERENCE', 'VALUE'], rows));
  }
  if (others.length > 0) {
    io.stdout.write(`${others.length} more that stay where they are: --inventory says why\n`);
  }
}

/** How the move ended, for people. */
export function liftResultText({ written, backup }: LiftResult, io: Io, options: GlobalOptions): void {
  if (options.quiet) return;
  io.stdout.write(
    `${written} written, all read back, file rewritten\nbackup: ${escapeControls(backup)} (it holds the secrets: delete it when all is well)\n`,
  );
}

/** Plan and result as JSON; `result` is null when nothing was to be carried out. */
export function liftJson(
  plan: LiftPlan,
  others: readonly InlineSecret[],
  file: string,
  result: LiftResult | undefined,
): string {
  return jsonDocument('resolve-secrets-lift', {
    file,
    provider: plan.provider,
    writable: plan.writable,
    entries: plan.entries.map(({ secret, reference, action, notes }) => ({
      key: secret.key,
      position: secret.position,
      reference,
      action,
      notes,
    })),
    others: others.map(({ key, position, advice }) => ({ key, position, advice })),
    result: result ?? null,
  });
}
