import { groupBy } from '../../src/database/group-by.js';
import type { Explanation, ExplainedLayer } from '../../src/settings/explain.js';
import { winReasons, type WinReason } from '../../src/settings/explain.js';
import { serverModels, type ServerModel } from '../../src/config/precedence.js';
import type { SettingView } from '../../src/settings/view.js';
import { SECRET_MASK } from '../../src/values/index.js';
import type { GlobalOptions } from '../command.js';
import type { Io } from '../io.js';
import { escapeControls, escapeLines } from './escape.js';
import { oneLine } from './settings-change.js';
import { styleFor, type Style } from './style.js';
import { alignedTable } from './table.js';

const encryptionWords: Readonly<Record<SettingView['encryption'], string>> = {
  nothing: '-',
  current: 'encrypted',
  previous: 'previous key',
  unreadable: 'unreadable',
};

function rowCells(view: SettingView, style: Style): string[] {
  const value = view.value === null ? style.bad('unreadable') : oneLine(view.value);
  const origin = view.origin === 'explicit' ? view.origin : style.faint(view.origin);
  const encryption =
    view.encryption === 'unreadable' ? style.bad('unreadable') : encryptionWords[view.encryption];
  return [view.key, value, view.type, origin, encryption, view.modifiedAt ?? '-'];
}

/** Warnings of one kind about rows. */
const MOST_WARNINGS = 3;

/** Rows as a table, with what is wrong with them below. */
export async function rowsText(views: readonly SettingView[], io: Io, options: GlobalOptions): Promise<void> {
  const style = await styleFor(io.stdout, io, options);
  const head = ['KEY', 'VALUE', 'TYPE', 'ORIGIN', 'ENCRYPTION', 'MODIFIED'];
  const hashes = options.verbose ?? false;
  const rows = views.map((view) => [...rowCells(view, style), ...(hashes ? [view.hash] : [])]);
  if (rows.length > 0)
    io.stdout.write(alignedTable(hashes ? [...head, 'HASH'] : head, rows, io.stdout.columns));
  warnOfProblems(views, io);
}

/** Rows that share a fault share its cause: the first are told, and how many more there are. */
function warnOfProblems(views: readonly SettingView[], io: Io): void {
  const faulty = views.filter(({ problem }) => problem !== null);
  for (const [code, alike] of groupBy(faulty, ({ problem }) => problem?.code)) {
    for (const view of alike.slice(0, MOST_WARNINGS)) warnOfProblem(view, io);
    const more = alike.length - MOST_WARNINGS;
    if (more > 0)
      io.stderr.write(`warning: and ${more} more rows like these [${code}]; --json has them all\n`);
  }
}

function warnOfProblem({ problem }: Pick<SettingView, 'problem'>, io: Io): void {
  if (problem)
    io.stderr.write(
      `warning: ${escapeControls(`${problem.message}${problem.hint ? `. ${problem.hint}` : ''}`)}\n`,
    );
}

/** The bare value and a line break: what a script wants. A masked secret says on standard error how to see it. */
export function bareValue(
  view: Pick<SettingView, 'key' | 'value' | 'secret'> & Partial<Pick<SettingView, 'problem'>>,
  io: Io,
): void {
  // A script gets the value as it is, a terminal what it can show.
  const value = view.value ?? '';
  io.stdout.write(`${io.stdout.isTTY ? escapeLines(value) : value}\n`);
  if (view.value?.includes(SECRET_MASK)) {
    io.stderr.write(`note: ${escapeControls(view.key)} holds a secret, which is masked; --reveal shows it\n`);
  }
  warnOfProblem({ problem: view.problem ?? null }, io);
}

const layerNames = {
  default: 'default',
  row: 'database',
  file: 'file',
  environment: 'variable',
} as const satisfies Record<ExplainedLayer['layer'], string>;

/** The word that people know a layer by. */
export function layerName(layer: ExplainedLayer['layer']): string {
  return layerNames[layer];
}

function layerNote(layer: ExplainedLayer): string {
  if (layer.layer !== 'row') return '';
  const facts = [
    layer.origin ?? '',
    `at ${layer.modifiedAt ?? 'an unknown time'}`,
    layer.modifiedBy ? `by ${layer.modifiedBy}` : '',
    layer.encrypted ? 'encrypted' : '',
    layer.problem !== undefined && layer.value !== null ? 'not valid' : '',
  ];
  return facts.filter((fact) => fact !== '').join(', ');
}

/** One setting with all its layers, the one marked that wins for the server, and why it wins under either model. */
export async function explanationText(
  explanation: Explanation,
  server: ServerModel,
  io: Io,
  options: GlobalOptions,
): Promise<void> {
  const style = await styleFor(io.stdout, io, options);
  const { models } = explanation;
  const open = (reason: WinReason): boolean => reason === 'row-unreadable' || reason === 'row-invalid';
  const known = models[server].reason !== 'row-unreadable';
  const rows = explanation.layers.map((layer) => [
    known && layer.layer === models[server].winner ? style.good('*') : '',
    layerName(layer.layer),
    layer.problem !== undefined && layer.value === null ? style.bad('unreadable') : oneLine(layer.value),
    layer.where,
    layerNote(layer),
  ]);
  const alias = explanation.path === explanation.key ? '' : ` (in the file: ${explanation.path})`;
  const lines = [style.strong(`${explanation.key}${alias}`)];
  if (rows.length > 0)
    lines.push(alignedTable(['', 'LAYER', 'VALUE', 'WHERE', ''], rows, io.stdout.columns).trimEnd());
  for (const model of serverModels) {
    const { winner, value, reason } = models[model];
    const verdict = open(reason) ? 'not known' : `${layerName(winner)}, ${oneLine(value)}`;
    lines.push(`${model}: ${verdict}: ${winReasons[reason]}`);
  }
  io.stdout.write(`${lines.join('\n')}\n`);
}

/** Settings of which some layer holds a value that is not used. */
export async function shadowsText(
  explanations: readonly Explanation[],
  server: ServerModel,
  io: Io,
  options: GlobalOptions,
): Promise<void> {
  const style = await styleFor(io.stdout, io, options);
  const rows = explanations.flatMap(({ key, models, shadowed, layers }) =>
    shadowed.map((name) => {
      const { winner, value, reason } = models[server];
      const loser = layers.find(({ layer }) => layer === name);
      const used = `${layerName(winner)}: ${oneLine(value)}`;
      return [
        key,
        style.good(used),
        style.warn(`${layerName(name)}: ${oneLine(loser?.value)}`),
        loser?.where ?? '',
        winReasons[reason],
      ];
    }),
  );
  if (rows.length > 0)
    io.stdout.write(alignedTable(['KEY', 'USED', 'SHADOWED', 'WHERE', 'WHY'], rows, io.stdout.columns));
  io.stdout.write(rows.length === 0 ? 'Nothing is shadowed.\n' : `${rows.length} shadowed\n`);
}
