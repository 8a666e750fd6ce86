import stringWidth from 'string-width';
import { escapeCell } from './escape.js';

const GAP = '  ';
/** A column is never made narrower than this; below it nothing can be told from anything else. */
const NARROWEST = 12;

/** Cells that a text takes in a terminal. Most text is plain ASCII, which needs no segmenting. */
function cellsOf(text: string): number {
  return /^[\x20-\x7E]*$/.test(text) ? text.length : stringWidth(text);
}

/** The text cut to a width in terminal cells, with an ellipsis. Coloured text is left as it is: it is short. */
function fit(text: string, width: number): string {
  if (text.includes('\u001B') || cellsOf(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const character of text) {
    used += cellsOf(character);
    if (used > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** Takes room from the widest column until all fit, or none can give any more. */
function shrink(widths: number[], room: number): void {
  const total = (): number =>
    widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
  for (let excess = total() - room; excess > 0; excess = total() - room) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) return;
    const second = Math.max(NARROWEST, ...widths.filter((width) => width < widest));
    const index = widths.indexOf(widest);
    widths[index] = Math.max(second, widest - excess, NARROWEST);
    if (widths[index] === widest) widths[index] = widest - 1;
  }
}

/**
 * Rows in aligned columns without borders, fit for reading and for `grep`. Lines carry no trailing spaces, and no
 * characters that steer a terminal but for our own colours.
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
  if (room !== undefined) shrink(widths, room);
  const text = lines.map((cells, row) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        const own = measured[row]?.[column] ?? 0;
        if (own > width) return fit(cell, width);
        return cell + ' '.repeat(width - own);
      })
      .join(GAP)
      .trimEnd(),
  );
  return `${text.join('\n')}\n`;
}
