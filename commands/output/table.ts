import { cellsOf, within } from './cells.js';
import { escapeCell } from './escape.js';

const GAP = '  ';
/** A column is never made narrower than this; below it nothing can be told from anything else. */
const NARROWEST = 12;

/** The text cut to a width in terminal cells, with an ellipsis. Coloured text is left as it is: it is short. */
function fit(text: string, width: number): string {
  if (text.includes('\u001B') || cellsOf(text) <= width) return text;
  return `${within(text, width - 1).join('')}…`;
}

/** The same for what tells rows apart by its end: the ellipsis stands in the middle. */
function fitKey(text: string, width: number): string {
  if (cellsOf(text) <= width) return text;
  const tail = Math.ceil((width - 1) / 2);
  const end = within([...text].reverse(), tail).reverse();
  return `${within(text, width - 1 - tail).join('')}…${end.join('')}`;
}

/** Takes room from the widest of some columns until all fit, or none of them can give any more. */
function shrinkSome(widths: number[], columns: readonly number[], room: number): void {
  const total = (): number =>
    widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
  for (let excess = total() - room; excess > 0; excess = total() - room) {
    const given = columns.map((column) => widths[column] ?? 0);
    const widest = Math.max(0, ...given);
    if (widest <= NARROWEST) return;
    const second = Math.max(NARROWEST, ...given.filter((width) => width < widest));
    const index = columns[given.indexOf(widest)] as number;
    widths[index] = Math.max(second, widest - excess, NARROWEST);
    if (widths[index] === widest) widths[index] = widest - 1;
  }
}

/** What a row is about gives room last. */
function shrink(widths: number[], key: number, room: number): void {
  const columns = [...widths.keys()];
  shrinkSome(
    widths,
    columns.filter((column) => column !== key),
    room,
  );
  shrinkSome(widths, columns, room);
}

/** Heads of columns that say what a row is about. */
const keyHeads: ReadonlySet<string> = new Set(['KEY', 'TABLE', 'NAME']);

/**
 * Rows in aligned columns without borders, fit for reading and for `grep`. Lines carry no trailing spaces, and no
 * characters that steer a terminal but for our own colours.
 * A column KEY, TABLE or NAME says what a row is about: it is cut last, and in its middle.
 * @param room width of the terminal in cells; cells are cut to fit it. Without it nothing is cut.
 */
export function alignedTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  room?: number,
): string {
  const lines = [head, ...rows].map((cells) => cells.map(escapeCell));
  const measured = lines.map((cells) => cells.map((cell) => cellsOf(cell)));
  const widths = head.map((_, column) =>
    measured.reduce((most, cells) => Math.max(most, cells[column] ?? 0), 0),
  );
  const key = head.findIndex((name) => keyHeads.has(name));
  if (room !== undefined) shrink(widths, key, room);
  const text = lines.map((cells, row) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        const own = measured[row]?.[column] ?? 0;
        if (own > width) return column === key ? fitKey(cell, width) : fit(cell, width);
        return cell + ' '.repeat(width - own);
      })
      .join(GAP)
      .trimEnd(),
  );
  return `${text.join('\n')}\n`;
}
