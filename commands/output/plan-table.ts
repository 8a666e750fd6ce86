import { groupBy } from '../../src/database/group-by.js';
import type { ImportPlan, PlanAction, PlanEntry } from '../../src/legacy/plan.js';
import { planReasons, type PlanReason } from '../../src/legacy/reasons.js';
import { oneLine } from '../../src/legacy/show.js';
import { cellsOf, wrap } from './cells.js';
import { escapeControls } from './escape.js';
import type { Style } from './style.js';
import { alignedTable } from './table.js';

type Planned = Pick<ImportPlan, 'entries' | 'source'>;

/**
 * How actions are painted, in the order of their groups: what a reader has to decide or to check comes first, and what
 * stays as it is last.
 */
const paints: Readonly<Record<PlanAction, Exclude<keyof Style, 'added' | 'removed'>>> = {
  conflict: 'bad',
  moves: 'good',
  renamed: 'good',
  same: 'faint',
  removed: 'faint',
  unknown: 'warn',
  stays: 'faint',
};
const groupOrder = Object.keys(paints) as PlanAction[];

/** The reasons that speak of a file, for an import of the environment. */
const environmentReasons: Partial<Record<PlanReason, string>> = {
  'also-stored': 'stored in the database; the server needs its variable at start',
  'server-reads-file': 'stored in the database; server 1.8 reads it from its variable',
  'row-surfaces': "a row that the variables' provider has hidden would take effect",
  'row-removed': "a row that the variables' provider has hidden is removed (--on-conflict overwrite)",
};

const shortReason = ({ reason }: PlanEntry, source: ImportPlan['source']): string =>
  (source === 'environment' && environmentReasons[reason]) || planReasons[reason];

function reasonText(entry: PlanEntry, source: ImportPlan['source']): string {
  const nearest = entry.nearest === undefined ? '' : `; did you mean ${entry.nearest}?`;
  const key = entry.key !== undefined && entry.key !== entry.path ? ` as ${entry.key}` : '';
  const used =
    entry.used === undefined
      ? ''
      : ` (used until now: ${entry.used === '' ? 'nothing' : oneLine(entry.used)})`;
  return `${shortReason(entry, source)}${used}${key}${nearest}`;
}

function valueText(entry: PlanEntry, longest?: number): string {
  return [entry.current, entry.value]
    .flatMap((value) => (value === undefined ? [] : oneLine(value, longest)))
    .join(' -> ');
}

const lineText = ({ position }: PlanEntry): string => (position === undefined ? '-' : String(position.line));

/** Every entry on a line of its own, whole and in the order of the file: for pipes, files and scripts. */
export function flatPlanTable({ entries, source }: Planned, style: Style): string {
  const rows = entries.map((entry) => [
    lineText(entry),
    style[paints[entry.action]](entry.action),
    escapeControls(entry.path),
    escapeControls(valueText(entry)),
    escapeControls(reasonText(entry, source)),
  ]);
  return alignedTable(['LINE', 'ACTION', 'KEY', 'VALUE', 'WHY'], rows);
}

const INDENT = '  ';
const GAP = '  ';
/** No terminal is taken to be narrower: what is left of a line would hold nothing. */
const NARROWEST = 24;

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - cellsOf(text)));

/** A text with hanging lines. Painted line by line, so that no colour runs over a margin. */
function hanging(text: string, room: number, paint: (line: string) => string): string[] {
  const [first = '', ...rest] = wrap(text, room - INDENT.length);
  return [paint(first), ...rest.map((line) => INDENT + paint(line))];
}

interface Cells {
  readonly line: string;
  readonly key: string;
  readonly value: string;
}

interface Layout {
  readonly room: number;
  readonly line: number;
  /** Where values begin; a longer key pushes its own value on. */
  readonly key: number;
}

/** A key with its line and value; a value without room beside the key stands below it. */
function rowLines({ line, key, value }: Cells, layout: Layout): string[] {
  const margin = `${INDENT}${padded(line, layout.line)}${GAP}`;
  const below = ' '.repeat(margin.length);
  const keys = wrap(key, layout.room - below.length).map((part, n) => (n === 0 ? margin : below) + part);
  const single = `${margin}${padded(key, layout.key)}${GAP}${value}`.trimEnd();
  if (keys.length === 1 && cellsOf(single) <= layout.room) return [single];
  const values = wrap(value, layout.room - below.length - INDENT.length);
  return [...keys, ...values.map((part) => below + INDENT + part)];
}

/**
 * The plan for a person at a terminal: grouped by action and by what is the reason for it, which is said once and wraps;
 * keys whole. What stays is a count for each reason, unless all is to be said.
 * @param columns width of the terminal in cells
 */
export function groupedPlanTable(
  { entries, source }: Planned,
  style: Style,
  { columns, verbose }: { readonly columns: number; readonly verbose: boolean },
): string {
  const room = Math.max(columns, NARROWEST);
  const listed = entries.filter(({ action }) => action !== 'stays' || verbose);
  const head: Cells = { line: 'LINE', key: 'KEY', value: 'VALUE' };
  const longestValue = Math.min(72, room - INDENT.length - head.line.length - GAP.length - INDENT.length);
  const rows = new Map<PlanEntry, Cells>(
    listed.map((entry) => [
      entry,
      {
        line: lineText(entry),
        key: escapeControls(entry.path),
        value: escapeControls(valueText(entry, longestValue)),
      },
    ]),
  );
  const all = [head, ...rows.values()];
  const line = Math.max(...all.map((cells) => cellsOf(cells.line)));
  const widestKey = Math.max(...all.map(({ key }) => cellsOf(key)));
  const layout: Layout = { room, line, key: Math.min(widestKey, Math.floor(room / 2)) };
  const groups = groupOrder.flatMap((action) => {
    const ofAction = entries.filter((entry) => entry.action === action);
    const paint = style[paints[action]];
    if (ofAction.length > 0 && action === 'stays' && !verbose) {
      const counts = [...groupBy(ofAction, (entry) => shortReason(entry, source))].map(
        ([why, { length }]) => `${length} ${why}`,
      );
      return hanging(
        `${action} (${ofAction.length}): ${counts.join('; ')}. --verbose lists them`,
        room,
        paint,
      );
    }
    return [...groupBy(ofAction, (entry) => reasonText(entry, source))].flatMap(([why, group]) => [
      ...hanging(`${action} (${group.length}): ${escapeControls(why)}`, room, paint),
      ...group.flatMap((entry) => rowLines(rows.get(entry) as Cells, layout)),
    ]);
  });
  return `${[...(listed.length === 0 ? [] : rowLines(head, layout)), ...groups].join('\n')}\n`;
}
