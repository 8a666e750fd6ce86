import type { Difference, DiffState } from '../../src/settings/diff.js';
import type { GlobalOptions } from '../command.js';
import type { Io } from '../io.js';
import { escapeControls } from './escape.js';
import { oneLine } from './settings-change.js';
import { styleFor } from './style.js';
import { alignedTable } from './table.js';

const words: Readonly<Record<DiffState, string>> = {
  'only-a': '-',
  'only-b': '+',
  differs: '~',
  origin: 'origin',
  unknown: '?',
};

/** The differences as a table: `-` only in A, `+` only in B, `~` in both and different, `?` cannot be compared. `USED` is the one that a server takes. */
export async function diffText(
  a: string,
  b: string,
  differences: readonly Difference[],
  io: Io,
  options: GlobalOptions,
): Promise<void> {
  if (options.quiet) return;
  if (differences.length === 0) {
    io.stdout.write(`${escapeControls(`${a} and ${b}`)} agree.\n`);
    return;
  }
  const style = await styleFor(io.stdout, io, options);
  const rows = differences.map(({ state, key, a: left, b: right, wins }) => {
    const paint = state === 'only-a' ? style.removed : state === 'only-b' ? style.added : style.warn;
    return [
      paint(words[state]),
      key,
      oneLine(left),
      oneLine(right),
      wins === null ? '' : wins === 'a' ? a : b,
    ];
  });
  io.stdout.write(alignedTable(['', 'KEY', a, b, 'USED'], rows, io.stdout.columns));
  io.stdout.write(`${differences.length} differences\n`);
}
