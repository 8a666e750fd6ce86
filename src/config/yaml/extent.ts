import type { Layout } from './layout.js';
import type { SourcePair } from './source.js';

/** The lines of a pair with the comments that belong to it; lines count from 0. */
export interface Extent {
  readonly first: number;
  readonly last: number;
}

/** First line of the comment block directly above a line, at the same indentation; the line itself without one. */
export function commentsAbove(layout: Layout, line: number): number {
  const indent = layout.indent(line);
  let first = line;
  while (
    first > layout.headerLines &&
    layout.kind(first - 1) === 'comment' &&
    layout.indent(first - 1) === indent
  ) {
    first--;
  }
  return first;
}

/** Last line of the comments behind a value that are indented deeper than its key. */
function commentsBelow(layout: Layout, line: number, column: number): number {
  let last = line;
  for (let at = line + 1; ; at++) {
    const kind = layout.kind(at);
    if (kind === 'comment' && layout.indent(at) > column) last = at;
    else if (kind !== 'blank') return last;
  }
}

/** Column (from 0) at which a pair starts. */
export function columnOf(layout: Layout, pair: SourcePair): number {
  const { lines } = layout.document;
  return pair.start - lines.visibleStart(lines.lineOf(pair.start));
}

/**
 * The lines that go with a pair: the comment block directly above it, its own lines, and the comments behind them
 * that are indented deeper than its key. The comment block that starts at the first line of the file stays.
 *
 * @param end offset behind what belongs to the pair, its comma in a flow map included
 */
export function extentOf(layout: Layout, pair: SourcePair, end = pair.end): Extent {
  const { lines } = layout.document;
  const start = lines.lineOf(pair.start);
  const last = lines.lineOf(Math.max(pair.start, end - 1));
  return {
    first: layout.startsLine(pair.start) ? commentsAbove(layout, start) : start,
    last: commentsBelow(layout, last, columnOf(layout, pair)),
  };
}
