import type { LineCut, Span } from './changes.js';
import type { Layout } from './layout.js';

/** True when the lines that go have a blank line, or the start of the file or of their block, directly above. */
function isSeparatedAbove(layout: Layout, cut: LineCut): boolean {
  const above = cut.first - 1;
  if (above < 0 || layout.kind(above) === 'blank') return true;
  // Blank lines that move up to a block scalar which keeps its line endings would become part of it.
  return layout.keepsBreaks(above) || (cut.opensBlock && layout.kind(above) === 'content');
}

/**
 * Turns runs of lines into spans of the text, and decides about the blank lines between them and what stays:
 * where blank lines (or the start of the file or of the block) stand directly above and blank lines stand directly
 * below, the ones below go too. So neighbours stay apart by exactly the blank lines that stood above.
 */
export function spansOfLines(layout: Layout, cuts: readonly LineCut[]): Span[] {
  const { lines } = layout.document;
  const sorted = [...cuts].sort((a, b) => a.first - b.first);
  const spans: Span[] = [];
  for (let i = 0; i < sorted.length;) {
    const run = sorted[i] as LineCut;
    let { last, replaced } = run;
    const separated = isSeparatedAbove(layout, run);
    for (i++; ;) {
      const next = sorted[i];
      if (next && next.first <= last + 1) {
        last = Math.max(last, next.last);
        replaced ||= next.replaced;
        i++;
      } else if (separated && !replaced && layout.kind(last + 1) === 'blank') last++;
      else break;
    }
    spans.push([lines.visibleStart(run.first), lines.end(last)]);
  }
  return spans;
}
