import type { CacheOutcome } from '../../src/settings/cache.js';
import { isIdle, type RowAction, type RowChange, type SettingsPlan } from '../../src/settings/plan.js';
import type { GlobalOptions } from '../command.js';
import type { Io } from '../io.js';
import { cacheText } from '../server-cache.js';
import { escapeControls } from './escape.js';
import { jsonDocument } from './json.js';
import { styleFor, type Style } from './style.js';
import { alignedTable } from './table.js';

/** What a command that writes rows did, or in a dry run would do. */
export interface ChangeView {
  /** The command, for the kind of the JSON document. */
  readonly kind: string;
  readonly database: string;
  readonly plan: SettingsPlan;
  readonly dryRun: boolean;
  readonly cache: CacheOutcome | undefined;
  /** Fields of the JSON document beside the common ones. */
  readonly extra?: object;
  /** Lines to show after the changes. */
  readonly notes?: readonly string[];
}

/** One line, cut when long, without characters that steer a terminal: for tables. */
export function oneLine(text: string | null | undefined): string {
  if (text === null || text === undefined) return '-';
  // Cut before it is looked at: a value can be long, and hold nothing but white space.
  const line = escapeControls(text.slice(0, 1024).replaceAll(/\s*[\r\n]+\s*/g, ' '));
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function paint(action: RowAction, style: Style): string {
  if (action === 'delete') return style.removed(action);
  return action === 'unchanged' ? style.faint(action) : style.added(action);
}

function valueText({ action, before, after }: RowChange): string {
  if (action === 'insert' || before === after) return oneLine(after);
  return action === 'delete' ? oneLine(before) : `${oneLine(before)} -> ${oneLine(after)}`;
}

function changeCells(change: RowChange, style: Style): string[] {
  const { action } = change;
  const marks =
    action === 'mark'
      ? ` (${[change.origin, change.encrypted ? 'encrypted' : ''].filter(Boolean).join(', ')})`
      : '';
  return [paint(action, style), change.key, valueText(change) + marks];
}

/** How many rows of each kind: `2 insert, 1 replace`. */
function countChanges(changes: readonly RowChange[]): string {
  const counts = new Map<RowAction, number>();
  for (const { action } of changes) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].map(([action, count]) => `${count} ${action}`).join(', ');
}

/** Shows the changes as a table, or as data. */
export async function showChange(view: ChangeView, io: Io, options: GlobalOptions): Promise<void> {
  const { plan, dryRun, cache } = view;
  if (options.json) {
    const { changes } = plan;
    const fields = { database: view.database, dryRun, changes, ...view.extra, cache: cache ?? null };
    io.stdout.write(jsonDocument(view.kind, fields));
    return;
  }
  if (options.quiet) return;
  const style = await styleFor(io.stdout, io, options);
  const lines: string[] = [];
  const shown = options.verbose ? plan.changes : plan.changes.filter(({ action }) => action !== 'unchanged');
  if (shown.length > 0) {
    lines.push(
      alignedTable(
        ['ACTION', 'KEY', 'VALUE'],
        shown.map((change) => changeCells(change, style)),
        io.stdout.columns,
      ).trimEnd(),
    );
  }
  if (plan.changes.length > 0) lines.push(`${dryRun ? 'plan' : 'done'}: ${countChanges(plan.changes)}`);
  if (isIdle(plan)) lines.push('Nothing to do.');
  lines.push(...(view.notes ?? []).map(escapeControls));
  if (cache) lines.push(escapeControls(cacheText(cache)));
  io.stdout.write(`${lines.join('\n')}\n`);
}
